/// Reduced ordered binary decision diagrams that share their nodes.
///
/// An edge is twice the index of a node, plus 1 if the node's function is negated. The high edge of a
/// node is never negated, so that equal functions are equal edges and negation costs nothing.
///
/// - Source: K. Brace, R. Rudell, R. Bryant, "Efficient implementation of a BDD package", DAC 1990.
struct BinaryDecisionDiagram: Sendable {
  typealias Edge = UInt32

  /// Always and never: the one terminal node, plain and negated.
  static let always: Edge = 0
  static let never: Edge = 1

  private(set) var table: NodeTable
  private var cache = ResultCache()
  private var frames: ContiguousArray<Frame> = []

  private struct Frame {
    var first: Edge
    var second: Edge
    var sign: Edge
    var high: Edge
    var isLow: Bool
  }

  /// How many steps may still be taken: forgotten results cost time, which must have an end.
  private var steps: Int

  init(nodeLimit: Int) {
    table = NodeTable(terminals: 1, limit: nodeLimit)
    steps = 64 * nodeLimit
  }

  func level(_ edge: Edge) -> UInt32 { table[edge >> 1].level }

  /// The function when the event of its first level happens, and when it does not.
  @inline(__always)
  func children(_ edge: Edge) -> (high: Edge, low: Edge) {
    let node = table[edge >> 1]
    let sign = edge & 1
    return (node.high ^ sign, node.low ^ sign)
  }

  /// The event of a level.
  mutating func event(_ level: UInt32) throws(FaultTreeError) -> Edge {
    try node(level: level, high: Self.always, low: Self.never)
  }

  private mutating func node(level: UInt32, high: Edge, low: Edge) throws(FaultTreeError) -> Edge {
    guard high != low else { return high }
    let sign = high & 1
    return try table.index(level: level, high: high ^ sign, low: low ^ sign) << 1 | sign
  }

  mutating func and(_ first: Edge, _ second: Edge) throws(FaultTreeError) -> Edge {
    try apply(.and, first, second)
  }

  mutating func or(_ first: Edge, _ second: Edge) throws(FaultTreeError) -> Edge {
    try apply(.and, first ^ 1, second ^ 1) ^ 1
  }

  mutating func xor(_ first: Edge, _ second: Edge) throws(FaultTreeError) -> Edge {
    // Signs only decide the sign of the result.
    let sign = (first ^ second) & 1
    return try apply(.xor, first & ~1, second & ~1) ^ sign
  }

  private enum Operator: UInt32 { case and, xor }

  /// The conjunction or parity of two functions.
  ///
  /// - Complexity: O(size of one × size of the other); the stack is as deep as there are levels.
  private mutating func apply(
    _ operation: Operator, _ first: Edge, _ second: Edge
  ) throws(FaultTreeError) -> Edge {
    var first = first
    var second = second
    frames.removeAll(keepingCapacity: true)

    while true {
      var sign: Edge = 0
      if operation == .xor {
        sign = (first ^ second) & 1
        first &= ~1
        second &= ~1
      }
      if first > second { swap(&first, &second) }
      var result: Edge
      if let simple = Self.simple(operation, first, second) {
        result = simple ^ sign
      } else if let cached = cache.result(first, second, tag: operation.rawValue) {
        result = cached ^ sign
      } else {
        guard steps > 0 else { throw .nodeLimit(table.limit) }
        steps -= 1
        frames.append(Frame(first: first, second: second, sign: sign, high: 0, isLow: false))
        let a = table[first >> 1]
        let b = table[second >> 1]
        if a.level <= b.level { first = a.high ^ (first & 1) }
        if b.level <= a.level { second = b.high ^ (second & 1) }
        continue
      }

      // A result goes to the frame that waits for it, which may complete that one in turn.
      while true {
        guard let frame = frames.last else { return result }
        let a = table[frame.first >> 1]
        let b = table[frame.second >> 1]
        guard frame.isLow else {
          frames[frames.count - 1].isLow = true
          frames[frames.count - 1].high = result
          first = a.level <= b.level ? a.low ^ (frame.first & 1) : frame.first
          second = b.level <= a.level ? b.low ^ (frame.second & 1) : frame.second
          break
        }
        frames.removeLast()
        result = try node(level: min(a.level, b.level), high: frame.high, low: result)
        cache.store(result, frame.first, frame.second, tag: operation.rawValue)
        result ^= frame.sign
      }
    }
  }

  /// The result for a pair of which one is constant or that is one function, plain or negated.
  ///
  /// The first is the lesser edge, and for parity neither is negated.
  @inline(__always)
  private static func simple(_ operation: Operator, _ first: Edge, _ second: Edge) -> Edge? {
    switch operation {
    case .and:
      if first == always || first == second { return second }
      if first == never || first ^ 1 == second { return never }
    case .xor:
      if first == always { return second ^ 1 }
      if first == second { return never }
    }
    return nil
  }
}
