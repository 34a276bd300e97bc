/// Turns a tree into closures.
///
/// Each closure does one node and takes nothing from the heap for scalars; names, functions and places are looked
/// up here, once.
struct Compiler {
  /// What a node does when it runs.
  ///
  /// A struct around the closure: arrays and optionals of bare closures would wrap each in a further call.
  struct Code: Sendable {
    private let body: @Sendable (inout Frame) throws(CELFailure) -> CELValue

    init(_ body: @escaping @Sendable (inout Frame) throws(CELFailure) -> CELValue) { self.body = body }

    @inline(__always)
    func callAsFunction(_ frame: inout Frame) throws(CELFailure) -> CELValue { try body(&frame) }
  }

  private let environment: CELEnvironment
  private let tree: SyntaxTree
  private var locals: [String] = []
  private var localCount = 0
  private var inputs: [Int] = []
  /// The values of nodes that are literals, or lists and maps of nothing but literals.
  private let constants: [CELValue?]
  /// The signatures under a name, written once for all calls of it.
  private var candidates: [String: String] = [:]

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
    constants = Self.constants(of: tree)
  }

  /// The values that the tree alone tells; children stand before their parents.
  private static func constants(of tree: SyntaxTree) -> [CELValue?] {
    var values: [CELValue?] = []
    values.reserveCapacity(tree.nodes.count)
    for node in tree.nodes {
      switch node.kind {
      case .literal(let value): values.append(value)
      case .list(let elements):
        let list = elements.compactMap { $0.isOptional ? nil : values[$0.value] }
        values.append(list.count == elements.count ? .list(list) : nil)
      case .map(let entries):
        var map = CELMap()
        let isWhole = entries.allSatisfy { entry in
          guard !entry.isOptional, let key = values[entry.key], let value = values[entry.value] else {
            return false
          }
          return map.insert(key, value)
        }
        values.append(isWhole ? .map(map) : nil)
      default: values.append(nil)
      }
    }
    return values
  }

  private func failing(_ failure: CELFailure) -> Code {
    Code { (_: inout Frame) throws(CELFailure) -> CELValue in throw failure }
  }

  private func constant(_ value: CELValue) -> Code {
    Code { (_: inout Frame) throws(CELFailure) -> CELValue in value }
  }

  private mutating func code(_ id: Int) -> Code {
    if let value = constants[id] { return constant(value) }
    let node = tree[id]
    switch node.kind {
    case .literal(let value): return constant(value)
    case .invalid: return failing(CELFailure(.unbound, "the expression cannot be read").at(node.offset))
    case .structure(let name, let fields): return structure(name, fields, node)
    case .name, .select: return path(id)
    case .has(let operand, let field, let isOptional):
      let operand = code(operand)
      let environment = environment
      let price = Self.price(ofField: field)
      return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
        try frame.meter.charge(price)
        do throws(CELFailure) {
          return try Selection.has(field, of: operand(&frame), isOptional: isOptional, environment)
        } catch { throw error.at(node.offset) }
      }
    case .call(let name, let target, let arguments): return call(name, target, arguments, node)
    case .and(let operands): return logic(operands, decisive: false)
    case .or(let operands): return logic(operands, decisive: true)
    case .conditional(let condition, let then, let otherwise):
      let offset = tree[condition].offset
      let (condition, then, otherwise) = (code(condition), code(then), code(otherwise))
      return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
        try frame.meter.charge(1)
        switch try condition(&frame) {
        case .bool(let holds): return holds ? try then(&frame) : try otherwise(&frame)
        case .unknown(let unknown): return .unknown(unknown)
        case let other: throw wrongKind("the condition before '?'", "a bool", other).at(offset)
        }
      }
    case .list(let elements): return list(elements)
    case .map(let entries): return map(entries)
    case .comprehension(let comprehension): return self.comprehension(comprehension, node)
    }
  }

  /// What it takes to look a field up: its name is read once.
  static func price(ofField field: String) -> Int { 1 + field.utf8.count / 16 }

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
        for length in taken..<parts.count {
          let path = parts[...length].joined(separator: ".")
          code = select(code, parts[length], isOptional: false, path: path, node.offset)
        }
        return code
      }
    }
    switch node.kind {
    case .select(let operand, let field, let isOptional):
      return select(
        code(operand), field, isOptional: isOptional, path: (name(of: operand) ?? "") + "." + field,
        node.offset)
    case .name(let name, let isRooted):
      if !isRooted, let slot = locals.lastIndex(of: name) {
        return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
          try frame.meter.charge(1)
          return frame.locals[slot]
        }
      }
      let (environment, locals) = (environment, locals)
      return failing(
        CELFailure(
          .unbound, .later { environment.unknownName(name, locals: locals, offset: 0, length: 1).words }
        ).at(node.offset))
    default: return code(id)
    }
  }

  /// The name by which a person knows what a node gives, if it spells one.
  private func name(of id: Int) -> String? {
    tree.dottedName(id).map { $0.parts.joined(separator: ".") }
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
    return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1)
      guard let value = frame.inputs[slot] else {
        throw CELFailure(.unbound, "the variable '\(name)' has no value").at(offset)
      }
      return value.named { name }
    }
  }

  private func select(
    _ operand: Code, _ field: String, isOptional: Bool, path: String, _ offset: Int
  ) -> Code {
    let environment = environment
    let price = Self.price(ofField: field)
    // Attributes by the name of their struct, so that a row is read without looking names up.
    let readers = environment.structs.compactMap { structure in
      structure.attribute(field).map { Reader(type: structure.name, read: $0.read) }
    }
    return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(price)
      let value = try operand(&frame)
      do throws(CELFailure) {
        if !isOptional, case .object(let object) = value {
          for reader in readers where reader.type == object.type {
            return Selection.read(reader.read, object, field)
          }
        }
        return try Selection.select(field, of: value, isOptional: isOptional, environment).named { path }
      } catch { throw error.at(offset) }
    }
  }

  // MARK: Operators

  private mutating func logic(_ operands: [Int], decisive: Bool) -> Code {
    let offsets = operands.map { tree[$0].offset }
    let operands = operands.map { code($0) }
    let side = "a side of \(decisive ? "'||'" : "'&&'")"
    return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
      var failure: CELFailure?
      var unknown: CELUnknown?
      for index in operands.indices {
        try frame.meter.charge(1)
        do throws(CELFailure) {
          switch try operands[index](&frame) {
          case .bool(let value):
            if value == decisive { return .bool(decisive) }
          case .unknown(let more): unknown = CELUnknown.union(unknown, more)
          case let other: throw wrongKind(side, "a bool", other).at(offsets[index])
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

  private mutating func equality(_ operands: [Int], isNegated: Bool) -> Code {
    // A text on the right is compared without leaving the fast path.
    if case .literal(.string(let text)) = tree[operands[1]].kind {
      let left = code(operands[0])
      return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
        try frame.meter.charge(1)
        switch try left(&frame) {
        case .string(let value):
          if value.utf8.count >= 16 { try frame.meter.charge(min(value.utf8.count, text.utf8.count) / 16) }
          return .bool(sameScalars(value, text) != isNegated)
        case .unknown(let unknown): return .unknown(unknown)
        default: return .bool(isNegated)
        }
      }
    }
    let owner = owner(of: operands)
    let (left, right) = (code(operands[0]), code(operands[1]))
    return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1)
      let a = try left(&frame)
      let b = try right(&frame)
      if case .int(let x) = a, case .int(let y) = b { return .bool((x == y) != isNegated) }
      if let unknown = CELUnknown(in: a, b) { return .unknown(unknown) }
      var unknown: CELUnknown?
      let isEqual = try a.equals(b, &frame.meter, &unknown)
      if isEqual, let unknown { return CELValue.unknown(unknown).named { owner } }
      return .bool(isEqual != isNegated)
    }
  }

  /// An operator that takes ints and doubles in one step, and all else as any call does.
  private mutating func numeric(
    _ name: String, _ operands: [Int], _ failure: NoOverload, _ node: SyntaxTree.Node
  ) -> Code? {
    let (left, right) = (code(operands[0]), code(operands[1]))
    let owner = owner(of: operands)
    guard let function = environment.functions(named: name).first, case .two(let body) = function.body else {
      return nil
    }
    let price = function.price
    @Sendable func other(_ a: CELValue, _ b: CELValue, _ frame: inout Frame) throws(CELFailure) -> CELValue {
      if let unknown = CELUnknown(in: a, b) { return .unknown(unknown) }
      do throws(CELFailure) {
        try frame.meter.charge(price.steps(a, b))
        if let result = try body(a, b, &frame.meter) { return result.named { owner } }
      } catch { throw error.at(node.offset) }
      throw failure([a, b]).at(node.offset)
    }
    func arithmetic(
      _ ints: @escaping @Sendable (Int64, Int64) -> (partialValue: Int64, overflow: Bool),
      _ doubles: @escaping @Sendable (Double, Double) -> Double
    ) -> Code {
      Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
        let a = try left(&frame)
        let b = try right(&frame)
        switch (a, b) {
        case (.int(let x), .int(let y)):
          try frame.meter.charge(1)
          let (result, overflow) = ints(x, y)
          if overflow { throw overflowed.at(node.offset) }
          return .int(result)
        case (.double(let x), .double(let y)):
          try frame.meter.charge(1)
          return .double(doubles(x, y))
        default: return try other(a, b, &frame)
        }
      }
    }
    func comparison(
      _ ints: @escaping @Sendable (Int64, Int64) -> Bool,
      _ doubles: @escaping @Sendable (Double, Double) -> Bool
    ) -> Code {
      Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
        let a = try left(&frame)
        let b = try right(&frame)
        switch (a, b) {
        case (.int(let x), .int(let y)):
          try frame.meter.charge(1)
          return .bool(ints(x, y))
        case (.double(let x), .double(let y)):
          try frame.meter.charge(1)
          return .bool(doubles(x, y))
        default: return try other(a, b, &frame)
        }
      }
    }
    switch name {
    case "_+_": return arithmetic({ $0.addingReportingOverflow($1) }, { $0 + $1 })
    case "_-_": return arithmetic({ $0.subtractingReportingOverflow($1) }, { $0 - $1 })
    case "_*_": return arithmetic({ $0.multipliedReportingOverflow(by: $1) }, { $0 * $1 })
    case "_<_": return comparison({ $0 < $1 }, { $0 < $1 })
    case "_<=_": return comparison({ $0 <= $1 }, { $0 <= $1 })
    case "_>_": return comparison({ $0 > $1 }, { $0 > $1 })
    case "_>=_": return comparison({ $0 >= $1 }, { $0 >= $1 })
    default: return nil
    }
  }

  /// Whether a text is among texts that the expression writes.
  private mutating func membership(_ element: Int, among texts: [String]) -> Code {
    let element = code(element)
    return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1)
      switch try element(&frame) {
      case .string(let value):
        for text in texts {
          try frame.meter.charge(1)
          if sameScalars(value, text) { return .bool(true) }
        }
        return .bool(false)
      case .unknown(let unknown): return .unknown(unknown)
      default: return .bool(false)
      }
    }
  }

  /// A pattern that the expression writes is read once.
  private mutating func matching(_ subject: Int, _ pattern: Pattern, _ failure: NoOverload, _ offset: Int)
    -> Code
  {
    let subject = code(subject)
    return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
      let value = try subject(&frame)
      if case .unknown = value { return value }
      guard case .string(let text) = value else { throw failure([value, .string("")]).at(offset) }
      do throws(CELFailure) {
        try frame.meter.charge(1 + text.utf8.count / 16)
        return .bool(try pattern.matches(text, &frame.meter))
      } catch { throw error.at(offset) }
    }
  }

  // MARK: Calls

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
    let tried = self.candidates[name] ?? environment.candidates(for: name)
    self.candidates[name] = tried
    let failure = NoOverload(
      name: name, isMember: isMember, tried: tried, environment: environment,
      lacksBody: environment.functions(named: name).contains {
        $0.takes(arguments.count, isMember: isMember) && !$0.hasBody
      })
    let candidates = environment.functions(named: name).filter {
      $0.takes(arguments.count, isMember: isMember)
    }
    guard let function = candidates.first else {
      // The arguments are not run: the call fails whatever they are.
      return failing(failure.ofAny(arguments.count).at(node.offset))
    }
    if candidates.count == 1, !function.isHost, let special = special(name, arguments, failure, node) {
      return special
    }
    let codes = arguments.map { code($0) }
    let owner = owner(of: arguments)
    if candidates.count == 1, let direct = direct(function, codes, failure, owner, node.offset) {
      return direct
    }
    return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
      var values: [CELValue] = []
      values.reserveCapacity(codes.count)
      for code in codes { values.append(try code(&frame)) }
      if let unknown = CELUnknown(in: values) { return .unknown(unknown) }
      do throws(CELFailure) {
        for function in candidates where function.accepts(values) {
          try frame.meter.charge(function.price.steps(values))
          if let result = try function.body.run(values, &frame.meter) { return result.named { owner } }
        }
      } catch { throw error.at(node.offset) }
      throw failure(values).at(node.offset)
    }
  }

  /// What to name when something inside of the arguments is missing and has no name itself.
  private func owner(of arguments: [Int]) -> String {
    (arguments.lazy.compactMap { name(of: $0) }.first ?? "a value") + "[…]"
  }

  /// Calls that the expression itself makes simpler, because it writes what they work on.
  private mutating func special(
    _ name: String, _ arguments: [Int], _ failure: NoOverload, _ node: SyntaxTree.Node
  ) -> Code? {
    guard arguments.count == 2 else { return nil }
    switch (name, tree[arguments[1]].kind) {
    case ("_==_", _), ("_!=_", _): return equality(arguments, isNegated: name == "_!=_")
    case ("_+_", _), ("_-_", _), ("_*_", _), ("_<_", _), ("_<=_", _), ("_>_", _), ("_>=_", _):
      return numeric(name, arguments, failure, node)
    case ("matches", .literal(.string(let text))):
      var meter = CELMeter()
      guard let pattern = try? Pattern(text, &meter) else { return nil }
      return matching(arguments[0], pattern, failure, node.offset)
    case ("_in_", .list(let elements)):
      let texts = elements.compactMap { element -> String? in
        guard case .literal(.string(let text)) = tree[element.value].kind, !element.isOptional else {
          return nil
        }
        return text.utf8.count < 16 ? text : nil
      }
      return texts.count == elements.count ? membership(arguments[0], among: texts) : nil
    default: return nil
    }
  }

  /// A call that can only mean one function.
  private func direct(
    _ function: CELFunction, _ codes: [Code], _ failure: NoOverload, _ owner: String, _ offset: Int
  ) -> Code? {
    let price = function.price
    let fixed: Int? = if case .constant(let steps) = price { steps } else { nil }
    let isHost = function.isHost
    let isIndex = function.name == "_[_]"
    switch (function.body, codes.count) {
    case (.one(let body), 1):
      let operand = codes[0]
      return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
        let value = try operand(&frame)
        if case .unknown = value { return value }
        do throws(CELFailure) {
          try frame.meter.charge(fixed ?? price.steps(value))
          if !isHost || function.accepts([value]), let result = try body(value, &frame.meter) {
            return result.named { owner }
          }
        } catch { throw error.at(offset) }
        throw failure([value]).at(offset)
      }
    case (.two(let body), 2):
      let (left, right) = (codes[0], codes[1])
      return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
        let a = try left(&frame)
        let b = try right(&frame)
        if let unknown = CELUnknown(in: a, b) { return .unknown(unknown) }
        do throws(CELFailure) {
          try frame.meter.charge(fixed ?? price.steps(a, b))
          if !isHost || function.accepts([a, b]), let result = try body(a, b, &frame.meter) {
            return result.named { isIndex ? "\(owner.dropLast(3))[\(b.short)]" : owner }
          }
        } catch { throw error.at(offset) }
        throw failure([a, b]).at(offset)
      }
    case (.three(let body), 3):
      let (first, second, third) = (codes[0], codes[1], codes[2])
      return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
        let a = try first(&frame)
        let b = try second(&frame)
        let c = try third(&frame)
        if let unknown = CELUnknown(in: a, b, c) { return .unknown(unknown) }
        do throws(CELFailure) {
          try frame.meter.charge(fixed ?? price.steps(a, b, c))
          if !isHost || function.accepts([a, b, c]), let result = try body(a, b, c, &frame.meter) {
            return result.named { owner }
          }
        } catch { throw error.at(offset) }
        throw failure([a, b, c]).at(offset)
      }
    case (.fold(let body), 2...):
      return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
        var result = try codes[0](&frame)
        for code in codes.dropFirst() {
          let value = try code(&frame)
          if let unknown = CELUnknown(in: result, value) {
            result = .unknown(unknown)
            continue
          }
          do throws(CELFailure) {
            try frame.meter.charge(fixed ?? price.steps(result, value))
            if !isHost || function.accepts([result, value]),
              let next = try body(result, value, &frame.meter)
            {
              result = next
              continue
            }
          } catch { throw error.at(offset) }
          throw failure([result, value]).at(offset)
        }
        return result
      }
    case (.choice(let decide, let otherwise), 2):
      let (left, right) = (codes[0], codes[1])
      return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
        let a = try left(&frame)
        if case .unknown = a { return a }
        do throws(CELFailure) {
          try frame.meter.charge(fixed ?? price.steps(a))
          if let result = try decide(a) { return result }
        } catch { throw error.at(offset) }
        let b = try right(&frame)
        if case .unknown = b { return b }
        guard !isHost || function.accepts([a, b]), let result = otherwise(b) else {
          throw failure([a, b]).at(offset)
        }
        return result
      }
    default: return nil
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

  // MARK: Lists, maps and structs

  private mutating func list(_ elements: [(value: Int, isOptional: Bool)]) -> Code {
    let offsets = elements.map { tree[$0.value].offset }
    let codes = elements.map { (code: code($0.value), isOptional: $0.isOptional) }
    return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1 + codes.count)
      var list: [CELValue] = []
      list.reserveCapacity(codes.count)
      var unknown: CELUnknown?
      for (index, (code, isOptional)) in codes.enumerated() {
        switch (try code(&frame), isOptional) {
        case (.unknown(let more), _): unknown = CELUnknown.union(unknown, more)
        case (.optional(let value), true):
          if let value { list.append(value) }
        case (let other, true):
          throw wrongKind("an element after '?'", "an optional", other).at(offsets[index])
        case (let value, false): list.append(value)
        }
      }
      return unknown.map(CELValue.unknown) ?? .list(list)
    }
  }

  private mutating func map(_ entries: [(key: Int, value: Int, isOptional: Bool)]) -> Code {
    let offsets = entries.map { tree[$0.key].offset }
    let codes = entries.map { (key: code($0.key), value: code($0.value), isOptional: $0.isOptional) }
    return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1 + codes.count)
      var map = CELMap()
      var unknown: CELUnknown?
      for (index, (key, value, isOptional)) in codes.enumerated() {
        let key = try key(&frame)
        var value = try value(&frame)
        if let more = CELUnknown(in: key, value) {
          unknown = CELUnknown.union(unknown, more)
          continue
        }
        if isOptional {
          guard case .optional(let wrapped) = value else {
            throw wrongKind("an entry after '?'", "an optional", value).at(offsets[index])
          }
          guard let wrapped else { continue }
          value = wrapped
        }
        if case .string(let text) = key { try frame.meter.charge(text.utf8.count / 16) }
        do throws(CELFailure) { try map.add(key, value) } catch { throw error.at(offsets[index]) }
      }
      return unknown.map(CELValue.unknown) ?? .map(map)
    }
  }

  private mutating func structure(_ name: String, _ fields: [SyntaxTree.Field], _ node: SyntaxTree.Node)
    -> Code
  {
    guard let declaration = environment.structure(named: name) else {
      let environment = environment
      return failing(
        CELFailure(.unbound, .later { environment.unknownStruct(name, node).words }).at(node.offset))
    }
    let codes = fields.map { field in
      (
        field: field, position: declaration.attributes.firstIndex { $0.name == field.name },
        code: code(field.value)
      )
    }
    return Code { (frame: inout Frame) throws(CELFailure) -> CELValue in
      try frame.meter.charge(1 + codes.count)
      var values = [CELValue?](repeating: nil, count: declaration.attributes.count)
      var unknown: CELUnknown?
      for (field, position, code) in codes {
        guard let position else {
          throw CELFailure(.noSuchKey, "'\(declaration.name)' has no attribute '\(field.name)'").at(
            field.offset)
        }
        var value = try code(&frame)
        if case .unknown(let more) = value {
          unknown = CELUnknown.union(unknown, more)
          continue
        }
        if field.isOptional {
          guard case .optional(let wrapped) = value else {
            throw wrongKind("an attribute after '?'", "an optional", value).at(field.offset)
          }
          guard let wrapped else { continue }
          value = wrapped
        }
        let type = declaration.attributes[position].type
        guard type.accepts(value) else {
          throw wrongKind("'\(field.name)'", "a \(type)", value).at(field.offset)
        }
        values[position] = value
      }
      if let unknown { return .unknown(unknown) }
      var attributes: [(name: String, value: CELValue)] = []
      for (attribute, value) in zip(declaration.attributes, values) {
        if let value { attributes.append((attribute.name, value)) }
      }
      return .record(CELRecord(type: declaration.name, attributes: attributes))
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
      kind: it.kind, range: range, rangeName: name(of: it.range) ?? "", slot: first,
      isTwoVariable: it.variables.count == 2, condition: condition, body: body, offset: node.offset
    ).code
  }
}

