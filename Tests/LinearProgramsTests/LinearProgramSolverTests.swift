import LinearPrograms
import TestSupport
import Testing

struct LinearProgramSolverTests {
  private enum End: Equatable {
    case optimal(Double)
    case infeasible
    case other(LinearProgram.Outcome)

    init(_ outcome: LinearProgram.Outcome) {
      switch outcome {
      case .optimal(let optimum): self = .optimal((optimum.objective * 1e6).rounded() / 1e6)
      case .infeasible: self = .infeasible
      default: self = .other(outcome)
      }
    }
  }

  @Test(
    "after any changes of bounds and costs the solver finds what a new solution finds",
    arguments: 0..<40 as Range<UInt64>)
  func agreesWithCold(seed: UInt64) {
    var program = LinearProgramTests.random(columns: 12, rows: 8, seed: seed)
    var solver = LinearProgramSolver(program)
    var generator = SeededGenerator(seed: seed &+ 77)
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    for _ in 0..<25 {
      for _ in 0..<pick(1...3) {
        let low = Double(pick(-3...1))
        let bounds = low...(low + Double(pick(0...4)))
        switch pick(0...2) {
        case 0:
          let column = pick(0...11)
          program.columns[column].bounds = bounds
          solver.setBounds(ofColumn: column, to: bounds)
        case 1:
          let row = pick(0...7)
          program.rows[row].bounds = bounds
          solver.setBounds(ofRow: row, to: bounds)
        default:
          let (column, cost) = (pick(0...11), Double(pick(-5...5)))
          program.columns[column].cost = cost
          solver.setCost(ofColumn: column, to: cost)
        }
      }
      let cold = End(program.solved())
      #expect(solver.program == program)
      if pick(0...1) == 0 {
        #expect(End(solver.solve()) == cold, "seed \(seed)")
      } else {
        let least = solver.leastObjective().map { End.optimal(($0 * 1e6).rounded() / 1e6) }
        #expect((least ?? .infeasible) == cold, "seed \(seed)")
      }
    }
  }

  @Test("a number that cannot be computed with is refused until it is changed again")
  func malformedForAWhile() {
    var program = LinearProgram()
    let x = program.addColumn("x", cost: 1, in: 2...5)
    let row = program.addRow("empty", in: 0...1, [])
    var solver = LinearProgramSolver(program)
    #expect(solver.leastObjective() == 2)
    solver.setCost(ofColumn: x, to: .nan)
    #expect(solver.leastObjective() == nil)
    #expect(solver.solve() == .malformed(name: "x"))
    solver.setBounds(ofColumn: x, to: 3...4)
    #expect(solver.solve() == .malformed(name: "x"))
    solver.setCost(ofColumn: x, to: 2)
    #expect(solver.leastObjective() == 6)
    solver.setBounds(ofRow: row, to: 1...2)
    #expect(End(solver.solve()) == .infeasible)
    solver.setBounds(ofRow: row, to: -1...2)
    #expect(solver.leastObjective() == 6)
    var large = LinearProgramSolver(program, within: .init(size: 1))
    #expect(large.solve() == .tooLarge)
    #expect(large.leastObjective() == nil)
  }

  @Test("what has no end is told as such, and after that the solver goes on")
  func unboundedForAWhile() {
    var program = LinearProgram()
    let x = program.addColumn("x", cost: -1, in: 0...3)
    let y = program.addColumn("y")
    _ = program.addRow("difference", in: -Double.infinity...1, [.init(x, 1), .init(y, -1)])
    var solver = LinearProgramSolver(program)
    #expect(solver.leastObjective() == -3)
    solver.setBounds(ofColumn: x, to: 0...Double.infinity)
    #expect(solver.solve() == .unbounded)
    solver.setBounds(ofColumn: x, to: 0...7)
    #expect(solver.leastObjective() == -7)
  }

  @Test("a limit holds for each solution, not for all of them together")
  func limits() {
    let program = LinearProgramTests.random(columns: 40, rows: 30, seed: 3)
    var solver = LinearProgramSolver(program, within: .init(seconds: 5, iterations: 200))
    var total = 0
    for round in 0..<60 {
      solver.setCost(ofColumn: round % 40, to: round.isMultiple(of: 2) ? -9 : 9)
      guard case .optimal = solver.solve() else {
        Issue.record("round \(round)")
        return
      }
      total += solver.iterations
    }
    #expect(total > 200)
    var none = LinearProgramSolver(program, within: .init(iterations: 0))
    #expect(none.solve() == .iterationLimit)
  }
}
