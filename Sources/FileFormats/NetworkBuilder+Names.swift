import Diagnostics
import SupplyModel

/// The tables that name things: stages, sources, materials, technologies, operators.
extension NetworkBuilder {
  mutating func readNetwork(_ record: inout RecordReader) {
    id = record.id()?.text ?? ""
    title = record.text("title")
    guard let date = record.written("as_of"), let text = date.text else { return }
    asOf = text
    if CalendarDate(text) == nil { record.problems.reportNoDay(text, at: date.spot) }
  }

  mutating func addStage(_ record: inout RecordReader) {
    let name = record.text("name")
    guard let id = record.id() else { return }
    stages.add(Stage(id: id.text, name: name), id: id, &record.problems)
  }

  mutating func addElementGroup(_ record: inout RecordReader) {
    let name = record.text("name")
    var symbols: [String] = []
    for item in record.texts("elements") {
      guard let symbol = Self.element(item.text ?? "", at: item.spot, &record.problems) else { continue }
      if symbols.contains(symbol) {
        record.problems.report(
          "duplicate-value", at: item.spot, "'\(symbol)' is listed twice", help: "list it once")
      } else {
        symbols.append(symbol)
      }
    }
    guard let id = record.id() else { return }
    elementGroups.add(
      ElementGroup(id: id.text, name: name ?? id.text, elements: symbols), id: id, &record.problems)
  }

  mutating func addKnownBlocs() {
    var none = Problems()
    for bloc in Bloc.known { blocs.add(bloc, id: (bloc.id, .nowhere), &none) }
  }

  mutating func addBloc(_ record: inout RecordReader) {
    let members = record.countries("members") ?? []
    guard let id = record.id() else { return }
    if Bloc.known.contains(where: { $0.id == id.text }) {
      record.problems.report(
        "duplicate-id", at: id.spot, "the bloc '\(id.text)' is known already",
        help: "give your own list another id")
    } else if let country = Country(code: id.text) {
      record.problems.report(
        "duplicate-id", at: id.spot, "'\(id.text)' is the code of \(country.name)",
        help: "give the bloc another id")
    } else {
      blocs.add(Bloc(id: id.text, members: members), id: id, &record.problems)
    }
  }

  mutating func addSource(_ record: inout RecordReader) {
    let title = record.text("title")
    let (publisher, date, url) = (record.text("publisher"), record.text("date"), record.text("url"))
    _ = record.text("note")
    guard let id = record.id() else { return }
    let source = title.map { Source(id: id.text, title: $0, publisher: publisher, date: date, url: url) }
    sources.add(source, id: id, &record.problems)
  }

  mutating func addMaterial(_ record: inout RecordReader) {
    let (name, form, hsCode) = (record.text("name"), record.text("form"), record.text("hs"))
    let elements = elementFractions(&record)
    let unit = materialUnit(&record)
    let quantity = record.quantity("price")
    let price = unit.flatMap { unit in
      figure(quantity, fits: [.price(per: unit.dimension.measure)], &record.problems)
    }
    guard let id = record.id() else { return }
    let material = unit.map {
      Material(
        id: id.text, name: name, form: form, hsCode: hsCode, unit: $0, elements: elements, price: price)
    }
    materials.add(material, id: id, &record.problems)
  }

  private func materialUnit(_ record: inout RecordReader) -> Unit? {
    guard let written = record.written("unit") else { return try? Unit("t") }
    guard let unit = record.unit("unit") else { return nil }
    if unit.dimension == Dimension(.mass) || unit.dimension == Dimension(.count) { return unit }
    record.problems.report(
      "wrong-dimension", at: written.spot,
      "a material is counted as a mass or in pieces; "
        + "'\(written.text ?? "")' is \(Self.words(of: unit.dimension))",
      help: "write t or piece")
    return nil
  }

  private func elementFractions(_ record: inout RecordReader) -> [ElementFraction] {
    var fractions: [ElementFraction] = []
    for field in record.pairs("elements") {
      let symbol = Self.element(field.key, at: field.keySpot, &record.problems)
      guard let fraction = record.number(field.item, called: field.key, in: 0...1), let symbol else {
        continue
      }
      fractions.append(ElementFraction(symbol: symbol, fraction: fraction))
    }
    let sum = fractions.reduce(0) { $0 + $1.fraction }
    if sum > 1 + 1e-9, let item = record.item("elements") {
      record.problems.report(
        "out-of-range", at: item.spot, "the fractions of the elements add up to more than 1",
        help: "write parts of the mass: 0.871 for 87.1 %")
    }
    return fractions
  }

  static func element(_ symbol: String, at spot: Spot, _ problems: inout Problems) -> String? {
    if ChemicalElement.symbols.contains(symbol) { return symbol }
    let meant = ChemicalElement.symbols.first { $0.lowercased() == symbol.lowercased() }
    problems.report(
      "unknown-element", at: spot, "no element has the symbol '\(symbol)'",
      help: meant.map { "did you mean '\($0)'?" } ?? "write a symbol of the periodic table, such as Dy")
    return nil
  }

  mutating func addTechnology(_ record: inout RecordReader) {
    let (name, suppliers, note) = (record.text("name"), record.countries("suppliers"), record.text("note"))
    guard let id = record.id() else { return }
    technologies.add(
      Technology(id: id.text, name: name, suppliers: suppliers, note: note), id: id, &record.problems)
  }

  mutating func addOperator(_ record: inout RecordReader) {
    let (name, country, note) = (record.text("name"), record.country("country"), record.text("note"))
    let parent = record.written("parent")
    guard let id = record.id() else { return }
    if let parent { operatorParents.append((Key(operators.rows.count), parent)) }
    operators.add(Operator(id: id.text, name: name, country: country, note: note), id: id, &record.problems)
  }

  /// Fills in the parents, once all operators are known, and reports those in a circle.
  mutating func resolveParents(_ record: inout RecordReader) {
    var parents = [Key<Operator>?](repeating: nil, count: operators.rows.count)
    var spots = [Spot?](repeating: nil, count: operators.rows.count)
    for (key, item) in operatorParents {
      spots[key.position] = item.spot
      guard let parent = operators.key(item, &record.problems), let row = operators[key] else { continue }
      parents[key.position] = parent
      operators[key] = Operator(
        id: row.id, name: row.name, parent: parent, country: row.country, note: row.note)
    }
    // Each chain is followed until it meets an operator that was seen: in this walk, or in an earlier one.
    var walk = [Int](repeating: -1, count: parents.count)
    for (start, item) in operatorParents where walk[start.position] < 0 {
      var current: Key<Operator>? = start
      while let key = current, walk[key.position] < 0 {
        walk[key.position] = start.position
        current = parents[key.position]
      }
      guard let key = current, walk[key.position] == start.position else { continue }
      record.problems.report(
        "circular-parents", at: spots[key.position] ?? item.spot,
        "'\(operators.id(of: key))' is its own parent in the end",
        help: "leave out 'parent' for who is controlled by nobody")
    }
  }
}

/// The symbols of the periodic table, in the order of their numbers.
enum ChemicalElement {
  static let symbols: [String] =
    """
    H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb \
    Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu \
    Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db \
    Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
    """.split(separator: " ").map { String($0) }
}
