import Diagnostics
import FaultTrees

/// Makes a model of the elements of all files.
struct OpenPSAReader {
  typealias Symbol = XMLDocument.Symbol

  let document: XMLDocument
  var problems: Problems

  /// Whether all files could be read, so that a name that is not there is wrong.
  let isComplete: Bool

  private var gates: [Definition] = []
  private var basicEvents: [Definition] = []
  private var houseEvents: [Definition] = []
  private(set) var parameters: [Definition] = []
  private var events: Names<FaultTree.Input>
  private var parameterNames: Names<Int>

  /// Interned paths in which names are looked up first; the first is the root.
  private(set) var scopes = Scopes()

  /// Something that has a name: where, and the path in which the names within it are looked up.
  struct Definition {
    var id: String
    var element: Int
    var scope: Int
  }

  struct Scopes {
    private(set) var paths = [""]
    private var positions = ["": 0]

    mutating func scope(_ name: String, in scope: Int) -> Int {
      let path = path(name, in: scope)
      if let known = positions[path] { return known }
      positions[path] = paths.count
      paths.append(path)
      return paths.count - 1
    }

    func path(_ name: String, in scope: Int) -> String { scope == 0 ? name : "\(paths[scope]).\(name)" }
    func known(_ path: String) -> Int? { positions[path] }
  }

  /// What names stand for: public ones everywhere, private ones in their own scope and by path.
  private struct Names<Meaning> {
    private struct Place: Hashable {
      var scope: Int
      var name: Symbol
    }
    private var everywhere: ContiguousArray<(meaning: Meaning, element: Int)?>
    private var inScope: [Place: (meaning: Meaning, element: Int)] = [:]

    init(symbolCount: Int) { everywhere = ContiguousArray(repeating: nil, count: symbolCount) }

    /// Gives a name its meaning, unless it has one: then the element that has it is returned.
    mutating func define(
      _ name: Symbol, in scope: Int, isPrivate: Bool, as meaning: Meaning, at element: Int
    ) -> Int? {
      if let first = inScope[Place(scope: scope, name: name)]?.element { return first }
      if !isPrivate {
        if let first = everywhere[Int(name)]?.element { return first }
        everywhere[Int(name)] = (meaning, element)
      }
      inScope[Place(scope: scope, name: name)] = (meaning, element)
      return nil
    }

    func meaning(of name: Symbol, in scope: Int, _ document: XMLDocument, _ scopes: Scopes) -> Meaning? {
      if let found = inScope[Place(scope: scope, name: name)] ?? everywhere[Int(name)] {
        return found.meaning
      }
      let text = document.symbols[name]
      guard let dot = text.lastIndex(of: ".") else { return nil }
      // A path leads from here or from the root.
      guard let last = document.symbols.known(String(text[text.index(after: dot)...])) else { return nil }
      let path = String(text[..<dot])
      for start in [scopes.path(path, in: scope), path] {
        guard let target = scopes.known(start) else { continue }
        if let found = inScope[Place(scope: target, name: last)] { return found.meaning }
      }
      return nil
    }
  }

  init(_ document: XMLDocument, _ problems: Problems, isComplete: Bool) {
    self.document = document
    self.problems = problems
    self.isComplete = isComplete
    events = Names(symbolCount: document.symbols.texts.count)
    parameterNames = Names(symbolCount: document.symbols.texts.count)
  }

  /// The model, or nil if anything is wrong with it.
  mutating func model(_ roots: [Int]) -> FaultTreeModel? {
    checkTexts()
    for root in roots { collect(root) }
    var built = gates.map { gate in
      FaultTree.Gate(gate.id, name: label(of: gate.element), .identity, [.constant(false)])
    }
    for position in gates.indices { readGate(position, into: &built) }
    let houses = houseEvents.map { FaultTree.HouseEvent($0.id, state: state(of: $0.element)) }
    var basics = basicEvents.map { FaultTree.BasicEvent($0.id, name: label(of: $0.element)) }
    for (position, value) in probabilities(of: basicEvents).enumerated() {
      basics[position].probability = value
    }
    reportCycles(of: built)
    if gates.isEmpty, isComplete, problems.errorCount == 0, let root = roots.first {
      fail("no-gate", "the model defines no gate, so there is nothing to analyse", at: root)
    }
    guard problems.errorCount == 0 else { return nil }
    return FaultTreeModel(basicEvents: basics, houseEvents: houses, gates: built)
  }

  mutating func fail(
    _ id: String, _ summary: @autoclosure () -> String, at element: Int, earlier: Int? = nil,
    help: @autoclosure () -> String? = nil
  ) {
    problems.report(
      id, at: document.spot(of: element), summary(), earlier: earlier.map { document.spot(of: $0) },
      help: help() ?? Self.help(for: id))
  }

