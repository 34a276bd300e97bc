import Diagnostics

/// The elements of XML files in one list, each before its children, without recursion.
///
/// Read are elements, attributes, text, comments, CDATA, the XML declaration, the five predefined entities and
/// numeric ones. Document types, and so all other entities, and processing instructions are refused. Depth, sizes
/// and the number of elements are bounded; an element takes 20 bytes and an attribute 12.
///
/// - Source: W3C, "Extensible Markup Language (XML) 1.0", fifth edition, 2008.
struct XMLDocument {
  /// A name or a value that was read, by its position among all different ones.
  typealias Symbol = Int32

  struct Element {
    var name: Symbol
    var file: Int32
    /// Where the element stands in its file.
    var start: Int32
    /// The position behind the last element within this one.
    var end: Int32
    var firstAttribute: Int32
  }

  struct Attribute {
    var name: Symbol
    var value: Symbol
    /// Where the value stands in its file.
    var start: Int32
  }

  /// The most bytes of a file, of a name, and of an attribute's value or a text.
  static let largestFile = 64 << 20
  static let longestName = 1000
  static let longestValue = 100_000
  static let mostAttributes = 100
  static let deepest = 1000

  /// The most elements of all files together.
  static let mostElements = 8_000_000

  private(set) var elements: ContiguousArray<Element> = []
  private(set) var attributes: ContiguousArray<Attribute> = []
  private(set) var symbols = Symbols()

  /// What stands in an element between tags, with white space around it removed; only where there is some.
  private(set) var texts: [Int: (text: String, start: Int)] = [:]

  /// Texts by position, so that what is written twice is held once.
  struct Symbols {
    private(set) var texts: ContiguousArray<String> = []
    private var positions: [String: Symbol] = [:]

    mutating func symbol(_ text: String) -> Symbol {
      if let known = positions[text] { return known }
      let symbol = Symbol(texts.count)
      positions[text] = symbol
      texts.append(text)
      return symbol
    }

    /// The position of a text, or nil if it was never written.
    func known(_ text: String) -> Symbol? { positions[text] }

    subscript(symbol: Symbol) -> String { texts[Int(symbol)] }
  }

  func name(of element: Int) -> String { symbols[elements[element].name] }

  /// The attribute of this name, if the element has it.
  func attribute(_ name: String, of element: Int) -> Attribute? {
    attributes(of: element).first { symbols[$0.name] == name }
  }

  private func attributes(of element: Int) -> ArraySlice<Attribute> {
    let end =
      element + 1 < elements.count ? Int(elements[element + 1].firstAttribute) : attributes.count
    return ArraySlice(attributes[Int(elements[element].firstAttribute)..<end])
  }

  /// The elements directly within one.
  func children(of element: Int) -> Children { Children(document: self, element: element) }

  struct Children: Sequence, IteratorProtocol {
    private let elements: ContiguousArray<XMLDocument.Element>
    private let end: Int
    private var position: Int

    fileprivate init(document: XMLDocument, element: Int) {
      elements = document.elements
      position = element + 1
      end = Int(document.elements[element].end)
    }

    mutating func next() -> Int? {
      guard position < end else { return nil }
      defer { position = Int(elements[position].end) }
      return position
    }
  }

  /// Where an element stands: its opening bracket and name.
  func spot(of element: Int) -> Spot {
    let one = elements[element]
    return Spot(
      file: Int(one.file), position: .byte(Int(one.start)),
      length: 1 + symbols[one.name].utf8.count)
  }

  /// Where the value of an attribute of an element stands.
  func spot(of attribute: Attribute, in element: Int) -> Spot {
    Spot(
      file: Int(elements[element].file), position: .byte(Int(attribute.start)),
      length: max(1, symbols[attribute.value].utf8.count))
  }

  /// Adds the elements of a file.
  ///
  /// - Returns: the position of the root, or nil if the file is not well-formed, which is reported then.
  /// - Complexity: O(bytes).
  mutating func read(_ bytes: [UInt8], file: Int, _ problems: inout Problems) -> Int? {
    let root = elements.count
    var scanner = XMLScanner(bytes)
    do throws(XMLProblem) {
      try scanner.readDeclaration()
      while let event = try scanner.next() {
        switch event {
        case .start(let start, let name, let found):
          guard elements.count < Self.mostElements else {
            throw XMLProblem(
              "too-large", "the model has more than \(Self.mostElements) elements", at: start)
          }
          elements.append(
            Element(
              name: symbols.symbol(name), file: Int32(file), start: Int32(start), end: 0,
              firstAttribute: Int32(attributes.count)))
          for one in found {
            attributes.append(
              Attribute(
                name: symbols.symbol(one.name), value: symbols.symbol(one.value), start: Int32(one.start)))
          }
          scanner.open.append(.init(element: elements.count - 1, name: name))
        case .end(let element): elements[element].end = Int32(elements.count)
        case .text(let text, let start):
          if let open = scanner.open.last { texts[open.element] = (text, start) }
        }
      }
      return root
    } catch {
      problems.report(
        error.id, at: Spot(file: file, position: .byte(error.offset), length: error.length), error.summary,
        help: error.help ?? "mend this first: what follows cannot be read")
      return nil
    }
  }
}

