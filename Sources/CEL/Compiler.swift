/// Turns a tree into closures.
struct Compiler {
  typealias Code = @Sendable (inout Frame) throws(CELFailure) -> CELValue

  private let environment: CELEnvironment
  private let tree: SyntaxTree
  private var locals: [String] = []
  private var localCount = 0
  private var inputs: [Int] = []

  static func compile(_ tree: SyntaxTree, in environment: CELEnvironment, type: CELType) -> CELProgram {
    var compiler = Compiler(environment: environment, tree: tree)
    let code = compiler.code(tree.root)
    return CELProgram(
      resultType: type, inputs: compiler.inputs.map { environment.variables[$0].name }, code: code,
      localCount: compiler.localCount, limits: environment.limits)
  }

  private init(environment: CELEnvironment, tree: SyntaxTree) {
    self.environment = environment
    self.tree = tree
  }

  private func failing(_ failure: CELFailure) -> Code {
    { (_: inout Frame) throws(CELFailure) -> CELValue in throw failure }
  }

  private func constant(_ value: CELValue) -> Code {
    { (_: inout Frame) throws(CELFailure) -> CELValue in value }
  }

  private mutating func code(_ id: Int) -> Code {
    let node = tree[id]
    switch node.kind {
    case .literal(let value): return constant(value)
    case .invalid, .structure:
      return failing(CELFailure(.unbound, "messages are not supported").at(node.offset))
    case .name, .select: return path(id)
    case .has(let operand, let field, let isOptional):
      let operand = code(operand)
      let environment = environment
      return { (frame: inout Frame) throws(CELFailure) -> CELValue in
        do throws(CELFailure) {
          return try Selection.has(field, of: operand(&frame), isOptional: isOptional, environment)
        } catch { throw error.at(node.offset) }
      }
    case .call(let name, let target, let arguments): return call(name, target, arguments, node)
    case .and(let operands): return logic(operands, decisive: false)
    case .or(let operands): return logic(operands, decisive: true)
    case .conditional(let condition, let then, let otherwise):
      let (condition, then, otherwise) = (code(condition), code(then), code(otherwise))
      return { (frame: inout Frame) throws(CELFailure) -> CELValue in
        try frame.meter.charge(1)
        switch try condition(&frame) {
        case .bool(let holds): return holds ? try then(&frame) : try otherwise(&frame)
        case .unknown(let unknown): return .unknown(unknown)
        case let other: throw wrongKind("the condition before '?'", "a bool", other).at(node.offset)
        }
      }
    case .list(let elements): return list(elements, node)
    case .map(let entries): return map(entries, node)
    case .comprehension(let comprehension): return self.comprehension(comprehension, node)
    }
  }

  // MARK: Names

  /// A chain of names and fields: a local, a variable or a type, then fields.
  private mutating func path(_ id: Int) -> Code {
    let node = tree[id]
    if let (parts, isRooted) = tree.dottedName(id) {
      if isRooted || !locals.contains(parts[0]),
        let (meaning, taken) = environment.meaning(of: parts, isRooted: isRooted)
      {
        var code: Code
        switch meaning {
        case .variable(let slot): code = input(slot, node.offset)
        case .type(let type): code = constant(.type(type))
        }
        for field in parts[taken...] { code = select(code, field, isOptional: false, node.offset) }
        return code
      }
    }
    switch node.kind {
    case .select(let operand, let field, let isOptional):
      return select(code(operand), field, isOptional: isOptional, node.offset)
    case .name(let name, let isRooted):
      if !isRooted, let slot = locals.lastIndex(of: name) {
        return { (frame: inout Frame) throws(CELFailure) -> CELValue in
          try frame.meter.charge(1)
          return frame.locals[slot]
        }
      }
      return failing(CELFailure(.unbound, "there is no variable '\(name)'").at(node.offset))
    default: return code(id)
    }
  }

