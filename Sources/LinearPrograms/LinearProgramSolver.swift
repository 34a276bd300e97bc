/// A linear program that stays in the solver, to be solved again after some of its bounds or costs have changed.
///
/// Each solution but the first starts from the basis of the one before, which for programs that differ little takes a small part of the
/// time. The objective does not depend on that, but to rounding; where several solutions are optimal, which of them is
/// found may.
public struct LinearProgramSolver: ~Copyable {
  /// The program as it stands now.
  public private(set) var program: LinearProgram
  private var library: HiGHSLibrary

  /// Why the program as it stands is not given to the library.
  private var refusal: LinearProgram.Outcome?

  /// Whether bounds or costs have changed such that `refusal` must be found anew.
  private var mustCheck = false
  private var isLoaded: Bool
  private let limits: LinearProgram.Limits

  /// - Parameters:
  ///   - program: what to solve.
  ///   - limits: how much each solution may take.
  /// - Complexity: O(columns + rows + terms).
  public init(_ program: LinearProgram, within limits: LinearProgram.Limits = .init()) {
    self.program = program
    self.limits = limits
    library = HiGHSLibrary(limits, isRepeated: true)
    refusal = program.refusal(within: limits)
    isLoaded = false
    if refusal == nil { isLoaded = library.load(program) }
  }

  /// How many steps of the simplex method the last solution took; 0 before the first.
  public var iterations: Int { library.iterations }

  public mutating func setBounds(ofColumn column: Int, to bounds: ClosedRange<Double>) {
    program.columns[column].bounds = bounds
    note(isUsable: LinearProgram.isUsable(bounds))
    if isLoaded { library.setBounds(ofColumn: column, to: bounds) }
  }

  public mutating func setBounds(ofRow row: Int, to bounds: ClosedRange<Double>) {
    program.rows[row].bounds = bounds
    note(isUsable: LinearProgram.isUsable(bounds) && !program.isContradiction(row: row))
    if isLoaded { library.setBounds(ofRow: row, to: bounds) }
  }

  public mutating func setCost(ofColumn column: Int, to cost: Double) {
    program.columns[column].cost = cost
    note(isUsable: LinearProgram.isUsable(cost: cost))
    if isLoaded { library.setCost(ofColumn: column, to: cost) }
  }

  /// Looks at the whole program before the next solution if it was, or has become, one that cannot be given to the library.
  private mutating func note(isUsable: Bool) {
    if isUsable && refusal == nil { return }
    mustCheck = true
  }

  /// Solves the program as it stands; see ``LinearProgram/solved(startingFrom:within:)``.
  public mutating func solve() -> LinearProgram.Outcome {
    if let ended = settle() { return ended }
    let status = library.solve()
    let outcome = library.outcome(of: program, status: status)
    library.isWarm = library.isOptimal(status)
    return outcome
  }

  /// The least objective of the program as it stands; nil if it has none, for which ``solve()`` names the reason.
  ///
  /// Less work than ``solve()``, since no solution is copied.
  public mutating func leastObjective() -> Double? {
    if settle() != nil { return nil }
    let isOptimal = library.isOptimal(library.solve())
    library.isWarm = isOptimal
    return isOptimal ? library.objective : nil
  }

  /// Why the library cannot be asked; nil if it can.
  private mutating func settle() -> LinearProgram.Outcome? {
    if mustCheck {
      mustCheck = false
      refusal = program.refusal(within: limits)
      // Numbers that the library did not take are not in its copy.
      if refusal == nil { isLoaded = library.load(program) }
    }
    if let refusal { return refusal }
    return isLoaded ? nil : .failed(status: HiGHSLibrary.loadError)
  }
}
