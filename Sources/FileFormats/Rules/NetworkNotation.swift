import Diagnostics
import SupplyModel

/// The short way to write a small network: one line for each thing, read by the builder of all networks.
///
/// ```
/// mine-au: country=AU stage=mine operator=lynas
/// mine-au -[ore]-> ref-my 9000 -[ndpr]-> mag-de 60 via=malacca
/// mag-de makes magnet from 0.3 ndpr + 0.01 dy | 0.02 tb
/// demand motors: material=magnet place=DE amount=300
/// ```
///
/// What a line names and no line describes is there all the same: sites, materials, stages, operators,
/// technologies, sources. A site without a recipe makes what leaves it out of all that comes in, one unit of
/// each for one unit; what comes in and leaves, a site passes on. A number without a unit counts the unit of its
/// material, a year.
struct NetworkNotation {
  private let text: PlacedText
  private var problems: Problems
  private var tables: [String: Rows] = [:]

  /// What leaves each site and what comes in, in the order of the lines.
  private var lanes: [Lane] = []
  private var recipes: [Recipe] = []

  private struct Rows {
    var items: [[Field]] = []
    var positions: [String: Int] = [:]

    mutating func add(_ fields: [Field], id: String) {
      positions[id] = items.count
      items.append(fields)
    }
  }

  private struct Recipe {
    var site: Word
    var outputs: [Amount]
    var inputs: [Amount]
  }

  private struct Lane {
    var from: Word
    var to: Word
    var material: Word
  }

  /// A word of a line; quotes around it are taken away.
  private struct Word {
    var text: String
    var spot: Spot

    /// Where it starts and ends in the text.
    var range: Range<Int>
    var isQuoted = false

    var item: Item { Item(value: .text(text), spot: spot) }
  }

  /// The most lines and words: a small network has a few.
  static let lineLimit = 1000

  /// The manifest of the network that a text describes; what is wrong with it is among the `problems`.
  static func manifest(of text: PlacedText, _ problems: inout Problems) -> Item {
    var notation = NetworkNotation(text, problems)
    notation.readLines()
    for recipe in notation.recipes {
      notation.addProcess(of: recipe.site, recipe.outputs, recipe.inputs)
    }
    notation.addWhatIsNamed()
    notation.addRecipesOfLanes()
    problems = notation.problems
    return notation.manifest()
  }

  private init(_ text: PlacedText, _ problems: Problems) {
    self.text = text
    self.problems = problems
  }

  // MARK: Lines

  private mutating func readLines() {
    var start = 0
    var count = 0
    while start < text.scalars.count {
      let end = text.scalars[start...].firstIndex(of: "\n") ?? text.scalars.count
      let words = words(in: start..<end)
      if !words.isEmpty {
        count += 1
        if count > Self.lineLimit {
          problems.report(
            "too-large", at: words[0].spot, "a network in short notation has at most \(Self.lineLimit) lines",
            help: "write it in a folder of its own")
          return
        }
        readLine(words)
      }
      start = end + 1
    }
  }

  /// The words of a line: blanks separate them, quotes hold them together, ` #` starts a comment.
  private mutating func words(in range: Range<Int>) -> [Word] {
    var words: [Word] = []
    var position = range.lowerBound
    while position < range.upperBound {
      let scalar = text.scalars[position]
      if scalar == " " || scalar == "\t" || scalar == "\r" {
        position += 1
        continue
      }
      if scalar == "#" { break }
      let start = position
      var word = String.UnicodeScalarView()
      var isQuoted = false
      while position < range.upperBound {
        let scalar = text.scalars[position]
        if scalar == "\"" {
          isQuoted = true
          let open = position
          position += 1
          while position < range.upperBound, text.scalars[position] != "\"" {
            word.append(text.scalars[position])
            position += 1
          }
          if position == range.upperBound {
            problems.report(
              "invalid-notation", at: text.spot(open..<(open + 1)),
              "the quote that starts here is not closed",
              help: "add '\"'")
          }
          position += 1
        } else if scalar == " " || scalar == "\t" || scalar == "\r" {
          break
        } else {
          word.append(scalar)
          position += 1
        }
      }
      let end = min(position, range.upperBound)
      words.append(
        Word(text: String(word), spot: text.spot(start..<end), range: start..<end, isQuoted: isQuoted))
    }
    return words
  }

