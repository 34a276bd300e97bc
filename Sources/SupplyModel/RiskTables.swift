/// How well a country is governed.
public struct Governance: Sendable, Hashable {
  public let country: Country

  /// On the scale of the Worldwide Governance Indicators, from about −2.5 (worst) to about 2.5 (best).
  public let estimate: Double
  public let source: Key<Source>?
  public let year: Int?
  public let confidence: Confidence?
  public let note: String?

  public init(
    country: Country, estimate: Double, source: Key<Source>? = nil, year: Int? = nil,
    confidence: Confidence? = nil, note: String? = nil
  ) {
    self.country = country
    self.estimate = estimate
    self.source = source
    self.year = year
    self.confidence = confidence
    self.note = note
  }
}

/// What a country's restrictions on exports make of the risk of buying there.
public struct TradeParameter: Sendable, Hashable {
  public let country: Country

  /// Nil for everything that the country sells, unless another row names it.
  public let subject: Statistic.Subject?

  /// 1 without a restriction, more with one.
  public let parameter: Double
  public let source: Key<Source>?
  public let year: Int?
  public let confidence: Confidence?
  public let note: String?

  public init(
    country: Country, subject: Statistic.Subject? = nil, parameter: Double, source: Key<Source>? = nil,
    year: Int? = nil, confidence: Confidence? = nil, note: String? = nil
  ) {
    self.country = country
    self.subject = subject
    self.parameter = parameter
    self.source = source
    self.year = year
    self.confidence = confidence
    self.note = note
  }
}

/// What lowers the risk of a raw material, whoever supplies it.
public struct RiskParameters: Sendable, Hashable {
  public let subject: Statistic.Subject

  /// End-of-life recycling input rate, from 0 to 1; nil if it is not known.
  public let recycling: Figure?

  /// Index of substitution: 1 where nothing can take its place, less where something can; nil if it is not known.
  public let substitution: Figure?

  public init(subject: Statistic.Subject, recycling: Figure? = nil, substitution: Figure? = nil) {
    self.subject = subject
    self.recycling = recycling
    self.substitution = substitution
  }
}

extension SupplyNetwork {
  /// For each country that the network rates, its governance.
  public var governanceOfCountry: [Country: Governance] {
    Dictionary(governance.map { ($0.country, $0) }) { first, _ in first }
  }

  /// The trade parameter of a country for a material or an element group: its own, or the country's for everything; nil if
  /// neither is given.
  public func tradeParameter(of country: Country, for subject: Statistic.Subject) -> Double? {
    let rows = tradeParameters.filter { $0.country == country }
    return (rows.first { $0.subject == subject } ?? rows.first { $0.subject == nil })?.parameter
  }
}
