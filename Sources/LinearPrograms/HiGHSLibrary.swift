import CHiGHS

/// One model in the HiGHS library.
@safe struct HiGHSLibrary: ~Copyable {
  private let handle: UnsafeMutableRawPointer?

  /// - Parameters:
  ///   - limits: how much a solution may take.
  ///   - isRepeated: whether the model is to be solved many times from the last basis. The steps between two solutions are few
  ///     then, and exact weights of edges, which take a system of equations for each row, not worth what they cost.
  init(_ limits: LinearProgram.Limits, isRepeated: Bool = false) {
    unsafe handle = Highs_create()
    set("output_flag", to: false)
    set("parallel", to: "off")
    set("solver", to: "simplex")
    set("threads", to: 1)
    set("random_seed", to: 0)
    set("simplex_iteration_limit", to: Int(Int32(clamping: limits.iterations)))
    set("time_limit", to: max(0, limits.seconds))
    set("primal_feasibility_tolerance", to: 1e-9)
    set("dual_feasibility_tolerance", to: 1e-9)
    // Devex weights.
    if isRepeated { set("simplex_dual_edge_weight_strategy", to: 1) }
  }

  deinit { unsafe Highs_destroy(handle) }

  private func set(_ option: String, to value: Bool) {
    _ = unsafe Highs_setBoolOptionValue(handle, option, value ? 1 : 0)
  }

  private func set(_ option: String, to value: Int) {
    _ = unsafe Highs_setIntOptionValue(handle, option, HighsInt(value))
  }

  private func set(_ option: String, to value: Double) {
    _ = unsafe Highs_setDoubleOptionValue(handle, option, value)
  }

  private func set(_ option: String, to value: String) {
    _ = unsafe Highs_setStringOptionValue(handle, option, value)
  }

  mutating func solve(
    _ program: LinearProgram, startingFrom basis: LinearProgram.Basis?
  ) -> LinearProgram.Outcome {
    guard load(program) else { return .failed(status: Self.loadError) }
    if let basis, basis.columns.count == program.columns.count, basis.rows.count == program.rows.count {
      _ = unsafe Highs_setBasis(handle, basis.columns, basis.rows)
    }
    return outcome(of: program, status: solve())
  }

  /// Solves what is loaded from the last basis, if there is one, and returns the library's status.
  mutating func solve() -> HighsInt {
    var status = run()
    if isWarm, !isSettled(status), status != kHighsModelStatusTimeLimit {
      // Without the library's guard against degenerate corners it can fail where it otherwise would not.
      isWarm = false
      _ = unsafe Highs_clearSolver(handle)
      status = run()
    }
    // What was found before the simplex method began has no proof, and may leave open which of the two it is.
    let isOpen =
      status == kHighsModelStatusInfeasible || status == kHighsModelStatusUnbounded
      || status == kHighsModelStatusUnboundedOrInfeasible
    guard isOpen else { return status }
    set("presolve", to: "off")
    _ = unsafe Highs_clearSolver(handle)
    let settled = run()
    set("presolve", to: "choose")
    return settled
  }

  /// Whether the next solution starts from the basis of one before that differs little, so that perturbed costs, which take steps
  /// to set up and to undo, are not worth what they cost.
  var isWarm = false {
    didSet {
      if isWarm != oldValue { set("dual_simplex_cost_perturbation_multiplier", to: isWarm ? 0.0 : 1.0) }
    }
  }

  private func isSettled(_ status: HighsInt) -> Bool {
    isOptimal(status) || status == kHighsModelStatusInfeasible || status == kHighsModelStatusUnbounded
      || status == kHighsModelStatusUnboundedOrInfeasible
  }

  /// The basis of the last solution; nil if there is none.
  func basis(of program: LinearProgram) -> LinearProgram.Basis? {
    var columns = [HighsInt](repeating: 0, count: program.columns.count)
    var rows = [HighsInt](repeating: 0, count: program.rows.count)
    guard unsafe Highs_getBasis(handle, &columns, &rows) == kHighsStatusOk else { return nil }
    return LinearProgram.Basis(columns: columns, rows: rows)
  }

