import Diagnostics
import SupplyModel

/// Recipes, sites, and what each site runs.
extension NetworkBuilder {
  /// What a site row says about the size of what it runs, until the processes of all sites are known.
  struct SiteQuantities {
    var capacity: Quantity?
    var output: Quantity?
  }

  /// A process at a site.
  struct OperationKey: Hashable {
    var site: Key<Site>
    var process: Key<Process>
  }

  /// What a process takes and makes.
  struct Recipe {
    var takes: Set<Key<Material>> = []
    var makes: Set<Key<Material>> = []
  }

  /// An operation and where it was given figures.
  struct PendingOperation {
    var operation: Operation
    var figuresSpot: Spot?
  }

  mutating func addProcess(_ record: inout RecordReader) {
    let errorsBefore = record.problems.errorCount
    let name = record.text("name")
    let activity = activityUnit(&record)
    var slots: [Slot] = []
    var outputs: [Output] = []
    record.records("inputs", as: .inputs) { input in
      var choices = recipePart(&input, activity).map { [Input($0, amount: $1)] } ?? []
      input.records("or", as: .substitutes) { substitute in
        guard let (material, amount) = recipePart(&substitute, activity) else { return }
        if choices.contains(where: { $0.material == material }) {
          reportTwice(material, &substitute)
        } else {
          choices.append(Input(material, amount: amount))
        }
      }
      if !choices.isEmpty { slots.append(Slot(choices)) }
    }
    record.records("outputs", as: .outputs) { output in
      guard let (material, amount) = recipePart(&output, activity) else { return }
      if outputs.contains(where: { $0.material == material }) {
        reportTwice(material, &output)
      } else {
        outputs.append(Output(material, amount: amount))
      }
    }
    if let item = record.item("outputs"), case .list(let items) = item.value, items.isEmpty {
      record.problems.report(
        "missing-key", at: item.spot, "a process makes at least one material",
        help: "write { material: …, amount: … }")
    }
    guard let id = record.id() else { return }
    let process = activity.map {
      Process(id: id.text, name: name, activity: $0, slots: slots, outputs: outputs)
    }
    if record.problems.errorCount > errorsBefore { faultyProcesses.insert(Key(processes.rows.count)) }
    recipes.append(
      Recipe(
        takes: Set(slots.flatMap { $0.choices.map(\.material) }), makes: Set(outputs.map(\.material))))
    processes.add(process, id: id, &record.problems)
  }

  private func reportTwice(_ material: Key<Material>, _ record: inout RecordReader) {
    record.problems.report(
      "duplicate-value", at: record.item("material")?.spot ?? record.spot,
      "'\(materials.id(of: material))' is listed twice", help: "write it once, with the sum of the amounts")
  }

  private func activityUnit(_ record: inout RecordReader) -> Unit? {
    guard let item = record.written("activity"), let text = item.text else { return nil }
    if let number = DecimalNumber(prefix: text) {
      record.problems.report(
        "wrong-dimension", at: item.spot, "'activity' wants a unit without a number",
        help: "write \(number.rest.isEmpty ? "t magnet" : String(number.rest.drop { $0 == " " }))")
      return nil
    }
    guard let unit = record.unit("activity") else { return nil }
    if unit.dimension.time == 0, unit.dimension.measure != .none { return unit }
    record.problems.report(
      "wrong-dimension", at: item.spot,
      "'activity' wants an amount without a time, such as t magnet; "
        + "'\(text)' is \(Self.words(of: unit.dimension))",
      help: "write what one unit of activity is: t magnet, or piece")
    return nil
  }

  /// A material of a recipe and how much of it one base unit of the activity takes or gives.
  private func recipePart(_ record: inout RecordReader, _ activity: Unit?) -> (Key<Material>, Figure)? {
    let quantity = record.quantity("amount")
    guard let key = materials.key(record.written("material"), &record.problems),
      let material = materials[key],
      let amount = figure(
        quantity, fits: [material.unit.dimension], like: material.unit, bareUnit: material.unit,
        &record.problems)
    else { return nil }
    if amount.value == 0 {
      record.problems.report(
        "out-of-range", at: quantity?.spot ?? record.spot, "'amount' is more than 0",
        help: "leave the material out")
      return nil
    }
    guard let activity, activity.factor != 1 else { return (key, amount) }
    let scaled = Figure(
      amount.value / activity.factor, unit: amount.unit, low: amount.low.map { $0 / activity.factor },
      high: amount.high.map { $0 / activity.factor }, source: amount.source, year: amount.year,
      confidence: amount.confidence, note: amount.note)
    return (key, scaled)
  }

  // MARK: Sites

  mutating func addSite(_ record: inout RecordReader) {
    let (name, country, note) = (record.text("name"), record.country("country"), record.text("note"))
    let stage = stages.key(record.written("stage"), &record.problems)
    let operatorKey = operators.key(record.written("operator"), &record.problems)
    let status: Site.Status = record.choice("status") ?? .operating
    let extent: Site.Extent = record.choice("represents") ?? .site
    let countedIn = record.written("counted_in")
    let needs = technologyNeeds(&record)
    let (latitude, longitude) = (record.number("lat", in: -90...90), record.number("lon", in: -180...180))
    let (source, confidence) = (source(&record), record.choice("confidence", Confidence.self))
    let runs = record.texts("runs")
    let quantities = SiteQuantities(
      capacity: record.quantity("capacity"), output: record.quantity("output"))

    guard let id = record.id() else { return }
    let key = Key<Site>(sites.rows.count)
    if let countedIn { containers.append((key, countedIn)) }
    sites.add(
      Site(
        id: id.text, name: name, stage: stage, country: country, operatorKey: operatorKey, status: status,
        extent: extent, technologies: needs, latitude: latitude, longitude: longitude, source: source,
        confidence: confidence, note: note), id: id, &record.problems)
    siteQuantities.append(quantities)
    operationsOfSite.append([])
    for item in runs {
      guard let process = processes.key(item, &record.problems) else {
        sitesWithUnknownProcesses.insert(key)
        continue
      }
      if operation(of: process, at: key) != nil {
        record.problems.report(
          "duplicate-value", at: item.spot, "'\(item.text ?? "")' is listed twice", help: "list it once")
      } else {
        append(Operation(site: key, process: process))
      }
    }
  }

