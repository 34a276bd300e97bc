internal import CEL
internal import Diagnostics
internal import RiskAnalysis
internal import SupplyModel

/// Runs one rule in one world, tuple by tuple.
struct RuleEvaluation {
  let rule: CompiledRule
  let world: RuleWorld
  let limits: RuleLimits
  var result: RuleResult

  /// Steps of expressions; analyses are counted by themselves.
  var counted = 0

  /// Ids that a tuple must be about to be explained; nil to explain nothing.
  var explained: [String]?
  var mostExplanations = 0
  var explanations: [RuleRunner.Explanation] = []
  fileprivate var values: [String: CELValue]
  private var failures: [String: CELFailure] = [:]
  private var isOver = false

  /// The figures that are estimated or recalled and that `let` or `when` read for the last tuple.
  private var estimates: [String] = []
  private var celLimits: CELLimits
  private static let mostProblems = 3

  init(_ rule: CompiledRule, _ world: RuleWorld, _ limits: RuleLimits) {
    self.rule = rule
    self.world = world
    self.limits = limits.scaled(to: world.analyses.size)
    result = RuleResult(rule: rule.file.header)
    values = rule.constants
    values["network"] = RuleRows.object("view", Analyses.plain)
    values["banned"] = RuleRows.object("view", Analyses.banned)
    values["scenario"] = RuleRows.object("scenario", 0)
    values["findings"] = .list(world.findings.indices.map { RuleRows.object("finding", $0) })
    celLimits = rule.environment.limits
    celLimits.cost = self.limits.tuple
  }

  mutating func run() {
    let before = world.analyses.steps
    world.analyses.beginRule(
      allowing: limits.analyses * max(20_000, world.analyses.size))
    loop(0, [])
    result.cost = counted + world.analyses.steps - before
    if result.findingCount + result.cleanCount + result.inconclusiveCount == 0, result.problems.isEmpty {
      result.notApplicable =
        rule.file.allowsEmpty
        ? "there is nothing that it is about" : "its lists are empty: there is nothing that it is about"
    }
  }

  mutating func fail(_ expression: RuleExpression, _ id: String, _ message: String, offset: Int = 0) {
    guard result.problems.count < Self.mostProblems else { return }
    result.problems.append(
      expression.diagnostic(CELProblem(id, message, help: "rule \(rule.file.header.id)", offset: offset)))
  }

  /// At most three deep, as there are at most three loops.
  private mutating func loop(_ depth: Int, _ subjects: [Finding.Subject]) {
    if depth == rule.loops.count { return tuple(subjects) }
    let loop = rule.loops[depth]
    var meter = CELMeter(limits: celLimits)
    let list: CELValue
    do {
      list = try evaluate(loop.program, &meter)
      counted += meter.spent
    } catch {
      counted += meter.spent
      return stop(error, loop.expression, subjects)
    }
    switch list {
    case .list(let elements):
      for element in elements where !isOver {
        if case .unknown(let unknown) = element {
          undecided(subjects, unknown)
          continue
        }
        values[loop.name] = element
        self.loop(depth + 1, subjects + [subject(element, named: loop.name)])
      }
    case .unknown(let unknown): undecided(subjects, unknown)
    default: fail(loop.expression, "rule-type", "'\(loop.name)' runs over something that is no list")
    }
  }

  private mutating func undecided(_ subjects: [Finding.Subject], _ unknown: CELUnknown) {
    result.inconclusiveCount += 1
    guard result.inconclusive.count < 10_000 else { return }
    result.inconclusive.append(
      .init(subjects: subjects.sorted(), missing: unknown.attributes))
  }