extension CELFunction.Body {
  /// Runs the body with all of its arguments.
  func run(_ values: [CELValue], _ meter: inout CELMeter) throws(CELFailure) -> CELValue? {
    switch self {
    case .one(let body): return values.count == 1 ? try body(values[0], &meter) : nil
    case .two(let body): return values.count == 2 ? try body(values[0], values[1], &meter) : nil
    case .three(let body):
      return values.count == 3 ? try body(values[0], values[1], values[2], &meter) : nil
    case .many(let body): return try body(values, &meter)
    case .fold(let body):
      guard var result = values.first else { return nil }
      if values.count == 1 { return try body(result, result, &meter) }
      for value in values.dropFirst() {
        guard let next = try body(result, value, &meter) else { return nil }
        result = next
      }
      return result
    case .choice(let decide, let otherwise):
      guard values.count == 2 else { return nil }
      if let result = try decide(values[0]) { return result }
      return otherwise(values[1])
    case .none: return nil
    }
  }
}

extension CELUnknown {
  /// What is missing among values, or nil if all are known.
  init?(in values: [CELValue]) {
    var union: CELUnknown?
    for case .unknown(let more) in values { union = CELUnknown.union(union, more) }
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

  init?(in a: CELValue, _ b: CELValue, _ c: CELValue) {
    switch (CELUnknown(in: a, b), c) {
    case (let x?, .unknown(let y)): self = x.union(y)
    case (let x?, _), (nil, .unknown(let x)): self = x
    default: return nil
    }
  }
}

extension CELValue {
  /// The value; one that is not known and does not say what is missing gets a name.
  @inline(__always)
  func named(_ name: () -> String) -> CELValue {
    if case .unknown(let unknown) = self, unknown.attributes.isEmpty { return .unknown(CELUnknown([name()])) }
    return self
  }
}

/// How a struct reads an attribute of some name.
private struct Reader: Sendable {
  let type: String
  let read: @Sendable (Int) -> CELValue
}

/// The failure of a call that no function takes: what was called, and what there is.
struct NoOverload: Sendable {
  let name: String
  let isMember: Bool
  /// The signatures that there are.
  let tried: String
  let environment: CELEnvironment
  /// Whether an overload that fits has no body.
  let lacksBody: Bool

