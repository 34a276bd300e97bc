/// Makes the picture of a network fit to a page: colours become classes, boxes get outlines that can be restyled, and what
/// changes with the scenario can be found.
///
/// The picture must come from a renderer that has made it safe, drawn in the colours of ``DiagramTheme/page``.
struct PageDiagram {
  /// What stands in a box.
  struct Box {
    /// The id of the site or the product; nil for a box of several.
    var id: String?

    /// The part that is lost; nil for none.
    var note: String

    /// How many findings there are, and the worst severity.
    var mark: (count: Int, severity: String)?
  }

  let boxes: [Box]

  /// What the picture is, for those who cannot see it.
  let label: String

  /// - Complexity: O(n) for a picture of n bytes.
  func styled(_ svg: String) -> String {
    var output = ""
    output.reserveCapacity(svg.utf8.count)
    var box: Int?
    var outline: Outline?
    var shape = ""
    var isNote = false
    var isBend = false
    var rest = svg[...]
    while let open = rest.firstIndex(of: "<") {
      // Text between tags.
      output += isNote ? "" : rest[..<open]
      guard let close = rest[open...].firstIndex(of: ">") else { break }
      let tag = rest[open...close]
      rest = rest[rest.index(after: close)...]
      if tag.hasPrefix("<g id=\"d-box-"), let id = Self.attribute("id", of: tag) {
        box = Int(id.dropFirst("d-box-".count))
        let classes = Self.attribute("class", of: tag) ?? ""
        shape =
          classes.split(separator: " ").first { $0.hasPrefix("shape-") }.map { String($0.dropFirst(6)) } ?? ""
        outline = nil
        let label = Self.attribute("aria-label", of: tag) ?? ""
        output += "<g id=\"\(id)\" class=\"\(classes.replacing("node ", with: "", maxReplacements: 1))\""
        if let number = box {
          output += " data-box=\"\(number)\""
          if boxes.indices.contains(number), let name = boxes[number].id {
            output += " data-site=\"\(HTML.escaped(name))\""
          }
        }
        output +=
          " tabindex=\"\(box == 0 ? 0 : -1)\" role=\"button\" aria-pressed=\"false\" aria-label=\"\(label)\">"
      } else if tag.hasPrefix("<polygon"), box != nil, outline == nil,
        let points = Self.attribute("points", of: tag), let found = Outline(points)
      {
        outline = found
        output += "<path class=\"outline\" d=\"\(found.path(shape))\"/>"
        output += "<path class=\"inner\" d=\"\(found.path(shape))\"/>"
      } else if tag.hasPrefix("<g id=\"d-bend-") {
        isBend = true
        output += tag
      } else if isBend, tag.hasPrefix("<polygon"), let points = Self.attribute("points", of: tag),
        let bend = Outline(points),
        let width = Self.attribute("stroke-width", of: tag).flatMap({ Double($0) })
      {
        // Drawn as the line that it is, so that it can be dashed; a little longer, so that no gap is left.
        isBend = false
        output +=
          "<path class=\"s-flow\" stroke-width=\"\(decimal(width + bend.bottom - bend.top))\" "
          + "d=\"M\(decimal(bend.left - 1.2)),\(decimal((bend.top + bend.bottom) / 2))H\(decimal(bend.right + 1.2))\"/>"
      } else if tag.hasPrefix("<text"), tag.contains("fill=\"#010103\""), tag.contains("font-weight"),
        let box, let outline
      {
        // The note ends where its cell does, whatever it says.
        let y = Self.attribute("y", of: tag) ?? "0"
        output +=
          "<text class=\"note\" text-anchor=\"end\" x=\"\(decimal(outline.right - 9))\" y=\"\(y)\">"
          + HTML.escaped(boxes.indices.contains(box) ? boxes[box].note : "")
        isNote = true
      } else if tag == "</text>", isNote {
        output += "</text>"
        isNote = false
      } else if tag == "</g>" {
        if let number = box, let outline {
          let mark = boxes.indices.contains(number) ? boxes[number].mark : nil
          let (x, y) = (decimal(outline.right - 3), decimal(outline.top + 3))
          output +=
            "<g class=\"mark\(mark.map { " has-\($0.severity)" } ?? "")\">"
            + "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"7.5\"/>"
            + "<text text-anchor=\"middle\" x=\"\(x)\" y=\"\(decimal(outline.top + 6))\">"
            + "\(mark.map { $0.count > 99 ? "99" : "\($0.count)" } ?? "")</text></g>"
        }
        box = nil
        outline = nil
        output += "</g>"
      } else if tag == "<title>" || tag == "<desc>" {
        // Browsers would show them wherever the pointer is.
        let end = tag == "<title>" ? "</title>" : "</desc>"
        if let range = rest.firstRange(of: end) { rest = rest[range.upperBound...] }
      } else if tag.hasPrefix("<svg") {
        output += String(tag.dropLast())
        output += " aria-label=\"\(HTML.escaped(label))\">\(Self.markers)"
      } else {
        output += Self.classed(tag)
      }
    }
    output += rest
    return output
  }

