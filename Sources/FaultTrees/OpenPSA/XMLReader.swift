/// A strict reader for the part of XML that model files need, one event at a time.
///
/// It knows elements, attributes, text, comments, CDATA, the XML declaration, the five predefined entities
/// and numeric ones. It refuses document types, and so all other entities, and processing
/// instructions. Depth and sizes are bounded; it takes time in proportion to the bytes and does not recurse.
///
/// - Source: W3C, "Extensible Markup Language (XML) 1.0", fifth edition, 2008.
struct XMLReader {
  enum Event {
    case start(Element)
    case end
    /// What stands between tags, with white space around it removed; never empty.
    case text(String, OpenPSAPlace)
  }

  struct Element {
    var name: String
    var attributes: [Attribute]
    var place: OpenPSAPlace

    func attribute(_ name: String) -> Attribute? { attributes.first { $0.name == name } }
  }

  struct Attribute {
    var name: String
    var value: String
    var place: OpenPSAPlace
  }

  /// The most bytes of a file, of a name, and of an attribute's value or a text.
  static let largestFile = 256 << 20
  static let longestName = 1000
  static let longestValue = 100_000
  static let mostAttributes = 100
  static let deepest = 1000

  private let file: String
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  /// Where the line starts, shifted so that the distance to it counts characters.
  private var lineStart = 0
  private var open: [String] = []
  private var hasRoot = false
  private var endsNext = false

  init(_ bytes: [UInt8], file: String) throws(OpenPSAProblem) {
    self.bytes = bytes
    self.file = file
    guard bytes.count <= Self.largestFile else {
      throw OpenPSAProblem(
        "the file is larger than 256 MiB", at: OpenPSAPlace(file: file, line: 1, column: 1))
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      position = 3
      lineStart = 3
    }
    guard starts(with: "<?xml"), position + 5 < bytes.count, Self.isSpace(bytes[position + 5]) else { return }
    let start = place
    let declaration = try skip(to: "?>", of: "the XML declaration", from: start)
    let text = String(decoding: declaration, as: UTF8.self).lowercased()
    guard !text.contains("encoding") || text.contains("utf-8") || text.contains("us-ascii") else {
      throw OpenPSAProblem("only files in UTF-8 can be read", at: start)
    }
  }

  /// The next event; `nil` once, at the end of a complete document.
  mutating func next() throws(OpenPSAProblem) -> Event? {
    if endsNext {
      endsNext = false
      open.removeLast()
      return .end
    }
    var text: [UInt8] = []
    var textPlace: OpenPSAPlace?
    while position < bytes.count {
      let here = place
      if bytes[position] != UInt8(ascii: "<") {
        let before = text.count
        try readText(into: &text, until: UInt8(ascii: "<"), from: here)
        if textPlace == nil, text[before...].contains(where: { !Self.isSpace($0) }) { textPlace = here }
      } else if starts(with: "<!--") {
        advance(4)
        try skip(to: "--", of: "a comment", from: here)
        guard position < bytes.count, bytes[position] == UInt8(ascii: ">") else {
          throw OpenPSAProblem("a comment holds '--'", at: place)
        }
        advance(1)
      } else if starts(with: "<![CDATA[") {
        advance(9)
        text += try skip(to: "]]>", of: "a CDATA section", from: here)
        guard text.count <= Self.longestValue else { throw OpenPSAProblem("the text is too long", at: here) }
        textPlace = textPlace ?? here
      } else if let textPlace {
        return try textEvent(text, textPlace)
      } else {
        return try tag(at: here)
      }
    }
    if let textPlace { _ = try textEvent(text, textPlace) }
    if let name = open.last { throw OpenPSAProblem("the file ends within '<\(name)>'", at: place) }
    guard hasRoot else { throw OpenPSAProblem("the file holds no element", at: place) }
    return nil
  }

  private func textEvent(_ text: [UInt8], _ place: OpenPSAPlace) throws(OpenPSAProblem) -> Event {
    guard !open.isEmpty else { throw OpenPSAProblem("text outside of the root element", at: place) }
    return .text(try Self.string(Self.trimmed(text), at: place), place)
  }

  private mutating func tag(at here: OpenPSAPlace) throws(OpenPSAProblem) -> Event {
    advance(1)
    guard position < bytes.count else { throw OpenPSAProblem("the file ends within a tag", at: here) }
    switch bytes[position] {
    case UInt8(ascii: "/"):
      advance(1)
      let name = try readName()
      skipSpace()
      try expect(">", "the end of the tag")
      guard let expected = open.popLast() else {
        throw OpenPSAProblem("'</\(name)>' ends nothing", at: here)
      }
      guard name == expected else {
        throw OpenPSAProblem("'</\(name)>' stands where '</\(expected)>' is due", at: here)
      }
      return .end
    case UInt8(ascii: "!"):
      throw OpenPSAProblem("document types and entities are not allowed", at: here)
    case UInt8(ascii: "?"):
      throw OpenPSAProblem("processing instructions are not allowed", at: here)
    default:
      return .start(try element(at: here))
    }
  }

