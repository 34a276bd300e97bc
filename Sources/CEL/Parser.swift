/// Reads an expression into a tree; macros are expanded on the way.
///
/// Parsing goes on after a problem where that makes sense, so that several are reported at once.
struct Parser {
  private var tokens: [Token] = []
  private var at = 0
  private(set) var tree = SyntaxTree()
  private(set) var problems: [CELProblem] = []
  private let limits: CELLimits
  private let expandsMacros: Bool
  /// Macros of the host.
  private let macros: [CELMacro]
  private var depth = 0
  /// Whether what stands here follows from a problem that has been reported.
  private var isLost = false

  init(limits: CELLimits, expandsMacros: Bool, macros: [CELMacro]) {
    self.limits = limits
    self.macros = macros
    self.expandsMacros = expandsMacros
  }

  static func parse(
    _ text: String, limits: CELLimits, expandsMacros: Bool = true, macros: [CELMacro] = []
  ) -> (tree: SyntaxTree, problems: [CELProblem]) {
    var parser = Parser(limits: limits, expandsMacros: expandsMacros, macros: macros)
    let scalars = Array(text.unicodeScalars.prefix(limits.expressionLength + 1))
    guard scalars.count <= limits.expressionLength else {
      let message = "the expression has more than \(limits.expressionLength) characters"
      return (parser.tree, [CELProblem("too-long", message, offset: limits.expressionLength)])
    }
    var lexer = Lexer(scalars)
    parser.tokens = lexer.tokens()
    parser.problems = lexer.problems
    let root = parser.expression()
    parser.tree.root = root
    // What follows is read as well, so that its problems are told, too.
    while parser.token.kind != .end {
      parser.unexpected("an operator or the end")
      parser.skip(to: ["&&", "||"], orClosing: nil)
      if parser.isLost {
        parser.advance()
      } else if parser.take("&&") || parser.take("||") {
        _ = parser.expression()
      }
    }
    parser.checkBounds(root)
    parser.problems.sort { $0.offset < $1.offset }
    return (parser.tree, parser.problems)
  }

  private mutating func checkBounds(_ root: Int) {
    let node = tree[root]
    if node.depth > limits.depth, !problems.contains(where: { $0.id == "too-deep" }) {
      problems.append(tooDeep(node.offset))
    }
    if node.nesting > limits.comprehensionNesting {
      let message = "comprehensions stand more than \(limits.comprehensionNesting) deep in each other"
      problems.append(CELProblem("too-deep", message, offset: node.offset))
    }
  }

  private func tooDeep(_ offset: Int) -> CELProblem {
    CELProblem("too-deep", "the expression is nested more than \(limits.depth) deep", offset: offset)
  }

  private var token: Token { tokens[at] }

  private mutating func advance() { if at + 1 < tokens.count { at += 1 } }

  private mutating func take(_ symbol: String) -> Bool {
    guard token.kind == .symbol(symbol) else { return false }
    advance()
    return true
  }

  private mutating func expect(_ symbol: String) {
    if !take(symbol) { unexpected("'\(symbol)'") }
  }

  /// Goes on to one of some symbols or to the bracket that closes this part; brackets in between are passed over.
  ///
  /// If it gets there, it knows again where it is.
  private mutating func skip(to symbols: Set<String>, orClosing bracket: String?) {
    guard isLost else { return }
    var open = 0
    while token.kind != .end {
      if case .symbol(let symbol) = token.kind {
        if open == 0, symbols.contains(symbol) || symbol == bracket {
          isLost = false
          return
        }
        switch symbol {
        case "(", "[", "{": open += 1
        case ")", "]", "}":
          if open == 0 { return }
          open -= 1
        case ",":
          if open == 0 { return }
        default: break
        }
      }
      advance()
    }
  }

  private mutating func unexpected(_ wanted: String) {
    guard !isLost else { return }
    isLost = true
    // A character that means nothing has been reported; what follows from it has not to be.
    guard problems.count < 20, !problems.contains(where: { isNear($0) }) else { return }
    let found =
      switch token.kind {
      case .end: "the expression ends"
      case .identifier(let name), .symbol(let name): "there is '\(name)'"
      case .quotedIdentifier(let name): "there is '`\(name)`'"
      case .int, .uint, .double: "there is a number"
      case .string, .bytes: "there is a text"
      }
    problems.append(
      CELProblem(
        "syntax", "\(found) where \(wanted) was expected", offset: token.offset, length: token.length))
  }

