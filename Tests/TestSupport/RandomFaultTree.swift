public import FaultTrees

extension FaultTree {
  /// A random tree over 1 to `maxEvents` events, whose gates share subtrees.
  ///
  /// A coherent one has no operation that negates.
  public static func random(maxEvents: Int, isCoherent: Bool, seed: UInt64) throws -> FaultTree {
    var generator = SeededGenerator(seed: seed)
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    let eventCount = pick(1...maxEvents)
    let edgeCases = [0, 1, 0.5, 1e-9]
    let events = (0..<eventCount).map { position in
      let probability =
        pick(0...9) == 0 ? edgeCases[pick(0...3)] : Double.random(in: 0...1, using: &generator)
      // Ids whose order is not the order of the events.
      return BasicEvent("e\((position * 7) % 13)", probability: probability)
    }
    let houses = [HouseEvent("on", state: true), HouseEvent("off", state: false)]
    var gates: [Gate] = []
    for number in 0...pick(0...9) {
      var inputs = (0..<pick(1...4)).map { _ -> Input in
        switch pick(0...19) {
        case 0: .house(pick(0...1))
        case 1: .constant(pick(0...1) == 0)
        case 2..<11 where number > 0: .gate(pick(0...(number - 1)))
        default: .event(pick(0...(eventCount - 1)))
        }
      }
      let operation: Operation
      switch pick(0...(isCoherent ? 5 : 12)) {
      case 0, 1: operation = .and
      case 2, 3: operation = .or
      case 4: operation = .atLeast(pick(0...(inputs.count + 1)))
      case 5:
        inputs = [inputs[0]]
        operation = .identity
      case 6, 7:
        inputs = [inputs[0]]
        operation = .not
      case 8: operation = .xor
      case 9: operation = .nand
      case 10: operation = .nor
      case let other:
        inputs = [inputs[0], .event(pick(0...(eventCount - 1)))]
        operation = other == 11 ? .implies : .iff
      }
      gates.append(Gate(number % 3 == 2 ? nil : "g\(number)", operation, inputs))
    }
    return try FaultTree(
      basicEvents: events, houseEvents: houses, gates: gates, top: .gate(gates.count - 1))
  }

  /// Whether the top event happens when exactly these events do, one bit an event: the obvious way.
  ///
  /// Gates must stand after their inputs, as in ``random(maxEvents:isCoherent:seed:)``.
  public func happens(_ events: Int) -> Bool {
    var values: [Bool] = []
    func value(_ input: Input) -> Bool {
      switch input {
      case .event(let position): events >> position & 1 == 1
      case .house(let position): houseEvents[position].state
      case .gate(let position): values[position]
      case .constant(let state): state
      }
    }
    for gate in gates {
      let inputs = gate.inputs.map(value)
      let count = inputs.count { $0 }
      let result =
        switch gate.operation {
        case .and: count == inputs.count
        case .or: count > 0
        case .atLeast(let least): count >= least
        case .not: !inputs[0]
        case .xor: count % 2 == 1
        case .nand: count < inputs.count
        case .nor: count == 0
        case .implies: !inputs[0] || inputs[1]
        case .iff: inputs[0] == inputs[1]
        case .identity: inputs[0]
        }
      values.append(result)
    }
    return value(top)
  }
}

/// What a tree means, found by trying every subset of its events.
public struct TriedFaultTree {
  public let tree: FaultTree
  public let causes: [Bool]

  public init(_ tree: FaultTree) {
    self.tree = tree
    causes = (0..<(1 << tree.basicEvents.count)).map(tree.happens)
  }

  /// The least causing subsets, by order and then by ids.
  public var minimalCutSets: [[String]] {
    var isCovered = causes
    var sets: [Int] = []
    for events in causes.indices {
      let isBelow = tree.basicEvents.indices.contains { bit in
        events >> bit & 1 == 1 && isCovered[events ^ 1 << bit]
      }
      if causes[events], !isBelow { sets.append(events) }
      if isBelow { isCovered[events] = true }
    }
    return sets.map { events in
      tree.basicEvents.indices.filter { events >> $0 & 1 == 1 }.map { tree.basicEvents[$0].id }.sorted()
    }.sorted { $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count < $1.count }
  }

  public var isMonotone: Bool {
    causes.indices.allSatisfy { events in
      !causes[events] || tree.basicEvents.indices.allSatisfy { causes[events | 1 << $0] }
    }
  }

  /// The probability of the top event, with one event settled if asked for.
  public func probability(given settled: (event: Int, happens: Bool)? = nil) -> Double {
    var sum = 0.0
    for events in causes.indices where causes[events] {
      var product = 1.0
      for (position, event) in tree.basicEvents.enumerated() {
        let happens = events >> position & 1 == 1
        if let settled, settled.event == position {
          product *= happens == settled.happens ? 1 : 0
        } else {
          let probability = event.probability ?? 0
          product *= happens ? probability : 1 - probability
        }
      }
      sum += product
    }
    return sum
  }
}