  private mutating func tuple(_ subjects: [Finding.Subject]) {
    if let explained, !explained.allSatisfy({ id in subjects.contains { $0.id == id } }) { return }
    var meter = CELMeter(limits: celLimits)
    defer {
      counted += meter.spent
      if counted > limits.rule, !isOver {
        isOver = true
        fail(rule.when.expression, "cost", "the rule needs more than \(limits.rule) steps on this network")
      }
    }
    failures = [:]
    _ = world.analyses.takeEstimates()
    do {
      try define(&meter)
      let verdict = try evaluate(rule.when.program, &meter)
      estimates = world.analyses.takeEstimates()
      if explained != nil { explain(subjects, verdict, &meter) }
      switch verdict {
      case .bool(true):
        result.findingCount += 1
        if result.findings.count < 50 * limits.findings { result.findings.append(finding(subjects, &meter)) }
      case .bool(false): result.cleanCount += 1
      case .unknown(let unknown): undecided(subjects, unknown)
      default: fail(rule.when.expression, "rule-type", "'when' is neither true nor false: \(verdict)")
      }
    } catch {
      let (cause, expression) = cause(of: error)
      stop(cause, expression, subjects)
    }
  }

  /// Gives each name of `let` its value; one that fails is not bound, and fails whoever needs it.
  private mutating func define(_ meter: inout CELMeter) throws(CELFailure) {
    for name in rule.lets {
      do {
        values[name.name] = try evaluate(name.program, &meter)
      } catch {
        values[name.name] = nil
        failures[name.name] = failures[name.name] ?? error
        if error.kind == .costLimit { throw error }
      }
    }
  }

  private func evaluate(_ program: CELProgram, _ meter: inout CELMeter) throws(CELFailure) -> CELValue {
    try program.evaluate(program.inputs.map { values[$0] }, meter: &meter)
  }

  /// The failure that made another: that of the name which is not bound for it.
  private func cause(of failure: CELFailure) -> (CELFailure, RuleExpression) {
    if failure.kind == .unbound || failure.kind == .costLimit,
      let name = rule.lets.first(where: { failures[$0.name] != nil }), let first = failures[name.name]
    {
      return (first, name.expression)
    }
    return (failure, rule.when.expression)
  }

  private mutating func stop(
    _ failure: CELFailure, _ expression: RuleExpression, _ subjects: [Finding.Subject]
  ) {
    let about = subjects.isEmpty ? "" : " (for \(subjects.map(\.id).joined(separator: ", ")))"
    let isCost = failure.kind == .costLimit
    fail(expression, isCost ? "cost" : "evaluation", failure.message + about, offset: failure.offset ?? 0)
    if isCost { isOver = true }
  }

  // MARK: Findings

  private mutating func finding(_ subjects: [Finding.Subject], _ meter: inout CELMeter) -> Finding {
    var severity = rule.severity
    for (condition, then) in rule.severityWhen {
      if case .bool(true)? = try? evaluate(condition.program, &meter) {
        severity = then
        break
      }
    }
    var message = ""
    for part in rule.message {
      switch part {
      case .text(let text): message += text
      case .program(let program, let expression):
        do {
          message += words(try evaluate(program, &meter))
        } catch {
          message += "?"
          stop(error, expression, subjects)
        }
      }
    }
    var evidence: [Finding.Evidence] = []
    for shown in rule.show {
      do {
        evidence.append(self.evidence(shown.name, try evaluate(shown.program, &meter)))
      } catch {
        stop(error, shown.expression, subjects)
      }
    }
    for name in rule.lets where !evidence.contains(where: { $0.name == name.name }) {
      if let value = values[name.name] { evidence.append(self.evidence(name.name, value)) }
    }
    return Finding(
      ruleID: rule.file.header.id, ruleVersion: rule.file.header.version, severity: severity,
      subjects: subjects, message: message, evidence: evidence, scenario: result.scenario,
      estimates: estimates)
  }

  private func evidence(_ name: String, _ value: CELValue) -> Finding.Evidence {
    var sites: [Key<Site>] = []
    let list: [CELValue] = if case .list(let list) = value { list } else { [value] }
    for case .object(let object) in list {
      if object.type == "site" { sites.append(Key(object.row)) }
      if object.type == "element", case .site(let key) = world.analyses.element(object.row) {
        sites.append(key)
      }
    }
    return Finding.Evidence(name: name, sites: sites, text: words(value))
  }

  /// What a value of a loop is as a subject.
  private func subject(_ value: CELValue, named name: String) -> Finding.Subject {
    guard case .object(let object) = value else {
      return Finding.Subject(kind: name, id: words(value), name: words(value))
    }
    return Finding.Subject(
      kind: object.type, id: attribute("id", of: object) ?? "\(object.row)",
      name: attribute("name", of: object) ?? attribute("id", of: object) ?? "\(object.row)")
  }

