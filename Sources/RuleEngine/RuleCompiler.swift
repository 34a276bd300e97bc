internal import CEL
internal import Diagnostics

/// What rules may use up; the same everywhere, since steps are counted and not time.
public struct RuleLimits: Sendable, Hashable {
  /// Steps of one tuple, of one rule in one scenario, and of a run, on a network of up to 20,000 nodes and lanes.
  public var tuple = 1_000_000
  public var rule = 10_000_000
  public var run = 100_000_000

  /// Steps that a rule may need at worst, as told before it runs.
  ///
  /// The estimate takes every list to be as long as the network allows, so that what a rule then counts is often a
  /// thousandth of it; what is refused is what would be hopeless.
  public var worstCase = 10_000_000_000

  /// The same for each pair of sites, where that is more: what goes over all pairs of a large network may be tried, since a
  /// list of single points is short as a rule; what goes over all triples is hopeless.
  public var worstCasePerPair = 10_000

  /// Findings of a rule that are kept; all are counted.
  public var findings = 200

  /// Steps of analyses that one rule may ask for, for each node and lane of the network.
  ///
  /// An analysis that another rule has asked for before costs nothing. Networks too small to matter count as 20,000.
  public var analyses = 500

  public init() {}

  /// The limits on steps for a network of so many nodes and lanes: in proportion to it above 20,000 of them, so that a rule
  /// that goes over all sites a few times may do so on any network.
  func scaled(to size: Int) -> RuleLimits {
    let factor = max(1, size / 20_000)
    var limits = self
    limits.tuple = Self.product(limits.tuple, factor)
    limits.rule = Self.product(limits.rule, factor)
    limits.run = Self.product(limits.run, factor)
    return limits
  }

  private static func product(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }
}

/// A rule whose expressions are checked and ready to run.
struct CompiledRule: Sendable {
  struct Named: Sendable {
    var name: String
    var expression: RuleExpression
    var program: CELProgram
  }

  enum MessagePart: Sendable {
    case text(String)
    case program(CELProgram, RuleExpression)
  }

  var file: RuleFile
  var severity: FindingSeverity
  var loops: [Named]
  var lets: [Named]
  var when: Named
  var message: [MessagePart]
  var show: [Named]
  var severityWhen: [(condition: Named, severity: FindingSeverity)]

  /// Parameters and lists, by the names that expressions use.
  var constants: [String: CELValue]

  /// Whether it looks at a scenario.
  var needsScenario: Bool

  /// Whether it looks at what other rules found.
  var needsFindings: Bool
  var environment: CELEnvironment
}

/// Checks the expressions of a rule and makes them ready.
struct RuleCompiler {
  private let file: RuleFile
  private var environment: CELEnvironment
  private var sizes: [String: CELSize] = [:]
  private(set) var problems: [Diagnostic] = []
  private var steps = 0
  private var tuples = 1
  private var costliest: (steps: Int, expression: RuleExpression)?
  private var usesScenario = false
  private var usesFindings = false

  /// - Returns: the rule, or nil with all that is wrong with it.
  static func compile(
    _ file: RuleFile, in environment: CELEnvironment, settings: RuleSettings, limits: RuleLimits,
    siteCount: Int,
    findingCount: Int = 0
  ) -> (rule: CompiledRule?, problems: [Diagnostic]) {
    var compiler = RuleCompiler(file: file, environment: environment)
    compiler.sizes["findings"] = .list(count: findingCount, of: .scalar)
    let rule = compiler.compile(settings, limits, siteCount)
    return (compiler.problems.isEmpty ? rule : nil, compiler.problems)
  }

  private init(file: RuleFile, environment: CELEnvironment) {
    self.file = file
    self.environment = environment
  }

  private mutating func compile(
    _ settings: RuleSettings, _ limits: RuleLimits, _ siteCount: Int
  ) -> CompiledRule? {
    var constants: [String: CELValue] = [:]
    for parameter in file.parameters {
      constants["params.\(parameter.name)"] = parameter.value
      environment.declare(
        variable: "params.\(parameter.name)", parameter.type.celType, unit: parameter.unit)
    }
    for (name, values) in file.lists {
      constants["lists.\(name)"] = .list(values.map { .string($0) })
      environment.declare(variable: "lists.\(name)", .list(.string))
    }
    for assignment in settings.assignments where assignment.rule == file.header.id {
      set(assignment, &constants)
    }
    for (name, value) in constants { sizes[name] = CELSize(of: value) }

    var loops: [CompiledRule.Named] = []
    for loop in file.loops {
      let (program, size) = program(loop.expression)
      var element = CELType.dyn
      switch program?.resultType {
      case .list(let type)?: element = type
      case .dyn?, nil: break
      case .some(let type):
        report(loop.expression, "'\(loop.name)' must run over a list, not over a \(type)")
      }
      declare(loop.name, loop.expression, element, unit: unit(of: loop.expression))
      sizes[loop.name] = size.elements
      tuples = multiply(tuples, max(1, size.count))
      if let program { loops.append(.init(name: loop.name, expression: loop.expression, program: program)) }
    }
    var lets: [CompiledRule.Named] = []
    for name in file.lets {
      let (program, size) = program(name.expression)
      declare(name.name, name.expression, program?.resultType ?? .dyn, unit: unit(of: name.expression))
      sizes[name.name] = size
      if let program { lets.append(.init(name: name.name, expression: name.expression, program: program)) }
    }
    let when = condition(file.when, "when")
    let worst = multiply(tuples, steps)
    let most = max(limits.worstCase, multiply(limits.worstCasePerPair, multiply(siteCount, siteCount)))
    if problems.isEmpty, worst > most, let costliest {
      report(
        costliest.expression, id: "cost",
        "worst case \(Self.short(worst)) steps on this network (\(siteCount) sites); a rule may need \(Self.short(most))",
        help:
          "it is asked for up to \(Self.short(tuples)) tuples, and this part costs up to \(Self.short(costliest.steps)) steps each"
      )
    }
    var message: [CompiledRule.MessagePart] = []
    for part in file.message {
      switch part {
      case .text(let text): message.append(.text(text))
      case .expression(let expression):
        if let program = program(expression).program { message.append(.program(program, expression)) }
      }
    }
    let show = file.show.compactMap { binding -> CompiledRule.Named? in
      program(binding.expression).program.map {
        .init(name: binding.name, expression: binding.expression, program: $0)
      }
    }
    let cases = file.severityWhen.compactMap { one in
      condition(one.condition, "severity_when").map { (condition: $0, severity: one.severity) }
    }
    guard let when else { return nil }
    return CompiledRule(
      file: file, severity: settings.severities[file.header.id] ?? file.header.severity, loops: loops,
      lets: lets, when: when, message: message, show: show, severityWhen: cases, constants: constants,
      needsScenario: usesScenario, needsFindings: usesFindings, environment: environment)
  }