  private mutating func input(_ variable: Int, _ offset: Int) -> Code {
    let slot: Int
    if let known = inputs.firstIndex(of: variable) {
      slot = known
    } else {
      slot = inputs.count
      inputs.append(variable)
    }
    let name = environment.variables[variable].name
    return { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1)
      guard let value = frame.inputs[slot] else {
        throw CELFailure(.unbound, "the variable '\(name)' has no value").at(offset)
      }
      if case .unknown(let unknown) = value, unknown.attributes.isEmpty {
        return .unknown(CELUnknown([name]))
      }
      return value
    }
  }

  private func select(_ operand: @escaping Code, _ field: String, isOptional: Bool, _ offset: Int) -> Code {
    let environment = environment
    // Attributes by the name of their struct, so that a row is read without looking names up.
    let readers = environment.structs.compactMap { structure in
      structure.attributes.first { $0.name == field }.map { (name: structure.name, read: $0.read) }
    }
    return { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1)
      let value = try operand(&frame)
      do throws(CELFailure) {
        if !isOptional, case .object(let object) = value {
          for reader in readers where reader.name == object.type {
            return Selection.read(reader.read, object, field)
          }
        }
        return try Selection.select(field, of: value, isOptional: isOptional, environment)
      } catch { throw error.at(offset) }
    }
  }

  // MARK: Operators and calls

  private mutating func logic(_ operands: [Int], decisive: Bool) -> Code {
    let offsets = operands.map { tree[$0].offset }
    let operands = operands.map { code($0) }
    let name = decisive ? "'||'" : "'&&'"
    return { (frame: inout Frame) throws(CELFailure) -> CELValue in
      var failure: CELFailure?
      var unknown: CELUnknown?
      for index in operands.indices {
        try frame.meter.charge(1)
        do throws(CELFailure) {
          switch try operands[index](&frame) {
          case .bool(let value):
            if value == decisive { return .bool(decisive) }
          case .unknown(let more): unknown = unknown?.union(more) ?? more
          case let other: throw wrongKind("a side of \(name)", "a bool", other).at(offsets[index])
          }
        } catch {
          if error.isFinal { throw error }
          failure = failure ?? error
        }
      }
      if let unknown { return .unknown(unknown) }
      if let failure { throw failure }
      return .bool(!decisive)
    }
  }

  private mutating func call(_ name: String, _ target: Int?, _ arguments: [Int], _ node: SyntaxTree.Node)
    -> Code
  {
    var name = name
    var arguments = arguments
    var isMember = false
    if let target {
      if let qualified = qualified(name, target) {
        name = qualified
      } else {
        arguments.insert(target, at: 0)
        isMember = true
      }
    } else if let known = environment.functionName(name) {
      name = known
    }
    if name == "_==_" || name == "_!=_" { return equality(arguments, isNegated: name == "_!=_") }
    let codes = arguments.map { code($0) }
    let candidates = environment.functions(named: name).filter { function in
      function.overloads.contains { $0.takes(arguments.count, isMember: isMember) }
    }
    let failure = noOverload(name, isMember: isMember)
    let call = Call(candidates: candidates, failure: failure, offset: node.offset)
    guard let first = candidates.first else {
      // The arguments are not run: the call fails whatever they are.
      return failing(failure([], environment).at(node.offset))
    }
    let environment = environment
    switch codes.count {
    case 1:
      guard candidates.count == 1, case .one(let body) = first.body, case .constant(let price) = first.price
      else { break }
      let operand = codes[0]
      return { (frame: inout Frame) throws(CELFailure) -> CELValue in
        try frame.meter.charge(price)
        let value = try operand(&frame)
        if case .unknown = value { return value }
        do throws(CELFailure) {
          if let result = try body(value, &frame.meter) { return result }
        } catch { throw error.at(node.offset) }
        throw failure([value], environment).at(node.offset)
      }
    case 2:
      guard candidates.count == 1, case .two(let body) = first.body, case .constant(let price) = first.price
      else { break }
      let (left, right) = (codes[0], codes[1])
      return { (frame: inout Frame) throws(CELFailure) -> CELValue in
        try frame.meter.charge(price)
        let a = try left(&frame)
        let b = try right(&frame)
        do throws(CELFailure) {
          if let result = try body(a, b, &frame.meter) { return result }
        } catch { throw error.at(node.offset) }
        if let unknown = CELUnknown(in: [a, b]) { return .unknown(unknown) }
        throw failure([a, b], environment).at(node.offset)
      }
    default: break
    }
    return { (frame: inout Frame) throws(CELFailure) -> CELValue in
      var values: [CELValue] = []
      values.reserveCapacity(codes.count)
      for code in codes { values.append(try code(&frame)) }
      return try call.run(values, &frame.meter, environment)
    }
  }

  /// The name of a function in a namespace, where a call looks like one of a method.
  private func qualified(_ name: String, _ target: Int) -> String? {
    guard let (parts, isRooted) = tree.dottedName(target), isRooted || !locals.contains(parts[0]) else {
      return nil
    }
    let path = (parts + [name]).joined(separator: ".")
    return environment.functionName((isRooted ? "." : "") + path)
  }

  private func noOverload(_ name: String, isMember: Bool)
    -> @Sendable ([CELValue], CELEnvironment) -> CELFailure
  {
    { values, environment in
      let types = values.map { $0.type.runtimeName }
      let called = CELOverload.spelling(name, types, isMember: isMember)
      let known = environment.signatures(name)
      let tried = known.isEmpty ? "there is no function '\(name)'" : "tried \(known.joined(separator: "; "))"
      return CELFailure(.noOverload, "no such overload: \(called); \(tried)")
    }
  }

  private mutating func equality(_ operands: [Int], isNegated: Bool) -> Code {
    // A text on the right is compared without leaving the fast path.
    if case .literal(.string(let text)) = tree[operands[1]].kind {
      let left = code(operands[0])
      return { (frame: inout Frame) throws(CELFailure) -> CELValue in
        try frame.meter.charge(2)
        switch try left(&frame) {
        case .string(let value): return .bool(sameScalars(value, text) != isNegated)
        case .unknown(let unknown): return .unknown(unknown)
        default: return .bool(isNegated)
        }
      }
    }
    let (left, right) = (code(operands[0]), code(operands[1]))
    return { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1)
      let a = try left(&frame)
      let b = try right(&frame)
      if let unknown = CELUnknown(in: a, b) { return .unknown(unknown) }
      return .bool(try a.equals(b, &frame.meter) != isNegated)
    }
  }

  // MARK: Lists and maps

  private mutating func list(_ elements: [(value: Int, isOptional: Bool)], _ node: SyntaxTree.Node) -> Code {
    let literals = elements.compactMap { element -> CELValue? in
      if case .literal(let value) = tree[element.value].kind, !element.isOptional { value } else { nil }
    }
    if literals.count == elements.count { return constant(.list(literals)) }
    let codes = elements.map { (code: code($0.value), isOptional: $0.isOptional) }
    return { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1 + codes.count)
      var list: [CELValue] = []
      var unknown: CELUnknown?
      for (code, isOptional) in codes {
        switch (try code(&frame), isOptional) {
        case (.unknown(let more), _): unknown = unknown?.union(more) ?? more
        case (.optional(let value), true):
          if let value { list.append(value) }
        case (let other, true): throw wrongKind("an element after '?'", "an optional", other).at(node.offset)
        case (let value, false): list.append(value)
        }
      }
      return unknown.map(CELValue.unknown) ?? .list(list)
    }
  }

  private mutating func map(
    _ entries: [(key: Int, value: Int, isOptional: Bool)], _ node: SyntaxTree.Node
  ) -> Code {
    let codes = entries.map { (key: code($0.key), value: code($0.value), isOptional: $0.isOptional) }
    return { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1 + codes.count)
      var map = CELMap()
      var unknown: CELUnknown?
      for (key, value, isOptional) in codes {
        let key = try key(&frame)
        var value = try value(&frame)
        if let more = CELUnknown(in: key, value) {
          unknown = unknown?.union(more) ?? more
          continue
        }
        if isOptional {
          guard case .optional(let wrapped) = value else {
            throw wrongKind("an entry after '?'", "an optional", value).at(node.offset)
          }
          guard let wrapped else { continue }
          value = wrapped
        }
        do throws(CELFailure) { try map.add(key, value) } catch { throw error.at(node.offset) }
      }
      return unknown.map(CELValue.unknown) ?? .map(map)
    }
  }

  // MARK: Comprehensions

  private mutating func comprehension(_ it: SyntaxTree.Comprehension, _ node: SyntaxTree.Node) -> Code {
    let range = code(it.range)
    let first = locals.count
    locals += it.variables
    localCount = max(localCount, locals.count)
    let body = code(it.body)
    let condition = it.condition.map { code($0) }
    locals.removeLast(it.variables.count)
    return Loop(
      kind: it.kind, range: range, slot: first, isTwoVariable: it.variables.count == 2,
      condition: condition, body: body, offset: node.offset
    ).code
  }
}

