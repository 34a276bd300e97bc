/// The order of boxes within the columns of a diagram.
///
/// The order depends on the baseline only, so that every scenario of a network shows each box in the same place.
struct DiagramOrder: Sendable {
  /// For each column, the cells from top to bottom.
  var columns: [[Int]]

  /// Orders boxes so that few thick lines cross.
  ///
  /// Each box moves to the mean height of its neighbours, column after column, forth and back; the best order seen is
  /// kept. A column starts in the order of its cells.
  ///
  /// - Complexity: O(sweeps × flows²) in each pair of columns; there are at most some hundred flows.
  /// - Source: K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures",
  ///   IEEE Trans. SMC 11(2), 1981.
  init(of cells: [DiagramCell], flows: [DiagramFlow], columnCount: Int) {
    var current = [[Int]](repeating: [], count: columnCount)
    for (index, cell) in cells.enumerated() { current[cell.column].append(index) }
    var best = current
    var leastCrossing = Self.crossing(current, flows: flows, cellCount: cells.count)
    for sweep in 0..<12 {
      let order = sweep.isMultiple(of: 2) ? Array(0..<columnCount) : (0..<columnCount).reversed()
      for column in order {
        let height = Self.heights(current, cellCount: cells.count)
        var sum = [Double](repeating: 0, count: cells.count)
        var weight = sum
        for flow in flows {
          for (here, there) in [(flow.from, flow.to), (flow.to, flow.from)]
          where cells[here].column == column && cells[there].column != column {
            let strength = 0.05 + flow.shareOfBuyer
            sum[here] += strength * height[there]
            weight[here] += strength
          }
        }
        let wish = cells.indices.map { weight[$0] > 0 ? sum[$0] / weight[$0] : height[$0] }
        current[column] = current[column].enumerated()
          .sorted { (wish[$0.element], $0.offset) < (wish[$1.element], $1.offset) }.map(\.element)
      }
      let crossing = Self.crossing(current, flows: flows, cellCount: cells.count)
      if crossing < leastCrossing {
        leastCrossing = crossing
        best = current
      }
    }
    columns = best
  }

  /// The height of each cell, with the middle of its column at 0.
  private static func heights(_ columns: [[Int]], cellCount: Int) -> [Double] {
    var height = [Double](repeating: 0, count: cellCount)
    for column in columns {
      for (offset, cell) in column.enumerated() {
        height[cell] = Double(offset) - Double(column.count - 1) / 2
      }
    }
    return height
  }

  /// How much flows cross, each pair by the thinner one.
  private static func crossing(_ columns: [[Int]], flows: [DiagramFlow], cellCount: Int) -> Double {
    let height = heights(columns, cellCount: cellCount)
    var columnOf = [Int](repeating: 0, count: cellCount)
    for (column, members) in columns.enumerated() {
      for cell in members { columnOf[cell] = column }
    }
    var sum = 0.0
    for (index, a) in flows.enumerated() {
      for b in flows.dropFirst(index + 1)
      where columnOf[a.from] == columnOf[b.from] && columnOf[a.to] == columnOf[b.to]
        && (height[a.from] - height[b.from]) * (height[a.to] - height[b.to]) < 0
      {
        sum += 0.05 + min(a.shareOfBuyer, b.shareOfBuyer)
      }
    }
    return sum
  }
}
