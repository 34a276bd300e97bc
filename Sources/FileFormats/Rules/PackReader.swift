public import Diagnostics
public import RuleEngine
import SupplyModel

/// What reading a pack gave: all of it that could be read, and all that is wrong.
public struct RulePackReading: Sendable {
  /// Nil if the manifest is wrong; rules that are wrong are left out of it.
  public let pack: RulePack?

  /// The cases of its test files.
  public let tests: [RuleTestCase]

  /// Files of rules that could not be read, sorted.
  public let refused: [String]
  public let diagnostics: [Diagnostic]

  public init(pack: RulePack?, tests: [RuleTestCase], refused: [String], diagnostics: [Diagnostic]) {
    self.pack = pack
    self.tests = tests
    self.refused = refused
    self.diagnostics = diagnostics
  }
}

/// A folder with `pack.yaml`, rules, tests and perhaps `pack.lock`; or a folder with rules alone.
public enum PackReader {
  /// The most rules of a pack.
  public static let ruleLimit = 500

  /// The most files that are looked at in the folder of a pack.
  public static let fileLimit = 5_000

  /// The most files and folders that `rules` of a manifest names.
  static let entryLimit = 100

  /// The most bytes of a lock.
  public static let lockLimit = 1 << 20

  /// Reads a pack and tells everything that is wrong with it; a rule that is wrong leaves the others unharmed.
  ///
  /// - Parameters:
  ///   - paths: the files below the folder, by their paths relative to it, in any order. What is not among
  ///     them is not there for the pack, so links that lead out of the folder must not be.
  ///   - folder: what diagnostics call the folder.
  ///   - known: packs that this one may extend.
  ///   - load: gives the bytes of one of `paths`.
  /// - Returns: the pack and its tests, or what is wrong.
  /// - Complexity: O(n) for n bytes in all files.
  public static func read(
    paths: [String], in folder: String, known: [RulePack] = [],
    load: @escaping (String) -> Result<[UInt8], FileProblem>
  ) -> RulePackReading {
    var reading = PackReadingState(paths: paths.sorted(), folder: folder, known: known, load: load)
    reading.readLock()
    guard let manifest = reading.readManifest() else {
      return RulePackReading(pack: nil, tests: [], refused: [], diagnostics: reading.diagnostics)
    }
    return reading.readFiles(of: manifest)
  }

  /// The lock of a pack: a line for each file, as `sha256sum` writes and checks them, sorted by path.
  public static func lock(_ files: [(path: String, bytes: [UInt8])]) -> String {
    files.sorted { $0.path < $1.path }.map { "\(SHA256(of: $0.bytes).hex)  \($0.path)\n" }.joined()
  }

  /// Whether a lock has a line for a file: manifest, rules and tests, and what networks of tests are made of.
  public static func isLocked(_ path: String) -> Bool {
    path != "pack.lock" && (path.hasSuffix(".yaml") || path.hasSuffix(".csv"))
  }
}

private struct PackReadingState {
  let paths: [String]
  private let known: Set<String>
  private let packs: [RulePack]
  let folder: String
  let load: (String) -> Result<[UInt8], FileProblem>
  private(set) var diagnostics: [Diagnostic] = []

  /// The hash and the line of each file in the lock, if there is one.
  private var lock: [String: (hash: String, line: Int)]?
  private var changed: Set<String> = []

  init(
    paths: [String], folder: String, known: [RulePack],
    load: @escaping (String) -> Result<[UInt8], FileProblem>
  ) {
    self.paths = Array(paths.prefix(PackReader.fileLimit))
    self.folder = folder
    self.known = Set(self.paths)
    packs = known
    self.load = load
    if paths.count > PackReader.fileLimit {
      report(
        "too-large",
        "the folder has \(paths.count) files; the first \(PackReader.fileLimit) of them are looked at",
        in: self.paths[PackReader.fileLimit - 1], help: "move what is no rule out of the folder")
    }
  }

