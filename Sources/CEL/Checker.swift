internal import Diagnostics

/// Finds the types of an expression, and every name and type that is wrong in it.
///
/// `dyn` goes with everything; what is not known before the run is left to the run.
struct Checker {
  private let environment: CELEnvironment
  private let tree: SyntaxTree
  private var problems: [CELProblem] = []
  private var locals: [(name: String, type: CELType)] = []
  private var bindings = TypeBindings()
  private var types: [CELType]
  /// The node of which the names around it are asked for, and those names.
  private let watched: Int?
  private var scope: [(name: String, type: CELType)] = []

  /// What there is to know of a tree.
  struct Result {
    /// The type of each node; `dyn` for those that are not values of their own.
    var types: [CELType]
    var problems: [CELProblem]
    /// The variables of macros around the watched node, the outermost first.
    var scope: [(name: String, type: CELType)]
  }

  static func check(_ tree: SyntaxTree, in environment: CELEnvironment, watching node: Int? = nil) -> Result {
    var checker = Checker(environment: environment, tree: tree, watching: node)
    _ = checker.type(tree.root)
    return Result(
      types: checker.types.map { checker.bindings.resolved($0, freeAsDyn: true) },
      problems: checker.told(), scope: checker.scope)
  }

  /// The problems in the order of the text, and how many more there are.
  private func told() -> [CELProblem] {
    let told = problems.sorted { $0.offset < $1.offset }
    guard untold > 0, let last = told.last else { return told }
    return told + [
      CELProblem("more-problems", "\(untold) more problems are not shown", offset: last.offset)
    ]
  }

  private init(environment: CELEnvironment, tree: SyntaxTree, watching node: Int?) {
    self.environment = environment
    self.tree = tree
    types = Array(repeating: .dyn, count: tree.nodes.count)
    watched = node
  }

  private mutating func report(_ id: String, _ message: String, help: String? = nil, _ node: SyntaxTree.Node)
  {
    guard hasRoom() else { return }
    problems.append(CELProblem(id, message, help: help, offset: node.offset, length: node.length))
  }

  /// Problems that are told; a text of nothing but mistakes has no use for more.
  private static let mostProblems = 100
  private var untold = 0
  /// The parts that the type of a call may have; a larger one is left to the run.
  private static let mostTypeParts = 1000

  /// Whether one more problem is to be told; counts it otherwise.
  private mutating func hasRoom() -> Bool {
    if problems.count < Self.mostProblems { return true }
    untold += 1
    return false
  }

  private func shown(_ type: CELType) -> CELType { bindings.resolved(type, freeAsDyn: true) }

  private mutating func type(_ id: Int) -> CELType {
    if id == watched { scope = locals.map { ($0.name, shown($0.type)) } }
    let found = find(id)
    types[id] = found
    return found
  }

  private mutating func find(_ id: Int) -> CELType {
    let node = tree[id]
    switch node.kind {
    case .literal(let value): return value.type
    case .invalid: return .dyn
    case .structure(let name, let fields): return structure(name, fields, node)
    case .name, .select: return path(id)
    case .has(let operand, let field, let isOptional):
      _ = select(field, of: type(operand), isOptional: isOptional, node)
      return .bool
    case .and(let operands), .or(let operands):
      for operand in operands { expect(.bool, operand, "a side of '&&' and '||'") }
      return .bool
    case .conditional(let condition, let then, let otherwise):
      expect(.bool, condition, "the condition before '?'")
      let (a, b) = (type(then), type(otherwise))
      if let joined = bindings.joined(a, b) { return joined }
      report(
        "type", "the two results differ in type: \(shown(a)) and \(shown(b))",
        help: "write dyn(…) around one", node)
      return .dyn
    case .call(let name, let target, let arguments): return call(name, target, arguments, node)
    case .list(let elements):
      var element: CELType?
      for (value, isOptional) in elements {
        join(isOptional ? unwrapped(value) : type(value), into: &element)
      }
      return .list(element ?? bindings.fresh())
    case .map(let entries):
      var (key, value): (CELType?, CELType?)
      for entry in entries {
        // In two lines: a copy of the checker would be made for the outer call.
        let found = type(entry.key)
        let keyType = shown(found)
        switch keyType {
        case .bool, .int, .uint, .string, .dyn, .parameter: break
        default: report("type", "a key of a map cannot be a \(keyType)", tree[entry.key])
        }
        join(keyType, into: &key)
        join(entry.isOptional ? unwrapped(entry.value) : type(entry.value), into: &value)
      }
      return .map(key ?? bindings.fresh(), value ?? bindings.fresh())
    case .comprehension(let it): return comprehension(it)
    }
  }

