import SupplyModel

/// Where the figures for the size of active sites come from: one figure for each process that one of them runs, its
/// output or, where that is not known, its capacity.
public struct FigureCounts: Sendable, Hashable, Encodable {
  /// Read in the named source.
  public let read: Int

  /// From memory of the named source.
  public let recalled: Int

  /// Computed, or a rough figure.
  public let estimated: Int

  /// Given without a word on how sure it is.
  public let unmarked: Int

  /// Neither output nor capacity is given.
  public let missing: Int

  init(of network: SupplyNetwork) {
    let active = network.operations.filter { network.sites[$0.site].isActive }
    let figures = active.compactMap(\.baseline)
    func count(_ confidence: Confidence?) -> Int { figures.count { $0.confidence == confidence } }
    read = count(.read)
    recalled = count(.recalled)
    estimated = count(.estimated)
    unmarked = count(nil)
    missing = active.count - figures.count
  }

  var total: Int { read + recalled + estimated + unmarked + missing }

  /// The counts in words, those that are not 0: `3 read, 1 missing`.
  var words: String {
    let parts = [
      (read, "read"), (recalled, "recalled"), (estimated, "estimated"), (unmarked, "unmarked"),
      (missing, "missing"),
    ]
    return parts.filter { $0.0 > 0 }.map { "\(wholeNumber($0.0)) \($0.1)" }.joined(separator: ", ")
  }
}

extension SupplyNetwork {
  /// How many sites have each status, those that have none left out: `12 active, 3 planned`.
  var siteCountWords: String {
    let active = sites.rows.count(where: \.isActive)
    let others = [Site.Status.planned, .suspended, .closed].map { status in
      (sites.rows.count { $0.status == status }, status.rawValue)
    }
    return ([(active, "active")] + others).filter { $0.0 > 0 }
      .map { "\(wholeNumber($0.0)) \($0.1)" }.joined(separator: ", ")
  }

  /// The countries with an active site.
  var activeCountryCount: Int { Set(sites.rows.filter(\.isActive).compactMap(\.country)).count }

  /// The name of what is counted: a material, or elements together.
  func name(of subject: Statistic.Subject) -> String {
    switch subject {
    case .material(let key): materials[key].name
    case .elements(let key): elementGroups[key].name
    }
  }
}

extension Unit {
  /// The base unit of the dimension with what is counted, in words that a network can be written with: `t REO/yr`.
  var baseText: String {
    if dimension.measure == .money {
      let per = dimension.per.map { $0 == .mass ? "/t" : "/piece" } ?? ""
      return (substance ?? "USD") + per + (dimension.time == -1 ? "/yr" : "")
    }
    let measure =
      switch dimension.measure {
      case .none: dimension.time == 1 ? "d" : ""
      case .mass: "t"
      case .count: "pieces"
      case .power: "MW"
      case .energy: "GWh"
      case .money: "USD"
      }
    return measure + (substance.map { " " + $0 } ?? "") + (dimension.time == -1 ? "/yr" : "")
  }

  /// The unit of a yearly amount that is counted in this unit.
  var rateText: String { dimension.time == 0 && dimension != .ratio ? baseText + "/yr" : baseText }
}
