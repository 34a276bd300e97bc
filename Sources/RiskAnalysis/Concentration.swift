public import SupplyModel

/// How concentrated the supply of one stage is.
public struct Concentration: Sendable, Hashable {
  /// What the shares are shares of.
  public enum Basis: Sendable, Hashable {
    /// The baseline output of the network's own sites, or their capacity where no output is known.
    case sites

    /// A published series of country figures.
    case published(series: String, name: String)
  }

  /// What holders are told apart by.
  public enum Grouping: String, Sendable, Hashable, CaseIterable {
    case country, `operator`, parent
  }

  public struct Holder: Sendable, Hashable {
    public let id: String
    public let name: String

    /// Part of the whole supply, from 0 to 1.
    public let share: Double
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

  /// The index if all of the unattributed part belonged to the largest holder: the most that it can be.
  public let hhiHigh: Double

  /// Active sites at the stage that make this, and how much is not known; they are counted nowhere.
  public let sitesOfUnknownSize: [Key<Site>]

  /// The part of the supply that rests on figures that are estimated or say nothing of where they come from.
  public let estimatedShare: Double

  /// The known holder with the largest share; nil if no holder is known.
  public var largest: Holder? { holders.first }

  /// The part of the supply that is left without the largest holder, from 0 to 1; nil if no holder is known.
  public var nMinus1: Double? { largest.map { 1 - $0.share } }
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

  private func makersByStage() -> [[Operation]] {
    var makers = [[Operation]](repeating: [], count: stages.count)
    for operation in operations {
      let site = sites[operation.site]
      if site.isActive, let stage = site.stage { makers[stage.position].append(operation) }
    }
    return makers
  }

  private struct Supply {
    var site: Key<Site>
    var amount: Double?
    var isEstimated: Bool
  }

  /// What an operation makes of a subject; nil if it makes none of it.
  private func supply(of subject: Statistic.Subject, by operation: Operation) -> Supply? {
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
    return Supply(
      site: operation.site, amount: baselineActivity(of: operation).map { $0 * perActivity },
      isEstimated: isEstimated)
  }

  private func concentration(
    of supplies: [Supply], stage: Key<Stage>, subject: Statistic.Subject,
    by grouping: Concentration.Grouping, _ parents: [Key<Operator>]
  ) -> Concentration? {
    var parts: [Part] = []
    var unknown: [Key<Site>] = []
    var seen: Set<Key<Site>> = []
    for supply in supplies {
      guard let amount = supply.amount else {
        if seen.insert(supply.site).inserted { unknown.append(supply.site) }
        continue
      }
      let site = sites[supply.site]
      let holder: (String, String)? =
        switch grouping {
        case .country: site.country.map { ($0.code, $0.name) }
        case .operator: site.operatorKey.map { (operators[$0].id, operators[$0].name) }
        case .parent:
          site.operatorKey.map {
            let parent = operators[parents[$0.position]]
            return (parent.id, parent.name)
          }
        }
      parts.append(Part(holder: holder, amount: amount, isEstimated: supply.isEstimated))
    }
    return concentration(
      of: parts, stage: stage, subject: subject, basis: .sites, by: grouping, unknown: unknown)
  }

  private struct Part {
    var holder: (id: String, name: String)?
    var amount: Double
    var isEstimated: Bool
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
        Part(
          holder: $0.country.map { ($0.code, $0.name) }, amount: $0.amount.value,
          isEstimated: $0.amount.confidence == nil || $0.amount.confidence == .estimated)
      }
      return concentration(
        of: parts, stage: stage, subject: key.subject, basis: .published(series: key.id, name: first.name),
        by: .country, unknown: [])
    }
  }

  private func concentration(
    of parts: [Part], stage: Key<Stage>, subject: Statistic.Subject, basis: Concentration.Basis,
    by grouping: Concentration.Grouping, unknown: [Key<Site>]
  ) -> Concentration? {
    let total = parts.reduce(0) { $0 + $1.amount }
    guard total > 0 else { return nil }
    var amounts: [String: (name: String, amount: Double)] = [:]
    var unattributed = 0.0
    for part in parts {
      if let holder = part.holder {
        amounts[holder.id, default: (holder.name, 0)].amount += part.amount
      } else {
        unattributed += part.amount
      }
    }
    let holders = amounts.map { Concentration.Holder(id: $0, name: $1.name, share: $1.amount / total) }
      .sorted { ($1.share, $0.id) < ($0.share, $1.id) }
    let hhi = holders.reduce(0) { $0 + $1.share * $1.share } * 10_000
    let rest = unattributed / total
    let largest = holders.first?.share ?? 0
    return Concentration(
      stage: stage, subject: subject, basis: basis, grouping: grouping, total: total, holders: holders,
      unattributed: rest, hhi: hhi, hhiHigh: min(10_000, hhi + (2 * largest + rest) * rest * 10_000),
      sitesOfUnknownSize: unknown,
      estimatedShare: parts.reduce(0) { $1.isEstimated ? $0 + $1.amount : $0 } / total)
  }
}
