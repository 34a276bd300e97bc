/// What happens, and what the other side does about it: controls, outages and responses with dates.
public struct Scenario: Identified {
  /// Something that is out of action.
  public struct Outage: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
      case site(Key<Site>)
      case country(Country)
      case `operator`(Key<Operator>)
    }

    public let subject: Subject

    /// The first day, and the first day on which it is over; nil for one that always holds.
    public let from: DateSpan?
    public let to: DateSpan?

    /// The last day for which its status is known.
    public let knownUntil: DateSpan?
    public let source: Key<Source>?
    public let note: String?

    public init(
      _ subject: Subject, from: DateSpan? = nil, to: DateSpan? = nil, knownUntil: DateSpan? = nil,
      source: Key<Source>? = nil, note: String? = nil
    ) {
      self.subject = subject
      self.from = from
      self.to = to
      self.knownUntil = knownUntil
      self.source = source
      self.note = note
    }

    /// Its days in the form of a control's.
    public var dates: Control.Dates {
      Control.Dates(effective: from, ended: to, knownUntil: knownUntil)
    }
  }

  /// Something that eases what controls and outages do.
  public struct Response: Sendable, Hashable {
    public enum Measure: Sendable, Hashable {
      /// A planned, ramping or suspended site comes into operation.
      case openSite(Key<Site>)
      /// A site that is planned, ramping or operating does not count.
      case delaySite(Key<Site>)
      /// Up to a share of the need for a material is met with a substitute of the recipe, at some sites or at all.
      case allowSubstitute(Key<Material>, insteadOf: Key<Material>, sites: [Key<Site>]?, share: Figure?)
      /// An amount, or so many days of normal use, is handed out over a time.
      case releaseStock(Key<Material>, holder: Stock.Holder, amount: Figure, over: Figure?)
      /// An amount a year goes a new way.
      case addFlow(from: Key<Site>, to: Flow.Destination, Key<Material>, volume: Figure)
      /// The same input gives more output, by a part of it.
      case raiseYield(Key<Process>, sites: [Key<Site>]?, by: Figure)
      /// More comes back: the output of the sites that run a process grows by a part of it.
      case raiseRecycling(Key<Process>, sites: [Key<Site>]?, by: Figure)
      /// A part of a demand goes away.
      case lowerDemand(Key<Demand>, by: Figure)
    }

    public let measure: Measure

    /// Days over which a site that opens grows to its full size, evenly; nil if that is not known, and for all other measures.
    public let rampUp: Figure?
    public let from: DateSpan?
    public let to: DateSpan?
    public let source: Key<Source>?
    public let note: String?

    public init(
      _ measure: Measure, rampUp: Figure? = nil, from: DateSpan? = nil, to: DateSpan? = nil,
      source: Key<Source>? = nil, note: String? = nil
    ) {
      self.measure = measure
      self.rampUp = rampUp
      self.from = from
      self.to = to
      self.source = source
      self.note = note
    }

    public var dates: Control.Dates { Control.Dates(effective: from, ended: to) }
  }

  public let id: String
  public let title: String

  /// The day that it is looked at; nil where nothing in it has a date.
  public var asOf: CalendarDate?
  public let note: String?

  /// The sources of the network, in its order, and then those of the scenario's own.
  public let sources: Table<Source>
  public let controls: Table<Control>
  public let outages: [Outage]
  public let responses: [Response]

  public init(
    id: String, title: String? = nil, asOf: CalendarDate? = nil, note: String? = nil,
    sources: [Source] = [], controls: [Control] = [],
    outages: [Outage] = [], responses: [Response] = []
  ) {
    self.id = id
    self.title = title ?? id
    self.asOf = asOf
    self.note = note
    self.sources = Table(sources)
    self.controls = Table(controls)
    self.outages = outages
    self.responses = responses
  }

  /// Whether what holds depends on the day.
  public var isDated: Bool {
    controls.rows.contains { !$0.dates.isEmpty } || outages.contains { !$0.dates.isEmpty }
      || responses.contains { !$0.dates.isEmpty }
  }
}

extension SupplyNetwork {
  /// Whether a control covers a material, as far as the network tells; its conditions on sites are left aside.
  ///
  /// A material whose form, code or elements are not given may be covered or not.
  public func materials(coveredBy subject: Control.Subject) -> (
    covered: Set<Key<Material>>, uncertain: Set<Key<Material>>
  )? {
    let conditions = [
      subject.materials == nil, subject.forms == nil, subject.elements == nil, subject.hsCodes == nil,
    ]
    if conditions.allSatisfy(\.self) { return nil }
    var covered: Set<Key<Material>> = []
    var uncertain: Set<Key<Material>> = []
    for key in materials.keys {
      let material = materials[key]
      let answers: [Bool?] = [
        subject.materials.map { $0.contains(key) } ?? true,
        subject.forms.map { forms in material.form.map { forms.contains($0) } } ?? true,
        subject.elements.map { symbols in
          material.elements.isEmpty
            ? nil : material.elements.contains { $0.fraction > 0 && symbols.contains($0.symbol) }
        } ?? true,
        subject.hsCodes.map { codes in material.hsCode.flatMap { Self.covers(codes, $0) } } ?? true,
      ]
      if answers.contains(false) { continue }
      if answers.contains(nil) { uncertain.insert(key) } else { covered.insert(key) }
    }
    return (covered, uncertain)
  }

  /// Whether a code starts with one of the others; nil if one of them is more precise than the code.
  private static func covers(_ codes: [String], _ code: String) -> Bool? {
    let digits = code.filter(\.isNumber)
    if codes.contains(where: { digits.hasPrefix($0) }) { return true }
    return codes.contains { $0.hasPrefix(digits) } ? nil : false
  }
}