extension CELOverload {
  func takes(_ count: Int, isMember: Bool) -> Bool {
    self.isMember == isMember && parameters.count == count
  }

  /// A call as a person reads it.
  static func spelling(_ name: String, _ types: [String], isMember: Bool) -> String {
    isMember && !types.isEmpty
      ? "\(types[0]).\(name)(\(types.dropFirst().joined(separator: ", ")))"
      : "\(name)(\(types.joined(separator: ", ")))"
  }
}

extension CELUnknown {
  /// What is missing among values, or nil if all are known.
  init?(in values: [CELValue]) {
    var union: CELUnknown?
    for case .unknown(let more) in values { union = union?.union(more) ?? more }
    guard let union else { return nil }
    self = union
  }

  @inline(__always)
  init?(in a: CELValue, _ b: CELValue) {
    switch (a, b) {
    case (.unknown(let x), .unknown(let y)): self = x.union(y)
    case (.unknown(let x), _), (_, .unknown(let x)): self = x
    default: return nil
    }
  }
}

/// A call whose function is chosen by the values.
struct Call: Sendable {
  let candidates: [CELFunction]
  let failure: @Sendable ([CELValue], CELEnvironment) -> CELFailure
  let offset: Int

  func run(
    _ values: [CELValue], _ meter: inout CELMeter, _ environment: CELEnvironment
  ) throws(CELFailure) -> CELValue {
    if let unknown = CELUnknown(in: values) { return .unknown(unknown) }
    do throws(CELFailure) {
      for function in candidates
      where
        function.overloads.contains(where: { overload in
          overload.parameters.count == values.count
            && zip(overload.parameters, values).allSatisfy { $0.accepts($1) }
        })
      {
        try meter.charge(function.price.steps(values.map(\.extent)))
        let result: CELValue?
        switch function.body {
        case .one(let body): result = values.count == 1 ? try body(values[0], &meter) : nil
        case .two(let body): result = values.count == 2 ? try body(values[0], values[1], &meter) : nil
        case .many(let body): result = try body(values, &meter)
        case .none: result = nil
        }
        if let result { return result }
      }
    } catch { throw error.at(offset) }
    throw failure(values, environment).at(offset)
  }
}

func wrongKind(_ what: String, _ wanted: String, _ value: CELValue) -> CELFailure {
  CELFailure(.noOverload, "no such overload: \(what) must be \(wanted), not \(value.type.runtimeName)")
}

extension CELMap {
  mutating func add(_ key: CELValue, _ value: CELValue) throws(CELFailure) {
    guard !insert(key, value) else { return }
    throw self[key] == nil
      ? CELFailure(.noOverload, "a key of a map must be a bool, int, uint or string")
      : CELFailure(.duplicateKey, "the map has the same key twice")
  }
}
