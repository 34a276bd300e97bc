/// A file that is to be read, with the name that problems are reported under.
public struct OpenPSASource: Sendable, Hashable {
  public var name: String
  public var bytes: [UInt8]

  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  public init(name: String, text: String) { self.init(name: name, bytes: Array(text.utf8)) }
}

/// Fault trees and their events as one or several files in the Open-PSA Model Exchange Format say them.
///
/// Read are fault trees, components (public and private), gates, basic events, house events,
/// parameters, constants, arithmetic (`add`, `sub`, `mul`, `div`, `neg`) and the means of deviates. What
/// depends on time, such as `exponential`, is not computed: the probability stays unknown and a warning
/// says so. Common-cause groups, substitutions and event trees are passed over with a warning.
///
/// - Source: S. Epstein, A. Rauzy, "Open-PSA Model Exchange Format", version 2.0d, and the grammar that
///   SCRAM 0.16 ships.
public struct OpenPSAModel: Sendable, Hashable {
  /// All events and gates of all files, by full path where they are private.
  public let basicEvents: [FaultTree.BasicEvent]
  public let houseEvents: [FaultTree.HouseEvent]
  public let gates: [FaultTree.Gate]

  /// The positions of the gates that no other gate uses, in the order of the files.
  public let topGates: [Int]

  init(basicEvents: [FaultTree.BasicEvent], houseEvents: [FaultTree.HouseEvent], gates: [FaultTree.Gate]) {
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