  private mutating func readLine(_ words: [Word]) {
    if words.count > 1, Self.material(of: words[1]) != nil || words[1].text.contains("->") {
      readLanes(words)
    } else if words.count > 1, words[1].text == "makes" {
      readRecipe(words)
    } else if words[0].text.hasSuffix(":") {
      readRow("sites", id: words[0], words.dropFirst())
    } else if words.count > 1, let table = Self.table(of: words[0].text) {
      readRow(table, id: words[1], words.dropFirst(2))
    } else if words.count == 1, !words[0].text.contains("="), !words[0].text.contains("->") {
      readRow("sites", id: words[0], [])
    } else {
      let kinds = Self.kinds.map(\.word)
      let meant = words.count > 1 ? suggestion(for: words[0].text, from: kinds) : nil
      problems.report(
        "invalid-notation", at: words[0].spot, "this line is neither a lane, a recipe nor the row of a table",
        help: meant.map { "did you mean '\($0)'?" }
          ?? "write SITE -[MATERIAL]-> SITE AMOUNT, SITE: KEY=VALUE, SITE makes MATERIAL from MATERIAL + "
          + "MATERIAL, or one of \(kinds.joined(separator: ", ")) before an id")
    }
  }

  private static let kinds: [(word: String, table: String)] = [
    ("site", "sites"), ("operator", "operators"), ("material", "materials"), ("technology", "technologies"),
    ("source", "sources"), ("stage", "stages"), ("bloc", "blocs"), ("group", "element_groups"),
    ("demand", "demand"), ("stock", "stocks"), ("market", "markets"), ("statistic", "statistics"),
    ("governance", "governance"), ("trade", "trade_parameters"), ("risk", "risk_parameters"),
    ("network", "network"),
  ]

  private static func table(of word: String) -> String? { kinds.first { $0.word == word }?.table }

  /// The material of `-[ore]->`.
  private static func material(of word: Word) -> Substring? {
    guard !word.isQuoted, word.text.hasPrefix("-["), word.text.hasSuffix("]->"), word.text.utf8.count >= 5
    else { return nil }
    return word.text.dropFirst(2).dropLast(3)
  }

  // MARK: Lanes

  private mutating func readLanes(_ words: [Word]) {
    var from = words[0]
    var position = 1
    while position < words.count {
      let arrow = words[position]
      guard let material = Self.material(of: arrow), !material.isEmpty else {
        problems.report(
          "invalid-notation", at: arrow.spot, "'\(arrow.text)' is no arrow that names a material",
          help: "write -[MATERIAL]->")
        return
      }
      guard position + 1 < words.count else {
        problems.report(
          "invalid-notation", at: arrow.spot, "the arrow leads nowhere", help: "write a site behind it")
        return
      }
      let to = words[position + 1]
      var next = position + 2
      while next < words.count, Self.material(of: words[next]) == nil { next += 1 }
      let name = Word(
        text: String(material),
        spot: text.spot((arrow.range.lowerBound + 2)..<(arrow.range.upperBound - 3)), range: arrow.range)
      addLane(Lane(from: from, to: to, material: name), words[(position + 2)..<next])
      // The next arrow starts where this one ended.
      (from, position) = (to, next)
    }
  }

