import Diagnostics
import SupplyModel

/// Puts a scenario together from its records, and checks what they say about the network.
struct ScenarioBuilder {
  let network: SupplyNetwork
  private var id = ""
  private var title: String?
  private var asOf: CalendarDate?
  private var note: String?
  private var controls = Registry<Control>("control")
  private var outages: [Scenario.Outage] = []
  var responses: [Scenario.Response] = []

  /// Names of the network, to which a scenario may add blocs and sources of its own.
  var names: NetworkBuilder

  init(_ network: SupplyNetwork) {
    self.network = network
    names = NetworkBuilder(namesOf: network)
  }

  /// The scenario that `root` describes, or nil if anything is wrong with it.
  static func scenario(
    from root: Item, of network: SupplyNetwork, _ reader: inout RecordReader
  ) -> Scenario? {
    let errorsBefore = reader.problems.errorCount
    guard NetworkBuilder.checkVersion(of: root, &reader) else { return nil }
    var builder = ScenarioBuilder(network)
    reader.read(root, as: .scenarioManifest) { builder.readTables(&$0) }
    guard reader.problems.errorCount == errorsBefore else { return nil }
    return Scenario(
      id: builder.id, title: builder.title, asOf: builder.asOf, note: builder.note,
      sources: builder.names.sources.rows.compactMap { $0 },
      controls: builder.controls.rows.compactMap { $0 },
      outages: builder.outages, responses: builder.responses)
  }

  private mutating func readTables(_ reader: inout RecordReader) {
    if let item = reader.item("scenario") { reader.read(item, as: .scenario) { readHead(&$0) } }
    reader.records("blocs", as: .blocs) { names.addBloc(&$0) }
    reader.records("sources", as: .sources) { names.addSource(&$0) }
    reader.records("controls", as: .controls) { addControl(&$0) }
    reader.records("outages", as: .outages) { addOutage(&$0) }
    reader.records("responses", as: .responses) { addResponse(&$0) }
  }

  private mutating func readHead(_ record: inout RecordReader) {
    id = record.id()?.text ?? ""
    (title, note) = (record.text("title"), record.text("note"))
    guard let item = record.written("as_of"), let text = item.text else { return }
    asOf = CalendarDate(text)
    if asOf == nil { record.problems.reportNoDay(text, at: item.spot) }
  }

  // MARK: Controls

  private mutating func addControl(_ record: inout RecordReader) {
    let name = record.text("name")
    let kind: Control.Kind? = record.choice("kind")
    let issuers = countries("issuer", &record)
    let targets = targets(&record)
    let (subject, conditions) = subject(&record)
    let entities = keys("entities", names.operators, &record)
    let waypoints = waypoints(&record)
    let approved = share("approved", &record)
    let delay = names.figure(record.quantity("delay"), fits: [.duration], &record.problems)
    let quota = names.figure(
      record.quantity("quota"), fits: [Dimension(.mass, time: -1), Dimension(.count, time: -1)],
      &record.problems)
    let dates = dates(&record)
    let (source, confidence) = (names.source(&record), record.choice("confidence", Confidence.self))
    let note = record.text("note")
    guard let id = record.id() else { return }
    if let kind { check(kind, conditions, &record) }
    let control = kind.map {
      Control(
        id: id.text, name: name, kind: $0, issuers: issuers ?? [], targets: targets, subject: subject,
        entities: entities ?? [], waypoints: waypoints ?? [], approved: approved, delay: delay, quota: quota,
        dates: dates, source: source, confidence: confidence, note: note)
    }
    controls.add(control, id: id, &record.problems)
  }

  /// What a kind of control needs, and what would do nothing in it.
  private func check(_ kind: Control.Kind, _ conditions: [Field], _ record: inout RecordReader) {
    var needed = ["issuer"]
    var useless: Set<String> = ["entities", "waypoints", "approved", "delay", "quota"]
    switch kind {
    case .exportBan, .importBan, .technologyBan, .technologyLicence: break
    case .exportQuota:
      needed.append("quota")
      useless.remove("quota")
    case .exportLicence: useless.subtract(["approved", "delay"])
    case .entityBan:
      needed.append("entities")
      useless.remove("entities")
    case .transitClosure:
      needed = ["waypoints"]
      useless = ["entities", "approved", "delay", "quota", "targets", "except"]
    }
    for key in needed where record.item(key) == nil {
      record.problems.report(
        "missing-key", at: record.spot, "a control of kind '\(kind.rawValue)' needs '\(key)'",
        help: "add '\(key)'")
    }
    for key in useless.sorted() {
      guard let item = record.item(key) else { continue }
      record.problems.report(
        "useless-key", at: item.spot, "'\(key)' does nothing in a control of kind '\(kind.rawValue)'",
        help: "remove it, or choose another kind")
    }
    let fits: Set<String> =
      switch kind {
      case .technologyBan, .technologyLicence: ["technologies", "stages"]
      case .exportBan, .exportQuota, .exportLicence:
        ["materials", "forms", "elements", "hs", "stages", "made_with", "content"]
      case .importBan, .entityBan, .transitClosure: ["materials", "forms", "elements", "hs", "stages"]
      }
    for field in conditions where !fits.contains(field.key) && RecordFormat.subject.allows(field.key) {
      record.problems.report(
        "useless-key", at: field.keySpot,
        "'\(field.key)' says nothing about a control of kind '\(kind.rawValue)'",
        help: "it can tell \(fits.sorted().joined(separator: ", "))")
    }
  }

