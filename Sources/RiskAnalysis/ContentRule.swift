import SupplyModel

extension SupplyNetwork {
  /// The sellers whose goods hold enough from some countries, and those whose goods do not.
  ///
  /// What was mined or processed in one of the countries is of there, whatever it was made of before. A site that sells several covered
  /// goods meets the condition if all of them do, and fails it if none does. Of the value of a good only so much is known: nothing of it
  /// comes from where none of its elements does, and of the rest what the prices of the materials say (``ValueContent``); a maker
  /// adds value of its own.
  ///
  /// - Complexity: O((nodes + lanes) of the production graph).
  func sellers(meeting content: Control.Content, of subject: Control.Subject) -> TradeControl.Content {
    let graph = ProductionGraph(self)
    let elements = subject.elements ?? chemicalElements
    let from = Set(content.from)
    let traced = OriginContent(of: graph, elements: elements)
    func origin(_ site: Key<Site>) -> OriginContent.Origin {
      self.sites[site].country.map { from.contains($0) ? .counts : .doesNot } ?? .notKnown
    }
    let field = traced.field(from: origin, replacedAt: { origin($0) == .counts })
    let values =
      content.by == .value
      ? ValueContent(of: traced, from: origin, replacedAt: { origin($0) == .counts }) : nil
    let covered = materials(coveredBy: subject)
    var found: [Key<Site>: Set<Coverage>] = [:]
    for (node, operation) in graph.operations.enumerated() {
      let goods =
        operation.process.map { self.processes[$0].outputs.map(\.material) }
        ?? operation.passesOn.map { [$0] } ?? []
      for good in goods
      where covered.map({ $0.covered.contains(good) || $0.uncertain.contains(good) }) ?? true {
        let value = values.map { (low: $0.low[node], high: $0.high[node]) }
        found[operation.site, default: []].insert(
          content.isMet(by: field[node], worth: value, in: materials[good], of: elements))
      }
    }
    return TradeControl.Content(
      from: from, met: Set(found.filter { $0.value == [.yes] }.keys),
      exempt: Set(found.filter { $0.value == [.no] }.keys))
  }
}

extension Control.Content {
  /// A smaller difference from the bound is rounding.
  private static let tolerance = 1e-12

  /// Whether a good with this share of its elements from the countries meets the condition.
  fileprivate func isMet(
    by share: OriginContent.Share?, worth value: (low: Double, high: Double)?, in good: Material,
    of elements: [String]
  ) -> Coverage {
    guard let share, share.high > Self.tolerance else { return .no }
    var (low, high) = (share.low, share.high)
    switch by {
    case .elements: break
    case .mass:
      if good.elements.isEmpty {
        (low, high) = (0, 1)
      } else {
        let part = good.elements.reduce(0) { elements.contains($1.symbol) ? $0 + $1.fraction : $0 }
        (low, high) = (low * part, high * part)
      }
    case .value:
      // Nothing may say what its parts are worth, only that some are worth something.
      if atLeast == nil, low > Self.tolerance { return .yes }
      if let value { (low, high) = value }
    }
    let least = atLeast?.value ?? 0
    if low > Self.tolerance, low >= least - Self.tolerance { return .yes }
    return high < least - Self.tolerance ? .no : .unknown
  }
}
