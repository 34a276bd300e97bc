import Yams

/// Reads a YAML document as texts, lists and mappings, all with their places.
///
/// Nothing is guessed from spelling: `NO` is a text, and so are `1.10` and a date.
enum YAMLDocument {
  /// The root of the document in `file`, or nil if it cannot be read.
  ///
  /// The reason is among the `problems` then. `start` is the first line of such a file.
  static func read(
    file: Int, bytes: [UInt8], limit: Int, start: String = "chokepoint: 1", problems: inout Problems
  ) -> Item? {
    guard problems.checkText(bytes, in: file, limit: limit),
      YAMLScan.isHarmless(bytes, in: file, problems: &problems)
    else { return nil }
    do {
      let text = String(
        decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...], as: UTF8.self)
      guard let root = try compose(yaml: text, .basic, .default, .utf8) else {
        problems.report(
          "empty-file", at: spot(nil, in: file), "the file is empty", help: "start it with \(start)")
        return nil
      }
      return item(root, in: file)
    } catch {
      report(error, in: file, &problems)
      return nil
    }
  }

  private static func spot(_ mark: Mark?, in file: Int, after start: Int = 0, length: Int = 1) -> Spot {
    Spot(
      file: file, position: .mark(line: mark?.line ?? 1, column: (mark?.column ?? 1) + start), length: length)
  }

  /// Recurses no deeper than the scan of the text allowed.
  private static func item(_ node: Node, in file: Int) -> Item {
    var spot = spot(node.mark, in: file)
    switch node {
    case .scalar(let scalar):
      spot.length = max(1, scalar.string.unicodeScalars.count)
      // The text of a quoted scalar starts behind its quote.
      let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
      if isQuoted { spot = Self.spot(node.mark, in: file, after: 1, length: spot.length) }
      return Item(value: .text(scalar.string), spot: spot, style: style(of: scalar))
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

  private static func style(of scalar: Node.Scalar) -> TextStyle {
    switch scalar.style {
    case .singleQuoted: .singleQuoted
    case .doubleQuoted: .doubleQuoted
    case .literal: .literal
    case .folded: .folded
    case .any, .plain: .plain
    }
  }

  // MARK: What is no YAML

  private static func report(_ error: any Error, in file: Int, _ problems: inout Problems) {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let (words, help) = words(for: problem, context?.text ?? "")
      let isAboutTheStart = words.contains("starts here")
      problems.report(
        "invalid-yaml", at: spot(isAboutTheStart ? context?.mark : mark, in: file), words, help: help)
    case .duplicatedKeysInMapping(let keys, let context):
      problems.report(
        "duplicate-key", at: spot(context.mark, in: file),
        "'\(keys.first ?? "")' is given twice in a mapping",
        help: "write it once")
    default:
      problems.report(
        "invalid-yaml", at: spot(nil, in: file), "the file is not YAML",
        help: "write KEY: VALUE, one on a line")
    }
  }

  /// What the parser means, for somebody who has never heard of tokens.
  private static func words(for problem: String, _ context: String) -> (String, help: String) {
    switch problem {
    case "did not find expected ',' or ']'":
      ("the list that starts here is not closed", "add ']', or a ',' between the items")
    case "did not find expected ',' or '}'":
      ("the mapping that starts here is not closed", "add '}', or a ',' between the keys")
    case "did not find expected key":
      ("a key is expected here", "write KEY: VALUE, as far to the right as the keys above")
    case "did not find expected '-' indicator":
      ("an item of the list is expected here", "start it with '- ', as far to the right as the items above")
    case "could not find expected ':'":
      ("a ':' is missing after a key", "write KEY: VALUE")
    case "mapping values are not allowed in this context":
      ("a ':' may not stand here", "quote a text that holds ': ', and check the indentation")
    case "found character that cannot start any token":
      (
        "no value can start with this character",
        "indent with spaces, not tabs; quote a text that starts with @ or `"
      )
    case "found unexpected end of stream" where context.contains("quoted"):
      (
        "the quote that starts here is not closed",
        "close it, or write a quote that is part of the text twice"
      )
    case "found unexpected end of stream":
      ("the file ends too early", "close what is open, or take the last line out")
    case "found unknown escape character":
      (
        "there is no such escape in a text between double quotes",
        "write \\\\ for a backslash, or use single quotes"
      )
    case "found unexpected ':'": ("a ':' may not stand here", "put a blank after it, or quote the text")
    case "did not find expected node content":
      ("a value is missing here", "write one, or take the ',' or the key before it out")
    case "did not find expected <document start>":
      ("a text outside of the mapping", "the file is one mapping: write KEY: VALUE, without indentation")
    case "found a tab character where an indentation space is expected",
      "found a tab character that violates indentation":
      ("a tab where spaces are expected", "indent with spaces")
    case "block sequence entries are not allowed in this context":
      ("an item of a list may not start here", "write it on a line of its own")
    default: ("this is not YAML: \(problem)", "check brackets, quotes and indentation up to here")
    }
  }
}