  private mutating func join(_ type: CELType, into joined: inout CELType?) {
    guard let old = joined else {
      joined = type
      return
    }
    joined = bindings.joined(old, type) ?? .dyn
  }

  private mutating func unwrapped(_ id: Int) -> CELType {
    let element = bindings.fresh()
    let actual = type(id)
    if !bindings.assign(actual, to: .optional(element)) {
      report("type", "'?' needs an optional, not a \(shown(actual))", tree[id])
    }
    return element
  }

  private mutating func expect(_ wanted: CELType, _ id: Int, _ what: String) {
    let actual = type(id)
    if !bindings.assign(actual, to: wanted) {
      report("type", "\(what) must be a \(wanted), not a \(shown(actual))", tree[id])
    }
  }

  // MARK: Names

  private mutating func path(_ id: Int) -> CELType {
    let node = tree[id]
    if let (parts, isRooted) = tree.dottedName(id),
      isRooted || !locals.contains(where: { $0.name == parts[0] }),
      let (meaning, taken) = environment.meaning(of: parts, isRooted: isRooted), taken == parts.count
    {
      switch meaning {
      case .variable(let slot): return environment.variables[slot].type
      case .type(let type): return .type(type)
      }
    }
    switch node.kind {
    case .select(let operand, let field, let isOptional):
      return select(field, of: type(operand), isOptional: isOptional, node)
    case .name(let name, let isRooted):
      if !isRooted, let local = locals.last(where: { $0.name == name }) { return local.type }
      if hasRoom() {
        problems.append(
          environment.unknownName(
            name, locals: locals.map(\.name), offset: node.offset, length: node.length))
      }
      return .dyn
    default: return .dyn
    }
  }

  private mutating func structure(_ name: String, _ fields: [SyntaxTree.Field], _ node: SyntaxTree.Node)
    -> CELType
  {
    let declaration = environment.structure(named: name)
    if declaration == nil, hasRoom() { problems.append(environment.unknownStruct(name, node)) }
    var seen: Set<String> = []
    for field in fields {
      let actual = field.isOptional ? unwrapped(field.value) : type(field.value)
      guard let declaration else { continue }
      func problem(_ id: String, _ message: String, help: String? = nil) -> CELProblem {
        CELProblem(id, message, help: help, offset: field.offset, length: field.length)
      }
      if !seen.insert(field.name).inserted, hasRoom() {
        problems.append(problem("duplicate-attribute", "'\(field.name)' is given twice"))
      }
      guard let attribute = declaration.attribute(field.name) else {
        if hasRoom() {
          problems.append(
            unknownAttribute(field.name, of: declaration, offset: field.offset, length: field.length))
        }
        continue
      }
      if !bindings.assign(actual, to: attribute.type), hasRoom() {
        problems.append(
          problem("type", "'\(field.name)' must be a \(attribute.type), not a \(shown(actual))"))
      }
    }
    return declaration.map { .object($0.name) } ?? .dyn
  }

  private func unknownAttribute(
    _ field: String, of structure: CELStruct, offset: Int, length: Int
  ) -> CELProblem {
    let names = structure.attributes.map(\.name)
    let near = suggestion(for: field, from: names).map { "did you mean '\($0)'?" }
    let all = names.count > 12 ? names.prefix(12) + ["…"] : names[...]
    return CELProblem(
      "unknown-attribute", "'\(structure.name)' has no attribute '\(field)'",
      help: near ?? "it has \(all.joined(separator: ", "))", offset: offset, length: length)
  }

  private mutating func select(
    _ field: String, of operand: CELType, isOptional: Bool, _ node: SyntaxTree.Node
  ) -> CELType {
    var operand = bindings.resolved(operand, freeAsDyn: false)
    var isOptional = isOptional
    if let wrapped = operand.wrapped {
      operand = wrapped
      isOptional = true
    }
    let result: CELType
    switch operand {
    case .dyn, .parameter: result = .dyn
    case .map(_, let value): result = value
    case .object(let name):
      guard let declaration = environment.structure(name) else {
        // A struct that is only a name: the run will tell.
        result = .dyn
        break
      }
      if let attribute = declaration.attribute(field) {
        result = attribute.type
      } else {
        if hasRoom() {
          problems.append(
            unknownAttribute(field, of: declaration, offset: node.offset, length: node.length))
        }
        result = .dyn
      }
    default:
      report("type", "a \(shown(operand)) has no fields, so not '\(field)'", node)
      result = .dyn
    }
    return isOptional ? .optional(result) : result
  }

