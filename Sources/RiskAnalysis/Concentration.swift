public import SupplyModel

/// How concentrated the supply of one stage is.
public struct Concentration: Sendable, Hashable {
  /// What the shares are shares of.
  public enum Basis: Sendable, Hashable {
    /// The baseline output of the network's own sites, or their capacity where no output is known.
    case sites

    /// A published series of country figures.
    case published(series: String, name: String)

    /// What of that is for sale to anyone: less what the makers use themselves, and less what recorded flows bring to
    /// named buyers.
    case openMarket

    /// What of it ends up in the products of known amount, by the mass of the elements in them.
    case reaching

    /// Where what the stage makes was mined or recovered, traced through mixing and processing.
    case origin

    /// Which country supplies a technology to the sites that need it, by what those make.
    case technology(Key<Technology>)
  }

  /// What holders are told apart by.
  public enum Grouping: String, Sendable, Hashable, CaseIterable {
    case country, `operator`, parent
  }

  public struct Holder: Sendable, Hashable {
    public let id: String
    public let name: String

    /// Part of the whole supply, from 0 to 1: the best estimate.
    public let share: Double

    /// The least that the share can be; the same where nothing is estimated.
    public let low: Double
  }

  public let stage: Key<Stage>
  public let subject: Statistic.Subject
  public let basis: Basis
  public let grouping: Grouping

  /// The whole supply a year, in the base unit of what is counted.
  public let total: Double

  /// The holders with a known name, largest first, equal ones by id.
  public let holders: [Holder]

  /// The part of the supply whose holder is not known, from 0 to 1.
  public let unattributed: Double

  /// The Herfindahl-Hirschman index of the known holders, from 0 to 10,000: the part of unknown holders adds nothing.
  public let hhi: Double

  /// The least that the index can be: what is estimated adds nothing either.
  public let hhiLow: Double

  /// The index if all that is unattributed or estimated belonged to the largest holder: the most that it can be.
  public let hhiHigh: Double

  /// Active sites at the stage that make this, and how much is not known; they are counted nowhere.
  public let sitesOfUnknownSize: [Key<Site>]

  /// Products that may hold some of it, and how much is not known; they are counted nowhere.
  ///
  /// Empty unless the basis is ``Basis/reaching``.
  public let productsNotWeighed: [Key<Demand>]

  /// Flows that tie some of it to a buyer, it is not known how much.
  ///
  /// Empty unless the basis is ``Basis/openMarket``.
  public let flowsOfUnknownVolume: [Key<Flow>]

  /// The part of the supply that rests on figures that are estimated or say nothing of where they come from.
  public let estimatedShare: Double

  /// The known holder with the largest share; nil if no holder is known.
  public var largest: Holder? { holders.first }

  /// The part of the supply that is left without the largest holder, from 0 to 1; nil if no holder is known.
  public var nMinus1: Double? { largest.map { 1 - $0.share } }
}

extension Concentration {
  /// A part of a supply: whose it is, and how much.
  struct Part {
    /// Nil if nobody knows.
    var holder: (id: String, name: String)?
    var amount: Double

    /// The least and the most that it can be.
    var low: Double
    var high: Double
    var isEstimated = false

    init(_ holder: (id: String, name: String)?, _ amount: Double, isEstimated: Bool) {
      self.holder = holder
      (self.amount, low, high) = (amount, amount, amount)
      self.isEstimated = isEstimated
    }
  }

  /// What the shares of a supply are made of, and what is left out of them.
  struct Supply {
    var parts: [Part] = []
    var unknownSites: [Key<Site>] = []
    var products: [Key<Demand>] = []
    var flows: [Key<Flow>] = []
  }

  /// Adds up the parts of each holder; nil if there is no supply.
  ///
  /// The least share of a holder is that with the least of its own parts and the most of all others.
  init?(
    of supply: Supply, stage: Key<Stage>, subject: Statistic.Subject, basis: Basis, by grouping: Grouping
  ) {
    let parts = supply.parts
    let total = parts.reduce(0) { $0 + $1.amount }
    guard total > 0 else { return nil }
    let most = parts.reduce(0) { $0 + $1.high }
    var amounts: [String: (name: String, amount: Double, low: Double, high: Double)] = [:]
    var unattributed = 0.0
    for part in parts {
      guard let holder = part.holder else {
        unattributed += part.amount
        continue
      }
      var sum = amounts[holder.id] ?? (holder.name, 0, 0, 0)
      sum.amount += part.amount
      sum.low += part.low
      sum.high += part.high
      amounts[holder.id] = sum
    }
    let holders = amounts.map { id, sum in
      let whole = most - sum.high + sum.low
      let share = sum.amount / total
      // Where nothing is estimated, both are the same to the last digit.
      let low = sum.low == sum.amount && most == total ? share : whole > 0 ? sum.low / whole : 0
      return Holder(id: id, name: sum.name, share: share, low: min(share, low))
    }
    self.init(
      holders: holders, unattributed: unattributed / total, total: total, of: supply, stage: stage,
      subject: subject, basis: basis, by: grouping,
      estimatedShare: parts.reduce(0) { $1.isEstimated ? $0 + $1.amount : $0 } / total)
  }