  private func targets(_ record: inout RecordReader) -> [Country]? {
    let isAll = record.item("targets")?.text == "all"
    let listed = isAll ? nil : countries("targets", &record)
    guard let except = countries("except", &record) else { return listed }
    let all = listed ?? Country.allCodes.compactMap { Country(code: $0) }
    return all.filter { !except.contains($0) }
  }

  /// Countries and blocs, one or a list, each country once.
  private func countries(_ key: String, _ record: inout RecordReader) -> [Country]? {
    guard let item = record.item(key) else { return nil }
    let items = item.text == nil ? record.texts(key) : [item]
    var found: Set<Country> = []
    for item in items {
      guard let text = item.text else { continue }
      if let bloc = names.blocs.key(of: text).flatMap({ names.blocs[$0] }) {
        found.formUnion(bloc.members)
      } else if let country = Country(code: text) {
        found.insert(country)
      } else {
        record.problems.report(
          "unknown-country", at: item.spot, "no country or bloc has the code '\(text)'",
          help: names.blocs.didYouMean(text) ?? countryHelp(for: text))
      }
    }
    return found.sorted()
  }

  /// The conditions of a control, and the fields that they were read from.
  private func subject(_ record: inout RecordReader) -> (Control.Subject, [Field]) {
    var subject = Control.Subject.everything
    guard let item = record.item("what") else { return (subject, []) }
    var fields: [Field] = []
    if case .map(let map) = item.value { fields = map }
    record.read(item, as: .subject) { record in
      subject.materials = keys("materials", names.materials, &record)
      subject.stages = keys("stages", names.stages, &record)
      subject.technologies = keys("technologies", names.technologies, &record)
      let forms = Set(network.materials.rows.compactMap(\.form)).sorted()
      subject.forms = texts("forms", &record) { text, spot, problems in
        if forms.contains(text) { return text }
        problems.report(
          "unknown-value", at: spot, "no material has the form '\(text)'",
          help: suggestion(for: text, from: forms).map { "did you mean '\($0)'?" }
            ?? "the materials of the network have \(forms.isEmpty ? "no form" : "the forms \(forms.joined(separator: ", "))")"
        )
        return nil
      }
      subject.elements = texts("elements", &record) { NetworkBuilder.element($0, at: $1, &$2) }
      subject.hsCodes = texts("hs", &record) { text, spot, problems in
        let digits = text.filter { $0 != "." && $0 != " " }
        if (2...10).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }) {
          return digits
        }
        problems.report(
          "invalid-code", at: spot, "'\(text)' is no code of the Harmonized System",
          help: "write the digits, such as \"2846\" or \"8505.11\"")
        return nil
      }
      if let content = record.item("content") {
        record.read(content, as: .content) { record in
          subject.content = Control.Content(
            from: countries("from", &record) ?? [], atLeast: share("at_least", &record),
            by: record.choice("by") ?? .value)
        }
      }
      guard let made = record.item("made_with") else { return }
      record.read(made, as: .madeWith) { record in
        let technologies = keys("technologies", names.technologies, &record)
        subject.madeWith = Control.MadeWith(
          technologies: technologies, from: countries("from", &record) ?? [])
      }
    }
    return (subject, fields)
  }

  private func texts(
    _ key: String, _ record: inout RecordReader,
    _ read: (String, Spot, inout Problems) -> String?
  ) -> [String]? {
    guard record.item(key) != nil else { return nil }
    return record.texts(key).compactMap { read($0.text ?? "", $0.spot, &record.problems) }
  }

  /// The rows that a list names; nil if the list is not given.
  func keys<Row>(_ key: String, _ registry: Registry<Row>, _ record: inout RecordReader) -> [Key<Row>]? {
    guard record.item(key) != nil else { return nil }
    return record.texts(key).compactMap { registry.key($0, &record.problems) }
  }

  private func waypoints(_ record: inout RecordReader) -> [String]? {
    let known = Set(network.flows.rows.flatMap(\.waypoints)).sorted()
    return texts("waypoints", &record) { text, spot, problems in
      if known.contains(text) { return text }
      problems.report(
        "dangling-id", at: spot, "no flow passes '\(text)'",
        help: suggestion(for: text, from: known).map { "did you mean '\($0)'?" }
          ?? "the flows of the network name \(known.isEmpty ? "no waypoint" : known.joined(separator: ", "))")
      return nil
    }
  }

  /// A number without a unit, or a percentage.
  func ratio(_ key: String, _ record: inout RecordReader) -> Figure? {
    names.figure(record.quantity(key), fits: [.ratio], bareUnit: try? Unit(""), &record.problems)
  }

  /// A part of a whole, from 0 to 1.
  func share(_ key: String, _ record: inout RecordReader) -> Figure? {
    let spot = record.item(key)?.spot ?? record.spot
    guard let figure = ratio(key, &record) else { return nil }
    if max(figure.value, figure.high ?? 0) <= 1 { return figure }
    record.problems.report(
      "out-of-range", at: spot, "'\(key)' cannot be more than 1", help: "write a share, such as 0.4 or 40 %")
    return nil
  }

  // MARK: Dates

  private func dates(_ record: inout RecordReader) -> Control.Dates {
    var dates = Control.Dates(
      announced: date("announced", &record), effective: date("effective", &record),
      ended: date("ended", &record), knownUntil: date("known_until", &record))
    record.records("suspended", as: .suspended) { record in
      let spot = record.item("to")?.spot ?? record.spot
      guard let from = date("from", &record) else { return }
      let to = date("to", &record)
      if let to, to.last < from.first {
        record.problems.report(
          "invalid-range", at: spot, "the suspension ends before it starts",
          help: "'to' is its last day")
      }
      dates.suspensions.append(.init(from: from, to: to))
    }
    func check(_ later: String, _ date: DateSpan?, isBefore earlier: String, _ other: DateSpan?) {
      guard let date, let other, date.last < other.first, let item = record.item(later) else { return }
      record.problems.report(
        "invalid-range", at: item.spot, "'\(later)' lies before '\(earlier)'",
        help: "check both dates")
    }
    check("effective", dates.effective, isBefore: "announced", dates.announced)
    check("ended", dates.ended, isBefore: "effective", dates.effective)
    return dates
  }

  func date(_ key: String, _ record: inout RecordReader) -> DateSpan? {
    guard let item = record.written(key), let text = item.text else { return nil }
    if let span = DateSpan(text) { return span }
    record.problems.report(
      "invalid-date", at: item.spot, "'\(text)' is no date",
      help: "write 2025-10-09, or 2025-10 or 2025 where more is not known")
    return nil
  }

  /// The days from which and until which something holds.
  func days(_ record: inout RecordReader) -> (from: DateSpan?, until: DateSpan?) {
    let days = (from: date("from", &record), until: date("until", &record))
    if let from = days.from, let until = days.until, until.last <= from.first, let item = record.item("until")
    {
      record.problems.report(
        "invalid-range", at: item.spot, "'until' does not lie after 'from'",
        help: "'until' is the first day on which it no longer holds")
    }
    return days
  }

  // MARK: Outages

  private mutating func addOutage(_ record: inout RecordReader) {
    let given = ["site", "country", "operator"].filter { record.item($0) != nil }
    if given.count != 1 {
      record.problems.report(
        "missing-key", at: record.spot, "an outage names one of a site, a country and an operator",
        help: "write one of 'site: ID', 'country: CODE' and 'operator: ID'")
    }
    let site = names.sites.key(record.written("site"), &record.problems)
    let country = record.country("country")
    let company = names.operators.key(record.written("operator"), &record.problems)
    let (from, until) = days(&record)
    let knownUntil = date("known_until", &record)
    let (source, note) = (names.source(&record), record.text("note"))
    let subject: Scenario.Outage.Subject? =
      site.map { .site($0) } ?? country.map { .country($0) } ?? company.map { .operator($0) }
    if let subject {
      outages.append(
        .init(subject, from: from, to: until, knownUntil: knownUntil, source: source, note: note))
    }
  }
}

extension Problems {
  mutating func reportNoDay(_ text: String, at spot: Spot) {
    report(
      "invalid-date", at: spot, "'\(text)' is not a day of the calendar",
      help: "write year, month and day, such as 2024-12-31")
  }
}
