import Diagnostics
import SupplyModel

/// What moves, what is wanted, what is held, and what is published.
extension NetworkBuilder {
  mutating func addDemand(_ record: inout RecordReader) {
    let (name, use, note) = (record.text("name"), record.text("use"), record.text("note"))
    let material = materials.key(record.written("material"), &record.problems)
    let place = place(&record)
    let priority = record.integer("priority", in: 0...1_000_000) ?? 1
    let amount = rate("amount", of: material, &record)
    guard let id = record.id() else { return }
    if let site = sites.key(of: id.text) {
      record.problems.report(
        "duplicate-id", at: id.spot, "a site has the id '\(id.text)' already", earlier: sites.spot(of: site),
        help: "flows lead to sites and to demand, so their ids must differ")
    }
    let demand = material.map {
      Demand(
        id: id.text, name: name, material: $0, place: place, use: use, amount: amount, priority: priority,
        note: note)
    }
    self.demand.add(demand, id: id, &record.problems)
  }

  private func place(_ record: inout RecordReader) -> Place {
    guard let item = record.written("place"), let text = item.text else { return .anywhere }
    if let key = blocs.key(of: text), let bloc = blocs[key] { return .bloc(bloc) }
    if let country = Country(code: text) { return .country(country) }
    if blocs.isComplete {
      record.problems.report(
        "unknown-place", at: item.spot, "no country or bloc has the code '\(text)'",
        help: blocs.didYouMean(text) ?? countryHelp(for: text))
    }
    return .anywhere
  }

  /// A figure that counts a material per time.
  private func rate(_ key: String, of material: Key<Material>?, _ record: inout RecordReader) -> Figure? {
    guard let quantity = record.quantity(key), let material, let row = materials[material] else { return nil }
    return figure(quantity, fits: [row.unit.dimension.rate], like: row.unit, &record.problems)
  }

  // MARK: Flows

  mutating func addFlow(_ record: inout RecordReader) {
    let origin = origin(&record)
    let destination = destination(&record)
    let materialItem = record.written("material")
    let material = materials.key(materialItem, &record.problems)
    let (volume, capacity) = (
      flowFigure("volume", material, &record), flowFigure("capacity", material, &record)
    )
    let leadTime = figure(record.quantity("lead_time"), fits: [.duration], &record.problems)
    let waypoints = record.texts("waypoints").compactMap(\.text)
    let status: Flow.Status = record.choice("status") ?? .active
    let (source, confidence) = (source(&record), record.choice("confidence", Confidence.self))
    let (note, id) = (record.text("note"), record.id())

    guard let origin, let destination else { return }
    if materialItem == nil {
      reportMissingMaterial(from: origin, to: destination, &record)
    } else if let material {
      check(material, from: origin, to: destination, at: materialItem?.spot ?? record.spot, &record.problems)
    }
    if let id { flowIDs.add(nil, id: id, &record.problems) }
    flows.append(
      Flow(
        id: id?.text ?? defaultFlowID(&record), from: origin, to: destination, material: material,
        volume: volume, capacity: capacity, leadTime: leadTime, waypoints: waypoints, status: status,
        source: source, confidence: confidence, note: note))
  }

  /// `from>to:material`, with a number where that is taken; `>` stands in no id that a user gives.
  private mutating func defaultFlowID(_ record: inout RecordReader) -> String {
    var name = "\(record.text("from") ?? "")>\(record.text("to") ?? "")"
    if let material = record.text("material") { name += ":" + material }
    let count = flowNames[name, default: 0] + 1
    flowNames[name] = count
    return count == 1 ? name : "\(name)#\(count)"
  }

  private func origin(_ record: inout RecordReader) -> Flow.Origin? {
    guard let item = record.written("from"), let text = item.text else { return nil }
    if let site = sites.key(of: text) { return .site(site) }
    if let country = Country(code: text) { return .country(country) }
    guard sites.isComplete else { return nil }
    record.problems.report(
      "dangling-id", at: item.spot, "no site and no country has the id '\(text)'",
      help: sites.help(for: text))
    return nil
  }

  private func destination(_ record: inout RecordReader) -> Flow.Destination? {
    guard let item = record.written("to"), let text = item.text else { return nil }
    if let site = sites.key(of: text) { return .site(site) }
    if let key = demand.key(of: text) { return .demand(key) }
    guard sites.isComplete, demand.isComplete else { return nil }
    record.problems.report(
      "dangling-id", at: item.spot, "no site and no demand has the id '\(text)'",
      help: sites.didYouMean(text) ?? demand.didYouMean(text) ?? sites.help(for: text))
    return nil
  }

  private func flowFigure(_ key: String, _ material: Key<Material>?, _ record: inout RecordReader) -> Figure?
  {
    if record.item("material") != nil { return rate(key, of: material, &record) }
    guard let quantity = record.quantity(key) else { return nil }
    let dimensions = [Dimension.Measure.mass, .count, .power, .energy, .money].map { Dimension($0, time: -1) }
    if let unit = quantity.unit, dimensions.contains(unit.dimension) {
      return figure(quantity, fits: dimensions, &record.problems)
    }
    return figure(quantity, fits: [Dimension(.mass, time: -1)], &record.problems)
  }

