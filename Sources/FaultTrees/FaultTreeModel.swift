/// Fault trees and their events, as the files of a model say them together.
public struct FaultTreeModel: Sendable, Hashable {
  /// All events and gates of all files.
  public let basicEvents: [FaultTree.BasicEvent]
  public let houseEvents: [FaultTree.HouseEvent]
  public let gates: [FaultTree.Gate]

  /// The positions of the gates with an id that no other gate uses, in the order of the files.
  public let topGates: [Int]

  public init(
    basicEvents: [FaultTree.BasicEvent], houseEvents: [FaultTree.HouseEvent], gates: [FaultTree.Gate]
  ) {
    self.basicEvents = basicEvents
    self.houseEvents = houseEvents
    self.gates = gates
    var isUsed = [Bool](repeating: false, count: gates.count)
    for gate in gates {
      for case .gate(let position) in gate.inputs { isUsed[position] = true }
    }
    topGates = gates.indices.filter { !isUsed[$0] && gates[$0].id != nil }
  }

  /// The tree below the gate with an id; `nil` if there is no such gate.
  ///
  /// It keeps all events of the model, but only the gates that the top depends on.
  ///
  /// - Throws: a problem of ``FaultTreeError`` that concerns a tree, such as a cycle.
  public func faultTree(top id: String) throws(FaultTreeError) -> FaultTree? {
    guard let position = gates.firstIndex(where: { $0.id == id }) else { return nil }
    return try faultTree(top: position)
  }

  /// The tree below the gate at a position of ``gates``.
  public func faultTree(top position: Int) throws(FaultTreeError) -> FaultTree {
    try FaultTree(
      name: gates[position].id ?? "fault-tree", basicEvents: basicEvents, houseEvents: houseEvents,
      gates: gates, top: .gate(position))
  }
}
