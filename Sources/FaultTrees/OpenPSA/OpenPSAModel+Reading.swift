extension OpenPSAModel {
  /// Reads files that together hold one model.
  ///
  /// All problems are reported, in the order of the files and of the places in them, but for those that a file
  /// that is not well-formed hides. There is no model if one of them is an error.
  ///
  /// - Complexity: O(bytes), but for sorting; no recursion. Hostile text ends in a problem: depth, sizes
  ///   and counts are bounded, and no entity expands.
  public static func read(_ sources: [OpenPSASource]) -> (model: OpenPSAModel?, problems: [OpenPSAProblem]) {
    var reader = ModelReader()
    for source in sources {
      do {
        reader.add(try OpenPSADocument(source))
      } catch {
        reader.problems.append(error)
      }
    }
    // What an unreadable file would have defined must not be reported as missing.
    let model = reader.problems.isEmpty ? reader.model() : nil
    let rank = Dictionary(sources.enumerated().map { ($1.name, $0) }) { first, _ in first }
    let problems = reader.problems.sorted {
      let (a, b) = ($0.place, $1.place)
      return (rank[a.file] ?? 0, a.line, a.column, $0.summary)
        < (rank[b.file] ?? 0, b.line, b.column, $1.summary)
    }
    return (problems.contains { $0.severity == .error } ? nil : model, problems)
  }
}

/// The elements of all files, and what they define.
private struct ModelReader {
  private var nodes: [OpenPSADocument.Node] = []
  private var roots: [Int] = []
  var problems: [OpenPSAProblem] = []

  private var gates = Definitions()
  private var basicEvents = Definitions()
  private var houseEvents = Definitions()
  private var parameters = Definitions()
  private var events = Names<FaultTree.Input>()
  private var parameterNames = Names<Int>()

  /// Definitions of one kind: id and element, and the path in which names are looked up first.
  private struct Definitions {
    var items: [(id: String, node: Int, scope: String)] = []
  }

  /// What names stand for: public ones everywhere, all of them by path.
  private struct Names<Meaning> {
    var byName: [String: Meaning] = [:]
    var byPath: [String: Meaning] = [:]

    func meaning(of reference: String, in scope: String) -> Meaning? {
      byPath["\(scope).\(reference)"] ?? byName[reference] ?? byPath[reference]
    }
  }

  mutating func add(_ document: OpenPSADocument) {
    let offset = nodes.count
    roots.append(offset)
    for var node in document.nodes {
      for child in node.children.indices { node.children[child] += offset }
      nodes.append(node)
    }
  }

  mutating func model() -> OpenPSAModel? {
    for root in roots { collect(root) }
    var built = gates.items.map { FaultTree.Gate($0.id, .identity, [.constant(false)]) }
    for position in gates.items.indices { readGate(position, into: &built) }
    let houses = houseEvents.items.map { FaultTree.HouseEvent($0.id, state: state(of: $0.node)) }
    let basics = probabilities()
    guard !problems.contains(where: { $0.severity == .error }) else { return nil }
    do {
      _ = try FaultTree(basicEvents: basics, houseEvents: houses, gates: built, top: .constant(true))
    } catch .cycle(let ids) {
      let place = gates.items.first { $0.id == ids.first }.map { nodes[$0.node].element.place }
      fail("gates depend on each other: \(ids.map { "'\($0)'" }.joined(separator: ", "))", at: place)
      return nil
    } catch {
      fail(error.description, at: nil)
      return nil
    }
    return OpenPSAModel(basicEvents: basics, houseEvents: houses, gates: built)
  }

  private mutating func fail(_ summary: String, at place: OpenPSAPlace?) {
    let start = roots.first.map { nodes[$0].element.place } ?? OpenPSAPlace(file: "", line: 1, column: 1)
    problems.append(OpenPSAProblem(summary, at: place ?? start))
  }

  private mutating func warn(_ summary: String, at place: OpenPSAPlace) {
    problems.append(OpenPSAProblem(summary, severity: .warning, at: place))
  }

  /// What an element is called, or a problem.
  private mutating func name(of node: Int) -> String? {
    let element = nodes[node].element
    guard let name = element.attribute("name") else {
      fail("'<\(element.name)>' needs a 'name'", at: element.place)
      return nil
    }
    guard !name.value.isEmpty else {
      fail("the name is empty", at: name.place)
      return nil
    }
    return name.value
  }