  struct Manifest {
    var pack: RulePack
    var ruleFiles: [String]
    var testFiles: [String]
  }

  func name(_ path: String) -> String {
    folder.isEmpty || folder == "." ? path : folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }

  private mutating func report(_ id: String, _ summary: String, in path: String, line: Int = 1, help: String)
  {
    diagnostics.append(
      Diagnostic(id: id, summary, at: SourcePlace(file: name(path), line: line, column: 1), help: help))
  }

  // MARK: The lock

  mutating func readLock() {
    guard known.contains("pack.lock") else { return }
    var bytes: [UInt8] = []
    switch load("pack.lock") {
    case .success(let read) where read.count <= PackReader.lockLimit: bytes = read
    case .success:
      report("too-large", "the lock is too large", in: "pack.lock", help: "write it anew with rules lock")
    case .failure(let problem):
      report("unreadable-file", "cannot read the lock: \(problem.words)", in: "pack.lock", help: problem.help)
    }
    var lock: [String: (hash: String, line: Int)] = [:]
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() where !line.isEmpty {
      let text = String(decoding: line, as: UTF8.self)
      let hash = String(text.prefix(64))
      let isHash = hash.utf8.count == 64 && hash.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
      let path = String(text.dropFirst(66))
      if !isHash || !text.dropFirst(64).hasPrefix("  ") || path.isEmpty {
        report(
          "invalid-lock", "this is no line of a lock", in: "pack.lock", line: number + 1,
          help: "write it anew with rules lock, after looking at what changed")
      } else if lock.updateValue((hash, number + 1), forKey: path) != nil {
        report(
          "duplicate-key", "'\(path)' is locked twice", in: "pack.lock", line: number + 1,
          help: "write it anew with rules lock")
      }
    }
    for (path, entry) in lock.sorted(by: { $0.key < $1.key }) where !known.contains(path) {
      report(
        "missing-file", "'\(path)' is locked and not there", in: "pack.lock", line: entry.line,
        help: "bring it back, or write the lock anew with rules lock")
    }
    self.lock = lock
  }

  /// The bytes of a file of the pack, unless it cannot be read or is not what the lock says.
  private mutating func bytes(_ path: String) -> [UInt8]? {
    let bytes: [UInt8]
    switch load(path) {
    case .success(let read): bytes = read
    case .failure(let problem):
      report("unreadable-file", "cannot read the file: \(problem.words)", in: path, help: problem.help)
      return nil
    }
    return check(bytes, of: path) ? bytes : nil
  }

  private mutating func check(_ bytes: [UInt8], of path: String) -> Bool {
    guard let lock, PackReader.isLocked(path) else { return true }
    if let entry = lock[path] {
      if entry.hash == SHA256(of: bytes).hex { return true }
      if changed.insert(path).inserted {
        report(
          "changed-file", "the file is not the one that pack.lock names", in: path,
          help: "look at what changed; then write the lock anew with rules lock")
      }
    } else if changed.insert(path).inserted {
      report(
        "changed-file", "pack.lock does not name this file", in: path,
        help: "look at it; then write the lock anew with rules lock")
    }
    return false
  }

  // MARK: The manifest

  mutating func readManifest() -> Manifest? {
    guard known.contains("pack.yaml") else {
      let id = folder.split(separator: "/").last.map(String.init) ?? "rules"
      return manifest(RulePack(id: id, title: id), entries: ["."])
    }
    guard let bytes = bytes("pack.yaml") else { return nil }
    var problems = Problems()
    guard let document = RuleDocument.read(bytes, named: name("pack.yaml"), &problems) else {
      diagnostics += problems.diagnostics()
      return nil
    }
    var reader = RecordReader(problems: problems)
    var pack: RulePack?
    var entries: [String] = []
    reader.read(document.root, as: .pack) { record in (pack, entries) = readPack(&record, document) }
    diagnostics += reader.problems.diagnostics()
    guard reader.problems.errorCount == 0, let pack else { return nil }
    return manifest(pack, entries: entries)
  }