  // MARK: Calls

  private mutating func call(_ name: String, _ target: Int?, _ arguments: [Int], _ node: SyntaxTree.Node)
    -> CELType
  {
    var name = name
    var operands = arguments
    var isMember = false
    if let target {
      if let (parts, isRooted) = tree.dottedName(target),
        isRooted || !locals.contains(where: { $0.name == parts[0] }),
        let known = environment.functionName((isRooted ? "." : "") + (parts + [name]).joined(separator: "."))
      {
        name = known
      } else if let problem = unknownNamespace(target, name, node) {
        for argument in arguments { _ = type(argument) }
        if hasRoom() { problems.append(problem) }
        return .dyn
      } else {
        operands.insert(target, at: 0)
        isMember = true
      }
    } else if let known = environment.functionName(name) {
      name = known
    }
    let functions = environment.functions(named: name)
    let types = operands.map { type($0) }
    guard !functions.isEmpty else {
      if hasRoom() {
        problems.append(environment.unknownFunction(name, offset: node.offset, length: node.length))
      }
      return .dyn
    }
    let isVague = types.contains { bindings.resolved($0, freeAsDyn: true).mentionsDyn }
    var result: CELType?
    for overload in functions.flatMap(\.overloads) where overload.takes(types.count, isMember: isMember) {
      let mark = bindings.mark
      let (parameters, given) = bindings.instance(of: overload, count: types.count)
      guard zip(types, parameters).allSatisfy({ bindings.assign($0, to: $1) }) else {
        bindings.undo(to: mark)
        continue
      }
      var type = bindings.resolved(given, freeAsDyn: false)
      // A function of the host may double its type with each call.
      if type.partCount(upTo: Self.mostTypeParts) == Self.mostTypeParts { type = .dyn }
      guard let old = result else {
        result = type
        if isVague { continue }
        break
      }
      if old != type { result = .dyn }
    }
    if let result { return result }
    let called = CELOverload.spelling(name, types.map { shown($0).description }, isMember: isMember)
    report(
      "no-overload", "there is no \(called)", help: "there is " + environment.candidates(for: name), node)
    return .dyn
  }

  /// The problem of a call such as `math.greatst(1)`, if its target is a namespace or looks like one.
  private func unknownNamespace(_ target: Int, _ name: String, _ node: SyntaxTree.Node) -> CELProblem? {
    guard problems.count < Self.mostProblems, let (parts, isRooted) = tree.dottedName(target),
      !locals.contains(where: { $0.name == parts[0] }),
      environment.meaning(of: parts, isRooted: isRooted) == nil
    else { return nil }
    let path = parts.joined(separator: ".")
    let problem = environment.unknownFunction("\(path).\(name)", offset: node.offset, length: node.length)
    return environment.isNamespace(path) || problem.help?.contains(".") == true ? problem : nil
  }

  // MARK: Macros

