/// What an evaluation costs at worst.
public struct CELCost: Sendable, Hashable {
  /// The most steps, `Int.max` if nothing bounds them.
  public var steps: Int
  /// The size of the result at most.
  public var result: CELSize

  public var isBounded: Bool { steps < .max }
}

/// Goes over a checked tree and adds up what each node charges at worst.
struct CostEstimate {
  private let tree: SyntaxTree
  private let environment: CELEnvironment
  private let sizes: [String: CELSize]
  private let types: [CELType]
  private var locals: [(name: String, size: CELSize)] = []

  static func cost(of tree: SyntaxTree, in environment: CELEnvironment, sizes: [String: CELSize]) -> CELCost {
    let types = Checker.check(tree, in: environment).types
    var estimate = CostEstimate(tree: tree, environment: environment, sizes: sizes, types: types)
    return estimate.cost(tree.root)
  }

  private init(tree: SyntaxTree, environment: CELEnvironment, sizes: [String: CELSize], types: [CELType]) {
    self.tree = tree
    self.environment = environment
    self.sizes = sizes
    self.types = types
  }

  private mutating func cost(_ id: Int) -> CELCost {
    var cost = find(id)
    // Whatever was said of it: a value of a scalar type is a scalar.
    if types[id].isScalar { cost.result = .scalar }
    return cost
  }

  private mutating func find(_ id: Int) -> CELCost {
    let node = tree[id]
    switch node.kind {
    case .literal(let value): return CELCost(steps: 0, result: CELSize(of: value))
    case .invalid: return CELCost(steps: 0, result: .scalar)
    case .name, .select: return path(id)
    case .has(let operand, let field, _):
      return sum(Compiler.price(ofField: field), [cost(operand)], result: .scalar)
    case .and(let operands), .or(let operands):
      return sum(operands.count, operands.map { cost($0) }, result: .scalar)
    case .conditional(let condition, let then, let otherwise):
      let (condition, a, b) = (cost(condition), cost(then), cost(otherwise))
      return CELCost(
        steps: .saturatingSum(1, condition.steps, max(a.steps, b.steps)), result: a.result.union(b.result))
    case .call(let name, let target, let arguments): return call(name, target, arguments)
    case .list(let elements):
      let costs = elements.map { cost($0.value) }
      let element = zip(costs, elements).reduce(CELSize.scalar) {
        $0.union($1.1.isOptional ? $1.0.result.elements : $1.0.result)
      }
      return sum(1 + costs.count, costs, result: .list(count: costs.count, of: element))
    case .map(let entries):
      let keys = entries.map { cost($0.key) }
      let values = entries.map { cost($0.value) }
      let value = zip(values, entries).reduce(CELSize.scalar) {
        $0.union($1.1.isOptional ? $1.0.result.elements : $1.0.result)
      }
      let hashing = keys.reduce(1 + keys.count) { .saturatingSum($0, $1.result.textWeight) }
      let key = keys.reduce(CELSize.scalar) { $0.union($1.result) }
      return sum(hashing, keys + values, result: .map(count: keys.count, keys: key, values: value))
    case .structure(_, let fields):
      let costs = fields.map { cost($0.value) }
      let part = zip(costs, fields).reduce(CELSize.scalar) {
        $0.union($1.1.isOptional ? $1.0.result.elements : $1.0.result)
      }
      return sum(1 + costs.count, costs, result: .list(count: costs.count, of: part))
    case .comprehension(let it): return comprehension(it)
    }
  }

  private func sum(_ steps: Int, _ parts: [CELCost], result: CELSize) -> CELCost {
    CELCost(steps: parts.reduce(steps) { .saturatingSum($0, $1.steps) }, result: result)
  }

  // MARK: Names

  private mutating func path(_ id: Int) -> CELCost {
    if let (parts, isRooted) = tree.dottedName(id),
      isRooted || !locals.contains(where: { $0.name == parts[0] }),
      let (meaning, taken) = environment.meaning(of: parts, isRooted: isRooted), taken == parts.count
    {
      guard case .variable(let slot) = meaning else { return CELCost(steps: 0, result: .scalar) }
      let variable = environment.variables[slot]
      return CELCost(steps: 1, result: sizes[variable.name] ?? .ofType(variable.type))
    }
    switch tree[id].kind {
    case .select(let operand, let field, let isOptional):
      let inner = cost(operand)
      var result: CELSize
      switch types[operand] {
      case .object(let name):
        let attribute = environment.structure(name)?.attribute(field)
        result = sizes["\(name).\(field)"] ?? attribute?.size ?? .ofType(types[id])
        // A struct that the expression writes holds what the expression put in.
        if inner.result != .scalar { result = result.union(inner.result.elements) }
      case .map: result = inner.result.elements
      default:
        let element = inner.result.elements
        result = inner.result == .scalar ? .unbounded : element.union(element.elements)
      }
      if isOptional || types[id].isOptional { result = result.union(.list(count: 1, of: result)) }
      return CELCost(steps: .saturatingSum(Compiler.price(ofField: field), inner.steps), result: result)
    case .name(let name, _):
      return CELCost(steps: 1, result: locals.last { $0.name == name }?.size ?? .scalar)
    default: return CELCost(steps: 0, result: .scalar)
    }
  }