  // MARK: Definitions

  private mutating func collect(_ root: Int) {
    guard nodes[root].element.name == "opsa-mef" else {
      fail("the root element must be '<opsa-mef>'", at: nodes[root].element.place)
      return
    }
    var pending = nodes[root].children.reversed().map { (node: $0, scope: "", isPrivate: false) }
    while let (node, scope, isContainerPrivate) = pending.popLast() {
      let element = nodes[node].element
      var isPrivate = isContainerPrivate
      if let role = element.attribute("role") {
        if role.value != "private", role.value != "public" {
          fail("a role is 'public' or 'private', not '\(role.value)'", at: role.place)
        }
        isPrivate = role.value == "private"
      }
      switch element.name {
      case "model-data":
        pending += nodes[node].children.reversed().map { ($0, scope, false) }
      case "define-fault-tree", "define-component":
        guard let name = name(of: node) else { continue }
        let path = scope.isEmpty ? name : "\(scope).\(name)"
        pending += nodes[node].children.reversed().map { ($0, path, isPrivate) }
      case "define-gate":
        define(node, scope, isPrivate, .gate(gates.items.count)) { $0.gates.items.append($1) }
      case "define-basic-event":
        define(node, scope, isPrivate, .event(basicEvents.items.count)) { $0.basicEvents.items.append($1) }
      case "define-house-event":
        define(node, scope, isPrivate, .house(houseEvents.items.count)) { $0.houseEvents.items.append($1) }
      case "define-parameter":
        guard let name = name(of: node) else { continue }
        let path = scope.isEmpty ? name : "\(scope).\(name)"
        let isTaken =
          parameterNames.byPath[path] != nil || (!isPrivate && parameterNames.byName[name] != nil)
        if isTaken { fail("the parameter '\(name)' is defined twice", at: element.place) }
        parameterNames.byPath[path] = parameters.items.count
        if !isPrivate { parameterNames.byName[name] = parameters.items.count }
        parameters.items.append((isPrivate ? path : name, node, scope))
      case "label", "attributes": break
      case "define-CCF-group", "define-substitution":
        fail(
          "'<\(element.name)>' is not supported, and the answers would be wrong without it", at: element.place
        )
      case "define-event-tree", "define-initiating-event", "define-functional-event", "define-sequence",
        "define-rule", "define-alignment", "define-extern-library", "define-extern-function":
        warn("'<\(element.name)>' is passed over: only fault trees are read", at: element.place)
      default: fail("there is no element '<\(element.name)>' here", at: element.place)
      }
    }
  }

  private mutating func define(
    _ node: Int, _ scope: String, _ isPrivate: Bool, _ meaning: FaultTree.Input,
    _ append: (inout Self, (id: String, node: Int, scope: String)) -> Void
  ) {
    guard let name = name(of: node) else { return }
    let path = scope.isEmpty ? name : "\(scope).\(name)"
    let isTaken = events.byPath[path] != nil || (!isPrivate && events.byName[name] != nil)
    guard !isTaken else {
      fail("'\(name)' is defined twice", at: nodes[node].element.place)
      return
    }
    events.byPath[path] = meaning
    if !isPrivate { events.byName[name] = meaning }
    append(&self, (isPrivate ? path : name, node, scope))
  }

  /// The elements within a definition, but for its description.
  private func content(of node: Int) -> [Int] {
    nodes[node].children.filter { !["label", "attributes"].contains(nodes[$0].element.name) }
  }

  // MARK: Formulas

  private mutating func readGate(_ position: Int, into built: inout [FaultTree.Gate]) {
    let (id, node, scope) = gates.items[position]
    let parts = content(of: node)
    guard parts.count == 1 else {
      fail("the gate '\(id)' needs one formula", at: nodes[node].element.place)
      return
    }
    // Formulas to read, each with the gate that it becomes.
    var pending: [(formula: Int, gate: Int)] = []
    switch leaf(parts[0], scope) {
    case .some(let input): built[position].inputs = input.map { [$0] } ?? []
    case .none: pending.append((parts[0], position))
    }
    while let (formula, gate) = pending.popLast() {
      guard let operation = operation(formula) else { continue }
      built[gate].operation = operation
      built[gate].inputs = []
      for part in nodes[formula].children {
        switch leaf(part, scope) {
        case .some(let input): if let input { built[gate].inputs.append(input) }
        case .none:
          built[gate].inputs.append(.gate(built.count))
          pending.append((part, built.count))
          built.append(FaultTree.Gate(nil, .identity, []))
        }
      }
    }
  }

