/// A measure of a state on what crosses its border, or on whom others may deal with.
public struct Control: Identified {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case exportBan = "export-ban"
    /// No more than an amount a year leaves.
    case exportQuota = "export-quota"
    /// What leaves needs a licence, of which a share is granted.
    case exportLicence = "export-licence"
    case importBan = "import-ban"
    /// Know-how, equipment and service may not leave.
    case technologyBan = "technology-ban"
    /// Know-how, equipment and service leave with a licence only; whom it is granted is not known.
    case technologyLicence = "technology-licence"
    /// Nobody may deal with the named operators, or with those that they control.
    case entityBan = "entity-ban"
    /// Nothing passes a waypoint.
    case transitClosure = "transit-closure"
  }

  /// What a control covers: all that its conditions hold for; a nil condition holds for everything.
  public struct Subject: Sendable, Hashable {
    public var materials: [Key<Material>]?
    public var forms: [String]?

    /// Symbols; a material is covered if it holds one of them.
    public var elements: [String]?

    /// Beginnings of codes in the Harmonized System, digits only, such as `2846`.
    public var hsCodes: [String]?
    public var stages: [Key<Stage>]?
    public var technologies: [Key<Technology>]?

    /// The sellers outside of the issuer's countries whose goods are covered: those that use the technologies from there.
    public var madeWith: MadeWith?

    /// The goods outside of the issuer's countries that are covered: those that hold so much from there.
    public var content: Content?

    public init(
      materials: [Key<Material>]? = nil, forms: [String]? = nil, elements: [String]? = nil,
      hsCodes: [String]? = nil, stages: [Key<Stage>]? = nil, technologies: [Key<Technology>]? = nil,
      madeWith: MadeWith? = nil, content: Content? = nil
    ) {
      self.materials = materials
      self.forms = forms
      self.elements = elements
      self.hsCodes = hsCodes
      self.stages = stages
      self.technologies = technologies
      self.madeWith = madeWith
      self.content = content
    }

    public static let everything = Subject()
  }

  /// Goods made abroad with technology that comes from a country.
  public struct MadeWith: Sendable, Hashable {
    /// Nil means any technology.
    public var technologies: [Key<Technology>]?
    public var from: [Country]

    public init(technologies: [Key<Technology>]? = nil, from: [Country]) {
      self.technologies = technologies
      self.from = from
    }
  }

  /// Goods abroad of which a part comes from a country.
  public struct Content: Sendable, Hashable {
    /// Of what the part is one.
    public enum Measure: String, Sendable, Hashable, CaseIterable {
      /// Of the mass of the covered elements in the good.
      case elements
      /// Of the whole mass of the good.
      case mass
      /// Of the value of the good.
      case value
    }

    public var from: [Country]

    /// The least part, from 0 to 1; nil means any.
    public var atLeast: Figure?
    public var by: Measure

    public init(from: [Country], atLeast: Figure? = nil, by measure: Measure = .value) {
      self.from = from
      self.atLeast = atLeast
      by = measure
    }
  }

  /// When a control holds.
  public struct Dates: Sendable, Hashable {
    public struct Suspension: Sendable, Hashable {
      public var from: DateSpan

      /// The last day of it; nil if it has no end.
      public var to: DateSpan?

      public init(from: DateSpan, to: DateSpan?) {
        self.from = from
        self.to = to
      }
    }

    public var announced: DateSpan?

    /// The first day on which it holds; nil for a control without dates, which always does.
    public var effective: DateSpan?
    public var suspensions: [Suspension]

    /// The first day on which it no longer holds.
    public var ended: DateSpan?

    /// The last day for which its status is known.
    public var knownUntil: DateSpan?

    public init(
      announced: DateSpan? = nil, effective: DateSpan? = nil, suspensions: [Suspension] = [],
      ended: DateSpan? = nil, knownUntil: DateSpan? = nil
    ) {
      self.announced = announced
      self.effective = effective
      self.suspensions = suspensions
      self.ended = ended
      self.knownUntil = knownUntil
    }

    /// Whether the control has no dates at all.
    public var isEmpty: Bool {
      announced == nil && effective == nil && suspensions.isEmpty && ended == nil && knownUntil == nil
    }
  }

  /// What is known of a control on a day.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    case inForce = "in force"
    case notAnnounced = "not announced"
    /// It is announced and does not hold yet.
    case announced
    case suspended
    case ended
    case unknown
  }

  public let id: String
  public let name: String
  public let kind: Kind

  /// The countries that issue it, sorted; empty where nobody is named, as for the closure of a strait.
  public let issuers: [Country]

  /// The countries on the other side, sorted; nil means all.
  public let targets: [Country]?
  public let subject: Subject

  /// Whom an entity ban names.
  public let entities: [Key<Operator>]

  /// What a transit closure closes.
  public let waypoints: [String]

  /// The share of applications that a licence lets pass, from 0 to 1; nil if it is not known.
  public let approved: Figure?

  /// Days that a licence takes; nil if that is not known.
  public let delay: Figure?

  /// What a quota lets pass in a year.
  public let quota: Figure?
  public let dates: Dates
  public let source: Key<Source>?
  public let confidence: Confidence?
  public let note: String?

  public init(
    id: String, name: String? = nil, kind: Kind, issuers: [Country] = [], targets: [Country]? = nil,
    subject: Subject = .everything, entities: [Key<Operator>] = [], waypoints: [String] = [],
    approved: Figure? = nil, delay: Figure? = nil, quota: Figure? = nil, dates: Dates = Dates(),
    source: Key<Source>? = nil, confidence: Confidence? = nil, note: String? = nil
  ) {
    self.id = id
    self.name = name ?? id
    self.kind = kind
    self.issuers = issuers.sorted()
    self.targets = targets?.sorted()
    self.subject = subject
    self.entities = entities
    self.waypoints = waypoints
    self.approved = approved
    self.delay = delay
    self.quota = quota
    self.dates = dates
    self.source = source
    self.confidence = confidence
    self.note = note
  }
}

