import Reports

/// Makes the library's SVG fit to be shown to people and put into pages.
///
/// Prolog, document type and comments go, as do the names of nodes and edges, which are ours and would pop up
/// as tooltips; the picture as a whole gets a title and a description. The library escapes `<` and `>`
/// wherever text stands, so a tag runs from one to the next.
///
/// - Complexity: O(*n*) in the number of bytes.
package struct SVGTreatment {
  /// What the picture is called and what it shows.
  package struct Names: Sendable {
    let title: String
    let summary: String

    package init(title: String, summary: String) {
      self.title = title
      self.summary = summary
    }
  }

  enum Host {
    case file
    case page(idPrefix: String)
  }

  private let names: Names
  private let idPrefix: String
  private let isInline: Bool

  init(names: Names, host: Host) {
    self.names = names
    switch host {
    case .file:
      idPrefix = ""
      isInline = false
    case .page(let prefix):
      idPrefix = String(
        prefix.filter { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "-" || $0 == "_" })
      isInline = true
    }
  }

  func apply(to svg: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(svg.count)
    var position = 0
    while position < svg.count {
      guard svg[position] == UInt8(ascii: "<") else {
        let end = svg[position...].firstIndex(of: UInt8(ascii: "<")) ?? svg.endIndex
        append(svg[position..<end], to: &output)
        position = end
        continue
      }
      let rest = svg[position...]
      if rest.starts(with: "<!--".utf8) {
        position = end(of: "-->", in: rest)
        dropLineBreak(from: svg, at: &position)
      } else if rest.starts(with: "<?".utf8) || rest.starts(with: "<!".utf8) {
        position = end(of: ">", in: rest)
        dropLineBreak(from: svg, at: &position)
      } else if rest.starts(with: "<title>".utf8) {
        position = end(of: "</title>", in: rest)
        dropLineBreak(from: svg, at: &position)
      } else {
        position = end(of: ">", in: rest)
        append(tag: String(decoding: rest[..<position], as: UTF8.self), to: &output)
      }
    }
    return output
  }

  private func append(tag: String, to output: inout [UInt8]) {
    if tag.hasPrefix("<svg") {
      appendRoot(tag, to: &output)
    } else if isInline && tag == "</a>" {
      output += "</g>".utf8
    } else if isInline && tag.hasPrefix("<a ") {
      let tooltip = attribute("xlink:title", of: tag).map { " data-tooltip=\"\($0)\"" } ?? ""
      append(Array("<g\(tooltip)>".utf8)[...], to: &output)
    } else {
      append(Array(tag.utf8)[...], to: &output)
    }
  }

  private func appendRoot(_ tag: String, to output: inout [UInt8]) {
    output += "<svg xmlns=\"http://www.w3.org/2000/svg\"".utf8
    if !isInline {
      output += " xmlns:xlink=\"http://www.w3.org/1999/xlink\"".utf8
      for name in ["width", "height"] {
        if let value = attribute(name, of: tag) { output += " \(name)=\"\(value)\"".utf8 }
      }
    }
    if let value = attribute("viewBox", of: tag) { output += " viewBox=\"\(value)\"".utf8 }
    output += " role=\"img\">".utf8
    for (element, text) in [("title", names.title), ("desc", names.summary)] where !text.isEmpty {
      output += "\n<\(element)>\(escapedForXML(text))</\(element)>".utf8
    }
  }

  private func attribute(_ name: String, of tag: String) -> Substring? {
    let bytes = tag.utf8
    let key = Array("\(name)=\"".utf8)
    var start = bytes.startIndex
    while let space = bytes[start...].firstIndex(where: { $0 == UInt8(ascii: " ") || $0 == 10 }) {
      start = bytes.index(after: space)
      guard bytes[start...].starts(with: key) else { continue }
      let value = bytes.index(start, offsetBy: key.count)
      guard let end = bytes[value...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
      return tag[value..<end]
    }
    return nil
  }

  /// Appends `bytes` with plain hyphens, with `none` for the colour that SVG 1.1 does not know, and with
  /// prefixed ids.
  private func append(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
    let isTag = bytes.first == UInt8(ascii: "<")
    var position = bytes.startIndex
    while position < bytes.endIndex {
      let rest = bytes[position...]
      switch bytes[position] {
      case UInt8(ascii: "&") where rest.starts(with: "&#45;".utf8):
        output.append(UInt8(ascii: "-"))
        position += "&#45;".utf8.count
      case UInt8(ascii: "=") where isTag && rest.starts(with: "=\"transparent\"".utf8):
        output += "=\"none\"".utf8
        position += "=\"transparent\"".utf8.count
      case UInt8(ascii: " ") where isTag && rest.starts(with: " id=\"".utf8):
        output += " id=\"\(idPrefix)".utf8
        position += " id=\"".utf8.count
      default:
        output.append(bytes[position])
        position += 1
      }
    }
  }

  /// The position after the first `mark` in `bytes`, or their end.
  private func end(of mark: String, in bytes: ArraySlice<UInt8>) -> Int {
    let mark = Array(mark.utf8)
    var position = bytes.startIndex
    while let next = bytes[position...].firstIndex(of: mark[0]) {
      if bytes[next...].starts(with: mark) { return next + mark.count }
      position = next + 1
    }
    return bytes.endIndex
  }

  private func dropLineBreak(from bytes: [UInt8], at position: inout Int) {
    if position < bytes.count && bytes[position] == UInt8(ascii: "\n") { position += 1 }
  }
}
