import LinearPrograms
import TestSupport
import Testing

extension LinearProgramTests {
  /// A program with small whole numbers; about a third of such have no solution.
  static func random(columns: Int, rows: Int, seed: UInt64) -> LinearProgram {
    var generator = SeededGenerator(seed: seed)
    var program = LinearProgram()
    for column in 0..<columns {
      _ = program.addColumn(
        "x\(column)", cost: Double(Int.random(in: -5...5, using: &generator)),
        in: Double(
          Int.random(in: -2...0, using: &generator))...Double(
            Int.random(in: 1...4, using: &generator)))
    }
    for row in 0..<rows {
      let terms = (0..<columns).filter { _ in Bool.random(using: &generator) }.map {
        LinearProgram.Term($0, Double(Int.random(in: -3...3, using: &generator)))
      }
      let lower = Double(Int.random(in: -4...2, using: &generator))
      switch Int.random(in: 0...3, using: &generator) {
      case 0: _ = program.addRow("r\(row)", in: lower...lower, terms)
      case 1: _ = program.addRow("r\(row)", in: lower...Double.infinity, terms)
      default: _ = program.addRow("r\(row)", in: -Double.infinity...(lower + 3), terms)
      }
    }
    return program
  }

  /// The least objective over all corners: each choice of as many bounds as there are columns that meet in one point.
  private func leastOverCorners(_ program: LinearProgram) -> Double? {
    let count = program.columns.count
    var planes: [(normal: [Double], at: Double)] = []
    for (column, row) in program.columns.enumerated() {
      var normal = [Double](repeating: 0, count: count)
      normal[column] = 1
      planes += [(normal, row.bounds.lowerBound), (normal, row.bounds.upperBound)]
    }
    for row in program.rows.indices {
      var normal = [Double](repeating: 0, count: count)
      for term in program.terms(ofRow: row) { normal[term.column] = term.factor }
      let bounds = program.rows[row].bounds
      for bound in Set([bounds.lowerBound, bounds.upperBound]) where bound.isFinite {
        planes.append((normal, bound))
      }
    }
    var best: Double?
    func choose(_ chosen: [Int]) {
      if chosen.count == count {
        guard let point = intersection(chosen.map { planes[$0] }) else { return }
        let isInside =
          zip(program.columns, point).allSatisfy {
            $0.1 > $0.0.bounds.lowerBound - 1e-9 && $0.1 < $0.0.bounds.upperBound + 1e-9
          }
          && program.rows.indices.allSatisfy { row in
            let sum = program.sum(ofRow: row, at: point)
            let bounds = program.rows[row].bounds
            return sum > bounds.lowerBound - 1e-9 && sum < bounds.upperBound + 1e-9
          }
        guard isInside else { return }
        let objective = zip(program.columns, point).reduce(0) { $0 + $1.0.cost * $1.1 }
        best = min(best ?? objective, objective)
        return
      }
      for plane in ((chosen.last ?? -1) + 1)..<planes.count { choose(chosen + [plane]) }
    }
    choose([])
    return best
  }

  /// The one point where planes meet; nil if there is none or more than one.
  private func intersection(_ planes: [(normal: [Double], at: Double)]) -> [Double]? {
    var rows = planes.map { $0.normal + [$0.at] }
    let count = rows.count
    for column in 0..<count {
      guard let pivot = (column..<count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
        abs(rows[pivot][column]) > 1e-9
      else { return nil }
      rows.swapAt(column, pivot)
      for row in 0..<count where row != column {
        let factor = rows[row][column] / rows[column][column]
        for position in column...count { rows[row][position] -= factor * rows[column][position] }
      }
    }
    return (0..<count).map { rows[$0][count] / rows[$0][$0] }
  }

  @Test("the optimum is the best corner, duals prove it, and a conflict is a proof", arguments: 0..<200)
  func corners(seed: UInt64) throws {
    let program = Self.random(columns: 3, rows: 4, seed: seed)
    let best = leastOverCorners(program)
    switch program.solved() {
    case .optimal(let optimum):
      let best = try #require(best)
      #expect(abs(optimum.objective - best) < 1e-9)
      // The bound that duals and reduced costs give is the objective itself.
      var bound = 0.0
      for (row, dual) in optimum.duals.enumerated() where dual != 0 {
        let bounds = program.rows[row].bounds
        bound += dual * (dual > 0 ? bounds.lowerBound : bounds.upperBound)
      }
      for (column, cost) in optimum.reducedCosts.enumerated() where cost != 0 {
        let bounds = program.columns[column].bounds
        bound += cost * (cost > 0 ? bounds.lowerBound : bounds.upperBound)
      }
      #expect(abs(bound - best) < 1e-9)
    case .infeasible(let conflict):
      #expect(best == nil)
      var weights = [Double](repeating: 0, count: program.columns.count)
      var required = 0.0...0.0
      for term in conflict.rows {
        for entry in program.terms(ofRow: term.row) { weights[entry.column] += term.factor * entry.factor }
        let bounds = program.rows[term.row].bounds
        let ends = [term.factor * bounds.lowerBound, term.factor * bounds.upperBound].sorted()
        required = (required.lowerBound + ends[0])...(required.upperBound + ends[1])
      }
      let reach = zip(program.columns, weights).reduce(into: (least: 0.0, most: 0.0)) { reach, pair in
        let ends = [pair.1 * pair.0.bounds.lowerBound, pair.1 * pair.0.bounds.upperBound].sorted()
        reach.least += ends[0]
        reach.most += ends[1]
      }
      #expect(reach.most < required.lowerBound - 1e-9 || reach.least > required.upperBound + 1e-9)
    case let other: Issue.record("\(other)")
    }
  }
}
