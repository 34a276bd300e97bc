/// A Boolean formula that says which basic events together cause the top event.
///
/// Gates refer to events and to each other by position, so that a subtree may be shared: the gates form
/// a graph without cycles. A formula nested in another is a gate without an id. Every event has
/// an id of its own, and events are independent of each other.
///
/// - Invariant: every position is in range, no gate depends on itself, every gate has as many
///   inputs as its operation takes, no id stands twice, and every probability is from 0 to 1.
public struct FaultTree: Sendable, Hashable {
  /// Something that happens or not, and that the tree does not explain.
  public struct BasicEvent: Sendable, Hashable {
    public var id: String

    /// What people call it; `nil` if it has no other name than its id.
    public var name: String?

    /// From 0 to 1; `nil` if it is not known.
    public var probability: Double?

    public init(_ id: String, name: String? = nil, probability: Double? = nil) {
      self.id = id
      self.name = name
      self.probability = probability
    }
  }

  /// Something that is settled beforehand: it happens, or it does not.
  public struct HouseEvent: Sendable, Hashable {
    public var id: String
    public var state: Bool

    public init(_ id: String, state: Bool) {
      self.id = id
      self.state = state
    }
  }

  /// An operation on the inputs, which are named from left to right.
  public struct Gate: Sendable, Hashable {
    /// `nil` for a formula that is nested in another.
    public var id: String?

    /// What people call it; `nil` if it has no other name than its id.
    public var name: String?
    public var operation: Operation
    public var inputs: [Input]

    public init(_ id: String? = nil, name: String? = nil, _ operation: Operation, _ inputs: [Input]) {
      self.id = id
      self.name = name
      self.operation = operation
      self.inputs = inputs
    }
  }

  /// What a gate does with its inputs.
  public enum Operation: Sendable, Hashable {
    /// All of one or more inputs.
    case and
    /// One of one or more inputs.
    case or
    /// So many of the inputs, from 0 (always) to one more than there are (never).
    case atLeast(Int)
    /// Not the only input.
    case not
    /// An odd number of one or more inputs.
    case xor
    /// Not all of one or more inputs.
    case nand
    /// None of one or more inputs.
    case nor
    /// The second of two inputs, or not the first.
    case implies
    /// Both of two inputs or neither.
    case iff
    /// The only input.
    case identity
  }

  /// What goes into a gate.
  public enum Input: Sendable, Hashable {
    /// The basic event at this position of ``FaultTree/basicEvents``.
    case event(Int)
    /// The house event at this position of ``FaultTree/houseEvents``.
    case house(Int)
    /// The gate at this position of ``FaultTree/gates``.
    case gate(Int)
    case constant(Bool)
  }

  public let name: String
  public let basicEvents: [BasicEvent]
  public let houseEvents: [HouseEvent]
  public let gates: [Gate]

  /// What is analysed: mostly a gate.
  public let top: Input

  /// The positions of all gates that `top` depends on, each after its inputs.
  public private(set) var order: [Int] = []

  /// Creates a fault tree after checking it.
  ///
  /// - Complexity: O(events + gates + inputs); no recursion, so depth does not limit the tree.
  /// - Throws: the first of the problems of ``FaultTreeError`` that concern a tree.
  public init(
    name: String = "fault-tree", basicEvents: [BasicEvent], houseEvents: [HouseEvent] = [], gates: [Gate],
    top: Input
  ) throws(FaultTreeError) {
    self.name = name
    self.basicEvents = basicEvents
    self.houseEvents = houseEvents
    self.gates = gates
    self.top = top
    try checkParts()
    // Gates that the top does not depend on must make sense as well.
    _ = try gatesInOrder(from: gates.indices.map { .gate($0) })
    order = try gatesInOrder(from: [top])
  }

  /// Whether no event is negated on any way to the top event.
  ///
  /// More failures can then never prevent the top event. A tree that negates may still be monotone; it
  /// counts as not coherent all the same.
  public var isCoherent: Bool {
    // Bit 0: reached plainly; bit 1: reached negated.
    var reached = [UInt8](repeating: 0, count: gates.count)
    if case .gate(let top) = top { reached[top] = 1 }
    func swapped(_ phases: UInt8) -> UInt8 { (phases & 1) << 1 | phases >> 1 }
    for position in order.reversed() {
      let gate = gates[position]
      for (number, input) in gate.inputs.enumerated() {
        let phases: UInt8 =
          switch gate.operation {
          case .and, .or, .atLeast, .identity: reached[position]
          case .not, .nand, .nor: swapped(reached[position])
          case .implies: number == 0 ? swapped(reached[position]) : reached[position]
          case .xor where gate.inputs.count == 1: reached[position]
          case .xor, .iff: 3
          }
        switch input {
        case .gate(let child): reached[child] |= phases
        case .event where phases & 2 != 0: return false
        case .event, .house, .constant: break
        }
      }
    }
    return true
  }
}