  private mutating func addLane(_ lane: Lane, _ attributes: ArraySlice<Word>) {
    lanes.append(lane)
    var fields = [
      field("from", lane.from), field("to", lane.to), field("material", lane.material),
    ]
    var attributes = attributes
    if let first = attributes.first, first.isQuoted || !first.text.contains("=") {
      attributes = attributes.dropFirst()
      var amount = first
      // The unit may stand behind a blank.
      if let unit = attributes.first, DecimalNumber(first.text) != nil, !unit.text.contains("=") {
        amount.text += " " + unit.text
        attributes = attributes.dropFirst()
      }
      fields.append(Field(key: "volume", keySpot: first.spot, item: amount.item))
    }
    for attribute in attributes {
      if let field = pair(attribute, in: "flows") { fields.append(field) }
    }
    tables["flows", default: Rows()].items.append(fields)
  }

  private func field(_ key: String, _ word: Word) -> Field {
    Field(key: key, keySpot: word.spot, item: word.item)
  }

  // MARK: Rows

  private mutating func readRow(_ table: String, id: Word, _ attributes: ArraySlice<Word>) {
    var id = id
    if id.text.hasSuffix(":"), !id.isQuoted {
      id.text.removeLast()
      id.range = id.range.lowerBound..<(id.range.upperBound - 1)
      id.spot = text.spot(id.range)
    }
    let fields = attributes.compactMap { pair($0, in: table) }
    let key =
      switch table {
      case "markets": "material"
      case "stocks": Country(code: id.text) == nil ? "site" : "country"
      case "statistics": "series"
      case "governance", "trade_parameters": "country"
      case "risk_parameters": "material"
      default: "id"
      }
    // A site may have several lines; what two of them say is reported by the reader of the row.
    if table == "sites", let position = tables[table]?.positions[id.text] {
      tables[table]?.items[position] += fields
    } else {
      tables[table, default: Rows()].add([field(key, id)] + fields, id: id.text)
    }
  }

  /// Short words for keys that are long.
  private static let shortKeys = [
    "sites": ["tech": "technologies", "in": "country"], "flows": ["via": "waypoints"],
  ]

  private static let listKeys: Set<String> = [
    "technologies", "waypoints", "members", "suppliers", "elements", "runs",
  ]

  private mutating func pair(_ word: Word, in table: String) -> Field? {
    guard let equals = text.scalars[word.range].firstIndex(of: "="), equals > word.range.lowerBound,
      !text.scalars[word.range.lowerBound..<equals].contains("\"")
    else {
      problems.report(
        "invalid-notation", at: word.spot, "'\(word.text)' is no KEY=VALUE",
        help: "write KEY=VALUE, and a value with blanks in double quotes")
      return nil
    }
    let written = String(String.UnicodeScalarView(text.scalars[word.range.lowerBound..<equals]))
    let key = Self.shortKeys[table]?[written] ?? written
    var range = (equals + 1)..<word.range.upperBound
    if range.count >= 2, text.scalars[range.lowerBound] == "\"" {
      range = (range.lowerBound + 1)..<(range.upperBound - 1)
    }
    let value = Word(
      text: String(word.text.unicodeScalars.drop { $0 != "=" }.dropFirst()), spot: text.spot(range),
      range: range)
    let keySpot = text.spot(word.range.lowerBound..<equals)
    return Field(key: key, keySpot: keySpot, item: item(value, key, in: table))
  }

  private func item(_ value: Word, _ key: String, in table: String) -> Item {
    guard Self.listKeys.contains(key) else { return value.item }
    let parts = parts(of: value, at: ",")
    switch (table, key) {
    case ("materials", "elements"):
      let fields = parts.map { part -> Field in
        let sides = self.parts(of: part, at: ":")
        return Field(
          key: sides.first?.text ?? "", keySpot: part.spot,
          item: sides.count > 1 ? sides[1].item : Word(text: "1", spot: part.spot, range: part.range).item)
      }
      return Item(value: .map(fields), spot: value.spot)
    case ("sites", "technologies"):
      let needs = parts.map { part -> Item in
        // ID@FROM:NEEDED:GRACE, such as sx@CN:running:90d
        let pieces = self.parts(of: part, at: ":")
        let sides = self.parts(of: pieces.first ?? part, at: "@")
        var fields = [field("id", sides.first ?? part)]
        if sides.count > 1 { fields.append(field("from", sides[1])) }
        if pieces.count > 1 { fields.append(field("needed", pieces[1])) }
        if pieces.count > 2 { fields.append(field("grace", pieces[2])) }
        return Item(value: .map(fields), spot: part.spot)
      }
      return Item(value: .list(needs), spot: value.spot)
    default:
      return Item(value: .list(parts.map(\.item)), spot: value.spot)
    }
  }