  mutating func fail(
    _ id: String, _ summary: @autoclosure () -> String, at attribute: XMLDocument.Attribute?, of element: Int,
    help: @autoclosure () -> String? = nil
  ) {
    let spot = attribute.map { document.spot(of: $0, in: element) } ?? document.spot(of: element)
    problems.report(id, at: spot, summary(), help: help() ?? Self.help(for: id))
  }

  mutating func warn(_ id: String, _ summary: @autoclosure () -> String, at element: Int) {
    problems.report(
      id, severity: .warning, at: document.spot(of: element), summary(), help: Self.help(for: id))
  }

  /// What to do about a kind of problem where nothing nearer can be said.
  private static func help(for id: String) -> String {
    switch id {
    case "duplicate-name": "give one of them another name"
    case "unknown-element": "known are \((definitions + formulas + leaves).joined(separator: ", "))"
    case "unknown-name": "define it, or name the file that does as well"
    case "unsupported-element": "write what it stands for as gates and basic events"
    case "passed-over": "nothing needs to be done if the fault trees are all that is asked for"
    case "unknown-probability": "write the number that it comes to as <float value=\"…\"/>"
    case "out-of-range": "write a number from 0 to 1"
    case "cycle": "let one of them stand for something else"
    case "invalid-expression": "write one number, as <float value=\"…\"/>, or a parameter"
    case "invalid-formula": "write each input once, as <event name=\"…\"/>"
    case "no-gate": "add a <define-gate>, or name the file that holds the structure"
    case "missing-name": "write name=\"…\""
    default: "see the Open-PSA Model Exchange Format"
    }
  }

  /// What an element is called, or nil after a problem.
  mutating func name(of element: Int) -> Symbol? {
    let kind = document.name(of: element)
    guard let name = document.attribute("name", of: element) else {
      fail(
        "missing-name", "'<\(kind)>' needs a 'name'", at: element, help: "write <\(kind) name=\"…\">")
      return nil
    }
    guard !document.symbols[name.value].isEmpty else {
      fail("missing-name", "the name is empty", at: name, of: element)
      return nil
    }
    return name.value
  }

  private func label(of element: Int) -> String? {
    for child in document.children(of: element) where document.name(of: child) == "label" {
      return document.texts[child]?.text
    }
    return nil
  }

  private mutating func checkTexts() {
    let document = document
    for element in document.texts.keys.sorted() where document.name(of: element) != "label" {
      guard let start = document.texts[element]?.start else { continue }
      problems.report(
        "unexpected-text",
        at: Spot(file: Int(document.elements[element].file), position: .byte(start), length: 1),
        "text does not belong in '<\(document.name(of: element))>'",
        help: "only a <label> holds text; write a remark as <!-- … -->")
    }
  }

  // MARK: Definitions

  private static let containers = ["define-fault-tree", "define-component", "model-data"]
  private static let definitions =
    ["define-gate", "define-basic-event", "define-house-event", "define-parameter"] + containers

  private mutating func collect(_ root: Int) {
    guard document.name(of: root) == "opsa-mef" else {
      fail(
        "not-open-psa", "the root element must be '<opsa-mef>'", at: root,
        help: "this is XML, but no model in the Open-PSA format")
      return
    }
    var pending = [(element: root, scope: 0, isPrivate: false)]
    while let (element, scope, isContainerPrivate) = pending.popLast() {
      let kind = document.name(of: element)
      var isPrivate = isContainerPrivate
      if let role = document.attribute("role", of: element) {
        let text = document.symbols[role.value]
        if text != "private", text != "public" {
          fail(
            "invalid-value", "a role is 'public' or 'private', not '\(text)'", at: role, of: element)
        }
        isPrivate = text == "private"
      }
      switch kind {
      case "opsa-mef", "model-data":
        pending += document.children(of: element).reversed().map { ($0, scope, false) }
      case "define-fault-tree", "define-component":
        guard let name = name(of: element) else { continue }
        let inner = scopes.scope(document.symbols[name], in: scope)
        pending += document.children(of: element).reversed().map { ($0, inner, isPrivate) }
      case "define-gate":
        if let one = definition(element, scope, isPrivate, .gate(gates.count)) { gates.append(one) }
      case "define-basic-event":
        if let one = definition(element, scope, isPrivate, .event(basicEvents.count)) {
          basicEvents.append(one)
        }
      case "define-house-event":
        if let one = definition(element, scope, isPrivate, .house(houseEvents.count)) {
          houseEvents.append(one)
        }
      case "define-parameter":
        guard let name = name(of: element) else { continue }
        let first = parameterNames.define(
          name, in: scope, isPrivate: isPrivate, as: parameters.count, at: element)
        guard report(name, first, at: element) else { continue }
        parameters.append(Definition(id: document.symbols[name], element: element, scope: scope))
      case "label", "attributes": break
      case "define-CCF-group", "define-substitution":
        fail(
          "unsupported-element", "'<\(kind)>' is not supported, and the answers would be wrong without it",
          at: element)
      case "define-event-tree", "define-initiating-event", "define-functional-event", "define-sequence",
        "define-rule", "define-alignment", "define-extern-library", "define-extern-function":
        warn("passed-over", "'<\(kind)>' is passed over: only fault trees are read", at: element)
      default:
        fail(
          "unknown-element", "there is no element '<\(kind)>' here", at: element,
          help: suggestion(for: kind, from: Self.definitions).map { "did you mean <\($0)>?" })
      }
    }
  }

