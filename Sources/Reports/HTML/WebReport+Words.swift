import RiskAnalysis
import SupplyModel

/// A large figure of the verdict and what it counts.
struct VerdictCard: Sendable, Hashable {
  let value: String
  let label: String
  let isSevere: Bool
}

extension WebReport {
  /// What a decision maker reads first, in one sentence.
  func headline(of scenario: PageScenario) -> String {
    let names = scenario.stops.map { network.demand[$0].name }
    switch scenario.kind {
    case .baseline:
      let made = scenario.met
      let all = network.demand.count
      return made == all
        ? "Today every product can be made." : "Today \(made) of \(counted(all, "product")) can be made."
    case .named, .ban:
      if names.isEmpty {
        let losing = scenario.loss.count { ($0?.told ?? 0) > 0.005 }
        return losing == 0
          ? "No product stops, and none loses anything by the estimate."
          : "No product stops; \(losing) of \(counted(scenario.met, "product")) \(losing == 1 ? "loses" : "lose") something."
      }
      return
        "\(names.count == 1 ? "One product stops" : "\(names.count) products stop"): \(list(names, atMost: 4))."
    }
  }

  /// The figures of the verdict that depend on the scenario: always three, at the same places.
  func cards(of scenario: PageScenario) -> [VerdictCard] {
    let baseline = scenarios[0]
    let points = siteCount(of: scenario.singlePoints)
    let pointWords = points == 1 ? "site is a single point of failure" : "sites are single points of failure"
    switch scenario.kind {
    case .baseline:
      let hanging = scenario.singlePoints.ofDemand.count { !$0.isEmpty }
      return [
        VerdictCard(
          value: "\(scenario.met) of \(network.demand.count)", label: "products can be made today",
          isSevere: false),
        VerdictCard(
          value: "\(hanging)", label: "of them hang on one site, operator, parent, country or technology",
          isSevere: hanging > 0),
        VerdictCard(value: "\(points)", label: pointWords, isSevere: false),
      ]
    case .named, .ban:
      let before = siteCount(of: baseline.singlePoints)
      let losses = scenario.loss.compactMap { $0 }
      func mean(_ part: (PageLoss) -> Double) -> Double {
        losses.isEmpty ? 0 : losses.reduce(0) { $0 + part($1) } / Double(losses.count)
      }
      let (estimate, uncertain) = (mean(\.rigid), mean(\.told))
      let may = scenario.outcome?.mayStop.count ?? 0
      return [
        VerdictCard(
          value: "\(scenario.stops.count) of \(scenario.met)",
          label: "products stop" + (may > 0 ? ", \(may) more may" : ""), isSevere: !scenario.stops.isEmpty),
        VerdictCard(
          value: percent(estimate) == percent(uncertain)
            ? percent(estimate) : "\(percent(estimate)) – \(percent(uncertain))",
          label:
            "mean loss, each product alike; it can be from \(percent(mean(\.low))) to \(percent(mean(\.high)))",
          isSevere: uncertain >= 0.5),
        VerdictCard(
          value: "\(points)", label: "\(pointWords), \(before) before", isSevere: points > before),
      ]
    }
  }

  /// The figures of the verdict that are the same in every scenario.
  var fixedCards: [VerdictCard] { [worstBanCard, figuresCard] }

  private var worstBanCard: VerdictCard {
    guard let worst = worstBan, case .ban(let country) = worst.kind else {
      return VerdictCard(
        value: "n/a", label: "no site has a country that could ban anything", isSevere: false)
    }
    return VerdictCard(
      value: "\(worst.stops.count) of \(worst.met)",
      label: "products stop if \(country.name) bans its exports, the worst ban of one country",
      isSevere: !worst.stops.isEmpty)
  }

  private var figuresCard: VerdictCard {
    let counts = FigureCounts(of: network)
    let weak = counts.recalled + counts.estimated + counts.unmarked + counts.missing
    return VerdictCard(
      value: counts.total == 0 ? "n/a" : percent(Double(weak) / Double(counts.total)),
      label: "of the sizes of sites are recalled, estimated or missing", isSevere: false)
  }

  private func siteCount(of points: SinglePoints) -> Int {
    Set(points.ofDemand.joined().filter { $0.level == .site }).count
  }

  // MARK: Losses

