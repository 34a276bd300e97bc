/// A tier of the chain, such as mining or separation.
public struct Stage: Identified {
  public let id: String
  public let name: String

  public init(id: String, name: String? = nil) {
    self.id = id
    self.name = name ?? id.prefix(1).uppercased() + id.dropFirst().replacing("-", with: " ")
  }
}

/// A publication that figures come from.
public struct Source: Identified {
  public let id: String
  public let title: String
  public let publisher: String?
  public let date: String?
  public let url: String?

  public init(id: String, title: String, publisher: String? = nil, date: String? = nil, url: String? = nil) {
    self.id = id
    self.title = title
    self.publisher = publisher
    self.date = date
    self.url = url
  }
}

/// Chemical elements that are counted together, such as the four magnet rare earths.
public struct ElementGroup: Identified {
  public let id: String
  public let name: String

  /// Symbols, such as `Nd`.
  public let elements: [String]

  public init(id: String, name: String, elements: [String]) {
    self.id = id
    self.name = name
    self.elements = elements
  }
}

/// The part of a material's mass that is one element, from 0 to 1.
public struct ElementFraction: Sendable, Hashable {
  public let symbol: String
  public let fraction: Double

  public init(symbol: String, fraction: Double) {
    self.symbol = symbol
    self.fraction = fraction
  }
}

/// What flows: concentrate, oxide, metal, magnet, motor.
public struct Material: Identified {
  public let id: String
  public let name: String
  public let form: String?

  /// Code in the Harmonized System, such as `2846.90`.
  public let hsCode: String?

  /// What amounts of the material are counted in: a mass or a count.
  public let unit: Unit
  public let elements: [ElementFraction]

  /// What one `unit` of it costs, in a currency; nil if it is not known.
  public let price: Figure?

  public init(
    id: String, name: String? = nil, form: String? = nil, hsCode: String? = nil, unit: Unit,
    elements: [ElementFraction] = [], price: Figure? = nil
  ) {
    self.id = id
    self.name = name ?? id
    self.form = form
    self.hsCode = hsCode
    self.unit = unit
    self.elements = elements
    self.price = price
  }

  /// The part of the material's mass that is one of the group's elements, from 0 to 1.
  public func fraction(of group: ElementGroup) -> Double {
    elements.reduce(0) { group.elements.contains($1.symbol) ? $0 + $1.fraction : $0 }
  }
}

/// Know-how, equipment or a licence that a site needs.
public struct Technology: Identified {
  public let id: String
  public let name: String

  /// The countries that can supply it, sorted; nil if they are not known, never empty.
  public let suppliers: [Country]?
  public let note: String?

  public init(id: String, name: String? = nil, suppliers: [Country]? = nil, note: String? = nil) {
    self.id = id
    self.name = name ?? id
    self.suppliers = suppliers.flatMap { $0.isEmpty ? nil : $0.sorted() }
    self.note = note
  }
}

/// Who runs a site, or who controls those who do.
public struct Operator: Identified {
  public let id: String
  public let name: String
  public let parent: Key<Operator>?
  public let country: Country?
  public let note: String?

  public init(
    id: String, name: String? = nil, parent: Key<Operator>? = nil, country: Country? = nil,
    note: String? = nil
  ) {
    self.id = id
    self.name = name ?? id
    self.parent = parent
    self.country = country
    self.note = note
  }
}

/// One material that can fill a slot, and how much of it one unit of activity takes.
public struct Input: Sendable, Hashable {
  public let material: Key<Material>
  public let amount: Figure

  public init(_ material: Key<Material>, amount: Figure) {
    self.material = material
    self.amount = amount
  }
}

/// One input of a process: its material, or any of the listed substitutes.
public struct Slot: Sendable, Hashable {
  /// The material that the process is meant to use comes first; there is at least one.
  public let choices: [Input]

  /// - Precondition: `choices` is not empty.
  public init(_ choices: [Input]) {
    precondition(!choices.isEmpty, "a slot without a material")
    self.choices = choices
  }
}

/// One material that a process makes, and how much of it one unit of activity gives.
public struct Output: Sendable, Hashable {
  public let material: Key<Material>
  public let amount: Figure

