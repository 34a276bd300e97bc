import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Readers of the formats that commands write, each as strict as its standard, for tests of what strangers' texts do in them.
enum OutputReaders {
  struct Malformed: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
  }

  // MARK: Terminal

  /// The characters of a text that move a cursor, hide or reorder others, but for line feeds and sequences that set a style.
  static func harmful(inTerminal text: String) -> [Unicode.Scalar] {
    let plain = text.replacing(/\u{1B}\[[0-9;]{1,8}m/, with: "")
    return plain.unicodeScalars.filter { scalar in
      switch scalar.value {
      case 0x0A: false
      case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x2069,
        0xFFF9...0xFFFB, 0xFEFF:
        true
      default: false
      }
    }
  }

  // MARK: XML

  /// The names of elements, and those of their attributes, as `element` and `element/@attribute`, with all values of attributes.
  struct XML {
    var names: Set<String> = []
    var values: [(name: String, value: String)] = []
    var texts: [String] = []
  }

  static func xml(_ data: Data) throws -> XML {
    let reader = XMLReader()
    let parser = XMLParser(data: data)
    parser.delegate = reader
    guard parser.parse(), parser.parserError == nil else {
      throw Malformed("line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "not well-formed")")
    }
    return reader.found
  }

  private final class XMLReader: NSObject, XMLParserDelegate {
    var found = XML()

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      found.names.insert(name)
      for (key, value) in attributes {
        found.names.insert("\(name)/@\(key)")
        found.values.append((key, value))
      }
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) { found.texts.append(characters) }
    func parser(_ parser: XMLParser, foundCDATA: Data) { found.names.insert("CDATA") }
    func parser(_ parser: XMLParser, foundComment: String) { found.names.insert("comment") }
    func parser(_ parser: XMLParser, foundProcessingInstructionWithTarget target: String, data: String?) {
      found.names.insert("?\(target)")
    }
  }

  // MARK: CSV

  /// The records of a table as RFC 4180 has it.
  static func csv(_ text: String) throws -> [[String]] {
    var records: [[String]] = []
    var record: [String] = []
    var field = ""
    var rest = Substring(text).unicodeScalars
    func take() -> Unicode.Scalar? { rest.popFirst() }
    while !rest.isEmpty {
      field = ""
      if rest.first == "\"" {
        _ = take()
        while true {
          guard let scalar = take() else { throw Malformed("a quote that is not closed") }
          if scalar != "\"" {
            field.unicodeScalars.append(scalar)
          } else if rest.first == "\"" {
            field.unicodeScalars.append("\"")
            _ = take()
          } else {
            break
          }
        }
      } else {
        while let scalar = rest.first, scalar != ",", scalar != "\r" {
          guard scalar != "\"", scalar != "\n" else {
            throw Malformed("'\(scalar)' in a field without quotes")
          }
          field.unicodeScalars.append(scalar)
          _ = take()
        }
      }
      record.append(field)
      switch take() {
      case ",": if rest.isEmpty { throw Malformed("the last record is cut") }
      case "\r":
        guard take() == "\n" else { throw Malformed("a line that ends in CR alone") }
        records.append(record)
        record = []
      case let other: throw Malformed("'\(other.map { "\($0)" } ?? "the end")' behind a field")
      }
    }
    return records
  }

  // MARK: GitHub

  /// A workflow command, as the runner reads a line that starts with two colons.
  struct WorkflowCommand {
    var name: String
    var properties: [String: String]
    var data: String
  }

  static func workflowCommands(_ text: String) throws -> [WorkflowCommand] {
    func plain(_ text: Substring) -> String {
      String(text).replacing("%3A", with: ":").replacing("%2C", with: ",").replacing("%0D", with: "\r")
        .replacing("%0A", with: "\n").replacing("%25", with: "%")
    }
    // Every kind of line break counts.
    return try text.split(whereSeparator: \.isNewline).map { line in
      guard line.hasPrefix("::"), let end = line.dropFirst(2).firstRange(of: "::") else {
        throw Malformed("no command: \(line.prefix(200))")
      }
      let head = line[line.index(line.startIndex, offsetBy: 2)..<end.lowerBound]
      let parts = head.split(separator: " ", maxSplits: 1)
      var properties: [String: String] = [:]
      for property in parts.dropFirst().joined().split(separator: ",") {
        let pair = property.split(separator: "=", maxSplits: 1)
        guard pair.count == 2, properties.updateValue(plain(pair[1]), forKey: String(pair[0])) == nil else {
          throw Malformed("no property: \(property)")
        }
      }
      return WorkflowCommand(
        name: String(parts[0]), properties: properties, data: plain(line[end.upperBound...]))
    }
  }

  // MARK: HTML

  /// The names of elements, and those of their attributes as `element/@attribute`, of a page; texts of scripts and styles are not read.
  static func html(_ text: String) throws -> Set<String> {
    var found: Set<String> = []
    var rest = Substring(text).unicodeScalars
    func isName(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "-")
    }
    func name() -> String {
      let end = rest.firstIndex { !isName($0) } ?? rest.endIndex
      defer { rest = rest[end...] }
      return String(Substring(rest[..<end])).lowercased()
    }
    func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\n" } }
    while let start = rest.firstIndex(of: "<") {
      rest = rest[start...].dropFirst()
      if rest.first == "!" {
        guard Substring(rest).hasPrefix("!DOCTYPE html>") else {
          throw Malformed("a comment or another declaration")
        }
        continue
      }
      let isEnd = rest.first == "/"
      if isEnd { rest = rest.dropFirst() }
      let element = name()
      guard !element.isEmpty else { throw Malformed("'<' in a text: \(String(Substring(rest.prefix(60))))") }
      found.insert(element)
      skipSpace()
      while let first = rest.first, first != ">" {
        // Elements of a drawing may close themselves.
        if first == "/", rest.dropFirst().first == ">" {
          rest = rest.dropFirst()
          break
        }
        let attribute = name()
        guard !attribute.isEmpty, !isEnd else { throw Malformed("'\(first)' in a tag of \(element)") }
        found.insert("\(element)/@\(attribute)")
        if rest.first == "=" {
          guard rest.dropFirst().first == "\"", let end = rest.dropFirst(2).firstIndex(of: "\"") else {
            throw Malformed("no quotes around the value of \(attribute)")
          }
          rest = rest[rest.index(after: end)...]
        }
        skipSpace()
      }
      guard rest.first == ">" else { throw Malformed("a tag of \(element) that is not closed") }
      if !isEnd, element == "script" || element == "style" {
        guard let end = Substring(rest).range(of: "</\(element)>") else {
          throw Malformed("no end of \(element)")
        }
        let body = Substring(rest)[..<end.lowerBound]
        guard !body.contains("<!--"), !body.contains("<script") else {
          throw Malformed("a tag within \(element)")
        }
        rest = rest[end.lowerBound...]
      }
    }
    return found
  }

  // MARK: DOT

  /// What stands in a graph: the names of attributes, their plain values, and their HTML labels.
  struct DOT {
    var attributes: Set<String> = []
    var statements: [String] = []
    var labels: [String] = []
  }

  /// Reads the part of the DOT language that is printed: quoted strings, HTML strings, names, lists of attributes.
  static func dot(_ text: String) throws -> DOT {
    enum Token: Equatable {
      case word(String)
      case string(String)
      case html(String)
      case sign(String)
    }
    var tokens: [Token] = []
    var rest = Substring(text).unicodeScalars
    while let first = rest.popFirst() {
      switch first {
      case "\"":
        var value = ""
        while true {
          guard let scalar = rest.popFirst() else { throw Malformed("a quote that is not closed") }
          if scalar == "\"" { break }
          value.unicodeScalars.append(scalar)
          if scalar == "\\", let next = rest.popFirst() { value.unicodeScalars.append(next) }
        }
        tokens.append(.string(value))
      case "<":
        var value = ""
        var depth = 1
        while true {
          guard let scalar = rest.popFirst() else { throw Malformed("HTML that is not closed") }
          if scalar == "<" { depth += 1 } else if scalar == ">" { depth -= 1 }
          if depth == 0 { break }
          value.unicodeScalars.append(scalar)
        }
        tokens.append(.html(value))
      case " ", "\n": break
      case "[", "]", "{", "}", "=", ",", ";": tokens.append(.sign(String(first)))
      case "-":
        guard rest.popFirst() == ">" else { throw Malformed("'-' without '>'") }
        tokens.append(.sign("->"))
      case "a"..."z", "A"..."Z", "0"..."9", "_":
        var word = String(first)
        while let next = rest.first,
          next.properties.isAlphabetic || ("0"..."9").contains(next) || next == "_",
          next.isASCII
        {
          word.unicodeScalars.append(next)
          _ = rest.popFirst()
        }
        tokens.append(.word(word))
      default: throw Malformed("'\(first)' outside of a string")
      }
    }
    var found = DOT()
    var statement = ""
    var isInList = false
    var index = 0
    while index < tokens.count {
      defer { index += 1 }
      switch tokens[index] {
      case .sign("["): isInList = true
      case .sign("]"):
        isInList = false
        found.statements.append(statement)
        statement = ""
      case .word(let name) where isInList:
        guard index + 2 < tokens.count, tokens[index + 1] == .sign("=") else {
          throw Malformed("no value of \(name)")
        }
        found.attributes.insert(name)
        switch tokens[index + 2] {
        case .html(let label): found.labels.append(label)
        case .string, .word: break
        case .sign(let sign): throw Malformed("'\(sign)' for the value of \(name)")
        }
        index += 2
      case .sign(",") where isInList: break
      case .word(let word) where !isInList, .sign(let word) where !isInList,
        .string(let word) where !isInList:
        statement += word
        if word == ";" || word == "{" || word == "}" {
          found.statements.append(statement)
          statement = ""
        }
      default: throw Malformed("\(tokens[index]) where none may stand")
      }
    }
    return found
  }
}
