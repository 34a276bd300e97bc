/// Where the lines of a diagram run: from column to column, with bends where a line passes a column by.
///
/// dot leads a line that skips a column around the frames of all columns. So a line gets an invisible point, a bend, in
/// each column that it passes; lines of one seller share their bends, once for buyers at home and once for others.
struct DiagramRoutes: Sendable {
  enum Point: Sendable, Hashable {
    case cell(Int)
    case bend(seller: Int, isHome: Bool, isBack: Bool)
  }

  /// A piece of a line between two points, from the left to the right.
  struct Segment: Sendable, Hashable {
    var left: Int
    var right: Int

    /// The flows that run along it, as positions in the diagram's list.
    var flows: [Int]

    /// Whether it runs against the direction of the chain, or within a column.
    var isBack: Bool
  }

  private(set) var points: [Point] = []
  private(set) var columnOfPoint: [Int] = []
  private(set) var segments: [Segment] = []

  /// For each column that has boxes, the number of its stage.
  let stages: [Int]

  /// Routes flows through the columns that have boxes.
  ///
  /// - Complexity: O(flows × columns).
  init(of flows: [DiagramFlow], cells: [DiagramCell]) {
    stages = Set(cells.map(\.column)).sorted()
    var columnOfStage: [Int: Int] = [:]
    for (column, stage) in stages.enumerated() { columnOfStage[stage] = column }
    points = cells.indices.map { .cell($0) }
    columnOfPoint = cells.map { columnOfStage[$0.column] ?? 0 }

    var known: [Key: Int] = [:]
    var segmentOf: [[Int]: Int] = [:]
    for (index, flow) in flows.enumerated() {
      let isBack = columnOfPoint[flow.from] >= columnOfPoint[flow.to]
      let (left, right) = isBack ? (flow.to, flow.from) : (flow.from, flow.to)
      var path = [left]
      let isHome = cells[flow.from].badge != nil && cells[flow.from].badge == cells[flow.to].badge
      for column in columnOfPoint[left] + 1..<max(columnOfPoint[left] + 1, columnOfPoint[right]) {
        let bend = Point.bend(seller: flow.from, isHome: isHome, isBack: isBack)
        let key = Key(point: bend, column: column)
        let point = known[key] ?? points.count
        if point == points.count {
          points.append(bend)
          columnOfPoint.append(column)
          known[key] = point
        }
        path.append(point)
      }
      path.append(right)
      for (a, b) in zip(path, path.dropFirst()) {
        if let segment = segmentOf[[a, b, isBack ? 1 : 0]] {
          segments[segment].flows.append(index)
        } else {
          segmentOf[[a, b, isBack ? 1 : 0]] = segments.count
          segments.append(Segment(left: a, right: b, flows: [index], isBack: isBack))
        }
      }
    }
  }

  private struct Key: Hashable {
    var point: Point
    var column: Int
  }
}
