import SupplyModel

extension OriginContent {
  /// Where a path backwards through the mixtures ends.
  enum End: Hashable {
    /// At one of the numbered holders.
    case holder(Int)
    /// At somebody who is not known.
    case unknown
    /// At somebody who does not count.
    case elsewhere
  }

  /// How much of some mixtures ends with whom.
  struct Holding {
    /// For each holder: the best estimate, and what it holds however the estimated supplies are split.
    fileprivate(set) var parts: [Double]
    fileprivate(set) var certain: [Double]

    /// What ends with those who do not count, likewise.
    fileprivate(set) var elsewhere = 0.0
    fileprivate(set) var elsewhereCertain = 0.0

    /// What ends with somebody who is not known, or cannot be traced.
    fileprivate(set) var unknown = 0.0

    fileprivate mutating func addCertain(_ amount: Double, endingWith end: End) {
      switch end {
      case .holder(let holder): certain[holder] += amount
      case .unknown: break
      case .elsewhere: elsewhereCertain += amount
      }
    }
  }

  /// Follows mixtures backwards to where they end.
  ///
  /// - Parameters:
  ///   - starts: nodes, with an amount of what each holds.
  ///   - count: how many holders there are.
  ///   - end: where a node is the end of the path; asked for every operation that holds some of the elements, and told
  ///     whether it makes it out of nothing. Nil there is a path that cannot be traced.
  /// - Returns: what ends with whom; what still goes round in a loop in the end counts as not known.
  /// - Complexity: O(nodes + ways); loops are gone round until less than 10⁻¹³ of it is on the way, at most 1,000 times.
  func holding(
    of starts: [(node: Int, amount: Double)], among count: Int,
    end: (_ operation: Int, _ isMade: Bool) -> End?
  ) -> Holding {
    let isEnd =
      graph.operations.indices.map { node -> End? in
        let isMade = if case .made = mixtures[node] { true } else { false }
        return isHeld[node] ? end(node, isMade) : nil
      } + Array(repeating: nil, count: graph.nodes.count - graph.operations.count)
    let ends = ends(isEnd)
    var holding = Holding(
      parts: Array(repeating: 0, count: count), certain: Array(repeating: 0, count: count))
    var best = [Double](repeating: 0, count: graph.nodes.count)
    var sure = best
    var whole = 0.0
    for start in starts where isHeld[start.node] {
      best[start.node] += start.amount
      sure[start.node] += start.amount
      whole += start.amount
    }
    for group in graph.settlingOrder.groups.reversed() {
      let members = graph.settlingOrder.nodes[group]
      for _ in 0..<1_000 {
        for node in members.reversed() where best[node] > 0 {
          let (now, certain) = (best[node], sure[node])
          (best[node], sure[node]) = (0, 0)
          step(from: node, now, certain, isEnd, ends, &holding, &best, &sure)
        }
        if members.count == 1 || members.reduce(0, { $0 + best[$1] }) < 1e-13 * whole { break }
      }
      if members.count > 1 { for node in members { (best[node], sure[node]) = (0, 0) } }
    }
    return holding
  }

  private func step(
    from node: Int, _ now: Double, _ certain: Double, _ isEnd: [End?], _ ends: [Ends],
    _ holding: inout Holding,
    _ best: inout [Double], _ sure: inout [Double]
  ) {
    var sureLeft = certain
    if case .one(let end) = ends[node] {
      holding.addCertain(certain, endingWith: end)
      sureLeft = 0
    }
    if let end = isEnd[node] {
      switch end {
      case .holder(let holder): holding.parts[holder] += now
      case .unknown: holding.unknown += now
      case .elsewhere: holding.elsewhere += now
      }
      return
    }
    guard case .mixed(let range) = mixtures[node] else {
      holding.unknown += now
      return
    }
    var free = 0.0
    var split = Ends.none
    for way in ways[range] where way.weight > 0 || way.isEstimate && isHeld[way.source] {
      best[way.source] += now * way.weight
      if way.isEstimate {
        free += way.weight
        split.join(ends[way.source])
      } else {
        sure[way.source] += sureLeft * way.weight
      }
    }
    // Whoever of them supplies it, it ends with the same.
    if free > 0, case .one(let end) = split { holding.addCertain(sureLeft * free, endingWith: end) }
  }

  /// With whom all of what a node holds ends, if it is one, however estimated supplies are split.
  private enum Ends: Hashable {
    case none
    case one(End)
    case several

    mutating func join(_ other: Ends) {
      switch (self, other) {
      case (_, .none): break
      case (.none, _): self = other
      default: if self != other { self = .several }
      }
    }
  }

  /// For each node with whom all that it holds ends.
  private func ends(_ isEnd: [End?]) -> [Ends] {
    var ends = [Ends](repeating: .none, count: graph.nodes.count)
    for group in graph.settlingOrder.groups {
      let members = graph.settlingOrder.nodes[group]
      var isChanged = true
      while isChanged {
        isChanged = false
        for node in members where isHeld[node] {
          var found = Ends.none
          if let end = isEnd[node] {
            found = .one(end)
          } else if case .mixed(let range) = mixtures[node] {
            for way in ways[range] where way.weight > 0 || way.isEstimate && isHeld[way.source] {
              found.join(ends[way.source])
            }
          } else {
            found = .several
          }
          if found != ends[node] {
            ends[node] = found
            isChanged = members.count > 1
          }
        }
      }
    }
    return ends
  }
}

extension OriginContent {
  /// For each demand, the mass of the elements that go into one unit of it; nil where that is not known.
  ///
  /// A material whose composition is given holds that. Any other holds what went into it, if its process makes nothing else;
  /// what is lost on the way counts as in it.
  ///
  /// - Complexity: O(nodes + lanes).
  func massInUnit() -> [Double?] {
    let network = graph.network
    let givenMass = network.materials.rows.map { material -> Double? in
      if material.elements.isEmpty || material.unit.dimension.measure != .mass { return nil }
      return material.elements.reduce(0) { elements.contains($1.symbol) ? $0 + $1.fraction : $0 }
    }
    var mass = [Double?](repeating: nil, count: graph.nodes.count)
    func unitMass(along lane: Int) -> Double? {
      let row = graph.lanes[lane]
      if let material = row.material, let own = givenMass[material.position] { return own }
      guard let inside = mass[row.source] else { return nil }
      guard case .operation(let operation) = graph.nodes[row.source] else { return inside }
      guard let process = graph.operations[operation].process else { return inside }
      let outputs = network.processes[process].outputs
      return outputs.count == 1 && outputs[0].amount.value > 0 ? inside / outputs[0].amount.value : nil
    }
    for node in graph.settlingOrder.nodes {
      let lanes = graph.lanes(into: node)
      var sum: Double? = lanes.isEmpty ? nil : 0
      for lane in lanes where graph.baseline.share[lane] > 0 {
        let isSlot = node < graph.operations.count
        let one = isSlot ? mass[graph.source(ofLane: lane)] : unitMass(along: lane)
        let part = one.map { isSlot ? $0 : $0 * graph.baseline.share[lane] / graph.lanes[lane].worth }
        sum = if let before = sum, let part { before + part } else { nil }
      }
      mass[node] = sum
    }
    return network.demand.keys.map { key in
      givenMass[network.demand[key].material.position] ?? mass[graph.node(of: key)]
    }
  }
}