  func callAsFunction(_ values: [CELValue]) -> CELFailure {
    if lacksBody || tried.isEmpty { return ofAny(values.count) }
    return CELFailure(.noOverload, .overload(name, isMember: isMember, values, tried: tried))
  }

  /// The failure whatever the types of the arguments are.
  func ofAny(_ count: Int) -> CELFailure {
    if lacksBody { return CELFailure(.unbound, "the function '\(name)' is declared but cannot be run") }
    guard tried.isEmpty else {
      let called = CELOverload.spelling(name, Array(repeating: "…", count: count), isMember: isMember)
      return CELFailure(.noOverload, "no such overload: \(called); tried \(tried)")
    }
    return CELFailure(
      .noOverload, .later { environment.unknownFunction(name, offset: 0, length: 1).words })
  }
}

func wrongKind(_ what: String, _ wanted: String, _ value: CELValue) -> CELFailure {
  CELFailure(.noOverload, .kind(what, wanted: wanted, value))
}

extension CELProblem {
  /// The message, and the help if there is any.
  fileprivate var words: String { help.map { "\(message); \($0)" } ?? message }
}

extension CELMap {
  mutating func add(_ key: CELValue, _ value: CELValue) throws(CELFailure) {
    guard !insert(key, value) else { return }
    throw self[key] == nil
      ? CELFailure(.noOverload, "a key of a map must be a bool, int, uint or string, not \(key.type)")
      : CELFailure(.duplicateKey, "the map has the key \(key.short) twice")
  }
}
