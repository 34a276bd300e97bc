import RiskAnalysis
import SupplyModel

/// The slow and obvious reading of a network, site by site and pair by pair.
///
/// It shares no code with ``ProductionGraph``: no nodes, no offers, no markets, only who may sell to whom.
struct ReferenceAnalysis {
  /// A process at a site, or what a site passes on.
  struct Actor {
    var site: Site
    var key: Key<Site>
    var operation: Operation?

    /// Nil for a process, and for whoever passes on anything.
    var passesOn: Key<Material>?
  }

  /// Someone who wants something: a slot of an actor, or a demand.
  struct Wish {
    /// Empty if anything will do.
    var choices: [Input]
    var site: Key<Site>?
    var demand: Key<Demand>?
    var place: Place?
    var need: Double?
    var actor: Int?
    var mayBuy = true
    var ways: [Way] = []
  }

  /// A way to meet a wish; any of the sellers will do, each with a part of what comes.
  struct Way {
    enum Kind { case own, flow, countryFlow, market }
    var kind: Kind
    var material: Key<Material>?
    var sellers: [Int]
    var worth: Double
    var volume: Double?
    var isSubstitute = false
    var flow: String?
  }

  let network: SupplyNetwork
  let actors: [Actor]
  private(set) var slots: [[Wish]]
  private(set) var demands: [Wish]

  init(_ network: SupplyNetwork) {
    self.network = network
    var actors: [Actor] = []
    for operation in network.operations {
      actors.append(
        Actor(site: network.sites[operation.site], key: operation.site, operation: operation))
    }
    let active = network.flows.rows.filter { $0.status == .active }
    for key in network.sites.keys {
      let processes = network.operations.filter { $0.site == key }.map { network.processes[$0.process] }
      let sent = active.filter { $0.origin == .site(key) }.map(\.material)
      func isBrought(_ material: Key<Material>) -> Bool {
        active.contains { $0.destination == .site(key) && $0.material == material }
      }
      func add(_ material: Key<Material>?) {
        actors.append(Actor(site: network.sites[key], key: key, passesOn: material))
      }
      if processes.isEmpty, sent.isEmpty || sent.contains(where: { $0.map { !isBrought($0) } ?? true }) {
        add(nil)
      }
      for material in network.materials.keys where sent.contains(material) {
        let isMade = processes.contains { $0.outputs.contains { $0.material == material } }
        let isOnMarket = !processes.isEmpty && network.markets.contains(material)
        if !isMade, isBrought(material) || isOnMarket { add(material) }
      }
    }
    self.actors = actors
    slots = actors.enumerated().map { number, actor in
      let place = actor.site.country.map { Place.country($0) }
      if let operation = actor.operation {
        return network.processes[operation.process].slots.map {
          Wish(
            choices: $0.choices, site: actor.key, place: place, need: operation.baseline?.value, actor: number
          )
        }
      }
      var wish = Wish(choices: [], site: actor.key, place: place, actor: number)
      if let material = actor.passesOn {
        let volumes = active.filter { $0.origin == .site(actor.key) && $0.material == material }
          .map(\.volume?.value)
        wish.mayBuy = network.operations.contains { $0.site == actor.key }
        if wish.mayBuy, !volumes.contains(nil) { wish.need = volumes.reduce(0) { $0 + ($1 ?? 0) } }
        wish.choices = [Input(material, amount: Figure(1, unit: network.materials[material].unit))]
      } else if !active.contains(where: { $0.destination == .site(actor.key) }) {
        return []
      }
      return [wish]
    }
    demands = network.demand.keys.map { key in
      let demand = network.demand[key]
      let unit = Input(demand.material, amount: Figure(1, unit: network.materials[demand.material].unit))
      return Wish(choices: [unit], demand: key, place: demand.place, need: demand.amount?.value)
    }
    for number in slots.indices {
      for slot in slots[number].indices { slots[number][slot].ways = ways(to: slots[number][slot]) }
    }
    for number in demands.indices { demands[number].ways = ways(to: demands[number]) }
  }