  /// Fills in the rows that sites are counted in, once all sites are known.
  mutating func resolveContainers(_ reader: inout RecordReader) {
    for (key, item) in containers {
      guard let container = sites.key(item, &reader.problems) else { continue }
      if sites[container]?.extent == .site {
        reader.problems.report(
          "not-a-group", at: item.spot, "'\(item.text ?? "")' is a single site",
          help: "name a row that represents a group or a balance")
      }
      sites[key]?.countedIn = container
    }
  }

  private func operation(of process: Key<Process>, at site: Key<Site>) -> Int? {
    operationPositions[OperationKey(site: site, process: process)]
  }

  private mutating func append(_ operation: Operation) {
    operationsOfSite[operation.site.position].append(operations.count)
    operationPositions[OperationKey(site: operation.site, process: operation.process)] = operations.count
    operations.append(PendingOperation(operation: operation))
  }

  private func technologyNeeds(_ record: inout RecordReader) -> [TechnologyNeed] {
    var needs: [TechnologyNeed] = []
    record.records("technologies", as: .technologyNeeds) { record in
      let from = record.country("from")
      let needed: TechnologyNeed.Purpose? = record.choice("needed")
      let grace = figure(record.quantity("grace"), fits: [.duration], &record.problems)
      guard let item = record.written("id"), let key = technologies.key(item, &record.problems) else {
        return
      }
      if needs.contains(where: { $0.technology == key && $0.needed == needed }) {
        record.problems.report(
          "duplicate-value", at: item.spot, "'\(item.text ?? "")' is listed twice", help: "list it once")
      } else {
        needs.append(TechnologyNeed(key, from: from, needed: needed, grace: grace))
      }
    }
    return needs
  }

  // MARK: Operations

  mutating func addOperation(_ record: inout RecordReader) {
    let (capacity, output) = (record.quantity("capacity"), record.quantity("output"))
    let site = sites.key(record.written("site"), &record.problems)
    let processItem = record.written("process")
    let process = processes.key(processItem, &record.problems)
    guard let site else { return }
    guard let process else {
      sitesWithUnknownProcesses.insert(site)
      return
    }
    let spot = processItem?.spot ?? record.spot
    if operation(of: process, at: site) == nil { append(Operation(site: site, process: process)) }
    guard let position = operation(of: process, at: site) else { return }
    if let earlier = operations[position].figuresSpot {
      record.problems.report(
        "duplicate-id", at: spot, "'\(sites.id(of: site))' runs '\(processes.id(of: process))' twice",
        earlier: earlier, help: "put the figures into one row")
      return
    }
    operations[position].figuresSpot = spot
    setFigures(of: position, capacity, output, &record.problems)
  }

  private mutating func setFigures(
    of position: Int, _ capacity: Quantity?, _ output: Quantity?, _ problems: inout Problems
  ) {
    let operation = operations[position].operation
    guard let activity = processes[operation.process]?.activity else { return }
    let rate = [activity.dimension.rate]
    operations[position].operation = Operation(
      site: operation.site, process: operation.process,
      capacity: figure(capacity, fits: rate, like: activity, &problems) ?? operation.capacity,
      output: figure(output, fits: rate, like: activity, &problems) ?? operation.output)
  }

  /// Gives the figures on the rows of the sites to the one process that each of these sites runs.
  mutating func resolveOperations(_ record: inout RecordReader) {
    for (position, quantities) in siteQuantities.enumerated() {
      guard let first = quantities.capacity ?? quantities.output else { continue }
      let site = sites.id(of: Key(position))
      let own = operationsOfSite[position]
      if own.isEmpty {
        guard hasAllOperations, !sitesWithUnknownProcesses.contains(Key(position)) else { continue }
        record.problems.report(
          "capacity-without-process", at: first.spot, "'\(site)' has a '\(first.name)' but runs no process",
          help: "name what it makes in 'runs'")
      } else if own.count > 1 {
        record.problems.report(
          "ambiguous-capacity", at: first.spot,
          "'\(site)' runs \(own.count) processes; '\(first.name)' is of which?",
          help: "write it in 'operations', in a row for each process")
      } else if let spot = operations[own[0]].figuresSpot {
        let operation = operations[own[0]].operation
        let isTwice =
          quantities.capacity != nil && operation.capacity != nil
          || quantities.output != nil && operation.output != nil
        if isTwice {
          record.problems.report(
            "duplicate-value", at: spot, "the figures of '\(site)' are given here and on its own row",
            earlier: first.spot, help: "remove one of the two")
        } else {
          setFigures(of: own[0], quantities.capacity, quantities.output, &record.problems)
        }
      } else {
        setFigures(of: own[0], quantities.capacity, quantities.output, &record.problems)
      }
    }
    siteQuantities = []
  }
}