  /// Whether a problem of the text itself stands just before.
  private func isNear(_ problem: CELProblem) -> Bool {
    let before = at > 0 ? tokens[at - 1].offset : 0
    return problem.id == "syntax" && (before...token.offset).contains(problem.offset)
  }

  private mutating func add(_ kind: SyntaxTree.Kind, from start: Int, at place: Token? = nil) -> Int {
    let end = at > 0 ? tokens[at - 1].offset + tokens[at - 1].length : start
    return tree.add(
      kind, offset: place?.offset ?? start, length: place?.length ?? max(1, end - start))
  }

  private mutating func invalid() -> Int { add(.invalid, from: token.offset) }

  private mutating func expression() -> Int {
    depth += 1
    defer { depth -= 1 }
    guard depth <= limits.depth else {
      problems.append(tooDeep(token.offset))
      at = tokens.count - 1
      return invalid()
    }
    let start = token.offset
    let condition = disjunction()
    let place = token
    guard take("?") else { return condition }
    let then = disjunction()
    expect(":")
    let otherwise = expression()
    return add(.conditional(condition, then, otherwise), from: start, at: place)
  }

  private mutating func disjunction() -> Int {
    let start = token.offset
    var operands = [conjunction()]
    while take("||") { operands.append(conjunction()) }
    return operands.count == 1 ? operands[0] : add(.or(operands), from: start)
  }

  private mutating func conjunction() -> Int {
    let start = token.offset
    var operands = [relation()]
    skip(to: ["&&", "||"], orClosing: nil)
    while take("&&") {
      operands.append(relation())
      skip(to: ["&&", "||"], orClosing: nil)
    }
    return operands.count == 1 ? operands[0] : add(.and(operands), from: start)
  }

  private mutating func relation() -> Int {
    binary(["==", "!=", "<", "<=", ">", ">=", "in"]) { parser in
      parser.binary(["+", "-"]) { parser in
        parser.binary(["*", "/", "%"]) { parser in parser.unary() }
      }
    }
  }

  private mutating func binary(_ operators: [String], _ operand: (inout Parser) -> Int) -> Int {
    let start = token.offset
    var left = operand(&self)
    while true {
      let place = token
      let name: String
      switch place.kind {
      case .symbol(let symbol): name = symbol
      case .identifier("in"): name = "in"
      default: return left
      }
      guard operators.contains(name) else { return left }
      advance()
      let right = operand(&self)
      left = add(.call("_\(name)_", target: nil, [left, right]), from: start, at: place)
    }
  }

  private mutating func unary() -> Int {
    let start = token
    for sign in ["!", "-"] {
      var count = 0
      while token.kind == .symbol(sign) {
        // A minus before a number belongs to the number, so that the least int can be written.
        if sign == "-", case .int(let magnitude) = tokens[at + 1].kind, at + 1 < tokens.count {
          let place = token
          advance()
          advance()
          let value = Int64(truncatingIfNeeded: 0 &- magnitude)
          let literal = add(.literal(.int(value)), from: place.offset)
          return apply(sign, count, to: postfix(literal, from: place.offset), start)
        }
        if sign == "-", case .double(let value) = tokens[at + 1].kind {
          let place = token
          advance()
          advance()
          let literal = add(.literal(.double(-value)), from: place.offset)
          return apply(sign, count, to: postfix(literal, from: place.offset), start)
        }
        count += 1
        advance()
      }
      if count > 0 { return apply(sign, count, to: postfix(primary(), from: start.offset), start) }
    }
    return postfix(primary(), from: start.offset)
  }

  private mutating func apply(_ sign: String, _ count: Int, to operand: Int, _ place: Token) -> Int {
    // Two of the same take each other away.
    count % 2 == 0 ? operand : add(.call("\(sign)_", target: nil, [operand]), from: place.offset, at: place)
  }