  /// Sorts holders and measures how concentrated they are.
  init(
    holders: [Holder], unattributed: Double, total: Double, of supply: Supply, stage: Key<Stage>,
    subject: Statistic.Subject, basis: Basis, by grouping: Grouping, estimatedShare: Double
  ) {
    self.stage = stage
    self.subject = subject
    self.basis = basis
    self.grouping = grouping
    self.total = total
    self.holders = holders.sorted { ($1.share, $0.id) < ($0.share, $1.id) }
    self.unattributed = unattributed
    sitesOfUnknownSize = supply.unknownSites
    productsNotWeighed = supply.products
    flowsOfUnknownVolume = supply.flows
    self.estimatedShare = estimatedShare
    let index = self.holders.reduce(0) { $0 + $1.share * $1.share } * 10_000
    hhi = index
    hhiLow = min(index, self.holders.reduce(0) { $0 + $1.low * $1.low } * 10_000)
    hhiHigh = max(index, Self.high(of: self.holders) { _ in 1 })
  }

  /// The part of the supply of which nobody can say for certain whose it is, from 0 to 1.
  var free: Double { Self.free(of: holders) }

  private static func free(of holders: [Holder]) -> Double {
    let rest = max(0, 1 - holders.reduce(0) { $0 + $1.low })
    return rest < 1e-12 ? 0 : rest
  }

  /// The most that a weighted index can be: all that is not certain goes to one holder, be it a new one of weight 1.
  private static func high(of holders: [Holder], weight: (Holder) -> Double) -> Double {
    let free = free(of: holders)
    let certain = holders.reduce(0) { $0 + weight($1) * $1.low * $1.low }
    let more = holders.reduce(free * free) {
      max($0, weight($1) * (2 * $1.low + free) * free)
    }
    return min(1, certain + more) * 10_000
  }

  /// An index that counts each holder by a weight, such as its governance.
  public struct Weighted: Sendable, Hashable {
    /// From 0 to 10,000; nil if the weight of a holder is not known.
    public let hhi: Double?

    /// The least and the most that it can be.
    public let hhiLow: Double
    public let hhiHigh: Double

    /// The ids of the holders whose weight is not known, largest first.
    public let missing: [String]
  }

  /// `Σ share² × weight`: with a weight of 1 for all, the index itself.
  ///
  /// - Parameter weight: from 0 to 1; nil if it is not known.
  /// - Returns: the index, the part of unknown holders counted as nothing, and its bounds.
  /// - Complexity: O(holders).
  public func hhi(weightedBy weight: (Holder) -> Double?) -> Weighted {
    let weights = holders.map(weight)
    func index(_ share: (Holder) -> Double) -> Double {
      zip(holders, weights).reduce(0) { $0 + share($1.0) * share($1.0) * ($1.1 ?? 0) } * 10_000
    }
    let missing = zip(holders, weights).filter { $0.1 == nil }.map(\.0.id)
    let known = Dictionary(uniqueKeysWithValues: zip(holders.map(\.id), weights))
    let (value, least) = (index(\.share), index(\.low))
    return Weighted(
      hhi: missing.isEmpty ? value : nil, hhiLow: min(value, least),
      hhiHigh: max(value, Self.high(of: holders) { (known[$0.id] ?? nil) ?? 1 }), missing: missing)
  }
}