  // MARK: Parts

  private mutating func program(_ expression: RuleExpression) -> (program: CELProgram?, size: CELSize) {
    do {
      let read = try CELExpression(expression.text, in: environment)
      let program = try read.program()
      let cost = read.worstCost(sizes: sizes)
      steps = add(steps, cost.steps)
      if cost.steps >= costliest?.steps ?? 0 { costliest = (cost.steps, expression) }
      usesFindings = usesFindings || program.inputs.contains("findings")
      usesScenario = usesScenario || program.inputs.contains { $0 == "banned" || $0 == "scenario" }
      return (program, cost.result)
    } catch {
      problems += error.problems.map { expression.diagnostic($0) }
      return (nil, .scalar)
    }
  }

  private mutating func condition(_ expression: RuleExpression, _ key: String) -> CompiledRule.Named? {
    guard let program = program(expression).program else { return nil }
    if program.resultType != .bool, program.resultType != .dyn {
      report(
        expression, "'\(key)' must be true or false, and this is a \(program.resultType)",
        help: "compare it with something, such as > 0")
    }
    return .init(name: key, expression: expression, program: program)
  }

  private func unit(of expression: RuleExpression) -> String {
    (try? CELExpression(expression.text, in: environment))?.unit ?? ""
  }

  private mutating func declare(_ name: String, _ expression: RuleExpression, _ type: CELType, unit: String) {
    if environment.variables.contains(where: { $0.name == name }) {
      report(expression, id: "duplicate-name", "'\(name)' has a meaning already", help: "take another name")
    }
    environment.declare(variable: name, type, unit: unit)
  }

  private mutating func report(
    _ expression: RuleExpression, id: String = "rule-type", _ summary: String, help: String? = nil
  ) {
    problems.append(
      expression.diagnostic(
        CELProblem(
          id, summary, help: help, offset: 0, length: max(1, expression.text.unicodeScalars.count))))
  }

  private mutating func set(_ assignment: RuleSettings.Assignment, _ constants: inout [String: CELValue]) {
    func fail(_ summary: String, help: String? = nil) {
      problems.append(Diagnostic(id: "parameter", summary, help: help))
    }
    let label = "\(file.header.id).\(assignment.parameter)"
    guard let parameter = file.parameters.first(where: { $0.name == assignment.parameter }) else {
      let near = suggestion(for: assignment.parameter, from: file.parameters.map(\.name))
      return fail(
        "the rule '\(file.header.id)' has no parameter '\(assignment.parameter)'",
        help: near.map { "did you mean '\($0)'?" })
    }
    let values = assignment.values.compactMap { parameter.type.value(of: $0) }
    guard values.count == assignment.values.count, parameter.type.isList || values.count == 1 else {
      return fail("'\(assignment.values.joined(separator: ", "))' is not a value for \(label)")
    }
    for value in values {
      let number: Double? =
        switch value {
        case .double(let number): number
        case .int(let number): Double(number)
        default: nil
        }
      guard let number else { continue }
      if let least = parameter.minimum, number < least { fail("\(label) must be at least \(least)") }
      if let most = parameter.maximum, number > most { fail("\(label) must be at most \(most)") }
    }
    constants["params.\(assignment.parameter)"] = parameter.type.isList ? .list(values) : values[0]
  }

  // MARK: Numbers

  private func multiply(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }

  private func add(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  /// A number of steps in two digits, such as 6.5e10.
  private static func short(_ number: Int) -> String {
    if number == .max { return "without bound" }
    if number < 10_000 { return "\(number)" }
    var (digits, power) = (number, 0)
    while digits >= 100 { (digits, power) = (digits / 10, power + 1) }
    return "\(digits / 10).\(digits % 10)e\(power + 1)"
  }
}
