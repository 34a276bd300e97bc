import Diagnostics

extension RecordReader {
  /// Reads each record of a table: a list in the manifest, or `{ csv: FILE }`.
  ///
  /// - Returns: whether all of it could be read, so that an id that is not there is wrong.
  mutating func readTable(
    _ format: RecordFormat, from item: Item?, folder: String, load: (String) -> Result<[UInt8], FileProblem>,
    _ add: (inout RecordReader) -> Void
  ) -> Bool {
    guard let item, item.text != "" else { return true }
    switch item.value {
    case .list(let items):
      for item in items { read(item, as: format, add) }
      return true
    case .map(let fields):
      guard let field = fields.first(where: { $0.key == "csv" }) else { break }
      for other in fields where other.key != "csv" {
        problems.report(
          "unknown-key", at: other.keySpot, "'\(other.key)' stands beside 'csv'", help: "write { csv: FILE }")
      }
      guard format.isInCSV else {
        problems.report(
          "wrong-kind", at: field.keySpot, "'\(format.name)' cannot be a CSV file",
          help: "write it as a list here")
        return false
      }
      return readFile(field.item, as: format, folder: folder, load: load, add)
    case .text: break
    }
    problems.report(
      "wrong-kind", at: item.spot, "'\(format.name)' wants a list, not \(item.kind)",
      help: "write a list, or { csv: FILE }")
    return false
  }

  private mutating func readFile(
    _ item: Item, as format: RecordFormat, folder: String, load: (String) -> Result<[UInt8], FileProblem>,
    _ add: (inout RecordReader) -> Void
  ) -> Bool {
    guard let path = item.text else {
      problems.report(
        "wrong-kind", at: item.spot, "'csv' wants the name of a file, not \(item.kind)",
        help: "name one file; a table has one")
      return false
    }
    if let reason = Self.whyNotBelow(path) {
      problems.report(
        "invalid-path", at: item.spot, "the path '\(path)' \(reason)",
        help: "name a file beside the manifest, or in a folder below it")
      return false
    }
    let bytes: [UInt8]
    switch load(path) {
    case .success(let read): bytes = read
    case .failure(let problem):
      problems.report(
        "unreadable-file", at: item.spot, "cannot read '\(path)': \(problem.words)",
        help: problem.help)
      return false
    }
    let file = problems.add(SourceFile(name: folder + path, bytes: bytes, limit: NetworkFile.tableLimit))
    guard problems.checkText(bytes, in: file, limit: NetworkFile.tableLimit) else { return false }
    guard let rows = CSVReader(file: file, bytes: bytes, format: format, problems: &problems) else {
      return false
    }
    return readRows(of: rows, as: format, add)
  }

  /// Why a path may lead out of the manifest's folder, or nil if it does not.
  static func whyNotBelow(_ path: String) -> String? {
    if path.isEmpty { return "is empty" }
    if path.utf8.first == UInt8(ascii: "/") { return "is absolute" }
    if path.unicodeScalars.contains("\\") { return "holds a backslash" }
    if path.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return "holds a control character"
    }
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if parts.contains(where: { $0.elementsEqual("..".utf8) }) { return "leads upwards" }
    if path.utf8.count > 1024 { return "is too long" }
    return nil
  }
}

extension FileProblem {
  /// The problem in a few words.
  public var words: String {
    switch self {
    case .missing: "there is no such file"
    case .isDirectory: "it is a folder"
    case .unreadable(let reason): reason
    case .tooLarge(let limit): "it is larger than \(Self.size(limit))"
    }
  }

  /// A limit in bytes, in the unit that suits it.
  fileprivate static func size(_ limit: Int) -> String {
    limit < 1 << 20 ? "\(limit >> 10) KiB" : "\(limit >> 20) MiB"
  }

  /// What to do about it.
  public var help: String {
    switch self {
    case .missing: "check the name, upper and lower case included, and the folder"
    case .isDirectory: "name a file in it"
    case .unreadable: "name a plain file in this folder that you may read"
    case .tooLarge(let limit) where limit < 1 << 20: "split it into several files"
    case .tooLarge(let limit):
      limit == NetworkFile.manifestLimit
        ? "move long tables into CSV files: { csv: FILE }" : "split the network, or draw small sites together"
    }
  }
}

extension Problems {
  /// What to do about a file of another format, if its first bytes tell which.
  private static func formatHelp(for bytes: [UInt8]) -> String? {
    if bytes.starts(with: Array("PK".utf8) + [3, 4]) {
      return "this is a workbook or an archive; export the sheet as CSV in UTF-8"
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return "this is UTF-16, which spreadsheets call Unicode text; save the file as UTF-8"
    }
    return bytes.starts(with: "%PDF".utf8) ? "this is a PDF; copy its table into a CSV file" : nil
  }

  /// Whether a file is text in UTF-8 without NUL and not too large; if not, that is reported.
  mutating func checkText(_ bytes: [UInt8], in file: Int, limit: Int) -> Bool {
    func spot(_ offset: Int) -> Spot { Spot(file: file, position: .byte(offset), length: 1) }
    if bytes.count > limit {
      report(
        "too-large", at: spot(0), "the file is larger than \(FileProblem.size(limit))",
        help: FileProblem.tooLarge(limit: limit).help)
      return false
    }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      let offset = error.byteOffsets.lowerBound
      report(
        "not-utf-8", at: spot(offset),
        "this is not UTF-8: byte 0x\(String(bytes[offset], radix: 16, uppercase: true))",
        help: Self.formatHelp(for: bytes) ?? "save the file as UTF-8")
      return false
    }
    if let offset = bytes.firstIndex(of: 0) {
      report(
        "invalid-character", at: spot(offset), "a character with the code 0",
        help: Self.formatHelp(for: bytes) ?? "save the file as plain text in UTF-8")
      return false
    }
    return true
  }
}