extension SupplyNetwork {
  /// The concentration of every stage and material, by country, operator and ultimate parent.
  ///
  /// A row counts what active sites of a stage make of one material, or of one element group over all materials made
  /// there, by mass of the elements. Published series come with the countries that they name, one row for each subject that a
  /// series counts. Rows come by stage; in a stage the published series first, then element groups, then materials; rows without supply are left out.
  ///
  /// - Complexity: O(operations × (outputs + element groups) + stages × materials), and sorting the holders of each row.
  /// - Source: O. Herfindahl, "Concentration in the U.S. steel industry", 1950; the N-1 measure as in IEA, "Global
  ///   Critical Minerals Outlook 2025".
  public func concentration() -> [Concentration] {
    let makers = makersByStage()
    let parents = ultimateParents()
    let groups = elementGroups.keys.map { Statistic.Subject.elements($0) }
    return stages.keys.flatMap { stage in
      let published = publishedConcentration(at: stage)
      var makersOfMaterial = [[Operation]](repeating: [], count: materials.count)
      for operation in makers[stage.position] {
        for material in Set(processes[operation.process].outputs.map(\.material)).sorted() {
          makersOfMaterial[material.position].append(operation)
        }
      }
      let subjects =
        groups.map { ($0, makers[stage.position]) }
        + materials.keys.map { (Statistic.Subject.material($0), makersOfMaterial[$0.position]) }
      return published
        + subjects.flatMap { subject, makers in
          let supplies = makers.compactMap { supply(of: subject, by: $0) }
          return Concentration.Grouping.allCases.compactMap {
            concentration(of: supplies, stage: stage, subject: subject, by: $0, parents)
          }
        }
    }
  }

  func makersByStage() -> [[Operation]] {
    var makers = [[Operation]](repeating: [], count: stages.count)
    for operation in operations {
      let site = sites[operation.site]
      if site.isActive, let stage = site.stage { makers[stage.position].append(operation) }
    }
    return makers
  }

  struct OperationSupply {
    var site: Key<Site>
    var amount: Double?
    var isEstimated: Bool
  }

  /// What an operation makes of a subject; nil if it makes none of it.
  func supply(of subject: Statistic.Subject, by operation: Operation) -> OperationSupply? {
    var perActivity = 0.0
    for output in processes[operation.process].outputs {
      switch subject {
      case .material(let material):
        if output.material == material { perActivity += output.amount.value }
      case .elements(let group):
        let row = materials[output.material]
        if row.unit.dimension.measure == .mass {
          perActivity += output.amount.value * row.fraction(of: elementGroups[group])
        }
      }
    }
    guard perActivity > 0 else { return nil }
    let baseline = operation.baseline
    let isEstimated = baseline.map { $0.confidence == nil || $0.confidence == .estimated } ?? false
    return OperationSupply(
      site: operation.site, amount: baselineActivity(of: operation).map { $0 * perActivity },
      isEstimated: isEstimated)
  }

  private func concentration(
    of supplies: [OperationSupply], stage: Key<Stage>, subject: Statistic.Subject,
    by grouping: Concentration.Grouping, _ parents: [Key<Operator>]
  ) -> Concentration? {
    var supply = Concentration.Supply()
    var seen: Set<Key<Site>> = []
    for row in supplies {
      guard let amount = row.amount else {
        if seen.insert(row.site).inserted { supply.unknownSites.append(row.site) }
        continue
      }
      supply.parts.append(
        .init(holder(of: row.site, by: grouping, parents), amount, isEstimated: row.isEstimated))
    }
    return Concentration(of: supply, stage: stage, subject: subject, basis: .sites, by: grouping)
  }

  /// Whose a site is; nil if that is not known.
  func holder(
    of site: Key<Site>, by grouping: Concentration.Grouping, _ parents: [Key<Operator>]
  ) -> (id: String, name: String)? {
    let site = sites[site]
    return switch grouping {
    case .country: site.country.map { ($0.code, $0.name) }
    case .operator: site.operatorKey.map { (operators[$0].id, operators[$0].name) }
    case .parent:
      site.operatorKey.map {
        let parent = operators[parents[$0.position]]
        return (parent.id, parent.name)
      }
    }
  }

  private func publishedConcentration(at stage: Key<Stage>) -> [Concentration] {
    struct Series: Hashable {
      var id: String
      var subject: Statistic.Subject
    }
    var series: [Series] = []
    var rows: [Series: [Statistic]] = [:]
    for statistic in statistics where statistic.stage == stage {
      let key = Series(id: statistic.series, subject: statistic.subject)
      if rows[key] == nil { series.append(key) }
      rows[key, default: []].append(statistic)
    }
    return series.compactMap { key in
      guard let members = rows[key], let first = members.first else { return nil }
      let parts = members.map {
        Concentration.Part(
          $0.country.map { ($0.code, $0.name) }, $0.amount.value,
          isEstimated: $0.amount.confidence == nil || $0.amount.confidence == .estimated)
      }
      return Concentration(
        of: .init(parts: parts), stage: stage, subject: key.subject,
        basis: .published(series: key.id, name: first.name), by: .country)
    }
  }
}
