extension FaultTree {
  /// The variables of decision diagrams: basic events, and modules that stand for all that is within them.
  ///
  /// A module is a gate whose events and gates nothing outside of it uses, so that to the rest of the tree it is
  /// one event. Variables come in the order in which a depth-first walk from the top meets them, and the
  /// variables within a module directly after it.
  struct Variables {
    /// For each level, from the top, the position of its basic event; −1 for a module.
    fileprivate(set) var eventOfLevel: ContiguousArray<Int> = []

    /// For each basic event its level; `NodeTable.bottom` for one that the top does not depend on.
    fileprivate(set) var levelOfEvent: ContiguousArray<UInt32>

    /// For each gate its level if it is a module, and `NodeTable.bottom` if not, as for the top gate.
    fileprivate(set) var levelOfModule: ContiguousArray<UInt32>
  }

  /// In which order a walk goes through the inputs of a gate, on which the size of a diagram hangs.
  enum Walk: CaseIterable {
    /// Gates before events, and what is used more often first: mostly the best.
    case mostUsedFirst
    /// What has more below it first.
    case largestFirst
    case smallestFirst
    case asWritten

    /// Whether gates are built from the last variables up, so that a chain of gates takes linear and not quadratic time.
    var suitsDeepTrees: Bool { self == .smallestFirst || self == .asWritten }
  }

  /// Whether some way from the top leads through more than a thousand gates.
  var isDeep: Bool {
    var depths = [Int](repeating: 1, count: gates.count)
    for gate in order {
      for case .gate(let child) in gates[gate].inputs { depths[gate] = max(depths[gate], depths[child] + 1) }
    }
    return depths.contains { $0 > 1000 }
  }

  /// Finds the modules and puts all variables in the order of a walk.
  ///
  /// A module that holds more than half of the events of the one around it is taken for a part of that, so that
  /// modules are never nested deeper than the logarithm of the number of events.
  ///
  /// - Complexity: O(gates + inputs + events); no recursion.
  /// - Source: Y. Dutuit, A. Rauzy, "A linear-time algorithm to find modules of fault trees", IEEE Transactions
  ///   on Reliability 45(3), 1996.
  func variables(_ walk: Walk) -> Variables {
    let key = keys(for: walk)
    let sizes = moduleSizes()
    // How many events are directly or not below the modules that are open; nil on the stack closes one.
    var enclosing = [basicEvents.count]
    var variables = Variables(
      levelOfEvent: ContiguousArray(repeating: NodeTable.bottom, count: basicEvents.count),
      levelOfModule: ContiguousArray(repeating: NodeTable.bottom, count: gates.count))
    var isOpened = [Bool](repeating: false, count: gates.count)
    var stack: [Input?] = [top]
    while let next = stack.popLast() {
      guard let input = next else {
        enclosing.removeLast()
        continue
      }
      switch input {
      case .event(let event) where variables.levelOfEvent[event] == NodeTable.bottom:
        variables.levelOfEvent[event] = UInt32(truncatingIfNeeded: variables.eventOfLevel.count)
        variables.eventOfLevel.append(event)
      case .gate(let gate) where !isOpened[gate]:
        isOpened[gate] = true
        if sizes[gate] > 0, sizes[gate] <= enclosing[enclosing.count - 1] / 2 {
          enclosing.append(sizes[gate])
          stack.append(nil)
          variables.levelOfModule[gate] = UInt32(truncatingIfNeeded: variables.eventOfLevel.count)
          variables.eventOfLevel.append(-1)
        }
        let inputs = gates[gate].inputs
        stack.append(
          contentsOf: walk == .asWritten
            ? inputs.reversed()
            : inputs.enumerated().map { (key: key($1), number: $0, input: $1) }
              .sorted { ($0.key, $0.number) > ($1.key, $1.number) }.map(\.input))
      case .event, .gate, .house, .constant: break
      }
    }
    return variables
  }

  /// What inputs are sorted by for a walk.
  private func keys(for walk: Walk) -> (Input) -> Int {
    var uses = [Int](repeating: 0, count: gates.count)
    var usesOfEvent = [Int](repeating: 0, count: basicEvents.count)
    // How much there is below a gate, as often as it is used.
    var sizes = [Int](repeating: 1, count: gates.count)
    let most = 1 << 40
    for gate in order {
      for input in gates[gate].inputs {
        switch input {
        case .gate(let child):
          uses[child] += 1
          sizes[gate] = min(most, sizes[gate] + sizes[child])
        case .event(let event):
          usesOfEvent[event] += 1
          sizes[gate] = min(most, sizes[gate] + 1)
        case .house, .constant: break
        }
      }
    }
    return { input in
      switch (input, walk) {
      case (.gate(let gate), .mostUsedFirst): -most - uses[gate]
      case (.event(let event), .mostUsedFirst): -usesOfEvent[event]
      case (.gate(let gate), .largestFirst): -sizes[gate]
      case (.gate(let gate), .smallestFirst): sizes[gate]
      case (.event, .largestFirst): -1
      case (.event, .smallestFirst): 1
      case (.house, _), (.constant, _), (_, .asWritten): 0
      }
    }
  }

  /// For each gate below the top that is a module of more than one input, how many events are in it; else 0.
  private func moduleSizes() -> [Int] {
    // One walk gives each gate the times of its first visit, of its end, and of its last visit.
    var first = [Int](repeating: 0, count: gates.count)
    var last = first
    var firstOfEvent = [Int](repeating: 0, count: basicEvents.count)
    var lastOfEvent = firstOfEvent
    var end = first
    // How many events were met before the gate was opened, and when it was left how many since.
    var met = 0
    var sizes = first
    var time = 0
    var path: [(gate: Int, next: Int)] = []
    if case .gate(let gate) = top {
      time = 1
      first[gate] = time
      last[gate] = time
      path.append((gate, 0))
    }
    while let (gate, next) = path.last {
      time += 1
      guard next < gates[gate].inputs.count else {
        end[gate] = time
        last[gate] = time
        sizes[gate] = met - sizes[gate]
        path.removeLast()
        continue
      }
      path[path.count - 1].next += 1
      switch gates[gate].inputs[next] {
      case .event(let event):
        if firstOfEvent[event] == 0 {
          firstOfEvent[event] = time
          met += 1
        }
        lastOfEvent[event] = time
      case .gate(let child):
        if first[child] == 0 {
          first[child] = time
          sizes[child] = met
          path.append((child, 0))
        }
        last[child] = time
      case .house, .constant: break
      }
    }

    // The earliest first and the latest last visit of anything below a gate.
    var earliest = [Int](repeating: .max, count: gates.count)
    var latest = [Int](repeating: 0, count: gates.count)
    for gate in order {
      for input in gates[gate].inputs {
        switch input {
        case .event(let event):
          earliest[gate] = min(earliest[gate], firstOfEvent[event])
          latest[gate] = max(latest[gate], lastOfEvent[event])
        case .gate(let child):
          earliest[gate] = min(earliest[gate], first[child], earliest[child])
          latest[gate] = max(latest[gate], last[child], latest[child])
        case .house, .constant: break
        }
      }
      let isModule =
        gates[gate].inputs.count > 1 && earliest[gate] > first[gate] && latest[gate] < end[gate]
      if !isModule { sizes[gate] = 0 }
    }
    if case .gate(let gate) = top { sizes[gate] = 0 }
    return sizes
  }
}
