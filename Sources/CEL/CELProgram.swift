/// An expression made ready to run many times.
///
/// The program holds no state: it may run on several threads at once. Scalars take no memory while it runs.
public struct CELProgram: Sendable {
  /// The type of the result as the checker found it; `dyn` if it was not checked.
  public let resultType: CELType
  /// The declared variables that the expression names, in the order in which values are given.
  public let inputs: [String]
  private let code: Compiler.Code
  private let localCount: Int
  private let limits: CELLimits

  init(
    resultType: CELType, inputs: [String], code: Compiler.Code, localCount: Int, limits: CELLimits
  ) {
    self.resultType = resultType
    self.inputs = inputs
    self.code = code
    self.localCount = localCount
    self.limits = limits
  }

  /// Runs the program with values by name; names that it does not use are passed over.
  public func evaluate(_ variables: [String: CELValue] = [:]) throws(CELFailure) -> CELValue {
    var meter = CELMeter(limits: limits)
    return try evaluate(inputs.map { variables[$0] }, meter: &meter)
  }

  /// Runs the program with one value for each of `inputs`, nil for one that is not bound.
  ///
  /// The meter goes on counting from where it stands, so that several evaluations can share one limit.
  ///
  /// - Precondition: there are as many values as inputs.
  public func evaluate(_ values: [CELValue?], meter: inout CELMeter) throws(CELFailure) -> CELValue {
    precondition(values.count == inputs.count, "one value for each input")
    var frame = Frame(meter: meter, inputs: values, localCount: localCount)
    defer { meter = frame.meter }
    return try code(&frame)
  }

  /// A place to run the program many times in, without taking memory for each.
  public func run() -> CELRun {
    CELRun(
      frame: Frame(
        meter: CELMeter(limits: limits), inputs: [CELValue?](repeating: nil, count: inputs.count),
        localCount: localCount), code: code)
  }
}

/// A program and the values that it runs with: set what changes, evaluate, and again.
///
/// It belongs to one thread; each thread takes a run of its own from the program.
public struct CELRun: Sendable {
  private var frame: Frame
  private let code: Compiler.Code

  init(frame: Frame, code: Compiler.Code) {
    self.frame = frame
    self.code = code
  }

  /// The value of an input, by its position in `CELProgram.inputs`; nil is not bound.
  public subscript(_ input: Int) -> CELValue? {
    get { frame.inputs[input] }
    set { frame.inputs[input] = newValue }
  }

  /// The steps of all evaluations so far.
  public var spent: Int { frame.meter.spent + before }
  private var before = 0

  /// Evaluates with the values as they are; each evaluation may use up the whole limit.
  public mutating func evaluate() throws(CELFailure) -> CELValue {
    before += frame.meter.spent
    frame.meter = CELMeter(limits: frame.meter.limits)
    return try code(&frame)
  }
}

/// What a running program keeps.
struct Frame: Sendable {
  var meter: CELMeter
  var inputs: [CELValue?]
  var locals: [CELValue]

  init(meter: CELMeter, inputs: [CELValue?], localCount: Int) {
    self.meter = meter
    self.inputs = inputs
    locals = localCount == 0 ? [] : [CELValue](repeating: .null, count: localCount)
  }
}
