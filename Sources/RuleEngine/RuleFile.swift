public import CEL
internal import SupplyModel

/// How serious a finding is, from least to most.
public enum FindingSeverity: String, Sendable, Hashable, CaseIterable, Comparable {
  case info, low, medium, high, critical

  public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }

  private var rank: Int {
    switch self {
    case .info: 0
    case .low: 1
    case .medium: 2
    case .high: 3
    case .critical: 4
    }
  }
}

/// What is said about a rule, whatever it looks at.
public struct RuleHeader: Sendable, Hashable {
  public enum Status: String, Sendable, Hashable, CaseIterable {
    case stable, experimental, deprecated
  }

  public var id: String

  /// Rises when the meaning changes, so that old findings are not taken for new ones.
  public var version: Int
  public var status: Status
  public var title: String
  public var severity: FindingSeverity
  public var tags: [String]

  /// Where a threshold or an argument comes from: titles or addresses.
  public var references: [String]
  public var why: String
  public var fix: String
  public var replacedBy: String?

  /// The file that the rule stands in, and the pack that brought it; nil for a rule in Swift.
  public var file: String?
  public var pack: String?

  public init(
    id: String, version: Int = 1, status: Status = .stable, title: String, severity: FindingSeverity,
    tags: [String] = [], references: [String] = [], why: String = "", fix: String = "",
    replacedBy: String? = nil, file: String? = nil, pack: String? = nil
  ) {
    self.id = id
    self.version = version
    self.status = status
    self.title = title
    self.severity = severity
    self.tags = tags
    self.references = references
    self.why = why
    self.fix = fix
    self.replacedBy = replacedBy
    self.file = file
    self.pack = pack
  }
}

/// The type of a parameter of a rule.
public indirect enum ParameterType: Sendable, Hashable {
  case bool, int, double, string
  /// The id of a stage, a country or bloc, or a material: texts that the network gives a meaning.
  case stage, country, material
  /// A length of time, written with its unit, such as `90 d`; in expressions a number of days.
  case duration
  case list(ParameterType)

  /// Reads `double`, `list<stage>` and the like.
  public init?(_ text: String) {
    switch text {
    case "bool": self = .bool
    case "int": self = .int
    case "double": self = .double
    case "string": self = .string
    case "stage": self = .stage
    case "country": self = .country
    case "material": self = .material
    case "duration": self = .duration
    default:
      guard text.hasPrefix("list<"), text.hasSuffix(">"),
        let element = ParameterType(String(text.dropFirst(5).dropLast())), !element.isList
      else { return nil }
      self = .list(element)
    }
  }

  /// Every name that ``init(_:)`` reads, but for lists of them.
  public static let names = [
    "bool", "int", "double", "string", "stage", "country", "material", "duration",
  ]

  public var isList: Bool { if case .list = self { true } else { false } }

  /// Whether its values are numbers, single ones.
  public var isNumber: Bool { self == .int || self == .double || self == .duration }

  public var celType: CELType {
    switch self {
    case .bool: .bool
    case .int: .int
    case .double, .duration: .double
    case .string, .stage, .country, .material: .string
    case .list(let element): .list(element.celType)
    }
  }

  /// The value that one text means, nil if it means none; for a list, that of its elements.
  public func value(of text: String) -> CELValue? {
    switch self {
    case .bool: text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
    case .int: Int64(text).map { .int($0) }
    case .double: Double(text).flatMap { $0.isFinite ? .double($0) : nil }
    case .duration: Self.days(text).map { .double($0) }
    case .string, .stage, .country, .material: .string(text)
    case .list(let element): element.value(of: text)
    }
  }

  /// The days of a length of time such as `90 d` or `6 mo`; nil if the text is none.
  private static func days(_ text: String) -> Double? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, let number = Double(parts[0]), number.isFinite, number >= 0,
      let unit = try? Unit(parts[1]), unit.dimension == .duration
    else { return nil }
    return number * unit.factor
  }

  /// The unit of its numbers that the type itself says; empty if it says none.
  public var unit: String {
    switch self {
    case .duration: RuleCatalogue.Quantity.days.rawValue
    case .list(let element): element.unit
    default: ""
    }
  }
}

/// A value that users of a rule may set.
public struct RuleParameter: Sendable {
  public var name: String
  public var type: ParameterType
  public var value: CELValue
  public var help: String

  /// The unit of its numbers, as in ``RuleCatalogue/Quantity``; empty if it has none.
  public var unit: String

  /// The least and the most that a number may be.
  public var minimum: Double?
  public var maximum: Double?

  public init(
    name: String, type: ParameterType, value: CELValue, help: String = "", unit: String = "",
    minimum: Double? = nil, maximum: Double? = nil
  ) {
    self.name = name
    self.type = type
    self.value = value
    self.help = help
    self.unit = unit.isEmpty ? type.unit : unit
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// A rule as somebody wrote it in a file.
public struct RuleFile: Sendable {
  /// A variable and what it runs over or stands for.
  public struct Binding: Sendable, Hashable {
    public var name: String
    public var expression: RuleExpression

    public init(_ name: String, _ expression: RuleExpression) {
      self.name = name
      self.expression = expression
    }
  }

  public enum MessagePart: Sendable, Hashable {
    case text(String)
    case expression(RuleExpression)
  }

  public struct SeverityCase: Sendable, Hashable {
    public var condition: RuleExpression
    public var severity: FindingSeverity

    public init(if condition: RuleExpression, then severity: FindingSeverity) {
      self.condition = condition
      self.severity = severity
    }
  }

  public var header: RuleHeader
  public var parameters: [RuleParameter]

  /// One to three loops, each inside the one before; the rule is asked once for each tuple.
  public var loops: [Binding]

  /// Names for expressions; each may use those before it.
  public var lets: [Binding]
  public var when: RuleExpression
  public var message: [MessagePart]

  /// What to show beside a finding, by name: `sites` and `path` are lists of sites.
  public var show: [Binding]
  public var severityWhen: [SeverityCase]

  /// Whether it is in order that the loops yield nothing.
  public var allowsEmpty: Bool
  public var examples: [RuleExample]

  /// The lists of its pack, which expressions name as `lists.NAME`.
  public var lists: [(name: String, values: [String])]

  public init(
    header: RuleHeader, parameters: [RuleParameter] = [], loops: [Binding], lets: [Binding] = [],
    when: RuleExpression, message: [MessagePart], show: [Binding] = [], severityWhen: [SeverityCase] = [],
    allowsEmpty: Bool = false, examples: [RuleExample] = [], lists: [(name: String, values: [String])] = []
  ) {
    self.header = header
    self.parameters = parameters
    self.loops = loops
    self.lets = lets
    self.when = when
    self.message = message
    self.show = show
    self.severityWhen = severityWhen
    self.allowsEmpty = allowsEmpty
    self.examples = examples
    self.lists = lists
  }
}
