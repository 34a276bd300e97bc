import Reports

/// Makes the library's SVG fit to be shown to people and put into pages.
///
/// Prolog, document type and comments go, as do the names of nodes and edges, which are ours and would pop up
/// as tooltips; the picture as a whole gets a title, a description and its classes. What the library hangs on a link
/// without a target becomes the title of its node or edge, and a node with one can be reached by keyboard. A font that
/// all texts share is set once. The library escapes `<` and `>` wherever text stands, so a tag runs from one to the next.
///
/// - Complexity: O(*n*) in the number of bytes.
package struct SVGTreatment {
  /// What the picture is called and what it shows.
  package struct Names: Sendable {
    let title: String
    let summary: String

    /// Classes of the root, constants of our own.
    let rootClass: String

    package init(title: String, summary: String, rootClass: String = "") {
      self.title = title
      self.summary = summary
      self.rootClass = rootClass
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
    let font = font(of: svg)
    output.reserveCapacity(svg.count)
    // For each open link, whether it became a part of the group before it.
    var mergedLinks: [Bool] = []
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
        let tag = String(decoding: rest[..<position], as: UTF8.self)
        if tag.hasPrefix("<svg") {
          appendRoot(tag, font: font, to: &output)
        } else if tag.hasPrefix("<g "), tag.contains(" class=\""), let link = link(at: position, in: svg) {
          appendGroup(tag, tooltip: link.tooltip, to: &output)
          position = link.end
          mergedLinks.append(true)
        } else if tag.hasPrefix("<a ") {
          appendLink(tag, to: &output)
          mergedLinks.append(false)
        } else if tag == "</a>" {
          if mergedLinks.popLast() ?? false {
            // The group around the link is gone too.
            dropLineBreak(from: svg, at: &position)
            if svg[position...].starts(with: "</g>".utf8) { position += 4 }
            dropLineBreak(from: svg, at: &position)
          } else {
            output += "</g>".utf8
          }
        } else if let font, tag.hasPrefix("<text "), tag.contains(font) {
          append(Array(tag.replacing(font, with: "", maxReplacements: 1).utf8)[...], to: &output)
        } else {
          append(Array(tag.utf8)[...], to: &output)
        }
      }
    }
    return output
  }

  /// The font of the first text, as the attribute that names it.
  private func font(of svg: [UInt8]) -> String? {
    let mark = Array(" font-family=\"".utf8)
    var position = 0
    while let next = svg[position...].firstIndex(of: mark[0]) {
      let rest = svg[next...]
      if rest.starts(with: mark) {
        guard let close = svg[(next + mark.count)...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return String(decoding: svg[next...close], as: UTF8.self)
      }
      position = next + 1
    }
    return nil
  }

  /// The tooltip of the link that stands next, after the name of the group at most, and where its contents start.
  private func link(at start: Int, in svg: [UInt8]) -> (tooltip: Substring, end: Int)? {
    var position = start
    dropLineBreak(from: svg, at: &position)
    if svg[position...].starts(with: "<title>".utf8) {
      position = end(of: "</title>", in: svg[position...])
      dropLineBreak(from: svg, at: &position)
    }
    guard svg[position...].starts(with: "<g id=\"a_".utf8) else { return nil }
    position = end(of: ">", in: svg[position...])
    guard svg[position...].starts(with: "<a ".utf8) else { return nil }
    let close = end(of: ">", in: svg[position...])
    let tag = String(decoding: svg[position..<close], as: UTF8.self)
    guard let tooltip = attribute("xlink:title", of: tag) else { return nil }
    position = close
    dropLineBreak(from: svg, at: &position)
    return (tooltip, position)
  }

  /// Appends the tag of a node, an edge or a cluster with its tooltip.
  private func appendGroup(_ tag: String, tooltip: Substring, to output: inout [UInt8]) {
    var tag = String(tag.dropLast())
    let isNode = tag.contains(" class=\"node")
    if isNode { tag += " tabindex=\"0\" role=\"img\"" }
    if isInline {
      tag += " data-tooltip=\"\(tooltip)\"" + (isNode ? " aria-label=\"\(tooltip)\"" : "")
    }
    append(Array((tag + ">").utf8)[...], to: &output)
    if !isInline { append(Array("<title>\(tooltip)</title>\n".utf8)[...], to: &output) }
  }

  /// Appends what a link becomes that stands within a group: a part of it with a tooltip of its own.
  private func appendLink(_ tag: String, to output: inout [UInt8]) {
    let tooltip = attribute("xlink:title", of: tag) ?? ""
    let start = isInline ? "<g data-tooltip=\"\(tooltip)\">" : "<g><title>\(tooltip)</title>"
    append(Array(start.utf8)[...], to: &output)
  }

  private func appendRoot(_ tag: String, font: String?, to output: inout [UInt8]) {
    output += "<svg xmlns=\"http://www.w3.org/2000/svg\"".utf8
    if !isInline {
      for name in ["width", "height"] {
        if let value = attribute(name, of: tag) { output += " \(name)=\"\(value)\"".utf8 }
      }
    }
    if let value = attribute("viewBox", of: tag) { output += " viewBox=\"\(value)\"".utf8 }
    if !names.rootClass.isEmpty { output += " class=\"\(escapedForXML(names.rootClass))\"".utf8 }
    if let font { output += font.utf8 }
    // Not an image: the parts of an image cannot be reached.
    output += " role=\"graphics-document document\">".utf8
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
