public import SupplyModel

/// A ban on all exports of one country, and what is lost in it if everybody reallocates.
public struct FlexibleBan: Sendable {
  public let country: Country

  /// For each demand, the part of it that is not served, from 0 to 1, never more than the rigid loss; nil for one that was not met in
  /// the first place or wants nothing.
  public let loss: [Double?]

  /// The mean over all demands that were met, each alike.
  public var meanLoss: Double {
    let losses = loss.compactMap(\.self)
    return losses.isEmpty ? 0 : losses.reduce(0, +) / Double(losses.count)
  }
}

extension ProductionGraph {
  /// For each country with an active site, by code, what a ban on all that it exports costs if everybody reallocates.
  ///
  /// The same as ``FlexibleLoss`` says of each, in one program that stays in the solver, so that each ban starts from where the last one
  /// ended.
  ///
  /// - Parameter report: is told how many bans are done.
  /// - Returns: a ban for each of these countries.
  /// - Complexity: that of a few linear programs, which start near their ends, for each country.
  /// - Throws: ``FlexibleLoss/Failure`` if there is no answer.
  public func flexibleCountryBans(
    report: (RiskSummary.Progress) -> Void = { _ in }
  ) throws(FlexibleLoss.Failure) -> [FlexibleBan] {
    let fit = BaselineFit(of: self)
    guard fit.impossibleLoop.isEmpty else { throw .impossibleLoop(fit.impossibleLoop) }
    let model = AllocationProgram(
      self, fit, under: .none, .init(reading: .expected, pricesBans: false))
    var search = AllocationSearch(model, within: FlexibleLoss.limits)
    let countries = Set(network.sites.rows.filter(\.isActive).compactMap(\.country)).sorted()
    var bans: [FlexibleBan] = []
    for country in countries {
      report(.init(done: bans.count, count: countries.count))
      let ban = Disruption.exportBan(country)
      let state = state(under: ban)
      let rigid = rigidLevels(under: ban).expected
      let closed = (
        lanes: lanes.indices.filter { state.open[$0] == 0 },
        operations: operationsOfUnfedLoops(in: state)
      )
      search.close(lanes: closed.lanes, operations: closed.operations)
      let least = network.demand.keys.map { rigid[node(of: $0)] }
      do {
        let parts = try search.serve(atLeast: least).parts
        bans.append(
          FlexibleBan(
            country: country,
            loss: zip(parts, least).map { part, least in
              part.map { FlexibleLoss.loss(serving: $0, rigidly: least) }
            }))
      } catch {
        throw FlexibleLoss.Failure(error)
      }
      search.reopen(lanes: closed.lanes, operations: closed.operations)
    }
    return bans
  }

  /// The operations of loops that nothing outside feeds in a state, so that they must not feed themselves.
  func operationsOfUnfedLoops(in state: GraphState) -> [Int] {
    let isOperable = operability(in: state)
    return settlingOrder.groups.filter { $0.count > 1 }.flatMap { range in
      settlingOrder.nodes[range].filter { $0 < operations.count && !isOperable[$0] }
    }
  }
}
