import CEL
import TestSupport

/// Runs an expression with values by name, each declared without a type.
func evaluate(
  _ source: String, _ values: [String: CELValue] = [:], limits: CELLimits = CELLimits(),
  isChecked: Bool = true
) throws -> CELValue {
  var environment = CELEnvironment()
  environment.limits = limits
  for name in values.keys.sorted() { environment.declare(variable: name) }
  let expression = try CELExpression(source, in: environment)
  return try (isChecked ? expression.program() : expression.uncheckedProgram()).evaluate(values)
}

/// Whether an expression is true.
func holds(_ source: String, _ values: [String: CELValue] = [:]) throws -> Bool {
  guard case .bool(let value) = try evaluate(source, values) else { return false }
  return value
}

/// The failure of an expression when it runs, or nil if it gives a value.
func failure(_ source: String, _ values: [String: CELValue] = [:], limits: CELLimits = CELLimits()) throws
  -> CELFailure?
{
  do {
    _ = try evaluate(source, values, limits: limits, isChecked: false)
    return nil
  } catch let failure as CELFailure { return failure }
}

/// Everything that is wrong with an expression before it runs.
func problems(_ source: String, in environment: CELEnvironment = CELEnvironment()) -> [CELProblem] {
  do {
    _ = try CELExpression(source, in: environment).program()
    return []
  } catch { return error.problems }
}

/// A struct of two rows: a mine with a capacity, and a metal maker without one.
let siteStruct = CELStruct(
  "Site", "A place.",
  attributes: [
    .init("stage", .string, "Its tier.", size: .text(bytes: 10)) { row in
      .string(row == 0 ? "mine" : "metal")
    },
    .init("capacity", .double, "Tonnes a year.") { row in
      row == 0 ? .double(5) : .unknown(CELUnknown([]))
    },
    .init("partners", .list(.string), "Who it trades with.", size: .list(count: 2, of: .text(bytes: 8))) {
      row in
      .list(row == 0 ? [.string("a"), .string("b")] : [])
    },
  ])

func siteEnvironment() -> CELEnvironment {
  var environment = CELEnvironment()
  environment.declare(siteStruct)
  environment.declare(variable: "site", .object("Site"))
  environment.declare(variable: "sites", .list(.object("Site")))
  return environment
}

func site(_ row: Int) -> CELValue { .object(CELObject(type: "Site", row: row)) }

extension SeededGenerator {
  /// A number from 0 up to but not with a bound.
  mutating func next(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
