import Diagnostics
import SupplyModel

/// What the other side does.
extension ScenarioBuilder {
  private enum Kind: String, CaseIterable {
    case openSite = "open-site"
    case delaySite = "delay-site"
    case allowSubstitute = "allow-substitute"
    case releaseStock = "release-stock"
    case addFlow = "add-flow"
    case raiseYield = "raise-yield"
    case raiseRecycling = "raise-recycling"
    case lowerDemand = "lower-demand"

    /// The keys that it reads; `!` marks what it needs.
    var keys: [String] {
      switch self {
      case .openSite: ["site!", "over"]
      case .delaySite: ["site!"]
      case .allowSubstitute: ["material!", "instead_of!", "sites", "share"]
      case .releaseStock: ["material!", "country", "site", "amount!", "over"]
      case .addFlow: ["seller!", "buyer!", "material!", "volume!"]
      case .raiseYield, .raiseRecycling: ["process!", "sites", "by!"]
      case .lowerDemand: ["demand!", "by!"]
      }
    }
  }

  mutating func addResponse(_ record: inout RecordReader) {
    let kind: Kind? = record.choice("kind")
    let site = names.sites.key(record.written("site"), &record.problems)
    let sites = keys("sites", names.sites, &record)
    let seller = names.sites.key(record.written("seller"), &record.problems)
    let buyer = buyer(&record)
    let process = names.processes.key(record.written("process"), &record.problems)
    let demand = names.demand.key(record.written("demand"), &record.problems)
    let country = record.country("country")
    let material = names.materials.key(record.written("material"), &record.problems)
    let instead = names.materials.key(record.written("instead_of"), &record.problems)
    let share = share("share", &record)
    let by = kind == .lowerDemand ? self.share("by", &record) : ratio("by", &record)
    let (amount, over) = (amount(of: material, &record), self.over(&record))
    let volume = record.quantity("volume").flatMap { quantity in
      material.flatMap { names.materials[$0] }.flatMap { row in
        names.figure(quantity, fits: [row.unit.dimension.rate], like: row.unit, &record.problems)
      }
    }
    let (from, until) = days(&record)
    let (source, note) = (names.source(&record), record.text("note"))
    guard let kind, check(kind, &record) else { return }

    let measure: Scenario.Response.Measure? =
      switch kind {
      case .openSite: site.map { .openSite($0) }
      case .delaySite: site.map { .delaySite($0) }
      case .allowSubstitute:
        substitute(material, instead, sites, share, &record)
      case .releaseStock:
        if let material, let amount,
          let holder = site.map({ Stock.Holder.site($0) }) ?? country.map({ .country($0) })
        {
          .releaseStock(material, holder: holder, amount: amount, over: over)
        } else {
          nil
        }
      case .addFlow: newFlow(seller, buyer, material, volume, &record)
      case .raiseYield: process.flatMap { process in by.map { .raiseYield(process, sites: sites, by: $0) } }
      case .raiseRecycling:
        process.flatMap { process in by.map { .raiseRecycling(process, sites: sites, by: $0) } }
      case .lowerDemand: demand.flatMap { demand in by.map { .lowerDemand(demand, by: $0) } }
      }
    if let measure {
      responses.append(
        .init(
          measure, rampUp: kind == .openSite ? over : nil, from: from, to: until, source: source, note: note))
    }
  }

