/// A problem with an expression, found before it runs.
public struct CELProblem: Sendable, Hashable {
  /// A stable name of the kind of problem, such as `unknown-name`.
  public var id: String
  public var message: String
  public var help: String?
  /// The offset in Unicode scalars, from 0.
  public var offset: Int
  /// How many scalars are meant, at least 1.
  public var length: Int

  public init(_ id: String, _ message: String, help: String? = nil, offset: Int, length: Int = 1) {
    self.id = id
    self.message = message
    self.help = help
    self.offset = offset
    self.length = max(1, length)
  }
}

struct Token: Hashable {
  enum Kind: Hashable {
    case end
    case identifier(String)
    case quotedIdentifier(String)
    case int(magnitude: UInt64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case symbol(String)
  }

  var kind: Kind
  var offset: Int
  var length: Int
}

/// Cuts an expression into tokens.
struct Lexer {
  private let text: [Unicode.Scalar]
  private var at = 0
  private(set) var problems: [CELProblem] = []
  /// Whether the text ends in the middle of a comment or of a literal.
  private(set) var endsInside = false

  init(_ text: [Unicode.Scalar]) { self.text = text }

  private func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
    at + ahead < text.count ? text[at + ahead] : nil
  }

  mutating func tokens() -> [Token] {
    var tokens: [Token] = []
    while true {
      skipBlanks()
      let start = at
      guard at < text.count else {
        tokens.append(Token(kind: .end, offset: at, length: 1))
        return tokens
      }
      if let kind = next() { tokens.append(Token(kind: kind, offset: start, length: at - start)) }
      if problems.count >= 20 {
        tokens.append(Token(kind: .end, offset: at, length: 1))
        return tokens
      }
    }
  }

  private mutating func skipBlanks() {
    while let scalar = peek() {
      if scalar == "/", peek(1) == "/" {
        while let scalar = peek(), scalar != "\n" { at += 1 }
        endsInside = at == text.count
      } else if [" ", "\t", "\n", "\r", "\u{C}"].contains(scalar) {
        at += 1
      } else {
        return
      }
    }
  }

  private mutating func next() -> Token.Kind? {
    let scalar = text[at]
    if scalar.isDigit || (scalar == "." && peek(1)?.isDigit == true) { return number() }
    if scalar == "\"" || scalar == "'" { return literal(isRaw: false, isBytes: false) }
    if scalar.isIdentifierStart {
      let before = problems.count
      if let literal = prefixedLiteral() { return literal }
      // A literal stood here, but it does not end.
      if problems.count > before { return nil }
      let start = at
      while peek()?.isIdentifierPart == true { at += 1 }
      return .identifier(slice(start, at))
    }
    if scalar == "`" {
      let start = at
      at += 1
      while let scalar = peek(), scalar != "`" {
        guard scalar.isIdentifierPart || [".", "-", "/", " "].contains(scalar) else { break }
        at += 1
      }
      guard peek() == "`", at > start + 1 else {
        problems.append(
          CELProblem("syntax", "the quoted name does not end", offset: start, length: at - start))
        at = max(at, start + 1)
        return nil
      }
      at += 1
      return .quotedIdentifier(slice(start + 1, at - 1))
    }
    for symbol in ["==", "!=", "<=", ">=", "&&", "||"] where symbol.unicodeScalars.first == scalar {
      if let second = peek(1), symbol.unicodeScalars.last == second {
        at += 2
        return .symbol(symbol)
      }
    }
    at += 1
    if "()[]{}.,:?+-*/%!<>".unicodeScalars.contains(scalar) { return .symbol(String(Character(scalar))) }
    let help: String? =
      switch scalar {
      case "=": "write '==' to compare"
      case "&": "write '&&' for 'and'"
      case "|": "write '||' for 'or'"
      default: nil
      }
    problems.append(
      CELProblem("syntax", "the character '\(scalar)' means nothing here", help: help, offset: at - 1))
    return nil
  }

  private func slice(_ start: Int, _ end: Int) -> String {
    String(String.UnicodeScalarView(text[start..<end]))
  }

  private mutating func number() -> Token.Kind? {
    let start = at
    if text[at] == "0", peek(1) == "x" || peek(1) == "X", peek(2)?.hexValue != nil {
      at += 2
      while peek()?.hexValue != nil { at += 1 }
      return whole(UInt64(slice(start + 2, at), radix: 16), start)
    }
    while peek()?.isDigit == true { at += 1 }
    var isDouble = false
    if peek() == ".", peek(1)?.isDigit == true {
      isDouble = true
      at += 1
      while peek()?.isDigit == true { at += 1 }
    }
    if peek() == "e" || peek() == "E" {
      let sign = peek(1) == "+" || peek(1) == "-" ? 1 : 0
      if peek(1 + sign)?.isDigit == true {
        isDouble = true
        at += 1 + sign
        while peek()?.isDigit == true { at += 1 }
      }
    }
    guard isDouble else { return whole(UInt64(slice(start, at)), start) }
    let digits = slice(start, at)
    guard let value = Double(digits.hasPrefix(".") ? "0" + digits : digits), value.isFinite else {
      problems.append(
        CELProblem("syntax", "the number is too large", offset: start, length: at - start))
      return nil
    }
    return .double(value)
  }

