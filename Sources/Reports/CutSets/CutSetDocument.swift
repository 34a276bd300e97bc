import FaultTrees
public import RiskAnalysis
public import SupplyModel

/// What `chokepoint cutsets --format json` prints: the minimal cut sets of products, their counts and probabilities.
///
/// `JSON.md` beside this folder describes every field. A field that is nil is written as `null`.
public struct CutSetDocument: Sendable, Encodable {
  /// Always `chokepoint.cutsets`.
  public let format: String

  /// Rises when a field is removed or changes its meaning.
  public let version: Int
  public let source: Source

  /// The most elements that a set was allowed to have; nil for all sets.
  public let orderLimit: Int?

  /// Product by product, and for each level by level.
  public let products: [Product]

  /// The sets that are listed, in the order of `products`, the worst of each first.
  public let cutSets: [CutSet]

  /// What the sets were found in.
  public struct Source: Sendable, Encodable {
    /// `network` or `open-psa`.
    public let kind: String
    public let id: String?
    public let title: String?
    public let asOf: String?

    /// The scenario that the sets hold for; nil for a fault tree.
    public let scenario: String?

    /// The day that the scenario is looked at, as `YYYY-MM-DD`.
    public let scenarioDay: String?

    /// What of the scenario may bar more, and is taken to bar nothing.
    public let mayBar: [CauseThatMayBar]

    /// A model that was read from files.
    public static let openPSA = Source(
      kind: "open-psa", id: nil, title: nil, asOf: nil, scenario: nil, scenarioDay: nil,
      mayBar: [])

    init(
      kind: String, id: String?, title: String?, asOf: String?, scenario: String?, scenarioDay: String?,
      mayBar: [CauseThatMayBar]
    ) {
      self.kind = kind
      self.id = id
      self.title = title
      self.asOf = asOf
      self.scenario = scenario
      self.scenarioDay = scenarioDay
      self.mayBar = mayBar
    }

    public init(_ network: SupplyNetwork, scenario: ScenarioInForce? = nil) {
      self.init(
        kind: "network", id: network.id, title: network.title, asOf: network.asOf,
        scenario: scenario?.scenario.id ?? "baseline", scenarioDay: scenario?.day?.description,
        mayBar: scenario?.mayBar(in: network) ?? [])
    }
  }

  /// One product at one level.
  public struct Product: Sendable, Encodable {
    public let product: String
    public let name: String
    public let level: String

    /// Whether the product cannot be had even if nothing fails.
    public let failsAnyway: Bool

    /// The elements of the smallest set, whatever the limit; nil if nothing stops the product or if it is not known.
    public let smallest: Int?

    /// How many sets there are within the limit; nil for more than 2⁶³ − 1.
    public let sets: Int?

    /// How many of them `cutSets` lists.
    public let listed: Int

    /// Nil if there are too many orders to count by.
    public let counts: [Count]?

    /// By sets of all orders, whatever the limit; nil if the probability of an element is missing, or if the
    /// diagram of the whole is too large.
    public let probability: JSONProbability?

    /// Elements that matter and have no probability.
    public let withoutProbability: [Part]

    /// Element by element; none without a probability.
    public let importance: [Importance]
  }

  public struct Count: Sendable, Encodable {
    public let order: Int
    public let count: Int?
  }

  public struct Part: Sendable, Encodable {
    public let level: String
    public let id: String
    public let name: String

    init(_ part: CutSetResult.Part) {
      level = part.level
      id = part.id
      name = part.name
    }
  }

  /// How much one element matters.
  public struct Importance: Sendable, Encodable {
    public let level: String
    public let id: String
    public let name: String

    /// The sets within the limit that hold the element.
    public let sets: Int?
    public let probability: JSONProbability
    public let birnbaum: JSONProbability
    public let criticality: JSONProbability
    public let fussellVesely: JSONProbability

    /// Nil: infinite.
    public let riskAchievement: Double?

    /// Nil: infinite.
    public let riskReduction: Double?
  }

  public struct CutSet: Sendable, Encodable {
    public let product: String
    public let level: String
    public let order: Int

    /// The product of the probabilities of its elements; nil if one is missing.
    public let probability: JSONProbability?
    public let elements: [Part]
  }

  /// - Parameters:
  ///   - results: what was found, product by product.
  ///   - source: what it was found in.
  ///   - orderLimit: the limit that it was found under.
  ///   - top: how many sets are listed of each result at most.
  public init(_ results: [CutSetResult], of source: Source, orderLimit: Int?, top: Int) {
    format = "chokepoint.cutsets"
    version = 1
    self.source = source
    self.orderLimit = orderLimit
    let listed = results.map { $0.listed(top) }
    products = zip(results, listed).map { Product($0, listed: $1.count) }
    cutSets = zip(results, listed).flatMap { result, sets in
      sets.map { set in
        CutSet(
          product: result.product, level: result.level, order: set.parts.count,
          probability: set.probability.map(JSONProbability.init), elements: set.parts.map(Part.init))
      }
    }
  }

  public func json() -> String { jsonText(of: self) }
}

extension CutSetDocument.Product {
  init(_ result: CutSetResult, listed: Int) {
    let analysis = result.analysis
    product = result.product
    name = result.name
    level = result.level
    failsAnyway = result.isCertain
    smallest = analysis.leastOrder
    sets = analysis.sets.count
    self.listed = listed
    counts = analysis.sets.countsByOrder.map { counts in
      counts.enumerated().filter { $1 != 0 }.map { CutSetDocument.Count(order: $0, count: $1) }
    }
    probability = analysis.probability.map(JSONProbability.init)
    withoutProbability = analysis.eventsWithoutProbability.map { CutSetDocument.Part(result.parts[$0]) }
    let occurrences = analysis.sets.occurrences()
    importance = analysis.importances.map { one in
      let part = result.parts[one.event]
      return CutSetDocument.Importance(
        level: part.level, id: part.id, name: part.name, sets: occurrences[one.event],
        probability: .init(one.probability), birnbaum: .init(one.birnbaum),
        criticality: .init(one.criticality), fussellVesely: .init(one.fussellVesely),
        riskAchievement: one.riskAchievement.isFinite ? one.riskAchievement : nil,
        riskReduction: one.riskReduction.isFinite ? one.riskReduction : nil)
    }
  }
}

/// A probability, which may be as small as it likes: it is written with 9 significant digits and never rounded to 0.
public struct JSONProbability: Sendable, Hashable, Encodable {
  public let value: Double

  init(_ value: Double) { self.value = value }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
