public import FaultTrees

extension FaultTree {
  /// The tree as a file in the Open-PSA Model Exchange Format, which SCRAM 0.16 reads.
  ///
  /// Written are the gates that the top depends on, the top first, and all events. Nested formulas become
  /// gates of their own, and operations that SCRAM does not have are said by others. An id that
  /// the format does not take as a name is replaced by one that it does. The label is the name that people use,
  /// or else an id that was replaced.
  ///
  /// - Complexity: O(gates + inputs + events); no recursion. Same tree, same text.
  public var openPSA: String { OpenPSAWriter(self).text }
}

private struct OpenPSAWriter {
  private let tree: FaultTree
  private var names = Names()
  private var eventNames: [String] = []
  private var houseNames: [String] = []
  private var gateNames: [Int: String] = [:]
  private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opsa-mef>\n"

  private struct Names {
    private var taken: Set<String> = []

    /// A name for an id: the id itself if the format takes it and nothing else has it.
    mutating func name(for id: String) -> String {
      var base = ""
      for byte in id.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
          base.unicodeScalars.append(Unicode.Scalar(byte))
        // A hyphen joins two words; twice in a row or at an end it joins nothing.
        case UInt8(ascii: "-") where !base.isEmpty && base.utf8.last != UInt8(ascii: "-"): base += "-"
        default: base += "_"
        }
      }
      if base.utf8.last == UInt8(ascii: "-") { base += "_" }
      if base.isEmpty || base.utf8.first.map({ $0 < UInt8(ascii: "A") }) ?? false { base = "_" + base }
      var name = base
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(base)_\(number)"
        number += 1
      }
      return name
    }
  }

  init(_ tree: FaultTree) {
    self.tree = tree
    let gateOrder = tree.order.reversed()
    eventNames = tree.basicEvents.map { names.name(for: $0.id) }
    houseNames = tree.houseEvents.map { names.name(for: $0.id) }
    for gate in gateOrder {
      if let id = tree.gates[gate].id { gateNames[gate] = names.name(for: id) }
    }
    for gate in gateOrder where tree.gates[gate].id == nil { gateNames[gate] = names.name(for: "formula") }

    var treeNames = Names()
    line(1, "<define-fault-tree name=\"\(treeNames.name(for: tree.name))\">")
    switch tree.top {
    case .gate: break
    case .event, .house, .constant:
      line(2, "<define-gate name=\"\(names.name(for: "top"))\">")
      line(3, input(tree.top))
      line(2, "</define-gate>")
    }
    for gate in gateOrder { write(gate) }
    text += "  </define-fault-tree>\n  <model-data>\n"
    for (name, event) in zip(eventNames, tree.basicEvents) {
      define(
        "basic-event", name, event.name ?? event.id, event.probability.map { "<float value=\"\($0)\"/>" })
    }
    for (name, event) in zip(houseNames, tree.houseEvents) {
      define("house-event", name, event.id, "<constant value=\"\(event.state)\"/>")
    }
    text += "  </model-data>\n</opsa-mef>\n"
  }

  private mutating func line(_ depth: Int, _ content: String) {
    text += String(repeating: "  ", count: depth) + content + "\n"
  }

  private mutating func label(_ name: String, _ id: String?) {
    if let id, id != name { line(3, "<label>\(Self.escaped(id))</label>") }
  }

  private mutating func define(_ kind: String, _ name: String, _ id: String, _ value: String?) {
    line(2, "<define-\(kind) name=\"\(name)\">")
    label(name, id)
    if let value { line(3, value) }
    line(2, "</define-\(kind)>")
  }

  private func input(_ input: FaultTree.Input) -> String {
    switch input {
    case .event(let event): "<basic-event name=\"\(eventNames[event])\"/>"
    case .house(let event): "<house-event name=\"\(houseNames[event])\"/>"
    case .gate(let gate): "<gate name=\"\(gateNames[gate] ?? "")\"/>"
    case .constant(let state): "<constant value=\"\(state)\"/>"
    }
  }

  private mutating func write(_ position: Int) {
    let gate = tree.gates[position]
    let name = gateNames[position] ?? ""
    let inputs = gate.inputs.map(input)
    line(2, "<define-gate name=\"\(name)\">")
    label(name, gate.name ?? gate.id)
    switch gate.operation {
    case .identity: line(3, inputs[0])
    case .not: formula("not", inputs)
    // An operation on one thing is that thing, or its negation.
    case _ where inputs.count == 1 && [.and, .or, .xor].contains(gate.operation): line(3, inputs[0])
    case _ where inputs.count == 1 && [.nand, .nor].contains(gate.operation): formula("not", inputs)
    case .and: formula("and", inputs)
    case .or: formula("or", inputs)
    case .nand: formula("nand", inputs)
    case .nor: formula("nor", inputs)
    // Certain or impossible; the inputs stay, or their gates would look like tops of their own.
    case .atLeast(0) where inputs.isEmpty: line(3, "<constant value=\"true\"/>")
    case .atLeast where inputs.isEmpty: line(3, "<constant value=\"false\"/>")
    case .atLeast(0): formula("or", ["<constant value=\"true\"/>"] + inputs)
    case .atLeast(let least) where least > inputs.count:
      formula("and", ["<constant value=\"false\"/>"] + inputs)
    case .atLeast where inputs.count == 1: line(3, inputs[0])
    case .atLeast(1): formula("or", inputs)
    case .atLeast(inputs.count): formula("and", inputs)
    case .atLeast(let least): formula("atleast", inputs, attributes: " min=\"\(least)\"")
    case .implies: formula("or", ["<not>\(inputs[0])</not>", inputs[1]])
    case .iff:
      line(3, "<not>")
      formula("xor", inputs, depth: 4)
      line(3, "</not>")
    case .xor: parity(inputs)
    }
    line(2, "</define-gate>")
  }

  private mutating func formula(
    _ operation: String, _ inputs: [String], attributes: String = "", depth: Int = 3
  ) {
    line(depth, "<\(operation)\(attributes)>")
    for input in inputs { line(depth + 1, input) }
    line(depth, "</\(operation)>")
  }

  /// A parity of many as gates of two inputs each, since formulas within formulas have a bounded depth.
  private mutating func parity(_ inputs: [String]) {
    var first = inputs[0]
    for (number, second) in inputs.enumerated().dropFirst() {
      guard number < inputs.count - 1 else { return formula("xor", [first, second]) }
      first = "<xor>\(first)\(second)</xor>"
    }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        result.unicodeScalars.append("\u{FFFD}")
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