  private func parts(of word: Word, at separator: Unicode.Scalar) -> [Word] {
    text.scalars[word.range].split(separator: separator, omittingEmptySubsequences: true).map { part in
      let range = part.startIndex..<part.endIndex
      return Word(text: String(String.UnicodeScalarView(part)), spot: text.spot(range), range: range)
    }
  }

  // MARK: Recipes

  /// `SITE makes 0.2 ndpr + dy from ore + acid | other-acid`.
  private mutating func readRecipe(_ words: [Word]) {
    let site = words[0]
    let rest = words.dropFirst(2)
    let made = rest.prefix { $0.text != "from" }
    let taken = rest.dropFirst(made.count + 1)
    if rest.count > made.count, taken.isEmpty {
      problems.report(
        "invalid-notation", at: rest[rest.startIndex + made.count].spot, "no material stands behind 'from'",
        help: "write MATERIAL + MATERIAL, or leave 'from' out")
    }
    if made.isEmpty {
      problems.report(
        "invalid-notation", at: words[1].spot, "no material stands behind 'makes'",
        help: "write SITE makes MATERIAL from MATERIAL + MATERIAL")
      return
    }
    guard let outputs = amounts(made, site), let inputs = amounts(taken, site) else { return }
    for output in outputs where output.isChoice {
      problems.report(
        "invalid-notation", at: output.material.spot, "a site makes all outputs of a recipe",
        help: "write '+', or a line for each")
    }
    recipes.append(Recipe(site: site, outputs: outputs, inputs: inputs))
  }

  private struct Amount {
    var amount: Word?
    var material: Word

    /// Whether it may stand instead of the one before it.
    var isChoice = false
  }

  private mutating func amounts(_ words: ArraySlice<Word>, _ site: Word) -> [Amount]? {
    var amounts: [Amount] = []
    var isChoice = false
    var amount: Word?
    var wantsMaterial = true
    for word in words {
      if word.text == "+" || word.text == "|" || word.text == "," {
        if wantsMaterial { return reject(word) }
        (isChoice, wantsMaterial) = (word.text == "|", true)
      } else if wantsMaterial, amount == nil, DecimalNumber(prefix: word.text) != nil {
        amount = word
      } else if wantsMaterial {
        amounts.append(Amount(amount: amount, material: word, isChoice: isChoice))
        (amount, wantsMaterial) = (nil, false)
      } else {
        return reject(word)
      }
    }
    if wantsMaterial, let last = words.last { return reject(last) }
    return amounts
  }

  private mutating func reject(_ word: Word) -> [Amount]? {
    problems.report(
      "invalid-notation", at: word.spot, "'\(word.text)' may not stand here in a recipe",
      help: "write AMOUNT MATERIAL + AMOUNT MATERIAL | AMOUNT MATERIAL; '|' stands before what can replace")
    return nil
  }