  private mutating func whole(_ value: UInt64?, _ start: Int) -> Token.Kind? {
    let isUnsigned = peek() == "u" || peek() == "U"
    if isUnsigned { at += 1 }
    guard let value, isUnsigned || value <= 1 << 63 else {
      problems.append(
        CELProblem("syntax", "the whole number does not fit 64 bits", offset: start, length: at - start))
      return nil
    }
    return isUnsigned ? .uint(value) : .int(magnitude: value)
  }

  /// Reads a text or bytes with a prefix of `r` and `b`, if one stands here.
  private mutating func prefixedLiteral() -> Token.Kind? {
    var (isRaw, isBytes, length) = (false, false, 0)
    while let scalar = peek(length), length < 2 {
      if scalar == "r" || scalar == "R", !isRaw {
        isRaw = true
      } else if scalar == "b" || scalar == "B", !isBytes {
        isBytes = true
      } else {
        break
      }
      length += 1
    }
    guard length > 0, peek(length) == "\"" || peek(length) == "'" else { return nil }
    at += length
    return literal(isRaw: isRaw, isBytes: isBytes)
  }

  private mutating func literal(isRaw: Bool, isBytes: Bool) -> Token.Kind? {
    let start = at
    let quote = text[at]
    let isTriple = peek(1) == quote && peek(2) == quote
    at += isTriple ? 3 : 1
    var scalars = String.UnicodeScalarView()
    var bytes: [UInt8] = []
    func put(_ scalar: Unicode.Scalar) {
      if isBytes { bytes.append(contentsOf: Array(String(scalar).utf8)) } else { scalars.append(scalar) }
    }
    while true {
      guard let scalar = peek(), isTriple || (scalar != "\n" && scalar != "\r") else {
        endsInside = peek() == nil
        problems.append(
          CELProblem("syntax", "the text does not end", help: "close it with \(quote)", offset: start))
        return nil
      }
      at += 1
      if scalar == quote, !isTriple || (peek() == quote && peek(1) == quote) {
        at += isTriple ? 2 : 0
        return isBytes ? .bytes(bytes) : .string(String(scalars))
      }
      if scalar == "\\", !isRaw {
        escape(isBytes: isBytes) { (value: UInt32, isByte: Bool) in
          if isByte, isBytes {
            bytes.append(UInt8(truncatingIfNeeded: value))
          } else if let scalar = Unicode.Scalar(value) {
            put(scalar)
          } else {
            return false
          }
          return true
        }
      } else if scalar == "\r", isTriple {
        if peek() == "\n" { at += 1 }
        put("\n")
      } else {
        put(scalar)
      }
    }
  }

  /// Reads what follows a backslash and hands over the code that it stands for.
  private mutating func escape(isBytes: Bool, _ put: (UInt32, Bool) -> Bool) {
    let start = at - 1
    let scalar = peek()
    at = min(at + 1, text.count)
    let simple: [Unicode.Scalar: UInt32] = [
      "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, "'": 39, "\"": 34, "`": 96,
      "?": 63,
    ]
    var isRight = false
    if let scalar, let code = simple[scalar] {
      isRight = put(code, false)
    } else if let scalar, scalar == "x" || scalar == "X" {
      if let code = digits(2, radix: 16) { isRight = put(code, true) }
    } else if scalar == "u", !isBytes {
      if let code = digits(4, radix: 16) { isRight = put(code, false) }
    } else if scalar == "U", !isBytes {
      if let code = digits(8, radix: 16) { isRight = put(code, false) }
    } else if let scalar, ("0"..."3").contains(scalar) {
      at -= 1
      if let code = digits(3, radix: 8) { isRight = put(code, true) }
    }
    if !isRight {
      problems.append(
        CELProblem(
          "syntax", "the escape '\(slice(start, min(at, text.count)))' means nothing",
          help: "write '\\\\' for a backslash, or put r before the text", offset: start,
          length: at - start))
    }
  }

  private mutating func digits(_ count: Int, radix: UInt32) -> UInt32? {
    var code: UInt32 = 0
    for _ in 0..<count {
      guard let digit = peek()?.hexValue, digit < radix else { return nil }
      code = code &* radix &+ digit
      at += 1
    }
    return code
  }
}