  private mutating func definition(
    _ element: Int, _ scope: Int, _ isPrivate: Bool, _ meaning: FaultTree.Input
  ) -> Definition? {
    guard let name = name(of: element) else { return nil }
    let first = events.define(name, in: scope, isPrivate: isPrivate, as: meaning, at: element)
    guard report(name, first, at: element) else { return nil }
    let text = document.symbols[name]
    return Definition(
      id: isPrivate ? scopes.path(text, in: scope) : text, element: element, scope: scope)
  }

  /// Whether nothing else had the name.
  private mutating func report(_ name: Symbol, _ first: Int?, at element: Int) -> Bool {
    guard let first else { return true }
    let document = document
    fail(
      "duplicate-name", "'\(document.symbols[name])' is defined twice", at: element, earlier: first)
    return false
  }

  /// The position of a parameter by the name that it has in a scope.
  func parameter(_ name: Symbol, in scope: Int) -> Int? {
    parameterNames.meaning(of: name, in: scope, document, scopes)
  }

  /// The elements within a definition, but for its description.
  func content(of element: Int) -> [Int] {
    document.children(of: element).filter { !["label", "attributes"].contains(document.name(of: $0)) }
  }

  // MARK: Formulas

  private mutating func readGate(_ position: Int, into built: inout [FaultTree.Gate]) {
    let gate = gates[position]
    let parts = content(of: gate.element)
    guard parts.count == 1 else {
      fail(
        "invalid-formula",
        parts.isEmpty
          ? "the gate '\(gate.id)' has no formula" : "the gate '\(gate.id)' has more than one formula",
        at: parts.dropFirst().first ?? gate.element, help: "write one, such as <or> with all inputs in it")
      return
    }
    guard let operation = operation(parts[0]) else {
      if let input = input(parts[0], gate.scope) { built[position].inputs = [input] }
      return
    }
    built[position].operation = operation
    built[position].inputs = []
    // The formulas that are open, each with the gate that it becomes and where it ends.
    var open = [(gate: position, end: Int(document.elements[parts[0]].end))]
    var element = parts[0] + 1
    while let (parent, end) = open.last {
      guard element < end else {
        open.removeLast()
        continue
      }
      if let operation = self.operation(element) {
        built[parent].inputs.append(.gate(built.count))
        open.append((built.count, Int(document.elements[element].end)))
        built.append(FaultTree.Gate(nil, operation, []))
        element += 1
      } else {
        if let input = input(element, gate.scope) { built[parent].inputs.append(input) }
        element = Int(document.elements[element].end)
      }
    }
  }

  private static let leaves = ["event", "gate", "basic-event", "house-event", "constant"]
  private static let formulas = ["and", "or", "not", "xor", "nand", "nor", "imply", "iff", "atleast"]

  /// The input that an element is by itself; nil after a problem.
  private mutating func input(_ element: Int, _ scope: Int) -> FaultTree.Input? {
    var kind = document.name(of: element)
    if kind == "constant" { return boolean(element).map { .constant($0) } }
    guard Self.leaves.contains(kind) else {
      if !Self.formulas.contains(kind) {
        fail(
          "unknown-element", "there is no formula '<\(kind)>'", at: element,
          help: suggestion(for: kind, from: Self.formulas + Self.leaves).map { "did you mean <\($0)>?" })
      }
      return nil
    }
    if kind == "event", let type = document.attribute("type", of: element) {
      kind = document.symbols[type.value]
      guard Self.leaves.contains(kind), kind != "constant" else {
        fail("invalid-value", "there is no type of event '\(kind)'", at: type, of: element)
        return nil
      }
    }
    guard let name = name(of: element) else { return nil }
    let text = document.symbols[name]
    guard let input = events.meaning(of: name, in: scope, document, scopes) else {
      if isComplete {
        let words =
          kind == "event"
          ? "gate or event" : kind == "gate" ? kind : "\(kind.split(separator: "-")[0]) event"
        let help = problems.isFull ? nil : hint(for: text, among: kind)
        fail(
          "unknown-name", "there is no \(words) '\(text)'", at: document.attribute("name", of: element),
          of: element, help: help)
      }
      return nil
    }
    let isRight =
      switch input {
      case .gate: kind == "gate" || kind == "event"
      case .event: kind == "basic-event" || kind == "event"
      case .house: kind == "house-event" || kind == "event"
      case .constant: true
      }
    guard isRight else {
      fail(
        "wrong-kind", "'\(text)' is no \(kind)", at: document.attribute("name", of: element), of: element,
        help: "write <event name=\"\(text)\"/>")
      return nil
    }
    return input
  }