  private func attribute(_ name: String, of object: CELObject) -> String? {
    let structure = rule.environment.structs.first { $0.name == object.type }
    let read = structure?.attributes.first { $0.name == name }?.read
    if case .string(let text)? = read?(object.row) { return text }
    return nil
  }

  /// A value as a message shows it: names of rows, numbers without needless digits, at most twenty elements of a list.
  fileprivate func words(_ value: CELValue) -> String {
    switch value {
    case .string(let text): return text
    case .bool(let value): return "\(value)"
    case .int(let number): return "\(number)"
    case .uint(let number): return "\(number)"
    case .double(let number):
      if number == number.rounded(), abs(number) < 1e15 { return "\(Int(number))" }
      let scale = 1e4
      return abs(number) < 1e9 ? "\((number * scale).rounded() / scale)" : "\(number)"
    case .list(let list):
      let shown = list.prefix(20).map { one in
        if case .list(let inner) = one {
          return "{\(inner.prefix(20).map { plain($0) }.joined(separator: ", "))}"
        }
        return plain(one)
      }
      return shown.joined(separator: ", ") + (list.count > 20 ? " and \(list.count - 20) more" : "")
    case .map(let map):
      let shown = map.entries.prefix(20).map { "\(plain($0.key)): \(plain($0.value))" }
      return shown.joined(separator: ", ") + (map.count > 20 ? " and \(map.count - 20) more" : "")
    default: return plain(value)
    }
  }

  /// A value that is not looked into.
  private func plain(_ value: CELValue) -> String {
    switch value {
    case .list(let list): return "\(list.count) values"
    case .map(let map): return "\(map.count) values"
    case .object(let object):
      if object.type == "view" { return "a view of the network" }
      return attribute("name", of: object) ?? attribute("id", of: object) ?? object.type
    case .unknown(let unknown): return "not known (\(unknown.attributes.prefix(3).joined(separator: ", ")))"
    case .optional(let wrapped): return wrapped.map { plain($0) } ?? "none"
    case .string, .bool, .int, .uint, .double: return words(value)
    default: return "\(value.type)"
    }
  }

  // MARK: Explaining

  private mutating func explain(_ subjects: [Finding.Subject], _ verdict: CELValue, _ meter: inout CELMeter) {
    guard explanations.count < mostExplanations else { return }
    var shown: [Finding.Evidence] = []
    for name in rule.lets {
      if let value = values[name.name] {
        shown.append(evidence(name.name, value))
        shown += elements(of: name.expression.text, &meter)
      } else if let failure = failures[name.name] {
        shown.append(Finding.Evidence(name: name.name, text: "fails: \(failure.message)"))
      }
    }
    for part in ConditionParts.split(rule.when.expression.text) {
      guard let program = try? CELExpression(part, in: rule.environment).program() else { continue }
      do {
        shown.append(evidence(part, try evaluate(program, &meter)))
      } catch {
        shown.append(Finding.Evidence(name: part, text: "fails: \(error.message)"))
      }
      shown += elements(of: part, &meter)
    }
    var explanation = RuleRunner.Explanation(
      subjects: subjects.sorted(), outcome: .clean, values: shown, message: "")
    switch verdict {
    case .bool(true):
      explanation.outcome = .flagged
      explanation.message = finding(subjects, &meter).message
    case .unknown(let unknown):
      explanation.outcome = .inconclusive
      explanation.message = "missing: \(unknown.attributes.joined(separator: ", "))"
    default: break
    }
    explanations.append(explanation)
  }
}

extension RuleEvaluation {
  private static let mostElements = 5