  private mutating func element(at here: OpenPSAPlace) throws(OpenPSAProblem) -> Element {
    guard !open.isEmpty || !hasRoot else { throw OpenPSAProblem("a second root element", at: here) }
    guard open.count < Self.deepest else {
      throw OpenPSAProblem("elements are nested more than \(Self.deepest) deep", at: here)
    }
    hasRoot = true
    var element = Element(name: try readName(), attributes: [], place: here)
    while true {
      let hadSpace = skipSpace()
      guard position < bytes.count else { throw OpenPSAProblem("the file ends within a tag", at: here) }
      if bytes[position] == UInt8(ascii: ">") {
        advance(1)
        open.append(element.name)
        return element
      }
      if bytes[position] == UInt8(ascii: "/") {
        advance(1)
        try expect(">", "the end of the tag")
        open.append(element.name)
        endsNext = true
        return element
      }
      let attributePlace = place
      guard hadSpace else {
        throw OpenPSAProblem("white space must precede an attribute", at: attributePlace)
      }
      guard element.attributes.count < Self.mostAttributes else {
        throw OpenPSAProblem("an element has more than \(Self.mostAttributes) attributes", at: attributePlace)
      }
      let name = try readName()
      guard element.attribute(name) == nil else {
        throw OpenPSAProblem("the attribute '\(name)' is given twice", at: attributePlace)
      }
      skipSpace()
      try expect("=", "'=' after '\(name)'")
      skipSpace()
      let valuePlace = place
      guard position < bytes.count,
        bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'")
      else { throw OpenPSAProblem("the value of '\(name)' must stand in quotes", at: valuePlace) }
      let quote = bytes[position]
      advance(1)
      var value: [UInt8] = []
      try readText(into: &value, until: quote, from: valuePlace)
      guard position < bytes.count else {
        throw OpenPSAProblem("the file ends within a value", at: valuePlace)
      }
      advance(1)
      element.attributes.append(
        Attribute(name: name, value: try Self.string(value[...], at: valuePlace), place: valuePlace))
    }
  }

  /// Reads text with its entities resolved up to `end`, which is not taken, or to the end of the file.
  private mutating func readText(
    into text: inout [UInt8], until end: UInt8, from start: OpenPSAPlace
  ) throws(OpenPSAProblem) {
    while position < bytes.count, bytes[position] != end {
      switch bytes[position] {
      case UInt8(ascii: "&"): text += try entity()
      case UInt8(ascii: "<"): throw OpenPSAProblem("'<' within a value", at: place)
      case let byte:
        text.append(byte)
        advance(1)
      }
      guard text.count <= Self.longestValue else {
        throw OpenPSAProblem("a value or text is longer than \(Self.longestValue) bytes", at: start)
      }
    }
  }

  private mutating func entity() throws(OpenPSAProblem) -> [UInt8] {
    let here = place
    advance(1)
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: ";"), position - start < 12 { advance(1) }
    guard position < bytes.count, bytes[position] == UInt8(ascii: ";") else {
      throw OpenPSAProblem("'&' starts no entity that ends with ';'", at: here)
    }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    advance(1)
    switch name {
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "amp": return [UInt8(ascii: "&")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    default: break
    }
    let number: UInt32? =
      if name.hasPrefix("#x") {
        UInt32(name.dropFirst(2), radix: 16)
      } else if name.hasPrefix("#") {
        UInt32(name.dropFirst())
      } else {
        nil
      }
    guard let number, let scalar = Unicode.Scalar(number), Self.isAllowed(scalar) else {
      throw OpenPSAProblem("there is no entity '&\(name);'", at: here)
    }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func readName() throws(OpenPSAProblem) -> String {
    let here = place
    let start = position
    while position < bytes.count, Self.isNameByte(bytes[position]) { advance(1) }
    guard position > start, !Self.isNameRest(bytes[start]) else {
      throw OpenPSAProblem("a name is due", at: here)
    }
    guard position - start <= Self.longestName else { throw OpenPSAProblem("a name is too long", at: here) }
    return try Self.string(bytes[start..<position], at: here)
  }

  private mutating func expect(_ character: Unicode.Scalar, _ what: String) throws(OpenPSAProblem) {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else {
      throw OpenPSAProblem("\(what) is due", at: place)
    }
    advance(1)
  }

  @discardableResult
  private mutating func skipSpace() -> Bool {
    let start = position
    while position < bytes.count, Self.isSpace(bytes[position]) { advance(1) }
    return position > start
  }

  /// Takes everything up to and with `end`, and returns what stands before it.
  @discardableResult
  private mutating func skip(
    to end: StaticString, of what: String, from start: OpenPSAPlace
  ) throws(OpenPSAProblem) -> ArraySlice<UInt8> {
    let first = position
    while position < bytes.count {
      if starts(with: end) {
        let content = bytes[first..<position]
        advance(end.utf8CodeUnitCount)
        return content
      }
      advance(1)
    }
    throw OpenPSAProblem("the file ends within \(what)", at: start)
  }

  private func starts(with text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    return bytes[position..<(position + count)].elementsEqual(text.description.utf8)
  }

  private mutating func advance(_ count: Int) {
    for _ in 0..<count {
      if bytes[position] == UInt8(ascii: "\n") {
        line += 1
        lineStart = position + 1
      } else if bytes[position] & 0xC0 == 0x80 {
        // A byte that continues a character is no column of its own.
        lineStart += 1
      }
      position += 1
    }
  }

  private var place: OpenPSAPlace {
    OpenPSAPlace(file: file, line: line, column: position - lineStart + 1)
  }

  private static func string(_ bytes: ArraySlice<UInt8>, at place: OpenPSAPlace) throws(OpenPSAProblem)
    -> String
  {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw OpenPSAProblem("this is not UTF-8", at: place)
    }
    guard text.unicodeScalars.allSatisfy(isAllowed) else {
      throw OpenPSAProblem("a control character is not allowed", at: place)
    }
    return text
  }

  private static func trimmed(_ text: [UInt8]) -> ArraySlice<UInt8> {
    guard let first = text.firstIndex(where: { !isSpace($0) }) else { return [] }
    return text[first...(text.lastIndex { !isSpace($0) } ?? first)]
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
      UInt8(ascii: ":"), 0x80...:
      true
    default: isNameRest(byte)
    }
  }

  private static func isNameRest(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: false
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20..<0xFFFE, 0x10000...: true
    default: false
    }
  }
}