  private mutating func addProcess(
    of site: Word, _ outputs: [Amount], _ inputs: [Amount]
  ) {
    let id = "\(site.text):\(outputs.map(\.material.text).joined(separator: "+"))"
    func part(_ amount: Word?, _ material: Word) -> [Field] {
      let one = Word(text: "1", spot: material.spot, range: material.range)
      return [field("material", material), field("amount", amount ?? one)]
    }
    var slots: [(fields: [Field], choices: [Item])] = []
    for input in inputs {
      let fields = part(input.amount, input.material)
      if input.isChoice, let last = slots.indices.last {
        slots[last].choices.append(Item(value: .map(fields), spot: input.material.spot))
      } else {
        slots.append((fields, []))
      }
    }
    let spot = site.spot
    let inputItems = slots.map { slot in
      var fields = slot.fields
      if !slot.choices.isEmpty {
        fields.append(Field(key: "or", keySpot: spot, item: Item(value: .list(slot.choices), spot: spot)))
      }
      return Item(value: .map(fields), spot: fields[0].item.spot)
    }
    let outputItems = outputs.map { Item(value: .map(part($0.amount, $0.material)), spot: $0.material.spot) }
    let activity = Word(text: unit(of: outputs[0].material.text), spot: spot, range: site.range)
    tables["processes", default: Rows()].items.append([
      Field(key: "id", keySpot: spot, item: Item(value: .text(id), spot: spot)), field("activity", activity),
      Field(key: "inputs", keySpot: spot, item: Item(value: .list(inputItems), spot: spot)),
      Field(key: "outputs", keySpot: spot, item: Item(value: .list(outputItems), spot: spot)),
    ])
    let run = Item(value: .text(id), spot: spot)
    addSite(site)
    guard let position = tables["sites"]?.positions[site.text] else { return }
    var fields = tables["sites"]?.items[position] ?? []
    if let runs = fields.firstIndex(where: { $0.key == "runs" }),
      case .list(let list) = fields[runs].item.value
    {
      fields[runs].item.value = .list(list + [run])
    } else {
      fields.append(Field(key: "runs", keySpot: spot, item: Item(value: .list([run]), spot: spot)))
    }
    tables["sites"]?.items[position] = fields
  }

  private func unit(of material: String) -> String {
    guard let rows = tables["materials"], let position = rows.positions[material] else { return "t" }
    return rows.items[position].first { $0.key == "unit" }?.item.text ?? "t"
  }

  // MARK: What is named

  private mutating func addSite(_ word: Word) {
    if tables["sites"]?.positions[word.text] == nil { readRow("sites", id: word, []) }
  }

  private mutating func addRow(_ table: String, named item: Item?) {
    guard let item, let id = item.text, !id.isEmpty, tables[table]?.positions[id] == nil else { return }
    tables[table, default: Rows()].add([Field(key: "id", keySpot: item.spot, item: item)], id: id)
  }

  private func values(_ key: String, in table: String) -> [Item] {
    (tables[table]?.items ?? []).flatMap { row in row.filter { $0.key == key }.map(\.item) }
  }

  /// Adds a row for all that is named and not described.
  private mutating func addWhatIsNamed() {
    for lane in lanes {
      addRow("materials", named: lane.material.item)
      let isCountry = Country(code: lane.from.text) != nil
      if !isCountry { addSite(lane.from) }
      if tables["demand"]?.positions[lane.to.text] == nil { addSite(lane.to) }
    }
    for table in ["demand", "stocks", "markets", "statistics"] {
      for item in values("material", in: table) { addRow("materials", named: item) }
    }
    for key in ["inputs", "outputs"] {
      for list in values(key, in: "processes") { addMaterials(of: list) }
    }
    for item in values("parent", in: "operators") + values("operator", in: "sites") {
      addRow("operators", named: item)
    }
    for item in values("stage", in: "sites") + values("stage", in: "statistics") {
      addRow("stages", named: item)
    }
    for list in values("technologies", in: "sites") {
      guard case .list(let needs) = list.value else { continue }
      for case .map(let fields) in needs.map(\.value) {
        addRow("technologies", named: fields.first { $0.key == "id" }?.item)
      }
    }
    for table in ["sites", "flows", "demand", "stocks", "statistics"] {
      for row in tables[table]?.items ?? [] {
        for field in row where field.key == "source" || field.key.hasSuffix("_source") {
          addSource(field.item)
        }
      }
    }
  }

  private mutating func addMaterials(of list: Item) {
    guard case .list(let items) = list.value else { return }
    for case .map(let fields) in items.map(\.value) {
      for field in fields where field.key == "material" { addRow("materials", named: field.item) }
      for field in fields where field.key == "or" { addMaterials(of: field.item) }
    }
  }