/// Why a file is not well-formed XML of the kind that is read.
private struct XMLProblem: Error {
  var id: String
  var summary: String
  var offset: Int
  var length: Int
  var help: String?

  init(_ summary: String, at offset: Int, length: Int = 1, help: String? = nil) {
    self.init("invalid-xml", summary, at: offset, length: length, help: help)
  }

  init(_ id: String, _ summary: String, at offset: Int, length: Int = 1, help: String? = nil) {
    self.id = id
    self.summary = summary
    self.offset = offset
    self.length = length
    self.help = help
  }
}

/// Reads the tags and texts of a file one by one.
private struct XMLScanner {
  enum Event {
    case start(Int, name: String, attributes: [Attribute])
    /// With the position of the element that ends.
    case end(Int)
    case text(String, start: Int)
  }

  struct Attribute {
    var name: String
    var value: String
    var start: Int
  }

  struct Open {
    var element: Int
    var name: String
  }

  /// The elements that have not ended yet; whoever takes a start adds it.
  var open: [Open] = []

  private let bytes: [UInt8]
  private var position = 0
  private var hasRoot = false
  private var endsNext = false

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func readDeclaration() throws(XMLProblem) {
    guard starts(with: "<?xml"), position + 5 < bytes.count, Self.isSpace(bytes[position + 5]) else { return }
    let start = position
    let declaration = try skip(to: "?>", of: "the XML declaration", from: start)
    let text = String(decoding: declaration, as: UTF8.self).lowercased()
    guard !text.contains("encoding") || text.contains("utf-8") || text.contains("us-ascii") else {
      throw XMLProblem(
        "not-utf-8", "only files in UTF-8 can be read", at: start, length: 5, help: "save the file as UTF-8")
    }
  }

  /// The next event; nil once, at the end of a complete document.
  mutating func next() throws(XMLProblem) -> Event? {
    if endsNext {
      endsNext = false
      return .end(open.removeLast().element)
    }
    var text: [UInt8] = []
    var textStart: Int?
    while position < bytes.count {
      let here = position
      if bytes[position] != UInt8(ascii: "<") {
        let before = text.count
        try readText(into: &text, until: UInt8(ascii: "<"), from: here)
        if textStart == nil, let first = text[before...].firstIndex(where: { !Self.isSpace($0) }) {
          textStart = here + first - before
        }
      } else if starts(with: "<!--") {
        position += 4
        _ = try skip(to: "--", of: "a comment", from: here)
        guard position < bytes.count, bytes[position] == UInt8(ascii: ">") else {
          throw XMLProblem("a comment holds '--'", at: position - 2, length: 2)
        }
        position += 1
      } else if starts(with: "<![CDATA[") {
        position += 9
        text += try skip(to: "]]>", of: "a CDATA section", from: here)
        guard text.count <= XMLDocument.longestValue else {
          throw XMLProblem("too-large", "the text is too long", at: here)
        }
        textStart = textStart ?? here
      } else if let textStart {
        return try textEvent(text, textStart)
      } else {
        return try tag(at: here)
      }
    }
    if let textStart { _ = try textEvent(text, textStart) }
    if let last = open.last {
      throw XMLProblem(
        "the file ends within '<\(last.name)>'", at: bytes.count, help: "write </\(last.name)>")
    }
    guard hasRoot else {
      throw XMLProblem(
        "empty-file", "the file holds no element", at: bytes.count, help: "start it with <opsa-mef>")
    }
    return nil
  }

  private func textEvent(_ text: [UInt8], _ start: Int) throws(XMLProblem) -> Event {
    guard !open.isEmpty else { throw XMLProblem("text outside of the root element", at: start) }
    return .text(String(decoding: Self.trimmed(text), as: UTF8.self), start: start)
  }

  private mutating func tag(at here: Int) throws(XMLProblem) -> Event {
    position += 1
    guard position < bytes.count else { throw XMLProblem("the file ends within a tag", at: here) }
    switch bytes[position] {
    case UInt8(ascii: "/"):
      position += 1
      let name = try readName()
      skipSpace()
      try expect(">", "the end of the tag")
      guard let expected = open.last else {
        throw XMLProblem("'</\(name)>' ends nothing", at: here, length: 2 + name.utf8.count)
      }
      guard name == expected.name else {
        throw XMLProblem(
          "'</\(name)>' stands where '</\(expected.name)>' is due", at: here,
          length: 2 + name.utf8.count)
      }
      open.removeLast()
      return .end(expected.element)
    case UInt8(ascii: "!"):
      throw XMLProblem(
        "forbidden-xml", "document types and entities are not allowed", at: here,
        help: "a model needs neither: leave it out")
    case UInt8(ascii: "?"):
      throw XMLProblem(
        "forbidden-xml", "processing instructions are not allowed", at: here,
        help: "a model needs none: leave it out")
    default: return try element(at: here)
    }
  }

