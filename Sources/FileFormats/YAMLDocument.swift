import Yams

/// Reads a YAML document as texts, lists and mappings, all with their places.
///
/// Nothing is guessed from spelling: `NO` is a text, and so are `1.10` and a date.
enum YAMLDocument {
  /// The root of the document in `file`, or nil if it cannot be read; the reason is among the `problems` then.
  static func read(file: Int, bytes: [UInt8], problems: inout Problems) -> Item? {
    do {
      let text = String(decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...], as: UTF8.self)
      guard let root = try compose(yaml: text, .basic, .default, .utf8) else {
        problems.report(
          "empty-file", at: Spot(file: file, position: .mark(line: 1, column: 1), length: 1), "the file is empty",
          help: "start it with chokepoint: 1")
        return nil
      }
      return item(root, in: file)
    } catch {
      report(error, in: file, &problems)
      return nil
    }
  }

  private static func item(_ node: Node, in file: Int) -> Item {
    let position = Spot.Position.mark(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    var spot = Spot(file: file, position: position, length: 1)
    switch node {
    case .scalar(let scalar):
      let quotes = scalar.style == .singleQuoted || scalar.style == .doubleQuoted ? 2 : 0
      spot.length = max(1, scalar.string.unicodeScalars.count + quotes)
      return Item(value: .text(scalar.string), spot: spot)
    case .sequence(let sequence):
      return Item(value: .list(sequence.map { item($0, in: file) }), spot: spot)
    case .mapping(let mapping):
      let fields = mapping.map { key, value in
        let key = item(key, in: file)
        return Field(key: key.text ?? "", keySpot: key.spot, item: item(value, in: file))
      }
      return Item(value: .map(fields), spot: spot)
    case .alias:
      return Item(value: .text(""), spot: spot)
    }
  }

  private static func report(_ error: any Error, in file: Int, _ problems: inout Problems) {
    var mark: Mark?
    var problem = "this is not YAML"
    switch error as? YamlError {
    case .scanner(_, let text, let place, _), .parser(_, let text, let place, _),
      .composer(_, let text, let place, _):
      (problem, mark) = (text, place)
    case .duplicatedKeysInMapping(let keys, let context):
      (problem, mark) = ("'\(keys.first ?? "")' is given twice", context.mark)
    default: break
    }
    problems.report(
      "invalid-yaml",
      at: Spot(file: file, position: .mark(line: mark?.line ?? 1, column: mark?.column ?? 1), length: 1), problem)
  }
}