  /// The ends of lines: of what is stopped, and of ways around.
  private static let markers =
    "<defs><marker id=\"m-tee\" viewBox=\"0 0 4 14\" refX=\"3\" refY=\"7\" markerWidth=\"4\" markerHeight=\"14\" "
    + "orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path d=\"M2,1V13\"/></marker>"
    + "<marker id=\"m-arrow\" viewBox=\"0 0 9 10\" refX=\"8\" refY=\"5\" markerWidth=\"9\" markerHeight=\"10\" "
    + "orient=\"auto\" markerUnits=\"userSpaceOnUse\"><path d=\"M0,0L9,5L0,10Z\"/></marker></defs>"

  /// The tag with classes instead of the colours of the page's theme and without what the style says once for all.
  private static func classed(_ tag: Substring) -> String {
    guard tag.contains("\"#0101") else { return String(tag) }
    var classes: [String] = []
    var result = String(tag)
    for (attribute, sign) in [("fill", "f"), ("stroke", "s")] {
      guard let colour = Self.attribute(attribute, of: tag), let name = names[String(colour)] else {
        continue
      }
      classes.append("\(sign)-\(name)")
      result = result.replacing(" \(attribute)=\"\(colour)\"", with: "", maxReplacements: 1)
    }
    guard !classes.isEmpty, let space = result.firstIndex(of: " ") else { return result }
    result.insert(contentsOf: " class=\"\(classes.joined(separator: " "))\"", at: space)
    return result
  }

  private static let names: [String: String] = [
    "#010101": "back", "#010102": "ink", "#010103": "muted", "#010104": "column", "#010105": "rule",
    "#010106": "flow", "#010107": "bar", "#010108": "track", "#010109": "badge", "#01010a": "fill",
    "#01010b": "line", "#01010c": "text", "#01010d": "bar",
  ]

  private static func attribute(_ name: String, of tag: Substring) -> Substring? {
    guard let range = tag.firstRange(of: " \(name)=\"") else { return nil }
    let value = tag[range.upperBound...]
    return value.firstIndex(of: "\"").map { value[..<$0] }
  }

  /// Where a box lies, and the outline of its shape, the middle of whose sides touches its edges.
  private struct Outline {
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double

    init?(_ points: Substring) {
      let numbers = points.split { $0 == "," || $0 == " " }.compactMap { Double($0) }
      let xs = numbers.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      let ys = numbers.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
      guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else {
        return nil
      }
      (self.left, self.right, self.top, self.bottom) = (left, right, top, bottom)
    }

    func path(_ shape: String) -> String {
      let middle = (top + bottom) / 2
      func through(_ points: (Double, Double)...) -> String {
        "M" + points.map { "\(decimal($0.0)),\(decimal($0.1))" }.joined(separator: "L") + "Z"
      }
      switch shape {
      case "heap": return through((left + 4, top), (right - 4, top), (right + 4, bottom), (left - 4, bottom))
      case "ingot": return through((left + 4, top), (right + 4, top), (right - 4, bottom), (left - 4, bottom))
      case "hexagon":
        return through(
          (left + 5, top), (right - 5, top), (right + 5, middle), (right - 5, bottom), (left + 5, bottom),
          (left - 5, middle))
      case "octagon":
        return through(
          (left + 9, top), (right - 9, top), (right, top + 9), (right, bottom - 9), (right - 9, bottom),
          (left + 9, bottom), (left, bottom - 9), (left, top + 9))
      case "port":
        return through(
          (left + 8, top), (right - 8, top), (right, top + 10), (right, bottom), (left, bottom),
          (left, top + 10))
      case "barrel": return rounded(14)
      default: return rounded(7)
      }
    }

    private func rounded(_ radius: Double) -> String {
      let r = decimal(radius)
      func arc(_ x: Double, _ y: Double) -> String { "A\(r),\(r) 0 0 1 \(decimal(x)),\(decimal(y))" }
      return "M\(decimal(left + radius)),\(decimal(top))H\(decimal(right - radius))"
        + arc(right, top + radius)
        + "V\(decimal(bottom - radius))" + arc(right - radius, bottom) + "H\(decimal(left + radius))"
        + arc(left, bottom - radius) + "V\(decimal(top + radius))" + arc(left + radius, top) + "Z"
    }
  }
}