  private func readPack(_ record: inout RecordReader, _ document: RuleDocument) -> (RulePack?, [String]) {
    let id = record.id()
    let versionItem = record.written("version")
    if let versionItem, let text = versionItem.text, EngineVersion(text) == nil {
      record.problems.report(
        "invalid-version", at: versionItem.spot, "'\(text)' is no version", help: "write one such as 1.2.0")
    }
    let title = record.text("title")
    _ = (record.text("license"), record.textOrTexts("authors"))
    var pack = RulePack(id: id?.text ?? "", version: versionItem?.text ?? "1", title: title ?? "")
    for item in record.texts("extends") { extend(&pack, by: item, &record.problems) }
    for field in record.pairs("lists", example: "{ NAME: [ … ] }") {
      guard let values = list(field, &record.problems) else { continue }
      pack.lists.removeAll { $0.name == field.key }
      pack.lists.append((field.key, values))
    }
    for field in record.pairs("profiles", example: "{ NAME: { off: [ RULE ] } }") {
      record.read(field.item, as: .settings) { record in
        pack.profiles.removeAll { $0.id == field.key }
        pack.profiles.append(RulePack.Profile(id: field.key, settings: record.settings(in: document)))
      }
    }
    pack.settings = pack.settings.overridden(by: record.settings(in: document))
    let entries = record.item("rules") == nil ? nil : record.textOrTexts("rules")
    if let entries, entries.count > PackReader.entryLimit {
      record.problems.report(
        "too-large", at: entries[PackReader.entryLimit].spot,
        "'rules' names more than \(PackReader.entryLimit) files and folders", help: "name folders")
    }
    for entry in entries?.prefix(PackReader.entryLimit) ?? [] { checkEntry(entry, &record.problems) }
    return (id == nil ? nil : pack, entries?.compactMap(\.text) ?? ["."])
  }

  private func list(_ field: Field, _ problems: inout Problems) -> [String]? {
    guard case .list(let items) = field.item.value else {
      problems.report(
        "wrong-kind", at: field.item.spot, "the list '\(field.key)' is \(field.item.kind)",
        help: "write [\(field.item.text ?? "…")]")
      return nil
    }
    for item in items where item.text == nil {
      problems.report(
        "wrong-kind", at: item.spot, "an item of '\(field.key)' is \(item.kind)", help: "write texts alone")
    }
    if items.count > 10_000 {
      problems.report(
        "too-large", at: items[10_000].spot, "a list has at most 10000 items", help: "shorten it")
    }
    return items.compactMap(\.text)
  }

  private func extend(_ pack: inout RulePack, by item: Item, _ problems: inout Problems) {
    guard let id = item.text else { return }
    guard let base = packs.first(where: { $0.id == id }) else {
      let isPath = id.contains("/") || id.contains(":")
      problems.report(
        "unknown-pack", at: item.spot, "no pack that was read has the id '\(id)'",
        help: suggestion(for: id, from: packs.map(\.id)).map { "did you mean '\($0)'?" }
          ?? (isPath
            ? "name the id of a pack that is read before this one; nothing is fetched"
            : "read that pack before this one"))
      return
    }
    pack.lists = base.lists
    pack.profiles += base.profiles
    pack.settings = pack.settings.overridden(by: base.settings)
    pack.rules += base.rules.filter { rule in !pack.rules.contains { $0.header.id == rule.header.id } }
  }

  private func checkEntry(_ item: Item, _ problems: inout Problems) {
    guard let path = item.text else { return }
    if let reason = RecordReader.whyNotBelow(path) {
      problems.report(
        "invalid-path", at: item.spot, "the path '\(path)' \(reason)",
        help: "name a file or a folder in the folder of the pack")
    } else if !paths.contains(where: { Self.matches($0, path) }) {
      problems.report(
        "unreadable-file", at: item.spot, "there is no file '\(path)' in the pack, and no folder with files",
        help: suggestion(for: path, from: paths).map { "did you mean '\($0)'?" }
          ?? "check the name; a file that is a link out of the pack is not there")
    }
  }

