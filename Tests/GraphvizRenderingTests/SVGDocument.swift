import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What an XML parser finds in a picture.
struct SVGDocument {
  struct NotWellFormed: Error {}

  private(set) var elements: [String: Int] = [:]
  private(set) var attributes: [(element: String, name: String, value: String)] = []
  /// The contents of the `text` elements, in order.
  private(set) var texts: [String] = []
  /// The title of the picture, which comes first, and those of its parts.
  private(set) var title: String?
  private(set) var tooltips: [String] = []
  private(set) var summary: String?

  init(_ bytes: [UInt8]) throws {
    let reader = Reader()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = reader
    guard parser.parse() else { throw NotWellFormed() }
    self = reader.document
  }

  private init() {}

  func values(of name: String) -> [String] {
    attributes.filter { $0.name == name }.map(\.value)
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var document = SVGDocument()
    private var content = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      document.elements[name, default: 0] += 1
      for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
        document.attributes.append((name, key, value))
      }
      content = ""
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) {
      content += characters
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
      switch name {
      case "text": document.texts.append(content)
      case "title" where document.title == nil && document.elements["g"] == nil: document.title = content
      case "title": document.tooltips.append(content)
      case "desc": document.summary = content
      default: break
      }
    }
  }
}