  private mutating func element(at here: Int) throws(XMLProblem) -> Event {
    guard !open.isEmpty || !hasRoot else { throw XMLProblem("a second root element", at: here) }
    guard open.count < XMLDocument.deepest else {
      throw XMLProblem(
        "too-deep", "elements are nested more than \(XMLDocument.deepest) deep", at: here,
        help: "name formulas as gates of their own")
    }
    hasRoot = true
    let name = try readName()
    var attributes: [Attribute] = []
    while true {
      let hadSpace = skipSpace()
      guard position < bytes.count else { throw XMLProblem("the file ends within a tag", at: here) }
      if bytes[position] == UInt8(ascii: ">") {
        position += 1
        return .start(here, name: name, attributes: attributes)
      }
      if bytes[position] == UInt8(ascii: "/") {
        position += 1
        try expect(">", "the end of the tag")
        endsNext = true
        return .start(here, name: name, attributes: attributes)
      }
      guard hadSpace else { throw XMLProblem("white space must precede an attribute", at: position) }
      guard attributes.count < XMLDocument.mostAttributes else {
        throw XMLProblem(
          "too-large", "an element has more than \(XMLDocument.mostAttributes) attributes", at: position)
      }
      attributes.append(try attribute(after: attributes))
    }
  }

  private mutating func attribute(after others: [Attribute]) throws(XMLProblem) -> Attribute {
    let here = position
    let name = try readName()
    guard !others.contains(where: { $0.name == name }) else {
      throw XMLProblem(
        "the attribute '\(name)' is given twice", at: here, length: name.utf8.count)
    }
    skipSpace()
    try expect("=", "'=' after '\(name)'")
    skipSpace()
    guard position < bytes.count,
      bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'")
    else { throw XMLProblem("the value of '\(name)' must stand in quotes", at: position) }
    let quote = bytes[position]
    position += 1
    let start = position
    var value: [UInt8] = []
    try readText(into: &value, until: quote, from: start)
    guard position < bytes.count else { throw XMLProblem("the file ends within a value", at: start) }
    position += 1
    return Attribute(name: name, value: String(decoding: value, as: UTF8.self), start: start)
  }

  /// Reads text with its entities resolved up to `end`, which is not taken, or to the end of the file.
  private mutating func readText(
    into text: inout [UInt8], until end: UInt8, from start: Int
  ) throws(XMLProblem) {
    while position < bytes.count, bytes[position] != end {
      switch bytes[position] {
      case UInt8(ascii: "&"): text += try entity()
      case UInt8(ascii: "<"): throw XMLProblem("'<' within a value", at: position, help: "write &lt;")
      case let byte:
        guard byte >= 0x20 || Self.isSpace(byte) else {
          throw XMLProblem("invalid-character", "a control character is not allowed", at: position)
        }
        text.append(byte)
        position += 1
      }
      guard text.count <= XMLDocument.longestValue else {
        throw XMLProblem(
          "too-large", "a value or text is longer than \(XMLDocument.longestValue) bytes", at: start)
      }
    }
  }

  private mutating func entity() throws(XMLProblem) -> [UInt8] {
    let here = position
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: ";"), position - start < 12 {
      position += 1
    }
    guard position < bytes.count, bytes[position] == UInt8(ascii: ";") else {
      throw XMLProblem("'&' starts no entity that ends with ';'", at: here, help: "write &amp;")
    }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    position += 1
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
      throw XMLProblem(
        "there is no entity '&\(name);'", at: here, length: position - here,
        help: "only &lt; &gt; &amp; &quot; &apos; and numbers are known")
    }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func readName() throws(XMLProblem) -> String {
    let start = position
    while position < bytes.count, Self.isNameByte(bytes[position]) { position += 1 }
    guard position > start, !Self.isNameRest(bytes[start]) else {
      throw XMLProblem("a name is due", at: start)
    }
    guard position - start <= XMLDocument.longestName else {
      throw XMLProblem("too-large", "a name is too long", at: start)
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func expect(_ character: Unicode.Scalar, _ what: String) throws(XMLProblem) {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else {
      throw XMLProblem("\(what) is due", at: position)
    }
    position += 1
  }

  @discardableResult
  private mutating func skipSpace() -> Bool {
    let start = position
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    return position > start
  }

  /// Takes everything up to and with `end`, and returns what stands before it.
  private mutating func skip(
    to end: StaticString, of what: String, from start: Int
  ) throws(XMLProblem) -> ArraySlice<UInt8> {
    let first = position
    while position < bytes.count {
      if starts(with: end) {
        let content = bytes[first..<position]
        position += end.utf8CodeUnitCount
        return content
      }
      guard bytes[position] >= 0x20 || Self.isSpace(bytes[position]) else {
        throw XMLProblem("invalid-character", "a control character is not allowed", at: position)
      }
      position += 1
    }
    throw XMLProblem("the file ends within \(what)", at: start)
  }

  private func starts(with text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    return bytes[position..<(position + count)].elementsEqual(text.description.utf8)
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