  /// Whether a path is an entry of the manifest, or lies in a folder that is one.
  private static func matches(_ path: String, _ entry: String) -> Bool {
    var entry = entry[...]
    while entry.hasPrefix("./") { entry = entry.dropFirst(2) }
    while entry.hasSuffix("/") { entry = entry.dropLast() }
    return entry.isEmpty || entry == "." || path == entry || path.hasPrefix(entry + "/")
  }

  private mutating func manifest(_ pack: RulePack, entries: [String]) -> Manifest {
    let inside = paths.filter { path in
      path.hasSuffix(".yaml") && entries.contains { Self.matches(path, $0) }
        && RecordReader.whyNotBelow(path) == nil
    }
    let own: Set = ["pack.yaml", "network.yaml", "waivers.yaml", "chokepoint.yaml"]
    var rules: [String] = []
    // Scenarios of a network that tests use lie below its folder.
    let networks = paths.filter { $0.hasSuffix("/network.yaml") }.map { $0.dropLast("network.yaml".count) }
    let folders = Set(networks)
    for path in inside where !path.hasSuffix(".test.yaml") {
      let last = path.split(separator: "/").last.map(String.init) ?? ""
      let isInNetwork = path.indices.contains { path[$0] == "/" && folders.contains(path[...$0]) }
      if !own.contains(last), !isInNetwork { rules.append(path) }
    }
    if rules.count > PackReader.ruleLimit {
      report(
        "too-large", "the pack has \(rules.count) rules; at most \(PackReader.ruleLimit) are read",
        in: rules[PackReader.ruleLimit], help: "split the pack")
      rules.removeLast(rules.count - PackReader.ruleLimit)
    }
    let tests = paths.filter { $0.hasSuffix(".test.yaml") }
    return Manifest(pack: pack, ruleFiles: rules, testFiles: tests)
  }

  // MARK: Rules and tests

  mutating func readFiles(of manifest: Manifest) -> RulePackReading {
    var pack = manifest.pack
    var refused: [String] = []
    var places: [String: String] = [:]
    for path in manifest.ruleFiles {
      guard let bytes = bytes(path) else {
        refused.append(name(path))
        continue
      }
      let reading = RuleFileReader.read(
        bytes, named: name(path), pack: pack.id, lists: pack.lists, load: lockedLoad)
      diagnostics += reading.diagnostics
      guard let rule = reading.rule else {
        refused.append(name(path))
        continue
      }
      let id = rule.header.id
      if let earlier = places[id] {
        report(
          "duplicate-id", "the rule '\(id)' stands in '\(earlier)' already", in: path,
          help: "remove one of the two, or give it another id")
        refused.append(name(path))
        continue
      }
      places[id] = name(path)
      // A rule of the pack stands in for one of the same id in a pack that it extends.
      pack.rules.removeAll { $0.header.id == id }
      pack.rules.append(rule)
    }
    var tests: [RuleTestCase] = []
    for path in manifest.testFiles {
      guard let bytes = bytes(path) else { continue }
      let reading = RuleTestFile.read(bytes, named: name(path), load: lockedLoad)
      diagnostics += reading.diagnostics
      tests += reading.cases
    }
    return RulePackReading(pack: pack, tests: tests, refused: refused, diagnostics: diagnostics)
  }

  /// Loads files of networks as the lock allows; what is not among the files of the pack is not there.
  private func lockedLoad(_ path: String) -> Result<[UInt8], FileProblem> {
    guard known.contains(path) else { return .failure(.missing) }
    let result = load(path)
    guard case .success(let bytes) = result, let lock, PackReader.isLocked(path) else { return result }
    return lock[path]?.hash == SHA256(of: bytes).hex
      ? result : .failure(.unreadable("it is not the file that pack.lock names"))
  }
}
