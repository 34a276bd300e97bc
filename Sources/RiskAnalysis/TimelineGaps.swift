import GraphCore
import SupplyModel

extension TimelinePlan {
  /// What the answer would need and nobody gives.
  ///
  /// - Complexity: O(sites + flows + controls × (sites + cuts)).
  func gaps(of network: SupplyNetwork) -> Timeline.Gaps {
    var gaps = Timeline.Gaps()
    func isEstimated(_ figure: Figure?) -> Bool { figure.map { $0.confidence != .read } ?? false }
    for (position, stock) in network.stocks.enumerated() where !takersOfStock[position].isEmpty {
      if isOfUnknownCover(position) { gaps.stocksOfUnknownCover.append(position) }
      if isEstimated(stock.amount) { gaps.estimatedStocks.append(position) }
    }
    for flow in network.flows.rows where flow.status == .active {
      gaps.flows += 1
      if flow.leadTime == nil { gaps.flowsWithoutLeadTime += 1 }
      if isEstimated(flow.leadTime) { gaps.estimatedLeadTimes += 1 }
    }
    // Whether a control ever holds, or may, is asked on the days on which something changes.
    let dates = cuts.dropLast().map { horizon.first.adding(days: $0) }
    var everything = Disruption.none
    for key in scenario.controls.keys {
      let control = scenario.controls[key]
      let statuses = dates.map { control.dates.status(on: $0) }
      guard statuses.contains(.inForce) || statuses.contains(.unknown) else { continue }
      if control.kind == .exportLicence, control.delay == nil { gaps.licencesWithoutDelay.append(key) }
      if [control.approved, control.delay, control.quota].contains(where: isEstimated) {
        gaps.estimatedControls.append(key)
      }
      everything = everything.adding(
        network.disruption(by: control, on: dates.last, isUncertain: !statuses.contains(.inForce)))
    }
    for response in scenario.responses where response.rampUp == nil {
      if case .openSite(let site) = response.measure, !gaps.sitesWithoutRampUp.contains(site) {
        gaps.sitesWithoutRampUp.append(site)
      }
    }
    gaps.technologyNotKnown = TechnologyEffects(of: everything, on: network).unknown
    return gaps
  }

  /// For each demand, the sites on the way to it that were short of something of which no stock of theirs is given.
  ///
  /// - Complexity: O(nodes + lanes) for each demand that runs short, for what lies behind its shortage.
  func sitesShortOfStock(_ run: TimelineRun) -> [[Key<Site>]] {
    var isListed = [Bool](repeating: false, count: graph.nodes.count)
    for takers in takersOfStock { for node in takers { isListed[node] = true } }
    return graph.network.demand.keys.map { demand in
      guard run.shortage(of: demand.position, in: horizon) != nil else { return [] }
      var isSeen = [Bool](repeating: false, count: graph.nodes.count)
      var path = [graph.node(of: demand)]
      var found: Set<Key<Site>> = []
      isSeen[path[0]] = true
      while let node = path.popLast() {
        if case .slot(let operation, _) = graph.nodes[node] {
          if !run.wasShort[node] { continue }
          if !isListed[node] { found.insert(graph.operations[operation].site) }
        }
        for lane in graph.lanes(into: node)
        where node < graph.operations.count || graph.baseline.share[lane] > 0 {
          let source = graph.source(ofLane: lane)
          if isSeen[source] { continue }
          isSeen[source] = true
          path.append(source)
        }
      }
      return found.sorted()
    }
  }
}