  private mutating func comprehension(_ it: SyntaxTree.Comprehension) -> CELType {
    let given = type(it.range)
    let range = bindings.resolved(given, freeAsDyn: false)
    let count = locals.count
    defer { locals.removeLast(locals.count - count) }
    var (first, second): (CELType, CELType) = (.dyn, .dyn)
    switch (it.kind, range) {
    case (.bind, _): first = range
    case (.optionalMap, _), (.optionalFlatMap, _):
      first = bindings.fresh()
      if !bindings.assign(range, to: .optional(first)) {
        report("type", "the target must be an optional, not a \(shown(range))", tree[it.range])
      }
    case (_, .list(let element)):
      (first, second) = it.variables.count == 2 ? (.int, element) : (element, .dyn)
    case (_, .map(let key, let value)): (first, second) = (key, value)
    case (_, .dyn), (_, .parameter): break
    default: report("type", "a macro runs over a list or map, not a \(shown(range))", tree[it.range])
    }
    for (name, type) in zip(it.variables, [first, second]) { locals.append((name, type)) }
    if let condition = it.condition { expect(.bool, condition, "the condition") }
    switch it.kind {
    case .all, .exists, .existsOne, .filter:
      expect(.bool, it.body, "the condition")
      guard it.kind == .filter else { return .bool }
      return .list(first)
    case .bind: return type(it.body)
    case .sortBy:
      let found = type(it.body)
      let key = shown(found)
      switch key {
      case .dyn, .int, .uint, .double, .bool, .string, .bytes, .timestamp, .duration: break
      default: report("type", "a \(key) has no order to sort by", tree[it.body])
      }
      if case .map = range { report("type", "sortBy() sorts a list, not a \(shown(range))", tree[it.range]) }
      return range
    case .map, .transformList: return .list(type(it.body))
    case .transformMap:
      let key: CELType = if case .list = range { .int } else { first }
      return .map(key, type(it.body))
    case .transformMapEntry:
      let result = CELType.map(bindings.fresh(), bindings.fresh())
      let body = type(it.body)
      if !bindings.assign(body, to: result) {
        report("type", "what transformMapEntry adds must be a map, not a \(shown(body))", tree[it.body])
      }
      return bindings.resolved(result, freeAsDyn: false)
    case .optionalMap: return .optional(type(it.body))
    case .optionalFlatMap:
      let result = CELType.optional(bindings.fresh())
      let body = type(it.body)
      if !bindings.assign(body, to: result) {
        report("type", "the result must be an optional, not a \(shown(body))", tree[it.body])
      }
      return bindings.resolved(result, freeAsDyn: false)
    }
  }
}

extension CELType {
  /// How many types stand in this one, itself included, counted no further than a limit.
  fileprivate func partCount(upTo limit: Int) -> Int {
    var (count, open) = (0, [self])
    while count < limit, let type = open.popLast() {
      count += 1
      switch type {
      case .list(let element): open.append(element)
      case .map(let key, let value): open += [key, value]
      case .type(let inner?): open.append(inner)
      case .opaque(_, let parameters): open += parameters
      default: break
      }
    }
    return count
  }

  /// Whether a value of the type may be a number.
  fileprivate var mayBeNumber: Bool {
    switch self {
    case .int, .uint, .double, .dyn, .parameter, .number: true
    default: false
    }
  }

  /// Whether the type leaves something to the run.
  fileprivate var mentionsDyn: Bool {
    switch self {
    case .dyn: true
    case .list(let element): element.mentionsDyn
    case .map(let key, let value): key.mentionsDyn || value.mentionsDyn
    case .opaque(_, let parameters): parameters.contains { $0.mentionsDyn }
    default: false
    }
  }
}

/// What the type parameters of an expression stand for.
///
/// What was bound since a mark can be taken back, so that an overload is tried without a copy of all bindings.
struct TypeBindings {
  private var types: [String: CELType] = [:]
  private var count = 0
  /// What each binding replaced, in the order in which they were made.
  private var journal: [(name: String, old: CELType?)] = []

  mutating func fresh() -> CELType {
    count += 1
    return .parameter("$\(count)")
  }

  /// A moment to which `undo` goes back.
  var mark: Int { journal.count }

  mutating func undo(to mark: Int) {
    while journal.count > mark, let entry = journal.popLast() { types[entry.name] = entry.old }
  }

  private mutating func set(_ name: String, _ type: CELType) {
    journal.append((name, types[name]))
    types[name] = type
  }

  /// The last of a chain of parameters that stand for each other.
  private func root(_ name: String) -> String {
    var name = name
    while case .parameter(let next)? = types[name] { name = next }
    return name
  }

  /// An overload with parameters of its own, for so many arguments.
  mutating func instance(of overload: CELOverload, count: Int) -> (parameters: [CELType], result: CELType) {
    var names: [String: CELType] = [:]
    let parameters = (0..<count).map { renamed(overload.parameter($0), &names) }
    return (parameters, renamed(overload.result, &names))
  }

  private mutating func renamed(_ type: CELType, _ names: inout [String: CELType]) -> CELType {
    switch type {
    case .parameter(let name):
      if let known = names[name] { return known }
      let new = fresh()
      names[name] = new
      return new
    case .list(let element): return .list(renamed(element, &names))
    case .map(let key, let value): return .map(renamed(key, &names), renamed(value, &names))
    case .type(let inner?): return .type(renamed(inner, &names))
    case .opaque(let name, let parameters): return .opaque(name, parameters.map { renamed($0, &names) })
    default: return type
    }
  }