  /// Whether a record has the keys that its kind needs; others are reported.
  private func check(_ kind: Kind, _ record: inout RecordReader) -> Bool {
    let known = Set(kind.keys.map { String($0.filter { $0 != "!" }) })
    for key in kind.keys where key.hasSuffix("!") && record.item(String(key.dropLast())) == nil {
      record.problems.report(
        "missing-key", at: record.spot, "a response of kind '\(kind.rawValue)' needs '\(key.dropLast())'",
        help: "it takes \(known.sorted().joined(separator: ", "))")
    }
    if kind == .releaseStock, (record.item("site") == nil) == (record.item("country") == nil) {
      record.problems.report(
        "missing-key", at: record.spot, "a stock is held at a site or by a country",
        help: "name one of them: 'site: ID' or 'country: CODE'")
    }
    let common: Set = ["kind", "from", "until", "source", "note"]
    for key in RecordFormat.responses.keys where !known.contains(key) && !common.contains(key) {
      guard let item = record.item(key) else { continue }
      record.problems.report(
        "useless-key", at: item.spot, "'\(key)' does nothing in a response of kind '\(kind.rawValue)'",
        help: "it takes \(known.sorted().joined(separator: ", "))")
    }
    return true
  }

  private func buyer(_ record: inout RecordReader) -> Flow.Destination? {
    guard let item = record.written("buyer"), let text = item.text else { return nil }
    if let site = names.sites.key(of: text) { return .site(site) }
    if let demand = names.demand.key(of: text) { return .demand(demand) }
    record.problems.report(
      "dangling-id", at: item.spot, "no site and no demand has the id '\(text)'",
      help: names.sites.didYouMean(text) ?? names.demand.didYouMean(text)
        ?? "name a row of 'sites' or of 'demand'")
    return nil
  }

  private func amount(of material: Key<Material>?, _ record: inout RecordReader) -> Figure? {
    guard let quantity = record.quantity("amount"), let row = material.flatMap({ names.materials[$0] }) else {
      return nil
    }
    return names.figure(quantity, fits: [row.unit.dimension, .duration], &record.problems)
  }

  private func over(_ record: inout RecordReader) -> Figure? {
    let spot = record.item("over")?.spot ?? record.spot
    guard let figure = names.figure(record.quantity("over"), fits: [.duration], &record.problems) else {
      return nil
    }
    if figure.value > 0 { return figure }
    record.problems.report("out-of-range", at: spot, "'over' cannot be 0", help: "write a time, such as 90 d")
    return nil
  }

  private func substitute(
    _ material: Key<Material>?, _ instead: Key<Material>?, _ sites: [Key<Site>]?, _ share: Figure?,
    _ record: inout RecordReader
  ) -> Scenario.Response.Measure? {
    guard let material, let instead else { return nil }
    let isListed = network.processes.rows.contains { process in
      process.slots.contains { slot in
        slot.choices.contains { $0.material == material } && slot.choices.contains { $0.material == instead }
      }
    }
    if !isListed {
      record.problems.report(
        "wrong-material", at: record.item("material")?.spot ?? record.spot,
        "no process can take '\(names.materials.id(of: material))' instead of '\(names.materials.id(of: instead))'",
        help: "list it under 'or' in the recipe")
      return nil
    }
    return .allowSubstitute(material, insteadOf: instead, sites: sites, share: share)
  }

  private func newFlow(
    _ seller: Key<Site>?, _ buyer: Flow.Destination?, _ material: Key<Material>?, _ volume: Figure?,
    _ record: inout RecordReader
  ) -> Scenario.Response.Measure? {
    guard let seller, let buyer, let material, let volume else { return nil }
    let makes = network.operations.contains { operation in
      operation.site == seller
        && network.processes[operation.process].outputs.contains { $0.material == material }
    }
    let takes =
      switch buyer {
      case .demand(let demand): network.demand[demand].material == material
      case .site(let site):
        network.operations.contains { operation in
          operation.site == site
            && network.processes[operation.process].slots.contains { slot in
              slot.choices.contains { $0.material == material }
            }
        }
      }
    for (holds, key, verb) in [(makes, "seller", "make"), (takes, "buyer", "take")] where !holds {
      guard let item = record.item(key) else { continue }
      record.problems.report(
        "wrong-material", at: item.spot,
        "'\(item.text ?? "")' does not \(verb) '\(names.materials.id(of: material))'",
        help: "name a \(key) that \(verb)s it")
    }
    return makes && takes ? .addFlow(from: seller, to: buyer, material, volume: volume) : nil
  }
}
