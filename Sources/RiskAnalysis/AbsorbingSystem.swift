/// Linear equations in which every unknown is a mean of others and of known values.
///
/// `x[i] = Σ weight × x[j] + Σ weight × known`, all weights positive and adding up to 1 in each equation.
///
/// - Source: W. Grassmann, M. Taksar, D. Heyman, "Regenerative analysis and steady state distributions for Markov
///   chains", Oper. Res. 33(5), 1985: what leaves an unknown is added up rather than taken as 1 − what stays, so that
///   nothing cancels and each x is right to rounding, however small the known part. The order of elimination after
///   H. Markowitz, "The elimination form of the inverse", 1957.
struct AbsorbingSystem {
  private struct Term {
    var column: Int
    var weight: Double
  }

  private var rows: [[Term]]

  /// For each column the rows that hold it; eliminated ones may be among them.
  private var columns: [[Int]]

  /// For each row the weight of its known part, and that times its value.
  private var knownWeight: [Double]
  private var known: [Double]

  init(count: Int) {
    rows = Array(repeating: [], count: count)
    columns = Array(repeating: [], count: count)
    knownWeight = Array(repeating: 0, count: count)
    known = knownWeight
  }

  /// Adds `weight` times the unknown `column` to an equation.
  mutating func add(_ weight: Double, from column: Int, to row: Int) {
    if let term = rows[row].firstIndex(where: { $0.column == column }) {
      rows[row][term].weight += weight
    } else {
      rows[row].append(Term(column: column, weight: weight))
      columns[column].append(row)
    }
  }

  /// Adds `weight` times a known value to an equation.
  mutating func add(_ weight: Double, of value: Double, to row: Int) {
    knownWeight[row] += weight
    known[row] += weight * value
  }

  /// The unknowns, or nil if elimination takes more than `steps`, which fall by those it took.
  ///
  /// - Precondition: from each unknown, some chain of weights leads to a known part.
  consuming func solve(atMost steps: inout Int) -> [Double]? {
    var isLeft = [Bool](repeating: true, count: rows.count)
    var termAt = [Int](repeating: -1, count: rows.count)
    var order: [Int] = []
    order.reserveCapacity(rows.count)
    // The cheapest first; an unknown whose cost has risen since goes back.
    var queue = CheapestFirst(rows.indices.map { (rows[$0].count * columns[$0].count, $0) })
    while let (cost, next) = queue.removeFirst() {
      let now = rows[next].count * columns[next].count
      if now > cost, !queue.isEmpty {
        queue.insert((now, next))
        steps -= 1
        continue
      }
      isLeft[next] = false
      order.append(next)
      rows[next].removeAll { $0.column == next }
      let leaving = rows[next].reduce(knownWeight[next]) { $0 + $1.weight }
      guard leaving > 0 else { return nil }
      for term in rows[next].indices { rows[next][term].weight /= leaving }
      knownWeight[next] /= leaving
      known[next] /= leaving
      let row = rows[next]
      for target in columns[next] where isLeft[target] {
        for (position, term) in rows[target].enumerated() { termAt[term.column] = position }
        let place = termAt[next]
        let factor = rows[target][place].weight
        let moved = rows[target].count - 1
        for term in row {
          let position = termAt[term.column]
          if position >= 0 {
            rows[target][position].weight += factor * term.weight
          } else {
            rows[target].append(Term(column: term.column, weight: factor * term.weight))
            columns[term.column].append(target)
          }
        }
        for position in 0...moved { termAt[rows[target][position].column] = -1 }
        rows[target].swapAt(place, rows[target].count - 1)
        rows[target].removeLast()
        knownWeight[target] += factor * knownWeight[next]
        known[target] += factor * known[next]
        steps -= rows[target].count + row.count
      }
      columns[next] = []
      if steps < 0 { return nil }
    }
    steps -= rows.count
    var solution = [Double](repeating: 0, count: rows.count)
    for next in order.reversed() {
      solution[next] = rows[next].reduce(known[next]) { $0 + $1.weight * solution[$1.column] }
    }
    return solution
  }
}

/// Pairs of a cost and a number; the least comes first.
private struct CheapestFirst {
  private var heap: [(cost: Int, number: Int)]

  init(_ pairs: [(cost: Int, number: Int)]) {
    // A sorted list is a heap.
    heap = pairs.sorted { ($0.cost, $0.number) < ($1.cost, $1.number) }
  }

  var isEmpty: Bool { heap.isEmpty }

  mutating func insert(_ pair: (cost: Int, number: Int)) {
    heap.append(pair)
    var place = heap.count - 1
    while place > 0, heap[place] < heap[(place - 1) / 2] {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func removeFirst() -> (cost: Int, number: Int)? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if heap.isEmpty { return first }
    heap[0] = last
    var place = 0
    while true {
      var least = place
      for child in 2 * place + 1...2 * place + 2 where child < heap.count && heap[child] < heap[least] {
        least = child
      }
      if least == place { return first }
      heap.swapAt(place, least)
      place = least
    }
  }
}
