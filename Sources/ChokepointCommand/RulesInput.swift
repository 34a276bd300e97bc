import ArgumentParser
import Chokepoint
import Foundation

/// The rules that a command works with, and what the user changes about them.
struct RulesInput: ParsableArguments {
  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp(
      "A rule file, or a folder of them or of packs; can be given several times. Else what chokepoint.yaml names.",
      valueName: "path"))
  var paths: [String] = []

  @Option(
    name: .customLong("set"), help: ArgumentHelp("Sets a parameter of a rule.", valueName: "rule.param=value")
  )
  var assignments: [String] = []

  @Option(help: ArgumentHelp("The profile of the packs that is used.", valueName: "id"))
  var profile: String?

  /// Packs, their tests, and everything that is wrong with them.
  struct Reading {
    var packs: [RulePack] = []
    var tests: [RuleTestCase] = []
    var diagnostics: [Diagnostic] = []
    var project = RuleProject()
  }

  /// Reads all rules; one that is wrong is left out and told.
  func read() throws -> Reading {
    var reading = Reading()
    if let bytes = try? InputFile.read("chokepoint.yaml", limit: ProjectFile.limit).get() {
      let project = ProjectFile.read(bytes, named: "chokepoint.yaml")
      guard let found = project.project else {
        throw CommandFailure(code: .wrongInput, message: NetworkInput.message(project.diagnostics))
      }
      reading.project = found
    }
    let chosen = paths.isEmpty ? reading.project.rulePaths + reading.project.packs : paths
    for path in chosen {
      let before = reading.packs.reduce(reading.diagnostics.count) { $0 + $1.rules.count }
      try read(path, into: &reading)
      // A path without rules is a mistake: else a check that asks nothing would pass.
      guard reading.packs.reduce(reading.diagnostics.count, { $0 + $1.rules.count }) > before else {
        throw Self.failure(
          "there are no rules in '\(path)'", help: "name a rule file, or a folder of rules or packs")
      }
    }
    for text in assignments {
      do { reading.project.settings.assignments.append(try .init(parsing: text)) } catch {
        throw CommandFailure(code: .wrongInput, message: "\(error)\n")
      }
    }
    // A rule that could not be read may be the one that is meant.
    if !reading.diagnostics.contains(where: { $0.severity == .error }) {
      let headers = reading.packs.flatMap(\.rules).map(\.header)
      let packs = reading.packs.flatMap { [$0.settings] + $0.profiles.map(\.settings) }
      let unknown = ([reading.project.settings] + packs).flatMap { $0.unknownRules(among: headers) }
      guard unknown.isEmpty else {
        throw CommandFailure(code: .wrongInput, message: NetworkInput.message(unknown))
      }
    }
    if let profile { reading.project.profile = profile }
    return reading
  }

  private static func failure(_ words: String, help: String) -> CommandFailure {
    CommandFailure(
      code: .wrongInput, message: NetworkInput.message([Diagnostic(id: "unknown-rule", words, help: help)]))
  }

  private func read(_ path: String, into reading: inout Reading) throws {
    guard InputFile.isFolder(path) else {
      switch InputFile.read(path, limit: RuleFileReader.limit) {
      case .failure(let problem):
        throw CommandFailure(
          code: .wrongInput,
          message: NetworkInput.message([
            Diagnostic(
              id: "unreadable-file", "cannot read the rules: \(problem.words)",
              at: SourcePlace(file: path, line: 1, column: 1), help: "name a rule file, or a folder of rules")
          ]))
      case .success(let bytes):
        let found = RuleFileReader.read(bytes, named: path)
        reading.diagnostics += found.diagnostics
        if let rule = found.rule { reading.packs.append(RulePack(id: rule.header.id, rules: [rule])) }
      }
      return
    }
    let files = InputFile.files(below: path)
    // A folder with a pack in each of its folders is as good as the packs.
    let folders = Set(
      files.filter { $0.hasSuffix("/pack.yaml") }.map { String($0.dropLast("/pack.yaml".count)) })
    if files.contains("pack.yaml") || folders.isEmpty {
      add(files, in: path, to: &reading)
    } else {
      for folder in folders.sorted() where !folder.contains("/") {
        let own = files.filter { $0.hasPrefix(folder + "/") }.map { String($0.dropFirst(folder.count + 1)) }
        add(own, in: "\(path)/\(folder)", to: &reading)
      }
    }
  }

  private func add(_ files: [String], in folder: String, to reading: inout Reading) {
    let found = PackReader.read(paths: files, in: folder, known: reading.packs) { file in
      InputFile.read(file, below: folder, limit: PackReader.lockLimit)
    }
    reading.diagnostics += found.diagnostics
    reading.tests += found.tests
    if let pack = found.pack { reading.packs.append(pack) }
  }
}

extension InputFile {
  /// The plain files below a folder, by their paths relative to it, sorted; links are left out, and so is what lies deeper than four folders.
  static func files(below folder: String) -> [String] {
    var found: [String] = []
    var waiting = [""]
    while let path = waiting.popLast(), found.count < 10_000 {
      let whole = path.isEmpty ? folder : "\(folder)/\(path)"
      for name in ((try? FileManager.default.contentsOfDirectory(atPath: whole)) ?? []).sorted()
      where !name.hasPrefix(".") {
        let next = path.isEmpty ? name : "\(path)/\(name)"
        let type =
          (try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(next)"))?[.type]
          as? FileAttributeType
        if type == .typeDirectory {
          if next.split(separator: "/").count < 5 { waiting.append(next) }
        } else if type == .typeRegular {
          found.append(next)
        }
      }
    }
    return found.sorted()
  }
}