  private func amount(of material: Key<Material>, perActivityOf actor: Actor) -> Double? {
    let outputs = actor.operation.map { network.processes[$0.process].outputs } ?? []
    let amounts = outputs.filter { $0.material == material }.map(\.amount.value)
    return amounts.isEmpty ? nil : amounts.reduce(0, +)
  }

  /// The actors that send what a flow from their site carries.
  private func senders(of flow: Flow, _ material: Key<Material>?, at site: Key<Site>) -> [Int] {
    let here = actors.indices.filter { actors[$0].key == site }
    let own = here.filter { actors[$0].operation != nil }
    let anything = here.filter { actors[$0].operation == nil && actors[$0].passesOn == nil }
    guard let material else { return own + anything }
    let makers = own.filter { amount(of: material, perActivityOf: actors[$0]) != nil }
    let passing = flow.material == nil ? [] : here.filter { actors[$0].passesOn == material }
    return [makers, passing, anything].first { !$0.isEmpty } ?? []
  }

  private func makers(of material: Key<Material>) -> [Int] {
    actors.indices.filter { amount(of: material, perActivityOf: actors[$0]) != nil }
  }

  private func ways(to wish: Wish) -> [Way] {
    var ways: [Way] = []
    let flows = network.flows.rows.filter { flow in
      guard flow.status == .active else { return false }
      return switch flow.destination {
      case .site(let site): site == wish.site
      case .demand(let demand): demand == wish.demand
      }
    }
    func sellers(of flow: Flow, _ material: Key<Material>?) -> [Int] {
      switch flow.origin {
      case .site(let site): senders(of: flow, material, at: site)
      case .country(let country):
        material.map { makers(of: $0).filter { actors[$0].site.country == country } } ?? []
      }
    }
    func kind(of flow: Flow) -> Way.Kind {
      if case .country = flow.origin { .countryFlow } else { .flow }
    }
    for (index, choice) in wish.choices.enumerated() {
      let worth = 1 / choice.amount.value
      for number in actors.indices where actors[number].key == wish.site {
        if amount(of: choice.material, perActivityOf: actors[number]) != nil {
          ways.append(
            Way(
              kind: .own, material: choice.material, sellers: [number], worth: worth,
              isSubstitute: index > 0))
        }
      }
      for flow in flows where flow.material == nil || flow.material == choice.material {
        let volume = flow.material == nil && wish.demand == nil ? nil : flow.volume
        ways.append(
          Way(
            kind: kind(of: flow), material: choice.material, sellers: sellers(of: flow, choice.material),
            worth: worth, volume: volume.map { $0.value * worth }, isSubstitute: index > 0, flow: flow.id))
      }
      if wish.mayBuy, network.markets.contains(choice.material) {
        ways.append(
          Way(
            kind: .market, material: choice.material, sellers: makers(of: choice.material), worth: worth,
            isSubstitute: index > 0))
      }
    }
    if wish.choices.isEmpty {
      for flow in flows {
        ways.append(
          Way(
            kind: kind(of: flow), material: flow.material, sellers: sellers(of: flow, flow.material),
            worth: 1,
            volume: flow.volume?.value, flow: flow.id))
      }
    }
    return ways
  }

  private func isOff(_ actor: Actor, under disruption: Disruption, rigid: Bool) -> Bool {
    let site = actor.site
    if site.status != .operating && site.status != .ramping { return true }
    for failure in disruption.failures {
      let hit =
        switch failure {
        case .site(let key): key == actor.key
        case .operatorOf(let key): site.operatorKey == key
        case .parent(let key): site.operatorKey.map { network.ultimateParent(of: $0) } == key
        case .country(let country): site.country == country
        case .technology(let key):
          site.technologies.contains { $0.technology == key && $0.needed == .running }
        case .lane, .exports, .material, .waypoint: false
        }
      if hit { return true }
    }
    return site.technologies.contains { need in
      need.needed == .running
        && network.access(to: need, in: site.country, under: disruption, onlyFrom: rigid) == .lost
    }
  }

