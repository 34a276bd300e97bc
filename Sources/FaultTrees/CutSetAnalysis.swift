/// What there is to know of a top event: its minimal cut sets, and where probabilities are given, how likely it is.
public struct CutSetAnalysis: Sendable {
  public let sets: MinimalCutSets

  /// How many events the smallest cut set has, whatever the limit; `nil` if nothing causes the top event, or if it
  /// is not known.
  public let leastOrder: Int?

  /// Whether the order of the smallest cut set, and the probability, are known as far as the tree gives them: a
  /// diagram of the top event fitted into the limit.
  public let hasDiagram: Bool

  /// The probability of the top event by cut sets of all orders, whatever the limit; `nil` if one is missing.
  public let probability: Double?

  /// The importance of every event with a probability, in the order of ``FaultTree/basicEvents``; none if
  /// `probability` is `nil`.
  public let importances: [EventImportance]

  /// The events that the top depends on and whose probability is not known, in the tree's order.
  public let eventsWithoutProbability: [Int]

  public var tree: FaultTree { sets.tree }

  /// Whether probabilities are given and the whole would have one, were its diagram not too large.
  public var lacksProbability: Bool {
    !hasDiagram && tree.basicEvents.contains { $0.probability != nil }
  }

  /// Analyses a tree.
  ///
  /// If a diagram of the top event would be too large, the cut sets up to a limit are found without one where that is
  /// possible; see ``hasDiagram``.
  ///
  /// - Parameters:
  ///   - tree: what to analyse.
  ///   - orderLimit: the most events that a cut set may have; `nil` for all sets.
  ///   - nodeLimit: as in ``FaultTreeDiagram/init(_:nodeLimit:)``.
  /// - Throws: ``FaultTreeError/nodeLimit(_:)``.
  public init(
    of tree: FaultTree, orderLimit: Int?, nodeLimit: Int = FaultTreeDiagram.defaultNodeLimit
  ) throws(FaultTreeError) {
    let canDoWithout = orderLimit != nil && tree.isPlain
    let hasProbabilities = tree.basicEvents.contains { $0.probability != nil }
    let few = canDoWithout && !hasProbabilities ? min(nodeLimit, Self.fewNodes) : nodeLimit
    let diagram: FaultTreeDiagram
    do {
      diagram = try FaultTreeDiagram(tree, nodeLimit: few)
      sets = try diagram.minimalCutSets(orderLimit: orderLimit)
    } catch {
      guard let orderLimit, canDoWithout else { throw error }
      sets = try tree.minimalCutSets(orderLimit: orderLimit, nodeLimit: nodeLimit)
      hasDiagram = false
      leastOrder = (sets.countsByOrder ?? []).firstIndex { $0 != 0 }
      probability = nil
      importances = []
      eventsWithoutProbability = []
      return
    }
    hasDiagram = true
    leastOrder = diagram.leastOrder
    eventsWithoutProbability = diagram.eventsWithoutProbability
    let isKnown = eventsWithoutProbability.isEmpty && hasProbabilities
    probability = isKnown ? try diagram.probability() : nil
    importances = isKnown ? try diagram.importances() : []
  }

  /// How large a diagram may grow that is only wanted for the order of the smallest set.
  private static let fewNodes = 400_000
}