  /// The input that an element is by itself; `.some(nil)` if it is a wrong one, `nil` if it is a formula.
  private mutating func leaf(_ node: Int, _ scope: String) -> FaultTree.Input?? {
    let element = nodes[node].element
    let kind = element.name == "event" ? element.attribute("type")?.value ?? "event" : element.name
    switch kind {
    case "constant": return .some(boolean(node).map { .constant($0) })
    case "event", "gate", "basic-event", "house-event":
      guard let name = name(of: node) else { return .some(nil) }
      guard let input = events.meaning(of: name, in: scope) else {
        fail("there is no \(kind) '\(name)'", at: element.place)
        return .some(nil)
      }
      let isRight =
        switch input {
        case .gate: kind == "gate" || kind == "event"
        case .event: kind == "basic-event" || kind == "event"
        case .house: kind == "house-event" || kind == "event"
        case .constant: true
        }
      guard isRight else {
        fail("'\(name)' is no \(kind)", at: element.place)
        return .some(nil)
      }
      return .some(input)
    default: return nil
    }
  }

  private mutating func operation(_ node: Int) -> FaultTree.Operation? {
    let element = nodes[node].element
    let count = nodes[node].children.count
    let operation: FaultTree.Operation
    switch element.name {
    case "and": operation = .and
    case "or": operation = .or
    case "not": operation = .not
    case "xor": operation = .xor
    case "nand": operation = .nand
    case "nor": operation = .nor
    case "imply": operation = .implies
    case "iff": operation = .iff
    case "atleast":
      guard let least = element.attribute("min"), let value = Int(least.value), value >= 0 else {
        fail("'<atleast>' needs a 'min' of 0 or more", at: element.attribute("min")?.place ?? element.place)
        return nil
      }
      guard value <= count + 1 else {
        fail("at least \(value) of \(count) cannot be meant", at: least.place)
        return nil
      }
      operation = .atLeast(value)
    default:
      fail("there is no formula '<\(element.name)>'", at: element.place)
      return nil
    }
    let wanted: Int? =
      switch operation {
      case .not: 1
      case .implies, .iff: 2
      default: nil
      }
    guard count > 0, wanted.map({ $0 == count }) ?? true else {
      fail(
        "'<\(element.name)>' takes \(wanted.map(String.init) ?? "1 or more") inputs, not \(count)",
        at: element.place)
      return nil
    }
    return operation
  }

  private mutating func boolean(_ node: Int) -> Bool? {
    let element = nodes[node].element
    switch element.attribute("value")?.value {
    case "true", "1": return true
    case "false", "0": return false
    default:
      fail("'<\(element.name)>' needs a 'value' of 'true' or 'false'", at: element.place)
      return nil
    }
  }

  private mutating func state(of node: Int) -> Bool {
    let parts = content(of: node)
    guard let part = parts.first else { return false }
    guard parts.count == 1, nodes[part].element.name == "constant" else {
      fail("a house event takes one '<constant>'", at: nodes[part].element.place)
      return false
    }
    return boolean(part) ?? false
  }

  // MARK: Expressions

  /// What an expression comes to: a number, or the place of what keeps it from being one.
  private enum Value {
    case known(Double)
    case unsupported(String, OpenPSAPlace)
    case wrong
  }

  private mutating func probabilities() -> [FaultTree.BasicEvent] {
    var scopes: [Int: String] = [:]
    for item in basicEvents.items + parameters.items { scopes[item.node] = item.scope }
    var values: [Int: Value] = [:]
    for parameter in parameters.items { _ = evaluate(parameter.node, scopes, &values) }
    return basicEvents.items.map { item in
      var event = FaultTree.BasicEvent(item.id)
      guard !content(of: item.node).isEmpty else { return event }
      switch evaluate(item.node, scopes, &values) {
      case .known(let value) where value >= 0 && value <= 1: event.probability = value
      case .known(let value):
        fail(
          "the probability of '\(item.id)' is \(value), not from 0 to 1", at: nodes[item.node].element.place)
      case .unsupported(let what, let place):
        warn("the probability of '\(item.id)' stays unknown: '<\(what)>' is not supported", at: place)
      case .wrong: break
      }
      return event
    }
  }