  public init(_ material: Key<Material>, amount: Figure) {
    self.material = material
    self.amount = amount
  }
}

/// A recipe: what one unit of activity takes and gives.
///
/// A process without slots needs nothing: a mine. Several outputs are joint products.
public struct Process: Identified {
  public let id: String
  public let name: String

  /// What one unit of activity is, such as `t magnet`; it has no time.
  public let activity: Unit
  public let slots: [Slot]
  public let outputs: [Output]

  public init(id: String, name: String? = nil, activity: Unit, slots: [Slot], outputs: [Output]) {
    self.id = id
    self.name = name ?? id
    self.activity = activity
    self.slots = slots
    self.outputs = outputs
  }
}

/// A technology that a site needs, from whom, and what for.
public struct TechnologyNeed: Sendable, Hashable {
  /// What the site needs the technology for.
  public enum Purpose: String, Sendable, Hashable, CaseIterable {
    /// Without it the site stops after its grace period.
    case running
    /// Without it a site that is planned or ramping does not come.
    case starting
    /// Without it the site stays as large as it is.
    case expanding
  }

  public let technology: Key<Technology>

  /// The country that supplies it today; nil if that is not known.
  public let from: Country?

  /// Nil if it is not known.
  public let needed: Purpose?

  /// Days that the site runs on without it; nil if that is not known.
  public let grace: Figure?

  public init(_ technology: Key<Technology>, from: Country?, needed: Purpose?, grace: Figure?) {
    self.technology = technology
    self.from = from
    self.needed = needed
    self.grace = grace
  }
}

/// A mine, a plant, a maker of products or any other place where something is made.
public struct Site: Identified {
  public enum Status: String, Sendable, Hashable, CaseIterable {
    case operating, ramping, planned, suspended, closed
  }

  /// What a row stands for.
  public enum Extent: String, Sendable, Hashable, CaseIterable {
    case site
    /// Several sites or firms in one row.
    case group
    /// What is left so that a published total closes.
    case balance
  }

  public let id: String
  public let name: String
  public let stage: Key<Stage>?

  /// Nil if it is not known, as for the rest of the world in a statistic.
  public let country: Country?
  public let operatorKey: Key<Operator>?
  public let status: Status
  public let extent: Extent

  /// The row whose figures include this site's, so that its own, if it has none, are known to add nothing.
  public var countedIn: Key<Site>?
  public let technologies: [TechnologyNeed]
  public let latitude: Double?
  public let longitude: Double?
  public let source: Key<Source>?
  public let confidence: Confidence?
  public let note: String?

  public init(
    id: String, name: String? = nil, stage: Key<Stage>? = nil, country: Country? = nil,
    operatorKey: Key<Operator>? = nil, status: Status = .operating, extent: Extent = .site,
    countedIn: Key<Site>? = nil, technologies: [TechnologyNeed] = [], latitude: Double? = nil,
    longitude: Double? = nil,
    source: Key<Source>? = nil, confidence: Confidence? = nil, note: String? = nil
  ) {
    self.id = id
    self.name = name ?? id
    self.stage = stage
    self.country = country
    self.operatorKey = operatorKey
    self.status = status
    self.extent = extent
    self.countedIn = countedIn
    self.technologies = technologies
    self.latitude = latitude
    self.longitude = longitude
    self.source = source
    self.confidence = confidence
    self.note = note
  }

  /// Whether the site takes part in the baseline: it is operating or ramping up.
  public var isActive: Bool { status == .operating || status == .ramping }
}

/// A process that a site runs.
public struct Operation: Sendable, Hashable {
  public let site: Key<Site>
  public let process: Key<Process>

  /// The most activity that the site can do in a year.
  public var capacity: Figure?

  /// The activity of the baseline year.
  public var output: Figure?

  public init(site: Key<Site>, process: Key<Process>, capacity: Figure? = nil, output: Figure? = nil) {
    self.site = site
    self.process = process
    self.capacity = capacity
    self.output = output
  }

  /// The activity of the baseline: the output or, where that is not known, the capacity.
  public var baseline: Figure? { output ?? capacity }
}