extension Control.Dates {
  /// The status on a day; with no day, that of a control that holds for good.
  ///
  /// What was decided counts as long as nothing later is known to have changed it. A day within a date that is known only as a month
  /// or a year is `unknown`, and so is every day after ``knownUntil``, unless the control had ended before.
  public func status(on day: CalendarDate?) -> Control.Status {
    guard let day else { return .inForce }
    if let ended {
      switch Order(of: day, and: ended) {
      case .atOrAfter: return .ended
      case .unknown: return .unknown
      case .before: break
      }
    }
    if let knownUntil, day > knownUntil.last { return .unknown }
    if let announced, Order(of: day, and: announced) == .before { return .notAnnounced }
    guard let effective else {
      guard let announced else { return suspended(on: day) ?? .inForce }
      return Order(of: day, and: announced) == .before ? .notAnnounced : .unknown
    }
    let isHeldUp = suspended(on: day)
    switch Order(of: day, and: effective) {
    case .before: return isHeldUp == .suspended ? .suspended : .announced
    case .unknown: return isHeldUp == .suspended ? .suspended : .unknown
    case .atOrAfter: return isHeldUp ?? .inForce
    }
  }

  /// Nil outside of all suspensions.
  private func suspended(on day: CalendarDate) -> Control.Status? {
    for suspension in suspensions where day >= suspension.from.first {
      if let to = suspension.to {
        if day > to.last { continue }
        if day > to.first, to.first != to.last { return .unknown }
      }
      return day >= suspension.from.last ? .suspended : .unknown
    }
    return nil
  }

  /// Days from the day on which the control took effect to `day`; nil if there is no such date.
  public func age(on day: CalendarDate?) -> Int? {
    guard let day, let effective else { return nil }
    return day.dayNumber - effective.last.dayNumber
  }

  /// The days on which the status can become another, in no order; some may come twice.
  public var changes: [CalendarDate] {
    let bounds = [announced, effective, ended].compactMap(\.self) + suspensions.map(\.from)
    return bounds.flatMap { [$0.first, $0.last] }
      + suspensions.compactMap(\.to).flatMap { [$0.first.adding(days: 1), $0.last.adding(days: 1)] }
      + (knownUntil.map { [$0.last.adding(days: 1)] } ?? [])
  }

  /// The first day of the time without a break in which the control holds on `day`; nil if it always did.
  ///
  /// A suspension breaks it. What began within a month or a year that is not known better counts from its last day.
  public func beginning(before day: CalendarDate) -> CalendarDate? {
    let resumed = suspensions.compactMap { $0.to?.last.adding(days: 1) }.filter { $0 <= day }.max()
    let start = (effective ?? announced)?.last
    return [start, resumed].compactMap(\.self).max()
  }
}
