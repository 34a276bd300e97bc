import LinearPrograms
import Testing

struct LinearProgramTests {
  private func optimum(
    _ program: LinearProgram, from basis: LinearProgram.Basis? = nil
  ) throws -> LinearProgram.Optimum {
    let outcome = program.solved(startingFrom: basis)
    guard case .optimal(let optimum) = outcome else {
      Issue.record("\(outcome)")
      throw CancellationError()
    }
    return optimum
  }

  /// Two ores, 3 x + 2 y to be as large as possible: x + y at most 4, x + 3 y at most 7, x at most 3.
  private var textbook: LinearProgram {
    var program = LinearProgram()
    let x = program.addColumn("x", cost: -3, in: 0...3)
    let y = program.addColumn("y", cost: -2)
    _ = program.addRow("furnace", in: -Double.infinity...4, [.init(x, 1), .init(y, 1)])
    _ = program.addRow("acid", in: -Double.infinity...7, [.init(x, 1), .init(y, 3)])
    return program
  }

  @Test("a program worked by hand has its optimum, its shadow prices and its reduced costs")
  func byHand() throws {
    let optimum = try optimum(textbook)
    #expect(optimum.objective == -11)
    #expect(optimum.values == [3, 1])
    #expect(optimum.duals == [-2, 0])
    #expect(optimum.reducedCosts == [-1, 0])
  }

  @Test("a solution from the last basis is the same optimum after a bound has changed")
  func warmStart() throws {
    var program = textbook
    let first = try optimum(program)
    program.rows[0].bounds = -Double.infinity...3.5
    let cold = try optimum(program)
    let warm = try optimum(program, from: first.basis)
    #expect(first.basis != nil)
    #expect(cold.values == [3, 0.5])
    #expect(warm.values == cold.values)
    #expect(warm.duals == cold.duals)
  }

  @Test("a basis of another shape is left aside")
  func foreignBasis() throws {
    let basis = try #require(try optimum(textbook).basis)
    var other = LinearProgram()
    _ = other.addColumn("x", cost: 1, in: 2...5)
    #expect(try optimum(other, from: basis).values == [2])
  }

  @Test("rows that contradict each other are named, those beside them are not")
  func infeasible() {
    var program = LinearProgram()
    let x = program.addColumn("mined", in: 0...3)
    let y = program.addColumn("magnets")
    let z = program.addColumn("other")
    _ = program.addRow("balance of oxide", in: 0...0, [.init(x, 1), .init(y, -1)])
    _ = program.addRow("demand for magnets", in: 5...Double.infinity, [.init(y, 1)])
    _ = program.addRow("apart", in: 1...2, [.init(z, 1)])
    guard case .infeasible(let conflict) = program.solved() else {
      Issue.record("not infeasible")
      return
    }
    #expect(conflict.rowNames == ["balance of oxide", "demand for magnets"])
    #expect(conflict.columnNames == ["mined"])
  }

  @Test("an objective that falls without end is unbounded, also where presolve sees only one of two")
  func unbounded() {
    var program = LinearProgram()
    let x = program.addColumn("x", cost: -1)
    let y = program.addColumn("y")
    _ = program.addRow("difference", in: -Double.infinity...1, [.init(x, 1), .init(y, -1)])
    #expect(program.solved() == .unbounded)
  }

  @Test("a program of nothing is optimal at nothing, and empty rows hold or contradict")
  func empty() throws {
    #expect(try optimum(LinearProgram()).values.isEmpty)
    var rowsOnly = LinearProgram()
    _ = rowsOnly.addRow("holds", in: -1...1, [])
    #expect(try optimum(rowsOnly).values.isEmpty)
    _ = rowsOnly.addRow("does not hold", in: 1...2, [])
    guard case .infeasible(let conflict) = rowsOnly.solved() else {
      Issue.record("0 is not between 1 and 2")
      return
    }
    #expect(conflict.rowNames == ["does not hold"])
    var columnsOnly = LinearProgram()
    _ = columnsOnly.addColumn("x", cost: 2, in: -1...7)
    _ = columnsOnly.addColumn("y", cost: -1, in: -1...7)
    #expect(try optimum(columnsOnly).values == [-1, 7])
  }

  @Test("a corner where many rows meet is left, whatever the degeneracy")
  func degenerate() throws {
    // Beale's example, on which the simplex method without a rule against cycles goes round for ever.
    var program = LinearProgram()
    let costs = [-0.75, 20, -0.5, 6]
    let x = costs.map { program.addColumn("x", cost: $0) }
    let below = -Double.infinity...0
    _ = program.addRow("a", in: below, zip(x, [0.25, -8, -1, 9]).map { .init($0.0, $0.1) })
    _ = program.addRow("b", in: below, zip(x, [0.5, -12, -0.5, 3]).map { .init($0.0, $0.1) })
    _ = program.addRow("c", in: -Double.infinity...1, [.init(x[2], 1)])
    #expect(abs(try optimum(program).objective + 1.25) < 1e-12)
  }

  @Test("numbers that cannot be computed with are named by their column or row")
  func malformed() {
    let numbers = [Double.nan, .infinity, -.infinity, 1e15]
    for number in numbers {
      var program = LinearProgram()
      let x = program.addColumn("x", cost: number)
      #expect(program.solved() == .malformed(name: "x"))
      program.columns[0].cost = 1
      _ = program.addRow("r", in: 0...1, [.init(x, number)])
      #expect(program.solved() == .malformed(name: "r"))
    }
    var program = LinearProgram()
    _ = program.addColumn("far", in: Double.infinity...Double.infinity)
    #expect(program.solved() == .malformed(name: "far"))
  }

  @Test("limits of size, time and iterations end a solution")
  func limits() {
    let program = Self.random(columns: 40, rows: 30, seed: 3)
    #expect(program.solved(within: .init(size: 50)) == .tooLarge)
    #expect(program.solved(within: .init(iterations: 0)) == .iterationLimit)
    #expect(program.solved(within: .init(seconds: 0)) == .timeLimit)
  }

  @Test("equal programs give equal answers")
  func deterministic() {
    for seed in 0..<20 as Range<UInt64> {
      let program = Self.random(columns: 30, rows: 20, seed: seed)
      #expect(program.solved() == program.solved())
    }
  }
}
