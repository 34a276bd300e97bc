/// The order of points within the columns of a diagram.
///
/// It depends on the baseline only, so that every scenario of a network shows each box in the same place.
enum DiagramOrder {
  /// For each column, its points from top to bottom, so that few thick lines cross.
  ///
  /// Each point moves to the mean height of its neighbours, column after column, forth and back; the best order seen is
  /// kept. A column starts in the order of its points. `weight` says how much a segment counts.
  ///
  /// - Complexity: O(sweeps × segments²); there are at most some hundred segments.
  /// - Source: K. Sugiyama, S. Tagawa, M. Toda, "Methods for visual understanding of hierarchical system structures",
  ///   IEEE Trans. SMC 11(2), 1981.
  static func columns(of routes: DiagramRoutes, weight: (DiagramRoutes.Segment) -> Double) -> [[Int]] {
    let columnOf = routes.columnOfPoint
    let lines = routes.segments.filter { columnOf[$0.left] != columnOf[$0.right] }
      .map { Line(left: $0.left, right: $0.right, weight: 0.05 + weight($0)) }
    var current = [[Int]](repeating: [], count: routes.stages.count)
    for (point, column) in columnOf.enumerated() { current[column].append(point) }
    var best = current
    var leastCrossing = crossing(current, lines, columnOf)
    for sweep in 0..<24 {
      let order = sweep.isMultiple(of: 2) ? Array(current.indices) : current.indices.reversed()
      for column in order {
        let height = heights(current, count: columnOf.count)
        var sum = [Double](repeating: 0, count: columnOf.count)
        var total = sum
        for line in lines {
          for (here, there) in [(line.left, line.right), (line.right, line.left)]
          where columnOf[here] == column {
            sum[here] += line.weight * height[there]
            total[here] += line.weight
          }
        }
        let wish = columnOf.indices.map { total[$0] > 0 ? sum[$0] / total[$0] : height[$0] }
        current[column] = current[column].enumerated()
          .sorted { (wish[$0.element], $0.offset) < (wish[$1.element], $1.offset) }.map(\.element)
      }
      let found = crossing(current, lines, columnOf)
      if found < leastCrossing {
        leastCrossing = found
        best = current
      }
    }
    return best
  }

  private struct Line {
    var left: Int
    var right: Int
    var weight: Double
  }

  /// The height of each point, with the middle of its column at 0.
  private static func heights(_ columns: [[Int]], count: Int) -> [Double] {
    var height = [Double](repeating: 0, count: count)
    for column in columns {
      for (offset, point) in column.enumerated() {
        height[point] = Double(offset) - Double(column.count - 1) / 2
      }
    }
    return height
  }

  /// How much lines cross, each pair by the thinner one.
  private static func crossing(_ columns: [[Int]], _ lines: [Line], _ columnOf: [Int]) -> Double {
    let height = heights(columns, count: columnOf.count)
    var byColumn = [[Line]](repeating: [], count: columns.count)
    for line in lines { byColumn[columnOf[line.left]].append(line) }
    var sum = 0.0
    for group in byColumn {
      for (index, a) in group.enumerated() {
        for b in group.dropFirst(index + 1)
        where (height[a.left] - height[b.left]) * (height[a.right] - height[b.right]) < 0 {
          sum += min(a.weight, b.weight)
        }
      }
    }
    return sum
  }
}