  /// The value of a definition, with an own stack, since parameters may refer to each other at any depth.
  private mutating func evaluate(_ root: Int, _ scopes: [Int: String], _ values: inout [Int: Value]) -> Value
  {
    var stack = [(node: root, scope: scopes[root] ?? "")]
    var isOpen: Set<Int> = []
    while let (node, scope) = stack.last {
      if values[node] != nil {
        stack.removeLast()
        continue
      }
      guard let (target, targetScope) = parts(of: node, scope, scopes) else {
        values[node] = .wrong
        continue
      }
      let missing = target.filter { values[$0] == nil }
      guard missing.isEmpty else {
        if !isOpen.insert(node).inserted || missing.contains(where: isOpen.contains) {
          fail("parameters depend on each other", at: nodes[node].element.place)
          for (open, _) in stack { values[open] = .wrong }
          continue
        }
        stack += missing.map { ($0, targetScope) }
        continue
      }
      values[node] = value(of: node, target.compactMap { values[$0] })
    }
    return values[root] ?? .wrong
  }

  /// What must be known before a node is, and where its names are looked up; `nil` after a problem.
  private mutating func parts(
    of node: Int, _ scope: String, _ scopes: [Int: String]
  ) -> (nodes: [Int], scope: String)? {
    let element = nodes[node].element
    switch element.name {
    case "parameter":
      guard let name = name(of: node) else { return nil }
      guard let position = parameterNames.meaning(of: name, in: scope) else {
        fail("there is no parameter '\(name)'", at: element.place)
        return nil
      }
      let target = parameters.items[position].node
      return ([target], scopes[target] ?? "")
    case "define-parameter", "define-basic-event":
      let parts = content(of: node)
      guard parts.count == 1 else {
        fail("'<\(element.name)>' takes one expression", at: element.place)
        return nil
      }
      return (parts, scope)
    default: return (nodes[node].children, scope)
    }
  }

  private mutating func value(of node: Int, _ parts: [Value]) -> Value {
    let element = nodes[node].element
    var numbers: [Double] = []
    switch element.name {
    case "float", "int":
      let text = element.attribute("value")
      guard let value = text.flatMap({ number($0.value) }) else {
        fail("'<\(element.name)>' needs a number as its 'value'", at: text?.place ?? element.place)
        return .wrong
      }
      return .known(value)
    case "define-parameter", "define-basic-event", "parameter", "add", "sub", "mul", "div", "neg",
      "uniform-deviate":
      break
    case "normal-deviate", "lognormal-deviate":
      // The mean is the first of its arguments; with two, that of a lognormal is no argument.
      guard element.name == "normal-deviate" || parts.count == 3, let mean = parts.first else {
        return .unsupported(element.name, element.place)
      }
      return mean
    default: return .unsupported(element.name, element.place)
    }
    for part in parts {
      guard case .known(let number) = part else { return part }
      numbers.append(number)
    }
    let expected = element.name == "neg" ? 1...1 : element.name == "uniform-deviate" ? 2...2 : 1...Int.max
    guard let first = numbers.first, expected.contains(numbers.count) else {
      fail("'<\(element.name)>' has a wrong number of arguments", at: element.place)
      return .wrong
    }
    let value =
      switch element.name {
      case "add": numbers.reduce(0, +)
      case "mul": numbers.reduce(1, *)
      case "sub": numbers.dropFirst().reduce(first, -)
      case "div": numbers.dropFirst().reduce(first, /)
      case "neg": -first
      case "uniform-deviate": (first + numbers[1]) / 2
      default: first
      }
    guard value.isFinite else {
      fail("'<\(element.name)>' comes to no number", at: element.place)
      return .wrong
    }
    return .known(value)
  }

  private func number(_ text: String) -> Double? {
    // Double also takes hexadecimal numbers, "inf" and "nan".
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text) else {
      return nil
    }
    return value.isFinite ? value : nil
  }
}