  /// Which part may go from a seller to a wish: all, or nothing, or what controls let pass.
  private func part(_ way: Way, from seller: Int, to wish: Wish, under disruption: Disruption) -> Double {
    let site = actors[seller].site
    let buyer: Flow.Destination? =
      wish.site.map { .site($0) } ?? wish.demand.map { .demand($0) }
    for failure in disruption.failures {
      let isLost =
        switch failure {
        case .material(let material, let country): way.material == material && site.country == country
        case .exports(let country):
          way.kind != .own && site.country == country && wish.place.map { $0.isAbroad(for: country) } ?? true
        case .waypoint(let name):
          network.flows.rows.contains { $0.id == way.flow && $0.waypoints.contains(name) }
        case .lane(let lane):
          way.kind != .own && lane.seller == actors[seller].key && lane.buyer == buyer
            && lane.material == way.material
        case .site, .operatorOf, .parent, .country, .technology: false
        }
      if isLost { return 0 }
    }
    if way.kind == .own { return 1 }
    return disruption.tradeControls.reduce(1) { open, control in
      let waypoints = network.flows.rows.first { $0.id == way.flow }?.waypoints ?? []
      guard let buyer, case .share(_, let expected, _) = control.passing,
        control.coverage(
          of: way.material, from: actors[seller].key, to: buyer, through: waypoints, in: network) == .yes
      else { return open }
      return min(open, expected ?? 1)
    }
  }

  private func mayGo(_ way: Way, from seller: Int, to wish: Wish, under disruption: Disruption) -> Bool {
    part(way, from: seller, to: wish, under: disruption) > 0
  }

  /// Every lane of the network: who may sell what to whom, recorded or through a market.
  func lanes() -> [Element.Lane] {
    var seen: Set<Element.Lane> = []
    var lanes: [Element.Lane] = []
    for wish in slots.joined() + demands {
      guard let buyer: Flow.Destination = wish.site.map({ .site($0) }) ?? wish.demand.map({ .demand($0) })
      else { continue }
      for way in wish.ways where way.kind != .own {
        for seller in way.sellers {
          let lane = Element.Lane(from: actors[seller].key, to: buyer, way.material)
          if seen.insert(lane).inserted { lanes.append(lane) }
        }
      }
    }
    return lanes
  }

  /// Which actors can run and which demands can be met.
  func operability(under disruption: Disruption, rigid: Bool = false) -> (actors: [Bool], demands: [Bool]) {
    var runs = actors.map { _ in false }
    func isMet(_ wish: Wish) -> Bool {
      wish.ways.contains { way in
        way.sellers.contains { runs[$0] && mayGo(way, from: $0, to: wish, under: disruption) }
      }
    }
    let off = actors.map { isOff($0, under: disruption, rigid: rigid) }
    var changed = true
    while changed {
      changed = false
      for number in actors.indices where !runs[number] {
        if off[number] || !slots[number].allSatisfy(isMet) { continue }
        runs[number] = true
        changed = true
      }
    }
    return (runs, demands.map(isMet))
  }

  /// What an actor makes of a material in a year, in units of the wish.
  private func supply(_ way: Way, by seller: Int) -> Double? {
    guard let material = way.material, let baseline = actors[seller].operation?.baseline else { return nil }
    return amount(of: material, perActivityOf: actors[seller]).map { $0 * baseline.value * way.worth }
  }

  /// The part of a flow that one of the wishes of a site takes, where several want what it brings.
  private func partTaken(by wish: Wish, of way: Way, runs: [Bool]) -> Double {
    guard let actor = wish.actor, runs[actor],
      network.operations.contains(where: { $0.site == wish.site })
    else { return 1 }
    func amount(_ wish: Wish) -> Double? {
      wish.choices.first { $0.material == way.material }.flatMap { choice in
        wish.need.map { $0 * choice.amount.value }
      }
    }
    let takers = actors.indices.filter { runs[$0] && actors[$0].key == wish.site }.flatMap { slots[$0] }
      .filter { taker in taker.ways.contains { $0.flow == way.flow } }
    let amounts = takers.map(amount)
    let total = amounts.reduce(0) { $0 + ($1 ?? 0) }
    guard total > 0, !amounts.contains(nil) else { return 1 / Double(takers.count) }
    return (amount(wish) ?? 0) / total
  }