/// A recorded link that carries a material, or anything where no material is named.
public struct Flow: Identified {
  /// Where a flow starts: at a site, or with all makers of the material in a country together.
  public enum Origin: Sendable, Hashable {
    case site(Key<Site>)
    case country(Country)
  }

  public enum Destination: Sendable, Hashable {
    case site(Key<Site>)
    case demand(Key<Demand>)
  }

  public enum Status: String, Sendable, Hashable, CaseIterable {
    case active, planned, ended
  }

  public let id: String
  public let origin: Origin
  public let destination: Destination
  public let material: Key<Material>?
  public var volume: Figure?
  public var capacity: Figure?
  public let leadTime: Figure?
  public let waypoints: [String]
  public let status: Status
  public let source: Key<Source>?
  public let confidence: Confidence?
  public let note: String?

  public init(
    id: String, from origin: Origin, to destination: Destination, material: Key<Material>? = nil,
    volume: Figure? = nil, capacity: Figure? = nil, leadTime: Figure? = nil, waypoints: [String] = [],
    status: Status = .active, source: Key<Source>? = nil, confidence: Confidence? = nil, note: String? = nil
  ) {
    self.id = id
    self.origin = origin
    self.destination = destination
    self.material = material
    self.volume = volume
    self.capacity = capacity
    self.leadTime = leadTime
    self.waypoints = waypoints
    self.status = status
    self.source = source
    self.confidence = confidence
    self.note = note
  }
}

/// A country, a bloc, or anywhere.
public enum Place: Sendable, Hashable {
  case country(Country)
  case bloc(Bloc)
  case anywhere

  /// The code or the name of the place; `WW` for anywhere.
  public var id: String {
    switch self {
    case .country(let country): country.code
    case .bloc(let bloc): bloc.id
    case .anywhere: "WW"
    }
  }

  /// Whether something that leaves `country` for this place crosses a border.
  ///
  /// Nothing crosses a border on the way to a bloc of which the country is a member, nor on the way to anywhere.
  public func isAbroad(for country: Country) -> Bool {
    switch self {
    case .country(let own): own != country
    case .bloc(let bloc): !bloc.members.contains(country)
    case .anywhere: false
    }
  }
}

/// A material held in reserve at a site or by a country.
public struct Stock: Sendable, Hashable {
  public enum Holder: Sendable, Hashable {
    case site(Key<Site>)
    case country(Country)
  }

  public let holder: Holder
  public let material: Key<Material>

  /// An amount, or the time that it lasts at the holder's normal use.
  public let amount: Figure

  public init(holder: Holder, material: Key<Material>, amount: Figure) {
    self.holder = holder
    self.material = material
    self.amount = amount
  }
}

/// An amount of a product that is wanted in a place each year.
public struct Demand: Identified {
  public let id: String
  public let name: String
  public let material: Key<Material>
  public let place: Place

  /// The end use, such as `wind turbines`.
  public let use: String?
  public var amount: Figure?

  /// The lower the earlier it is served; 1 unless given.
  public let priority: Int
  public let note: String?

  public init(
    id: String, name: String? = nil, material: Key<Material>, place: Place = .anywhere, use: String? = nil,
    amount: Figure? = nil, priority: Int = 1, note: String? = nil
  ) {
    self.id = id
    self.name = name ?? id
    self.material = material
    self.place = place
    self.use = use
    self.amount = amount
    self.priority = priority
    self.note = note
  }
}

/// A published figure for a country at a stage, kept beside the sites to compare them with.
public struct Statistic: Sendable, Hashable {
  /// What is counted.
  public enum Subject: Sendable, Hashable {
    case material(Key<Material>)
    case elements(Key<ElementGroup>)
  }

  /// Rows of one series belong together and add up to its total.
  public let series: String
  public let name: String
  public let stage: Key<Stage>
  public let subject: Subject

  /// Nil for what the source gives to no country.
  public let country: Country?
  public let amount: Figure

  public init(
    series: String, name: String, stage: Key<Stage>, subject: Subject, country: Country?, amount: Figure
  ) {
    self.series = series
    self.name = name
    self.stage = stage
    self.subject = subject
    self.country = country
    self.amount = amount
  }
}