  private mutating func addSource(_ item: Item) {
    guard let id = item.text, tables["sources"]?.positions[id] == nil else { return }
    addRow("sources", named: item)
    guard let position = tables["sources"]?.positions[id] else { return }
    tables["sources"]?.items[position].append(Field(key: "title", keySpot: item.spot, item: item))
  }

  /// Gives each site without a recipe the one that its lanes show.
  private mutating func addRecipesOfLanes() {
    var inputs: [String: [Word]] = [:]
    var outputs: [String: [Word]] = [:]
    var known: Set<[String]> = []
    for lane in lanes {
      let (from, to, material) = (lane.from.text, lane.to.text, lane.material)
      if known.insert(["out", from, material.text]).inserted { outputs[from, default: []].append(material) }
      if known.insert(["in", to, material.text]).inserted { inputs[to, default: []].append(material) }
    }
    var made: [String: Set<String>] = [:]
    for recipe in recipes {
      made[recipe.site.text, default: []].formUnion(recipe.outputs.map(\.material.text))
    }
    var seen: Set<String> = []
    for lane in lanes where Country(code: lane.from.text) == nil && seen.insert(lane.from.text).inserted {
      let site = lane.from
      let taken = inputs[site.text] ?? []
      let sent = outputs[site.text] ?? []
      let takenNames = Set(taken.map(\.text))
      let own = sent.filter { !takenNames.contains($0.text) }
      if made[site.text] == nil, !own.isEmpty {
        addProcess(of: site, own.map { Amount(material: $0) }, taken.map { Amount(material: $0) })
      }
      // A site that makes something passes on what it is brought by a recipe of its own.
      guard made[site.text] != nil || !own.isEmpty else { continue }
      for passed in sent
      where takenNames.contains(passed.text) && made[site.text]?.contains(passed.text) != true {
        addProcess(of: site, [Amount(material: passed)], [Amount(material: passed)])
      }
    }
  }

  // MARK: The manifest

  private func manifest() -> Item {
    let spot = text.spot(0..<1)
    func plain(_ value: String) -> Item { Item(value: .text(value), spot: spot) }
    var head = tables["network"]?.items.first ?? []
    if head.isEmpty { head = [Field(key: "id", keySpot: spot, item: plain("example"))] }
    var fields = [
      Field(key: "chokepoint", keySpot: spot, item: plain("1")),
      Field(key: "network", keySpot: spot, item: Item(value: .map(head), spot: head[0].item.spot)),
    ]
    for name in RecordFormat.manifest.keys.dropFirst(2) {
      guard let rows = tables[name] else { continue }
      let items = rows.items.map { row in
        Item(value: .map(row.map { withUnit($0, of: row, in: name) }), spot: row[0].item.spot)
      }
      fields.append(Field(key: name, keySpot: spot, item: Item(value: .list(items), spot: spot)))
    }
    return Item(value: .map(fields), spot: spot)
  }

  /// A bare number gets the unit that its material is counted in.
  private func withUnit(_ field: Field, of row: [Field], in table: String) -> Field {
    let rates = ["volume", "capacity", "output"]
    let isAmount = field.key == "amount" && ["demand", "stocks", "statistics"].contains(table)
    guard isAmount || rates.contains(field.key), let text = field.item.text, DecimalNumber(text) != nil,
      !row.contains(where: { $0.key == field.key + "_unit" })
    else { return field }
    var material = row.first { $0.key == "material" }?.item.text
    if table == "sites", let runs = row.first(where: { $0.key == "runs" })?.item,
      case .list(let list) = runs.value, let process = list.first?.text
    {
      material = process.split(separator: ":").last.map { String($0.prefix { $0 != "+" }) }
    }
    var field = field
    let unit = unit(of: material ?? "")
    field.item.value = .text(text + " " + unit + (table == "stocks" ? "" : "/yr"))
    return field
  }
}