  /// For a wish, the sellers of the baseline and the part of the wish that each meets.
  private func shares(of wish: Wish, runs: [Bool]) -> [(way: Way, seller: Int, share: Double)] {
    // A flow from a site with several makers is as many ways; a flow from a country is one.
    var recorded: [Way] = []
    var markets: [Way] = []
    for way in wish.ways {
      var live = way
      live.sellers = way.sellers.filter { runs[$0] }
      if live.sellers.isEmpty { continue }
      if way.kind == .market {
        markets.append(live)
      } else if way.kind != .countryFlow {
        for seller in live.sellers {
          var part = live
          part.sellers = [seller]
          part.volume = live.volume.map {
            $0 * partTaken(by: wish, of: way, runs: runs) / Double(live.sellers.count)
          }
          recorded.append(part)
        }
      } else {
        live.volume = live.volume.map { $0 * partTaken(by: wish, of: way, runs: runs) }
        recorded.append(live)
      }
    }
    let market = markets.first { !$0.isSubstitute } ?? markets.first

    func size(_ way: Way) -> Double? {
      let known = way.sellers.compactMap { supply(way, by: $0) }
      return known.isEmpty ? nil : known.reduce(0, +)
    }
    func split(_ way: Way, _ part: Double) -> [(way: Way, seller: Int, share: Double)] {
      let supplies = way.sellers.map { supply(way, by: $0) }
      let total = supplies.reduce(0) { $0 + ($1 ?? 0) }
      return zip(way.sellers, supplies).map { seller, supply in
        (way, seller, part * (total > 0 ? (supply ?? 0) / total : 1 / Double(way.sellers.count)))
      }
    }
    if recorded.isEmpty { return market.map { split($0, 1) } ?? [] }

    var volumes = recorded.map { way -> Double? in
      if way.kind != .own { return way.volume }
      return size(way).map { min($0, wish.need ?? $0) }
    }
    var rest = 0.0
    if volumes.contains(nil) {
      let brought = volumes.reduce(0) { $0 + ($1 ?? 0) }
      if brought == 0 || wish.need == nil { volumes = volumes.map { _ in nil } }
      let left = volumes.contains { $0 != nil } ? max(0, (wish.need ?? 0) - brought) : 1
      let open = recorded.indices.filter { volumes[$0] == nil }
      let sizes = open.map { size(recorded[$0]) }.map { $0 == 0 ? nil : $0 }
      let total = sizes.reduce(0) { $0 + ($1 ?? 0) }
      for (offset, index) in open.enumerated() {
        volumes[index] =
          left * (total > 0 && !sizes.contains(nil) ? (sizes[offset] ?? 0) / total : 1 / Double(open.count))
      }
    } else if market != nil, let need = wish.need {
      rest = max(0, need - volumes.reduce(0) { $0 + ($1 ?? 0) })
    }
    let all = volumes.reduce(rest) { $0 + ($1 ?? 0) }
    return zip(recorded, volumes).flatMap { split($0, ($1 ?? 0) / all) }
      + (market.map { split($0, rest / all) } ?? [])
  }

  /// For each demand, the part of the baseline that is lost when nobody finds a new supplier; nil if it was not met.
  func rigidLoss(under disruption: Disruption) -> [Double?] {
    let before = operability(under: .none)
    let after = operability(under: disruption, rigid: true)
    let slotShares = slots.map { $0.map { shares(of: $0, runs: before.actors) } }
    let demandShares = demands.map { shares(of: $0, runs: before.actors) }
    var level = after.actors.map { $0 ? 1.0 : 0 }
    func met(_ wish: Wish, _ shares: [(way: Way, seller: Int, share: Double)]) -> Double {
      shares.reduce(0) { sum, part in
        sum + part.share * level[part.seller]
          * self.part(part.way, from: part.seller, to: wish, under: disruption)
      }
    }
    for _ in 0..<2_000 {
      var change = 0.0
      for number in actors.indices where level[number] > 0 {
        let next = zip(slots[number], slotShares[number]).map { met($0, $1) }.min() ?? 1
        change = max(change, level[number] - next)
        level[number] = min(level[number], next)
      }
      if change < 1e-13 { break }
    }
    return demands.indices.map { number in
      guard before.demands[number] else { return nil }
      guard after.demands[number] else { return 1 }
      return 1 - min(1, met(demands[number], demandShares[number]))
    }
  }
}