  // MARK: Calls

  private mutating func call(_ name: String, _ target: Int?, _ arguments: [Int]) -> CELCost {
    var name = name
    var operands = arguments
    var isMember = false
    if let target {
      if let (parts, isRooted) = tree.dottedName(target),
        isRooted || !locals.contains(where: { $0.name == parts[0] }),
        let known = environment.functionName((isRooted ? "." : "") + (parts + [name]).joined(separator: "."))
      {
        name = known
      } else {
        operands.insert(target, at: 0)
        isMember = true
      }
    } else if let known = environment.functionName(name) {
      name = known
    }
    let costs = operands.map { cost($0) }
    let sizes = costs.map(\.result)
    var (steps, result) = (0, CELSize.scalar)
    for function in environment.functions(named: name)
    where function.takes(operands.count, isMember: isMember) {
      var price = function.price.worst(sizes, states: states(name, operands))
      // Paid for each pair that is taken together.
      if case .fold = function.body { price = .saturatingProduct(price, operands.count) }
      steps = max(steps, price)
      var size = function.growth.size(sizes, limits: environment.limits)
      for overload in function.overloads where overload.takes(operands.count, isMember: isMember) {
        if overload.result.isScalar { continue }
        size = size ?? .ofType(overload.result)
        result = result.union(size ?? .unbounded)
      }
    }
    return sum(.saturatingSum(steps, result.weight), costs, result: result)
  }

  /// The states of the pattern of a match: those of the one that the expression writes, or the most there may be.
  private func states(_ name: String, _ operands: [Int]) -> Int {
    guard name == "matches", operands.count == 2, case .literal(.string(let text)) = tree[operands[1]].kind
    else { return Pattern.mostSteps }
    var meter = CELMeter()
    return (try? Pattern(text, &meter))?.stepCount ?? Pattern.mostSteps
  }

  // MARK: Macros

  private mutating func comprehension(_ it: SyntaxTree.Comprehension) -> CELCost {
    let range = cost(it.range)
    let count = range.result.count
    let isMap: Bool? =
      switch types[it.range] {
      case .map: true
      case .list: false
      default: nil
      }
    let (keys, elements) = (range.result.keys, range.result.elements)
    let first: CELSize =
      switch it.kind {
      case .bind: range.result
      case .optionalMap, .optionalFlatMap: elements
      default: isMap == true ? keys : isMap == nil ? keys.union(elements) : elements
      }
    let outer = locals.count
    defer { locals.removeLast(locals.count - outer) }
    if it.variables.count == 2 {
      locals.append((it.variables[0], isMap == false ? .scalar : keys))
      locals.append((it.variables[1], elements))
    } else if let variable = it.variables.first {
      locals.append((variable, first))
    }
    let body = cost(it.body)
    let condition = it.condition.map { cost($0) } ?? CELCost(steps: 0, result: .scalar)
    if it.kind == .bind || it.kind == .optionalMap || it.kind == .optionalFlatMap {
      let result = it.kind == .optionalMap ? CELSize.list(count: 1, of: body.result) : body.result
      return sum(1, [range, body], result: result)
    }
    var each = Int.saturatingSum(1, body.steps, condition.steps)
    var (extra, result) = (0, CELSize.scalar)
    switch it.kind {
    case .all, .exists, .existsOne, .bind, .optionalMap, .optionalFlatMap: break
    case .filter: result = .list(count: count, of: first)
    case .map, .transformList: result = .list(count: count, of: body.result)
    case .sortBy:
      result = range.result
      extra = CELPrice.sorting.worst([.list(count: count, of: body.result)], states: 0)
    case .transformMap:
      each = .saturatingSum(each, keys.textWeight)
      result = .map(count: count, keys: isMap == false ? .scalar : keys, values: body.result)
    case .transformMapEntry:
      let entries = body.result
      each = .saturatingSum(
        each, .saturatingProduct(entries.count, .saturatingSum(1, entries.keys.textWeight)))
      result = .map(
        count: .saturatingProduct(count, entries.count), keys: entries.keys, values: entries.elements)
    }
    return sum(.saturatingSum(1, extra, .saturatingProduct(count, each)), [range], result: result)
  }
}

extension CELType {
  /// Whether values of the type take a fixed space.
  fileprivate var isScalar: Bool {
    switch self {
    case .null, .bool, .int, .uint, .double, .timestamp, .duration, .type: true
    default: false
    }
  }

  fileprivate var isOptional: Bool {
    if case .opaque("optional_type", _) = self { true } else { false }
  }
}

extension CELSize {
  /// All that the type alone says of the size.
  fileprivate static func ofType(_ type: CELType) -> CELSize {
    switch type {
    case .object: .scalar
    case let other where other.isScalar: .scalar
    default: .unbounded
    }
  }
}
