import SupplyModel

/// A piece of HTML that can only be made of tags of our own and of text that is escaped.
///
/// Whatever a stranger wrote comes in as text or as the value of an attribute, and both go through one function:
/// ``escaped(_:limit:)``. So no text becomes a tag, and no value ends its attribute.
struct HTML: Sendable, Hashable {
  private(set) var markup: String

  private init(markup: String) { self.markup = markup }

  /// Nothing.
  static let empty = HTML(markup: "")

  /// The most characters of a text.
  static let textLimit = 400

  /// Text, of which at most `limit` characters are shown.
  static func text(_ text: String, limit: Int = textLimit) -> HTML {
    HTML(markup: escaped(text, limit: limit))
  }

  /// An element and what it holds.
  ///
  /// - Parameters:
  ///   - name: the name of the tag.
  ///   - attributes: names and values; a value that is empty stays as it is.
  ///   - children: what stands between the tags; elements without an end tag have none.
  /// - Returns: the markup of the element.
  static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, _ children: [HTML]
  ) -> HTML {
    var markup = "<\(name)"
    for (key, value) in attributes { markup += " \(key)=\"\(escaped(value, limit: 2_000))\"" }
    markup += ">"
    for child in children { markup += child.markup }
    let isVoid = ["br", "col", "input", "meta", "wbr"].contains("\(name)")
    return HTML(markup: isVoid ? markup : markup + "</\(name)>")
  }

  static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, _ children: HTML...
  ) -> HTML { element(name, attributes, children) }

  static func element(_ name: StaticString, _ children: [HTML]) -> HTML { element(name, [:], children) }

  static func element(_ name: StaticString, _ children: HTML...) -> HTML { element(name, [:], children) }

  static func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>, text: String,
    limit: Int = textLimit
  ) -> HTML { element(name, attributes, [.text(text, limit: limit)]) }

  static func element(_ name: StaticString, text: String, limit: Int = textLimit) -> HTML {
    element(name, [:], [.text(text, limit: limit)])
  }

  static func joined(_ parts: [HTML], separator: HTML = .empty) -> HTML {
    HTML(markup: parts.map(\.markup).joined(separator: separator.markup))
  }

  /// Markup that this module wrote itself, or that a renderer has made safe.
  static func trusted(_ markup: String) -> HTML { HTML(markup: markup) }

  /// A link to a page of the web, or the text alone where the address is not one: never a script, a file or data.
  static func link(to address: String?, _ text: String) -> HTML {
    guard let address, isWebAddress(address) else { return .text(text) }
    return .element("a", ["href": address, "rel": "noopener noreferrer"], text: text)
  }

  /// Whether an address starts with `https://` or `http://` and holds only what an address may hold.
  static func isWebAddress(_ address: String) -> Bool {
    let start = address.prefix(8).lowercased()
    guard start.hasPrefix("https://") || start.hasPrefix("http://"), address.utf8.count <= 2_000 else {
      return false
    }
    return address.unicodeScalars.allSatisfy { scalar in
      scalar.value > 0x20 && scalar.value != 0x7F && !#""<>\^`{|}"#.unicodeScalars.contains(scalar)
        && !scalar.isUnprintable && !scalar.properties.isWhitespace
    }
  }

  /// Text on one line, cut, with everything that means something to a browser or turns its direction made harmless.
  static func escaped(_ text: String, limit: Int = textLimit) -> String {
    let cut = text.truncated(to: limit)
    if cut.utf8.allSatisfy({ $0 < 0x80 }) { return escapedForXML(cut) }
    var visible = String.UnicodeScalarView()
    for scalar in cut.unicodeScalars { visible.append(scalar.isInvisible ? "\u{FFFD}" : scalar) }
    return escapedForXML(String(visible))
  }
}

extension Unicode.Scalar {
  /// Whether a reader cannot see the scalar, and it joins nothing either: it could hide in a name or in an address.
  fileprivate var isInvisible: Bool {
    switch value {
    case 0x200B, 0x2060...0x2065, 0xFEFF, 0xFFF9...0xFFFB: true
    default: false
    }
  }
}
