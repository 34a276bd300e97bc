/// Finds comparisons, sums and choices between quantities of different units.
///
/// The host says which unit its variables, attributes and functions are in; a unit is any text, and two of them go together only
/// if they are the same. A number that says none, such as a literal, goes with all. A list has the unit of its elements, a
/// map that of its values.
struct UnitCheck {
  private let environment: CELEnvironment
  private let tree: SyntaxTree
  private let types: [CELType]
  private var problems: [CELProblem] = []
  private var locals: [(name: String, unit: String?)] = []

  /// The unit of parts of a whole: what is multiplied or divided by one keeps its own.
  private static let share = "share"

  /// - Parameters:
  ///   - tree: an expression without wrong names and types.
  ///   - types: of each of its nodes.
  ///   - environment: what it may use.
  /// - Returns: the unit of the whole, if it has one, and what does not go together, in the order of the text.
  static func check(
    _ tree: SyntaxTree, types: [CELType], in environment: CELEnvironment
  ) -> (unit: String?, problems: [CELProblem]) {
    var check = UnitCheck(environment: environment, tree: tree, types: types)
    let unit = check.unit(tree.root)
    return (unit, check.problems.sorted { $0.offset < $1.offset })
  }

  private init(environment: CELEnvironment, tree: SyntaxTree, types: [CELType]) {
    self.environment = environment
    self.tree = tree
    self.types = types
  }

  private mutating func unit(_ id: Int) -> String? {
    let node = tree[id]
    switch node.kind {
    case .literal, .invalid: return nil
    case .name, .select: return path(id)
    case .has(let operand, _, _):
      _ = unit(operand)
      return nil
    case .and(let operands), .or(let operands):
      for operand in operands { _ = unit(operand) }
      return nil
    case .conditional(let condition, let then, let otherwise):
      _ = unit(condition)
      return same(unit(then), unit(otherwise), node, "one result is in %, the other in %")
    case .call(let name, let target, let arguments): return call(name, target, arguments, node)
    case .list(let elements): return first(elements.map { unit($0.value) })
    case .map(let entries):
      for entry in entries { _ = unit(entry.key) }
      return first(entries.map { unit($0.value) })
    case .structure(_, let fields):
      for field in fields { _ = unit(field.value) }
      return nil
    case .comprehension(let it): return comprehension(it)
    }
  }

  private func first(_ units: [String?]) -> String? { units.compactMap { $0 }.first }

  /// The unit that two sides share; tells of two that differ.
  private mutating func same(
    _ a: String?, _ b: String?, _ node: SyntaxTree.Node, _ sentence: String
  ) -> String? {
    guard let a, let b else { return a ?? b }
    if a != b, problems.count < 100 {
      var units = [a, b].makeIterator()
      let summary = sentence.split(separator: "%", omittingEmptySubsequences: false).joined(by: {
        units.next()
      })
      problems.append(
        CELProblem(
          "unit", summary, help: "convert one, or write dyn(…) around it if it is meant", offset: node.offset,
          length: node.length))
    }
    return a
  }

  private mutating func path(_ id: Int) -> String? {
    if let (parts, isRooted) = tree.dottedName(id),
      isRooted || !locals.contains(where: { $0.name == parts[0] }),
      let (meaning, taken) = environment.meaning(of: parts, isRooted: isRooted), taken == parts.count
    {
      if case .variable(let slot) = meaning { return environment.unit(ofVariable: slot) }
      return nil
    }
    switch tree[id].kind {
    case .name(let name, _): return locals.last { $0.name == name }?.unit
    case .select(let operand, let field, _):
      let own = unit(operand)
      guard case .object(let name) = types[operand].wrapped ?? types[operand] else { return own }
      return environment.structure(name)?.attribute(field).flatMap { $0.unit.isEmpty ? nil : $0.unit }
    default: return nil
    }
  }

  private mutating func call(
    _ name: String, _ target: Int?, _ arguments: [Int], _ node: SyntaxTree.Node
  ) -> String? {
    var name = name
    var operands = (target.map { [$0] } ?? []) + arguments
    if let target, let (parts, isRooted) = tree.dottedName(target),
      isRooted || !locals.contains(where: { $0.name == parts[0] }),
      let known = environment.functionName((isRooted ? "." : "") + (parts + [name]).joined(separator: "."))
    {
      (name, operands) = (known, arguments)
    }
    let units = operands.map { unit($0) }
    switch name {
    case "_+_", "_-_": return same(units[0], units[1], node, "a sum of % and %")
    case "_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_":
      _ = same(units[0], units[1], node, "a comparison of % with %")
      return nil
    case "_*_":
      if units[0] == Self.share { return units[1] ?? literal(operands[1], else: units[0]) }
      if units[1] == Self.share { return units[0] ?? literal(operands[0], else: units[1]) }
      if units[0] == nil { return literal(operands[0], else: units[1]) }
      return units[1] == nil ? literal(operands[1], else: units[0]) : nil
    case "_/_":
      if let a = units[0], a == units[1] { return Self.share }
      if units[1] == Self.share { return units[0] }
      return units[1] == nil ? literal(operands[1], else: units[0]) : nil
    case "_%_", "-_", "_[_]", "_[?_]": return units[0]
    case "math.greatest", "math.least":
      var sum: String?
      for unit in units { sum = same(sum, unit, node, "a choice between % and %") }
      return sum
    case "math.abs", "math.ceil", "math.floor", "math.round", "math.trunc", "double", "int", "sort",
      "reverse",
      "slice", "distinct", "flatten", "first", "last", "value", "orValue":
      return first(units)
    default: break
    }
    switch environment.functions(named: environment.functionName(name) ?? name).first?.unit {
    case nil, ""?: return nil
    case "="?: return first(units)
    case let unit?: return unit
    }
  }

  /// The unit of a product with a factor that says none: a literal does not change it, anything else may.
  private func literal(_ factor: Int, else unit: String?) -> String? {
    if case .literal = tree[factor].kind { unit } else { nil }
  }

  private mutating func comprehension(_ it: SyntaxTree.Comprehension) -> String? {
    let range = unit(it.range)
    let count = locals.count
    defer { locals.removeLast(locals.count - count) }
    // The last of two variables is the element or value; the first is its position or key.
    for (position, name) in it.variables.enumerated() {
      locals.append((name, position == it.variables.count - 1 ? range : nil))
    }
    if let condition = it.condition { _ = unit(condition) }
    let body = unit(it.body)
    return switch it.kind {
    case .all, .exists, .existsOne: nil
    case .filter, .sortBy: range
    case .bind, .map, .transformList, .transformMap, .transformMapEntry, .optionalMap, .optionalFlatMap: body
    }
  }
}

extension [Substring] {
  /// The parts with what each call gives between them.
  fileprivate func joined(by next: () -> String?) -> String {
    var text = ""
    for (position, part) in enumerated() { text += (position > 0 ? next() ?? "" : "") + part }
    return text
  }
}