  /// The type with everything that is known put in; what is free may become `dyn`.
  func resolved(_ type: CELType, freeAsDyn: Bool) -> CELType {
    switch type {
    case .parameter(let name):
      let root = root(name)
      guard let bound = types[root] else { return freeAsDyn ? .dyn : .parameter(root) }
      return resolved(bound, freeAsDyn: freeAsDyn)
    case .list(let element): return .list(resolved(element, freeAsDyn: freeAsDyn))
    case .map(let key, let value):
      return .map(resolved(key, freeAsDyn: freeAsDyn), resolved(value, freeAsDyn: freeAsDyn))
    case .type(let inner?): return .type(resolved(inner, freeAsDyn: freeAsDyn))
    case .opaque(let name, let parameters):
      return .opaque(name, parameters.map { resolved($0, freeAsDyn: freeAsDyn) })
    default: return type
    }
  }

  /// The more general of two types that go together, or nil.
  mutating func joined(_ a: CELType, _ b: CELType) -> CELType? {
    guard assign(b, to: a) else { return nil }
    return Self.isAsGeneral(resolved(a, freeAsDyn: false), as: resolved(b, freeAsDyn: false)) ? a : b
  }

  /// Whether a value of one type may stand where another is wanted; parameters are bound on the way.
  mutating func assign(_ actual: CELType, to wanted: CELType) -> Bool {
    switch (actual, wanted) {
    case (.parameter(let a), .parameter(let b)): return alias(root(a), root(b))
    case (_, .parameter(let name)): return bind(root(name), actual)
    case (_, .number): return actual.mayBeNumber
    case (.parameter(let name), _): return bind(root(name), wanted)
    case (.dyn, _), (_, .dyn): return true
    case (.list(let a), .list(let b)): return assign(a, to: b)
    case (.map(let a, let x), .map(let b, let y)): return assign(a, to: b) && assign(x, to: y)
    case (.type, .type): return true
    case (.opaque(let a, let x), .opaque(let b, let y)):
      guard a == b, x.count == y.count else { return false }
      for (actual, wanted) in zip(x, y) where !assign(actual, to: wanted) { return false }
      return true
    case (.null, .timestamp), (.null, .duration), (.null, .object), (.null, .opaque): return true
    case (.timestamp, .null), (.duration, .null), (.object, .null), (.opaque, .null): return true
    default: return actual == wanted
    }
  }

  /// Makes two parameters, each the last of its chain, one: the younger stands for the older.
  private mutating func alias(_ actual: String, _ wanted: String) -> Bool {
    if actual == wanted { return true }
    guard types[actual] == nil else { return bind(wanted, .parameter(actual)) }
    guard types[wanted] == nil else { return bind(actual, .parameter(wanted)) }
    let isOlder = (actual.utf8.count, actual) < (wanted.utf8.count, wanted)
    set(isOlder ? wanted : actual, .parameter(isOlder ? actual : wanted))
    return true
  }

  /// Binds a parameter that is the last of its chain.
  private mutating func bind(_ name: String, _ type: CELType) -> Bool {
    let full = resolved(type, freeAsDyn: false)
    guard let old = types[name] else {
      if full == .parameter(name) { return true }
      guard !Self.mentions(name, full) else { return false }
      set(name, full)
      return true
    }
    guard assign(full, to: old) else { return false }
    let (a, b) = (resolved(full, freeAsDyn: false), resolved(old, freeAsDyn: false))
    if Self.isAsGeneral(a, as: b), !Self.mentions(name, a) { set(name, a) }
    return true
  }

  private static func mentions(_ name: String, _ type: CELType) -> Bool {
    switch type {
    case .parameter(let other): name == other
    case .list(let element): mentions(name, element)
    case .map(let key, let value): mentions(name, key) || mentions(name, value)
    case .type(let inner?): mentions(name, inner)
    case .opaque(_, let parameters): parameters.contains { mentions(name, $0) }
    default: false
    }
  }

  private static func isAsGeneral(_ a: CELType, as b: CELType) -> Bool {
    switch (a, b) {
    case (.dyn, _), (.parameter, _): true
    case (_, .dyn), (_, .parameter): false
    case (.list(let a), .list(let b)): isAsGeneral(a, as: b)
    case (.map(let a, let x), .map(let b, let y)): isAsGeneral(a, as: b) && isAsGeneral(x, as: y)
    case (.opaque(_, let x), .opaque(_, let y)): zip(x, y).allSatisfy { isAsGeneral($0, as: $1) }
    case (.null, _): false
    default: true
    }
  }
}