/// What is wrong with a fault tree, or what keeps it from being analysed.
public enum FaultTreeError: Error, Sendable, Hashable {
  /// Two events or gates have this id.
  case repeatedID(String)
  /// A probability is not a number from 0 to 1.
  case badProbability(event: String)
  /// A gate, or the top for `nil`, names a position that does not exist.
  case badPosition(gate: String?)
  /// A gate has too few or too many inputs for its operation, or asks for fewer than none of them.
  case badInputs(gate: String?)
  /// Gates that depend on each other: each is an input of the one before, and the first of the last.
  case cycle([String])
  /// The decision diagrams would take more nodes than allowed.
  case nodeLimit(Int)
  /// An event that matters has no probability.
  case probabilityMissing(event: String)
}

extension FaultTreeError: CustomStringConvertible {
  public var description: String {
    func named(_ gate: String?) -> String { gate.map { "gate '\($0)'" } ?? "an unnamed formula" }
    return switch self {
    case .repeatedID(let id): "the id '\(id)' is used twice"
    case .badProbability(let event): "the probability of '\(event)' is not from 0 to 1"
    case .badPosition(let gate): "\(named(gate)) has an input that does not exist"
    case .badInputs(let gate): "\(named(gate)) has a number of inputs that its operation does not take"
    case .cycle(let ids): "gates depend on each other: \(ids.joined(separator: ", "))"
    case .nodeLimit(let limit): "the decision diagrams would take more than \(limit) nodes"
    case .probabilityMissing(let event): "the probability of '\(event)' is not known"
    }
  }
}

extension FaultTree {
  private func checkParts() throws(FaultTreeError) {
    var ids: Set<String> = []
    for event in basicEvents {
      guard ids.insert(event.id).inserted else { throw .repeatedID(event.id) }
      if let probability = event.probability {
        guard probability >= 0, probability <= 1 else { throw .badProbability(event: event.id) }
      }
    }
    for event in houseEvents {
      guard ids.insert(event.id).inserted else { throw .repeatedID(event.id) }
    }
    for gate in gates {
      if let id = gate.id {
        guard ids.insert(id).inserted else { throw .repeatedID(id) }
      }
      let count = gate.inputs.count
      let fits =
        switch gate.operation {
        case .and, .or, .xor, .nand, .nor: count >= 1
        case .atLeast(let least): least >= 0 && least <= count + 1
        case .not, .identity: count == 1
        case .implies, .iff: count == 2
        }
      guard fits else { throw .badInputs(gate: gate.id) }
      guard gate.inputs.allSatisfy(exists) else { throw .badPosition(gate: gate.id) }
    }
    guard exists(top) else { throw .badPosition(gate: nil) }
  }

  private func exists(_ input: Input) -> Bool {
    switch input {
    case .event(let position): basicEvents.indices.contains(position)
    case .house(let position): houseEvents.indices.contains(position)
    case .gate(let position): gates.indices.contains(position)
    case .constant: true
    }
  }

  /// The gates that `roots` depend on, each after its inputs, in depth-first order.
  private func gatesInOrder(from roots: [Input]) throws(FaultTreeError) -> [Int] {
    enum State { case new, open, done }
    var states = [State](repeating: .new, count: gates.count)
    var order: [Int] = []
    var stack: [(gate: Int, cursor: Int)] = []
    for case .gate(let root) in roots where states[root] == .new {
      states[root] = .open
      stack.append((root, 0))
      while let (gate, cursor) = stack.last {
        guard cursor < gates[gate].inputs.count else {
          states[gate] = .done
          order.append(gate)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].cursor += 1
        guard case .gate(let child) = gates[gate].inputs[cursor] else { continue }
        switch states[child] {
        case .done: break
        case .open:
          let start = stack.firstIndex { $0.gate == child } ?? 0
          throw .cycle(stack[start...].compactMap { gates[$0.gate].id })
        case .new:
          states[child] = .open
          stack.append((child, 0))
        }
      }
    }
    return order
  }
}