  private mutating func postfix(_ operand: Int, from start: Int) -> Int {
    var operand = operand
    while true {
      let place = token
      if take(".") {
        let isOptional = take("?")
        let name = token
        guard let field = fieldName() else { return operand }
        if !isOptional, case .identifier = name.kind, token.kind == .symbol("(") {
          advance()
          let arguments = arguments()
          operand = call(field, target: operand, arguments, from: start, at: name)
        } else {
          operand = add(.select(operand, field: field, isOptional: isOptional), from: start, at: name)
        }
      } else if take("[") {
        let isOptional = take("?")
        let index = expression()
        close("]")
        operand = add(
          .call(isOptional ? "_[?_]" : "_[_]", target: nil, [operand, index]), from: start, at: place)
      } else if token.kind == .symbol("{"), let (parts, isRooted) = tree.dottedName(operand) {
        operand = structure((isRooted ? "." : "") + parts.joined(separator: "."), from: start)
      } else {
        return operand
      }
    }
  }

  /// Names that may be fields and functions but not variables.
  static let reserved: Set<String> = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
    "namespace", "return", "var", "void", "while",
  ]

  private mutating func fieldName() -> String? {
    switch token.kind {
    case .identifier(let name) where !["in", "true", "false", "null"].contains(name):
      advance()
      return name
    case .quotedIdentifier(let name):
      advance()
      return name
    default:
      unexpected("the name of a field")
      return nil
    }
  }

  private mutating func arguments() -> [Int] {
    var arguments: [Int] = []
    if take(")") { return [] }
    repeat {
      arguments.append(expression())
    } while hasNext(before: ")")
    close(")")
    return arguments
  }

  private mutating func primary() -> Int {
    let place = token
    switch place.kind {
    case .int(let magnitude):
      advance()
      guard let value = Int64(exactly: magnitude) else {
        problems.append(
          CELProblem(
            "syntax", "the whole number does not fit an int", help: "write u after it for a uint",
            offset: place.offset, length: place.length))
        return invalid()
      }
      return add(.literal(.int(value)), from: place.offset)
    case .uint(let value):
      advance()
      return add(.literal(.uint(value)), from: place.offset)
    case .double(let value):
      advance()
      return add(.literal(.double(value)), from: place.offset)
    case .string(let text):
      advance()
      return add(.literal(.string(text)), from: place.offset)
    case .bytes(let bytes):
      advance()
      return add(.literal(.bytes(bytes)), from: place.offset)
    case .identifier(let name): return identifier(name, isRooted: false)
    case .symbol("."):
      advance()
      guard case .identifier(let name) = token.kind else {
        unexpected("a name")
        return invalid()
      }
      return identifier(name, isRooted: true)
    case .symbol("("):
      advance()
      let inner = expression()
      close(")")
      return inner
    case .symbol("["): return list()
    case .symbol("{"): return map()
    default:
      unexpected("a value")
      return invalid()
    }
  }

  private mutating func identifier(_ name: String, isRooted: Bool) -> Int {
    let place = token
    advance()
    switch name {
    case "true" where !isRooted: return add(.literal(.bool(true)), from: place.offset)
    case "false" where !isRooted: return add(.literal(.bool(false)), from: place.offset)
    case "null" where !isRooted: return add(.literal(.null), from: place.offset)
    case "in", "true", "false", "null":
      at -= 1
      unexpected("a value")
      advance()
      return invalid()
    default: break
    }
    if Self.reserved.contains(name) {
      problems.append(
        CELProblem("syntax", "'\(name)' is a reserved word", offset: place.offset, length: place.length))
      return invalid()
    }
    if take("(") {
      let arguments = arguments()
      return call((isRooted ? "." : "") + name, target: nil, arguments, from: place.offset, at: place)
    }
    return add(.name(name, isRooted: isRooted), from: place.offset)
  }

  private mutating func list() -> Int {
    let start = token.offset
    advance()
    var elements: [(value: Int, isOptional: Bool)] = []
    while token.kind != .symbol("]") {
      let isOptional = take("?")
      elements.append((expression(), isOptional))
      if !hasNext(before: "]") { break }
    }
    close("]")
    return add(.list(elements), from: start)
  }

  private mutating func map() -> Int {
    let start = token.offset
    advance()
    var entries: [(key: Int, value: Int, isOptional: Bool)] = []
    while token.kind != .symbol("}") {
      let isOptional = take("?")
      let key = expression()
      expect(":")
      entries.append((key, expression(), isOptional))
      if !hasNext(before: "}") { break }
    }
    close("}")
    return add(.map(entries), from: start)
  }

  private mutating func structure(_ name: String, from start: Int) -> Int {
    advance()
    var fields: [SyntaxTree.Field] = []
    while token.kind != .symbol("}") {
      let isOptional = take("?")
      let place = token
      let name = fieldName()
      expect(":")
      let value = expression()
      if let name {
        fields.append(
          SyntaxTree.Field(
            name: name, value: value, isOptional: isOptional, offset: place.offset, length: place.length))
      }
      if !hasNext(before: "}") { break }
    }
    close("}")
    return add(.structure(name, fields), from: start)
  }

  /// Takes the bracket that ends a part, going on to it if the part was not understood.
  private mutating func close(_ bracket: String) {
    if token.kind != .symbol(bracket) { unexpected("'\(bracket)'") }
    skip(to: [], orClosing: bracket)
    _ = take(bracket)
  }

  /// Whether a comma and a further element follow; what is neither that nor the end of the part is passed over.
  private mutating func hasNext(before bracket: String) -> Bool {
    if token.kind != .symbol(","), token.kind != .symbol(bracket) { unexpected("',' or '\(bracket)'") }
    skip(to: [","], orClosing: bracket)
    return take(",")
  }

  private mutating func call(
    _ name: String, target: Int?, _ arguments: [Int], from start: Int, at place: Token
  ) -> Int {
    if expandsMacros, let expanded = expand(name, target: target, arguments, from: start, at: place) {
      return expanded
    }
    return add(.call(name, target: target, arguments), from: start, at: place)
  }

  /// The node that a macro stands for, or nil if the call is not one.
  private mutating func expand(
    _ name: String, target: Int?, _ arguments: [Int], from start: Int, at place: Token
  ) -> Int? {
    if target == nil {
      guard name == "has", arguments.count == 1 else { return nil }
      if case .select(let operand, let field, let isOptional) = tree[arguments[0]].kind {
        return add(.has(operand, field: field, isOptional: isOptional), from: start, at: place)
      }
      problems.append(
        CELProblem(
          "macro", "has() asks for a field", help: "write has(value.field)", offset: place.offset,
          length: place.length))
      return invalid()
    }
    guard let target else { return nil }
    if name == "bind", arguments.count == 3, case .name("cel", _) = tree[target].kind {
      let variables = variables([arguments[0]])
      let bind = SyntaxTree.Comprehension(
        kind: .bind, range: arguments[1], variables: variables, condition: nil, body: arguments[2])
      return add(.comprehension(bind), from: start, at: place)
    }
    if arguments.count == 3, let function = macros.first(where: { $0.name == name })?.function {
      return expand(callOf: function, target, arguments, from: start, at: place)
    }
    guard let shape = CELMacro.shape(name, arguments.count) else { return nil }
    let macro = SyntaxTree.Comprehension(
      kind: shape.kind, range: target, variables: variables(Array(arguments[..<shape.variables])),
      condition: shape.hasCondition ? arguments[shape.variables] : nil,
      body: arguments[arguments.count - 1])
    return add(.comprehension(macro), from: start, at: place)
  }

  /// `cel.bind(list, target, function(list.map(x, a), list.map(x, b)))`, with a name for the list that nobody can write.
  private mutating func expand(
    callOf function: String, _ target: Int, _ arguments: [Int], from start: Int, at place: Token
  ) -> Int {
    let variables = variables([arguments[0]])
    var lists: [Int] = []
    for body in arguments.dropFirst() {
      let range = add(.name("@list", isRooted: false), from: start, at: place)
      let map = SyntaxTree.Comprehension(
        kind: .map, range: range, variables: variables, condition: nil, body: body)
      lists.append(add(.comprehension(map), from: start, at: place))
    }
    let call = add(.call(function, target: nil, lists), from: start, at: place)
    let bind = SyntaxTree.Comprehension(
      kind: .bind, range: target, variables: ["@list"], condition: nil, body: call)
    return add(.comprehension(bind), from: start, at: place)
  }

  private mutating func variables(_ arguments: [Int]) -> [String] {
    var names: [String] = []
    for argument in arguments {
      let node = tree[argument]
      guard case .name(let name, isRooted: false) = node.kind, !names.contains(name) else {
        problems.append(
          CELProblem(
            "macro", "a macro needs the name of a variable here, each another",
            help: "write for example list.all(x, x > 0)", offset: node.offset, length: node.length))
        continue
      }
      names.append(name)
    }
    return names
  }
}