  private func reportMissingMaterial(
    from origin: Flow.Origin, to destination: Flow.Destination, _ record: inout RecordReader
  ) {
    let reason: String
    if case .country = origin {
      reason = "a flow from a country names its material"
    } else if case .demand = destination {
      reason = "a flow to a demand names its material"
    } else if !processes.rows.isEmpty {
      reason = "a flow names its material in a network with processes"
    } else {
      return
    }
    record.problems.report("missing-key", at: record.spot, reason, help: "add 'material'")
  }

  /// Reports a flow of a material that its origin does not make or its destination does not take.
  private func check(
    _ material: Key<Material>, from origin: Flow.Origin, to destination: Flow.Destination, at spot: Spot,
    _ problems: inout Problems
  ) {
    if case .site(let site) = origin, isKnown(whatRunsAt: site),
      !runs(at: site, { $0.makes.contains(material) })
    {
      problems.report(
        "wrong-material", at: spot,
        "'\(sites.id(of: site))' runs nothing that makes '\(materials.id(of: material))'",
        help: list("it makes", at: site) { $0.outputs.map(\.material) })
    }
    switch destination {
    case .site(let site):
      guard isKnown(whatRunsAt: site),
        !runs(at: site, { $0.takes.contains(material) })
      else { return }
      problems.report(
        "wrong-material", at: spot,
        "'\(sites.id(of: site))' runs nothing that takes '\(materials.id(of: material))'",
        help: list("it takes", at: site) { $0.slots.flatMap { $0.choices.map(\.material) } })
    case .demand(let key):
      guard let wanted = demand[key]?.material, wanted != material else { return }
      problems.report(
        "wrong-material", at: spot,
        "'\(demand.id(of: key))' wants '\(materials.id(of: wanted))', not '\(materials.id(of: material))'",
        help: "write '\(materials.id(of: wanted))', or let the flow lead to another demand")
    }
  }

  /// Whether a site runs processes, and all of them could be read.
  private func isKnown(whatRunsAt site: Key<Site>) -> Bool {
    let own = operationsOfSite[site.position]
    guard !own.isEmpty, hasAllOperations, !sitesWithUnknownProcesses.contains(site) else { return false }
    return faultyProcesses.isEmpty
      || !own.contains { faultyProcesses.contains(operations[$0].operation.process) }
  }

  private func runs(at site: Key<Site>, _ condition: (Recipe) -> Bool) -> Bool {
    operationsOfSite[site.position].contains { condition(recipes[operations[$0].operation.process.position]) }
  }

  private func list(_ start: String, at site: Key<Site>, _ used: (Process) -> [Key<Material>]) -> String {
    var names: [String] = []
    for operation in operationsOfSite[site.position] {
      guard let process = processes[operations[operation].operation.process] else { continue }
      for material in used(process) where !names.contains(materials.id(of: material)) {
        names.append(materials.id(of: material))
      }
    }
    return names.isEmpty
      ? "\(start) nothing" : "\(start) \(names.map { "'\($0)'" }.joined(separator: ", "))"
  }

  // MARK: Markets, stocks, statistics

  mutating func addMarket(_ record: inout RecordReader) {
    guard let item = record.written("material"), let material = materials.key(item, &record.problems) else {
      return
    }
    if let earlier = marketSpots.updateValue(item.spot, forKey: material) {
      record.problems.report(
        "duplicate-id", at: item.spot, "'\(item.text ?? "")' has two markets", earlier: earlier,
        help: "remove one")
    } else {
      markets.append(material)
    }
  }

  mutating func addStock(_ record: inout RecordReader) {
    let country = record.country("country")
    let siteItem = record.written("site")
    let site = sites.key(siteItem, &record.problems)
    let material = materials.key(record.written("material"), &record.problems)
    let quantity = record.quantity("amount")
    if (record.item("country") == nil) == (siteItem == nil) {
      record.problems.report(
        "missing-key", at: record.spot, "a stock is held by a country or at a site",
        help: siteItem == nil ? "add 'country' or 'site'" : "leave out 'country' or 'site'")
    }
    guard let material, let row = materials[material],
      let amount = figure(
        quantity, fits: [row.unit.dimension, .duration], like: row.unit, &record.problems),
      let holder = site.map({ Stock.Holder.site($0) }) ?? country.map({ .country($0) })
    else { return }
    stocks.append(Stock(holder: holder, material: material, amount: amount))
  }

  mutating func addStatistic(_ record: inout RecordReader) {
    let (series, name, country) = (record.text("series"), record.text("name"), record.country("country"))
    _ = record.text("note")
    let stage = stages.key(record.written("stage"), &record.problems)
    let quantity = record.quantity("amount")
    guard let item = record.written("material"), let subject = subject(item, &record.problems) else { return }
    let counted: Unit? =
      switch subject {
      case .material(let material): materials[material]?.unit
      case .elements: try? Unit("t")
      }
    guard let unit = counted else { return }
    let dimensions = [unit.dimension, unit.dimension.rate, .ratio]
    let amount = figure(quantity, fits: dimensions, like: unit, &record.problems)
    guard let amount, let series, let stage else { return }
    statistics.append(
      Statistic(
        series: series, name: name ?? series, stage: stage, subject: subject, country: country, amount: amount
      ))
  }
}