  /// A loss in words: `42 %`, or the estimates where what is uncertain decides.
  func lossWords(_ loss: PageLoss) -> String {
    let (estimate, uncertain) = (percent(loss.rigid), percent(loss.told))
    return estimate == uncertain ? estimate : "\(estimate) – \(uncertain)"
  }

  /// The least and the most that a loss can be; empty where they read the same as the estimate.
  func rangeWords(_ loss: PageLoss) -> String {
    let (low, high) = (percent(loss.low), percent(loss.high))
    return low == high || loss.high - loss.low < 0.005 ? "" : "\(low) – \(high)"
  }

  // MARK: Why

  /// For each product what takes its supply, from the product back to where that starts, one sentence a step; empty where nothing
  /// is lost.
  func why(_ scenario: PageScenario) -> [[String]] {
    var found = [[String]](repeating: [], count: network.demand.count)
    guard let outcome = scenario.outcome else { return found }
    for isUndecided in [false, true] {
      let demands = network.demand.keys.filter { demand in
        guard let loss = scenario.loss[demand.position], loss.told > 0.005 else { return false }
        return (loss.told > loss.rigid + 1e-9) == isUndecided
      }
      let chains = outcome.graph.lossChains(
        of: demands, under: outcome.inForce.parts, responses: outcome.inForce.responses,
        ifUncertainHolds: isUndecided)
      for (demand, chain) in zip(demands, chains) { found[demand.position] = words(of: chain, in: outcome) }
    }
    return found
  }

  private func words(of chain: LossChain, in outcome: ScenarioOutcome) -> [String] {
    func names(_ causes: [ScenarioInForce.Cause]) -> String {
      list(causes.map { outcome.inForce.scenario.name(of: $0, in: network) }, atMost: 2)
    }
    var lines = chain.steps.prefix(8).map { step -> String in
      let buyer =
        switch step.buyer {
        case .demand(let key): nameText(outcome.graph.network.demand[key].name)
        case .operation(let site, _): nameText(outcome.graph.network.sites[site].name)
        case .makers(let country): "makers in \(country?.name ?? "several countries")"
        }
      let what =
        step.materials.isEmpty
        ? "" : " of its \(list(step.materials.map { network.materials[$0].name }, atMost: 2))"
      var line = "\(buyer) loses \(percent(step.loss))\(what)"
      if let first = step.suppliers.first {
        let seller =
          switch first.seller {
          case .site(let site): nameText(outcome.graph.network.sites[site].name)
          case .makers(let country, let count):
            "\(counted(count, "maker")) in \(country?.name ?? "countries not known")"
          }
        line += ": \(percent(first.share)) came from \(seller)"
        if first.open < 1 - 1e-9 {
          line +=
            first.open <= 1e-9 ? ", all of it closed off" : ", \(percent(1 - first.open)) of it closed off"
          if !first.causes.isEmpty { line += " by \(names(first.causes))" }
        } else if first.lossOfSeller > 1e-9 {
          line += ", which loses \(percent(first.lossOfSeller))"
        }
      }
      return line + "."
    }
    switch chain.end {
    case .out(let causes) where !causes.isEmpty:
      lines.append("That seller is out of action by \(names(causes)).")
    case .loop: lines.append("From there on the supply runs in a circle.")
    case .out, .nothing, .lane, .stops, .start: break
    }
    return lines
  }

  // MARK: Figures

  func figureText(_ figure: Figure) -> String {
    func number(_ value: Double) -> String {
      let magnitude = abs(value)
      if magnitude >= 100 || value == 0 { return wholeNumber(value) }
      return decimal(magnitude >= 1 ? (value * 10).rounded() / 10 : (value * 1_000).rounded() / 1_000)
    }
    if figure.unit.dimension == .ratio, figure.unit.substance == nil, figure.value <= 1 {
      return percent(figure.value)
    }
    var text = number(figure.value)
    if figure.low != nil || figure.high != nil {
      text += " (\(number(figure.low ?? figure.value)) – \(number(figure.high ?? figure.value)))"
    }
    let unit = figure.unit.baseText
    return unit.isEmpty ? text : "\(text) \(unit)"
  }

  /// A country, a bloc, or where anywhere is meant.
  func placeName(_ place: Place) -> String {
    switch place {
    case .country(let country): country.name
    case .bloc(let bloc): bloc.id
    case .anywhere: "anywhere"
    }
  }
}