  private func hint(for name: String, among kind: String) -> String? {
    var names: [String] = []
    if kind != "basic-event", kind != "house-event" { names += gates.prefix(3000).map(\.id) }
    if kind != "gate", kind != "house-event" { names += basicEvents.prefix(6000).map(\.id) }
    if kind != "gate", kind != "basic-event" { names += houseEvents.prefix(1000).map(\.id) }
    return suggestion(for: name, from: names).map { "did you mean '\($0)'?" }
      ?? "define it, or name the file that does as well"
  }

  /// The operation that a formula stands for; nil if it is none, or after a problem with its inputs.
  private mutating func operation(_ element: Int) -> FaultTree.Operation? {
    let kind = document.name(of: element)
    guard Self.formulas.contains(kind) else { return nil }
    var count = 0
    for _ in document.children(of: element) { count += 1 }
    let operation: FaultTree.Operation
    switch kind {
    case "and": operation = .and
    case "or": operation = .or
    case "not": operation = .not
    case "xor": operation = .xor
    case "nand": operation = .nand
    case "nor": operation = .nor
    case "imply": operation = .implies
    case "iff": operation = .iff
    default:
      let least = document.attribute("min", of: element)
      guard let value = least.flatMap({ Int(document.symbols[$0.value]) }), value >= 0 else {
        fail(
          "invalid-value", "'<atleast>' needs a 'min' of 0 or more", at: least, of: element,
          help: "write <atleast min=\"2\">")
        return nil
      }
      guard value <= count + 1 else {
        fail("invalid-value", "at least \(value) of \(count) cannot be meant", at: least, of: element)
        return nil
      }
      operation = .atLeast(value)
    }
    let wanted: Int? =
      switch operation {
      case .not: 1
      case .implies, .iff: 2
      default: nil
      }
    guard count > 0, wanted.map({ $0 == count }) ?? true else {
      fail(
        "invalid-formula", "'<\(kind)>' takes \(wanted.map(String.init) ?? "1 or more") inputs, not \(count)",
        at: element)
      return nil
    }
    return operation
  }

  private mutating func boolean(_ element: Int) -> Bool? {
    let document = document
    let value = document.attribute("value", of: element)
    switch value.map({ document.symbols[$0.value] }) {
    case "true", "1": return true
    case "false", "0": return false
    default:
      fail(
        "invalid-value", "'<\(document.name(of: element))>' needs a 'value' of 'true' or 'false'", at: value,
        of: element)
      return nil
    }
  }

  private mutating func state(of element: Int) -> Bool {
    let parts = content(of: element)
    guard let part = parts.first else { return false }
    guard parts.count == 1, document.name(of: part) == "constant" else {
      fail("invalid-value", "a house event takes one '<constant>'", at: part)
      return false
    }
    return boolean(part) ?? false
  }

  /// Reports each way in which a gate depends on itself, at the gate that a walk from the first one met first.
  private mutating func reportCycles(of built: [FaultTree.Gate]) {
    // 0: not met, else 1 + the position on the path; -1: done.
    var states = [Int](repeating: 0, count: built.count)
    for root in gates.indices where states[root] == 0 {
      var path = [(gate: root, next: 0)]
      states[root] = 1
      while let (gate, next) = path.last {
        guard next < built[gate].inputs.count else {
          states[gate] = -1
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        guard case .gate(let child) = built[gate].inputs[next] else { continue }
        if states[child] == 0 {
          path.append((child, 0))
          states[child] = path.count
        } else if states[child] > 0 {
          let start = states[child] - 1
          var ids: [String] = []
          for step in path[start...] where ids.count < 6 {
            if let id = built[step.gate].id { ids.append("'\(id)'") }
          }
          let isWhole = path.count - start <= 6
          // Only gates with an id can be named by others, so a cycle starts at one.
          fail(
            "cycle",
            "gates depend on each other: \((ids + (isWhole ? [] : ["…"]) + ids.prefix(1)).joined(separator: " → "))",
            at: gates[child].element)
        }
      }
    }
  }
}
