import SupplyModel
import TestSupport

extension NetworkSketch {
  /// A small random network with everything that makes analyses hard.
  ///
  /// Recipes with joint products and substitutes, recycling loops, several processes at a site, flows with and without
  /// volumes or materials, flows from countries, markets, sites that are planned, run no process or pass on what they do not make, technologies, parents,
  /// countries and sizes that are not known, demands in a country, a bloc or anywhere.
  static func random(using generator: inout some RandomNumberGenerator) -> NetworkSketch {
    func chance(_ part: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < part }
    func pick<Row>(_ rows: [Row]) -> Row { rows[Int.random(in: 0..<rows.count, using: &generator)] }
    func size() -> Double { Double(Int.random(in: 1...20, using: &generator)) }

    var sketch = NetworkSketch()
    let countries = ["CN", "DE", "FR", "JP"]
    sketch.stages = ["early", "late"]
    sketch.materials = (0..<Int.random(in: 3...6, using: &generator)).map { "m\($0)" }
    sketch.technologies = (0..<2).map { number in
      TechnologyRow(
        id: "t\(number)", suppliers: chance(0.3) ? nil : countries.filter { _ in chance(0.6) } + ["US"])
    }
    for number in 0..<3 {
      sketch.operators.append(
        OperatorRow(id: "o\(number)", parent: number > 0 && chance(0.5) ? "o\(number - 1)" : nil))
    }
    for number in 0..<Int.random(in: 3...7, using: &generator) {
      // Mostly from lower to higher materials; the others close loops.
      let made =
        number < sketch.materials.count
        ? number : Int.random(in: 0..<sketch.materials.count, using: &generator)
      var process = ProcessRow(id: "p\(number)", outputs: [(sketch.materials[made], size())])
      if chance(0.3) { process.outputs.append((pick(sketch.materials), size())) }
      if made > 0 {
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
          let below = chance(0.85) ? Array(sketch.materials[..<made]) : sketch.materials
          var slot = [(material: pick(below), amount: size())]
          let other = pick(sketch.materials)
          if chance(0.3), other != slot[0].material { slot.append((other, size())) }
          process.slots.append(slot)
        }
      }
      sketch.processes.append(process)
    }
    for number in 0..<Int.random(in: 4...10, using: &generator) {
      var site = SiteRow(
        id: "s\(number)", stage: pick(sketch.stages), country: chance(0.85) ? pick(countries) : nil,
        operatorID: chance(0.7) ? pick(sketch.operators).id : nil)
      if chance(0.15) { site.status = pick(Site.Status.allCases) }
      while chance(0.25) {
        site.technologies.append(
          NeedRow(
            technology: pick(sketch.technologies).id, from: chance(0.7) ? pick(countries) : nil,
            needed: chance(0.8) ? pick(TechnologyNeed.Purpose.allCases) : nil))
      }
      sketch.sites.append(site)
      if chance(0.12) { continue }
      for _ in 0..<(chance(0.25) ? 2 : 1) {
        let process = number < sketch.processes.count ? sketch.processes[number] : pick(sketch.processes)
        if sketch.operations.contains(where: { $0.site == site.id && $0.process == process.id }) { continue }
        sketch.operations.append(
          OperationRow(site: site.id, process: process.id, output: chance(0.7) ? size() : nil))
      }
    }
    sketch.markets = sketch.materials.filter { _ in chance(0.45) }
    for number in 0..<Int.random(in: 1...3, using: &generator) {
      let place: PlaceRow =
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: .anywhere
        case 1: .country(pick(countries))
        default: .bloc(["DE", "FR"])
        }
      sketch.demand.append(
        DemandRow(
          id: "d\(number)", material: pick(Array(sketch.materials.suffix(2))), place: place,
          amount: chance(0.6) ? size() : nil))
    }
    for _ in 0..<Int.random(in: 4...24, using: &generator) {
      sketch.flows.append(
        sketch.randomFlow(
          from: pick(countries), volume: chance(0.6) ? size() : nil, using: &generator))
    }
    return sketch
  }

  /// A flow of something that its origin can send, if possible to someone who takes it.
  private func randomFlow(
    from country: String, volume: Double?, using generator: inout some RandomNumberGenerator
  ) -> FlowRow {
    func chance(_ part: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < part }
    func pick<Row>(_ rows: [Row]) -> Row { rows[Int.random(in: 0..<rows.count, using: &generator)] }
    let site = pick(sites).id
    let made = operations.filter { $0.site == site }.flatMap { operation in
      processes.filter { $0.id == operation.process }.flatMap { $0.outputs.map(\.material) }
    }
    let isCountry = chance(0.15)
    let material = isCountry || made.isEmpty || chance(0.12) ? pick(materials) : pick(made)
    let takers: [End] =
      operations.filter { operation in
        processes.contains { process in
          process.id == operation.process
            && process.slots.contains { $0.contains { $0.material == material } }
        }
      }.map { .site($0.site) } + demand.filter { $0.material == material }.map { .demand($0.id) }
    let to = takers.isEmpty || chance(0.25) ? End.site(pick(sites).id) : pick(takers)
    return FlowRow(
      from: isCountry ? .country(country) : .site(site), to: to,
      material: !isCountry && chance(0.1) ? nil : material, volume: volume,
      status: chance(0.1) ? .planned : .active, waypoints: ["strait", "canal"].filter { _ in chance(0.2) })
  }
}