  /// What the body of a macro comes to for the first elements that it goes over, each part of it by itself.
  private func elements(of text: String, _ meter: inout CELMeter) -> [Finding.Evidence] {
    guard let loop = ConditionParts.loop(in: text),
      let range = value(of: loop.range, rule.environment, [:], &meter),
      case .list(let list) = range
    else { return [] }
    var environment = rule.environment
    environment.declare(variable: loop.variable)
    var shown: [Finding.Evidence] = []
    for element in list.prefix(Self.mostElements) {
      let values = ConditionParts.split(loop.body).compactMap { part in
        value(of: part, environment, [loop.variable: element], &meter).map { "\(part) is \(words($0))" }
      }
      shown.append(
        Finding.Evidence(
          name: "  \(loop.variable)", text: "\(words(element)); \(values.joined(separator: ", "))")
      )
    }
    if list.count > Self.mostElements {
      shown.append(Finding.Evidence(name: "  …", text: "\(list.count - Self.mostElements) more"))
    }
    return shown
  }

  private func value(
    of text: String, _ environment: CELEnvironment, _ locals: [String: CELValue], _ meter: inout CELMeter
  ) -> CELValue? {
    guard let program = try? CELExpression(text, in: environment).program() else { return nil }
    return try? program.evaluate(program.inputs.map { locals[$0] ?? values[$0] }, meter: &meter)
  }
}

/// The parts of a condition that `&&`, `||` and comparisons join, outside of all brackets and texts.
enum ConditionParts {
  /// First the parts between `&&` and `||`, each followed by the two sides of its comparison, if it is one.
  static func split(_ text: String) -> [String] {
    var parts: [String] = []
    for part in cut(text, at: ["&&", "||"]) {
      parts.append(part)
      let sides = cut(part, at: ["<=", ">=", "==", "!=", "<", ">"])
      if sides.count == 2 { parts += sides.filter { !isLiteral($0) } }
    }
    return parts
  }

  /// The first macro of a text outside of all brackets: what it goes over, the name of an element, and its body.
  static func loop(in text: String) -> (range: String, variable: String, body: String)? {
    for macro in ["exists_one", "exists", "all", "filter", "map"] {
      let pieces = cut(text, at: [".\(macro)("])
      guard pieces.count >= 2 else { continue }
      // The body ends at the bracket that closes the one of the macro.
      var inner = String.UnicodeScalarView()
      var depth = 1
      for scalar in text.unicodeScalars.dropFirst(pieces[0].unicodeScalars.count + macro.utf8.count + 2) {
        if "([{".unicodeScalars.contains(scalar) { depth += 1 }
        if ")]}".unicodeScalars.contains(scalar) { depth -= 1 }
        if depth == 0 { break }
        inner.append(scalar)
      }
      let parts = cut(String(inner), at: [","])
      guard parts.count == 2 else { continue }
      return (String(pieces[0].drop { $0 == "!" }), parts[0], parts[1])
    }
    return nil
  }

  private static func isLiteral(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return true }
    return ("0"..."9").contains(first) || first == "'" || first == "\""
  }

  private static func cut(_ text: String, at marks: [String]) -> [String] {
    let scalars = Array(text.unicodeScalars)
    let marks = marks.map { Array($0.unicodeScalars) }
    var parts: [String] = []
    var part = String.UnicodeScalarView()
    var depth = 0
    var quote: Unicode.Scalar?
    var position = 0
    func trimmed(_ part: String.UnicodeScalarView) -> String {
      let inner = part.drop { $0 == " " || $0 == "\n" }
      return String(String(inner).reversed().drop { $0 == " " || $0 == "\n" }.reversed())
    }
    while position < scalars.count {
      let scalar = scalars[position]
      if let open = quote {
        if scalar == "\\", position + 1 < scalars.count {
          part.append(scalar)
          position += 1
        } else if scalar == open {
          quote = nil
        }
      } else if scalar == "'" || scalar == "\"" {
        quote = scalar
      } else if "([{".unicodeScalars.contains(scalar) {
        depth += 1
      } else if ")]}".unicodeScalars.contains(scalar) {
        depth -= 1
      } else if depth == 0, let mark = marks.first(where: { scalars[position...].starts(with: $0) }) {
        parts.append(trimmed(part))
        part = String.UnicodeScalarView()
        position += mark.count
        continue
      }
      part.append(scalars[position])
      position += 1
    }
    parts.append(trimmed(part))
    return parts.filter { !$0.isEmpty }
  }
}
