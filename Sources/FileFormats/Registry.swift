import Diagnostics
import SupplyModel

/// The ids of a table as they are read, and where each stands.
///
/// A row that is wrong keeps its place, so that what refers to it is not wrong as well.
struct Registry<Row> {
  /// What a row is called in messages.
  let noun: String
  private(set) var rows: [Row?] = []

  /// Whether all rows were seen, so that an id that is not there is wrong.
  var isComplete = true
  private var positions: [String: Int] = [:]
  private var ids: [String] = []
  private var spots: [Spot] = []

  init(_ noun: String) { self.noun = noun }

  /// The rows of a table that was read before; nobody can say where they stand.
  init(_ noun: String, of table: Table<Row>) where Row: Identified {
    self.noun = noun
    rows = table.rows
    ids = table.rows.map(\.id)
    positions = Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
    spots = Array(repeating: .nowhere, count: rows.count)
  }

  /// Adds a row, which is nil if it could not be read; an id that is taken is reported.
  mutating func add(_ row: Row?, id: (text: String, spot: Spot), _ problems: inout Problems) {
    if let earlier = positions[id.text] {
      let isElsewhere = spots[earlier] == .nowhere
      problems.report(
        "duplicate-id", at: id.spot,
        isElsewhere
          ? "the network has a \(noun) '\(id.text)' already" : "two \(noun)s have the id '\(id.text)'",
        earlier: isElsewhere ? nil : spots[earlier], help: "give one of them another id, or remove it")
    } else {
      positions[id.text] = rows.count
    }
    rows.append(row)
    ids.append(id.text)
    spots.append(id.spot)
  }

  subscript(key: Key<Row>) -> Row? {
    get { rows[key.position] }
    set { rows[key.position] = newValue }
  }

  func key(of id: String) -> Key<Row>? { positions[id].map { Key($0) } }
  func spot(of key: Key<Row>) -> Spot { spots[key.position] }
  func id(of key: Key<Row>) -> String { ids[key.position] }

  /// The row that a written id names, or nil; an id that no row has is reported.
  func key(_ item: Item?, _ problems: inout Problems) -> Key<Row>? {
    guard let item, let id = item.text else { return nil }
    if let key = key(of: id) { return key }
    if isComplete {
      problems.report(
        "dangling-id", at: item.spot, "no \(noun) has the id '\(id)'", help: help(for: id))
    }
    return nil
  }

  func didYouMean(_ id: String) -> String? { suggestion(for: id, from: ids).map { "did you mean '\($0)'?" } }

  /// What to write instead of an id that no row has: a similar one, or some that there are.
  func help(for id: String) -> String {
    if let meant = didYouMean(id) { return meant }
    if ids.isEmpty { return "there are no \(noun)s; describe it in its table first" }
    let some = ids.prefix(6).map { "'\($0)'" }.joined(separator: ", ")
    return
      "describe it in its table first; there \(ids.count == 1 ? "is" : "are") \(some)\(ids.count > 6 ? ", …" : "")"
  }
}
