/// Attributes of a graph, cluster, node or edge, in the order in which they were first set.
public struct GraphvizAttributes: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  struct Entry: Sendable, Hashable {
    let name: Name
    var value: Value
  }

  private(set) var entries: [Entry] = []

  public init() {}

  /// Creates attributes from a literal; of two values for one name the later one holds.
  public init(dictionaryLiteral elements: (Name, Value)...) {
    for (name, value) in elements { self[name] = value }
  }

  /// The value that `name` has here, or `nil` where the default holds.
  public subscript(name: Name) -> Value? {
    get { entries.first { $0.name == name }?.value }
    set {
      let index = entries.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): entries[index].value = value
      case (let index?, nil): entries.remove(at: index)
      case (nil, let value?): entries.append(Entry(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  /// Sets every attribute of `other` here.
  public mutating func merge(_ other: GraphvizAttributes) {
    for entry in other.entries { self[entry.name] = entry.value }
  }
}

extension GraphvizAttributes {
  /// What an attribute is set to.
  ///
  /// A string literal is a ``token(_:)``, since only our own code can hold one; a number literal is its digits.
  public enum Value: Sendable, Hashable {
    /// Text for people; it is shown as it is, whatever characters it has.
    case text(String)

    /// A constant of our own, such as a colour, a shape or a style.
    case token(String)

    /// A label made of tables and fonts; only for labels.
    case html(HTMLLabel)

    /// A number, rounded to thousandths; infinite and undefined numbers become zero.
    public static func number(_ value: Double) -> Value {
      .token(decimal(value))
    }
  }
}

extension GraphvizAttributes.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral
{
  public init(stringLiteral value: StaticString) {
    self = .token(value.description)
  }

  public init(integerLiteral value: Int) {
    self = .token(String(value))
  }

  public init(floatLiteral value: Double) {
    self = .number(value)
  }
}

extension GraphvizAttributes {
  /// The attributes that our pictures may use.
  ///
  /// The list is closed on purpose. Missing are those that read files (`image`, `shapefile`, `fontpath`),
  /// write into the SVG unescaped (`href`, `URL`, `target`, `stylesheet`), or make a layout depend on chance
  /// or history (`start`, `gradientangle`).
  public enum Name: String, Sendable, Hashable, CaseIterable {
    case arrowhead, arrowsize, arrowtail
    case bgcolor
    case `class`
    case clusterrank, color, compound, concentrate, constraint
    case decorate, dir, distortion
    case edgetooltip, esep
    case fillcolor, fixedsize, fontcolor, fontname, fontsize, forcelabels
    case group
    case headclip, headlabel, headport, headtooltip, height
    case id
    case label, labelangle, labeldistance, labelfontcolor, labelfontname, labelfontsize, labeljust, labelloc
    case labeltooltip, len
    case margin, mclimit, minlen
    case newrank, nodesep, nslimit, nslimit1
    case ordering, orientation, outputorder, overlap
    case pad, pencolor, penwidth, peripheries
    case rankdir, ranksep, regular, remincross
    case samehead, sametail, searchsize, sep, shape, sides, skew, splines, style
    case tailclip, taillabel, tailport, tailtooltip, tooltip
    case weight, width
    case xlabel

    /// Whether Graphviz shows the value on hovering, which takes the backslashes out twice.
    var isTooltip: Bool {
      switch self {
      case .edgetooltip, .headtooltip, .labeltooltip, .tailtooltip, .tooltip: true
      default: false
      }
    }
  }
}

/// Writes `value` with at most three decimals, a point, and neither exponent nor trailing zeros.
func decimal(_ value: Double) -> String {
  guard value.isFinite else { return "0" }
  let limit = 9e15
  let scaled = (min(max(value, -limit / 1000), limit / 1000) * 1000).rounded()
  let thousandths = Int(scaled.magnitude)
  let digits = String(thousandths % 1000 + 1000).dropFirst()
  let fraction = digits.reversed().drop { $0 == "0" }.reversed()
  let sign = scaled < 0 ? "-" : ""
  return sign + String(thousandths / 1000) + (fraction.isEmpty ? "" : "." + String(fraction))
}