  func outcome(of program: LinearProgram, status: HighsInt) -> LinearProgram.Outcome {
    switch status {
    case kHighsModelStatusOptimal, kHighsModelStatusModelEmpty: .optimal(optimum(of: program))
    case kHighsModelStatusInfeasible: .infeasible(conflict(in: program))
    case kHighsModelStatusUnbounded: .unbounded
    case kHighsModelStatusTimeLimit: .timeLimit
    case kHighsModelStatusIterationLimit: .iterationLimit
    default: .failed(status: Int(status))
    }
  }

  /// The status of a program that the library did not take.
  static var loadError: Int { Int(kHighsModelStatusLoadError) }

  func isOptimal(_ status: HighsInt) -> Bool {
    status == kHighsModelStatusOptimal || status == kHighsModelStatusModelEmpty
  }

  /// The objective of the last solution.
  var objective: Double { unsafe Highs_getObjectiveValue(handle) }

  /// How many steps of the simplex method the last solution took.
  var iterations: Int {
    var count: HighsInt = 0
    _ = unsafe Highs_getIntInfoValue(handle, "simplex_iteration_count", &count)
    return Int(count)
  }

  mutating func setBounds(ofColumn column: Int, to bounds: ClosedRange<Double>) {
    _ = unsafe Highs_changeColBounds(handle, HighsInt(column), bounds.lowerBound, bounds.upperBound)
  }

  mutating func setBounds(ofRow row: Int, to bounds: ClosedRange<Double>) {
    _ = unsafe Highs_changeRowBounds(handle, HighsInt(row), bounds.lowerBound, bounds.upperBound)
  }

  mutating func setCost(ofColumn column: Int, to cost: Double) {
    _ = unsafe Highs_changeColCost(handle, HighsInt(column), cost)
  }

  private mutating func run() -> HighsInt {
    // The library holds the time of all solutions of one model together against its limit.
    _ = unsafe Highs_zeroAllClocks(handle)
    _ = unsafe Highs_run(handle)
    return unsafe Highs_getModelStatus(handle)
  }

  mutating func load(_ program: LinearProgram) -> Bool {
    let status = unsafe Highs_passLp(
      handle, HighsInt(program.columns.count), HighsInt(program.rows.count), HighsInt(program.terms.count),
      kHighsMatrixFormatRowwise, kHighsObjSenseMinimize, 0, program.columns.map(\.cost),
      program.columns.map(\.bounds.lowerBound), program.columns.map(\.bounds.upperBound),
      program.rows.map(\.bounds.lowerBound), program.rows.map(\.bounds.upperBound),
      program.starts.dropLast().map { HighsInt($0) }, program.terms.map { HighsInt($0.column) },
      program.terms.map(\.factor))
    return status != kHighsStatusError
  }

  private func optimum(of program: LinearProgram) -> LinearProgram.Optimum {
    var values = [Double](repeating: 0, count: program.columns.count)
    var reducedCosts = values
    var sums = [Double](repeating: 0, count: program.rows.count)
    var duals = sums
    _ = unsafe Highs_getSolution(handle, &values, &reducedCosts, &sums, &duals)
    return LinearProgram.Optimum(
      objective: zip(program.columns, values).reduce(0) { $0 + $1.0.cost * $1.1 }, values: values,
      duals: duals, reducedCosts: reducedCosts, basis: basis(of: program))
  }

  private func conflict(in program: LinearProgram) -> LinearProgram.Conflict {
    var factors = [Double](repeating: 0, count: program.rows.count)
    var exists: HighsInt = 0
    if unsafe Highs_getDualRay(handle, &exists, &factors) != kHighsStatusOk || exists == 0 {
      factors = factors.map { _ in 0 }
    }
    let largest = factors.reduce(0) { max($0, abs($1)) }
    let rows = program.rows.indices.filter { abs(factors[$0]) > 1e-12 * largest }
    var weights: [Int: Double] = [:]
    for row in rows {
      for term in program.terms(ofRow: row) {
        weights[term.column, default: 0] += factors[row] * term.factor
      }
    }
    let columns = program.columns.indices.filter { abs(weights[$0] ?? 0) > 1e-9 * largest }
    return LinearProgram.Conflict(
      rows: rows.map { .init(row: $0, factor: factors[$0]) }, rowNames: rows.map { program.rows[$0].name },
      columnNames: columns.map { program.columns[$0].name })
  }
}
