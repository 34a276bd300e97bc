import SupplyModel

/// For each demand, the single elements whose failure stops it.
public struct SinglePoints: Sendable {
  /// For each demand, in the network's order, its single points of failure.
  ///
  /// They come level by level, each level in the order of its table. Empty for a demand that cannot be met in
  /// the first place.
  public let ofDemand: [[Element]]

  /// For each demand, whether it can be met.
  public let isMet: [Bool]
}

extension ProductionGraph {
  /// Finds every single site, operator, parent, country and technology without which a demand cannot be met.
  ///
  /// Element *x* is a single point of failure of *p* if *p* can be made, and cannot once *x* fails. With F(v) the set of
  /// elements that stop node *v*: an alternative is lost only if all of its lanes are, so F(slot) = ∩ F(source); a
  /// process is lost with any of its slots, so F(operation) = ∪ F(slot) ∪ {its own elements}. The greatest solution is
  /// reached by shrinking from "everything". A technology counts for the sites known to need it for running.
  ///
  /// - Complexity: O(lanes × size of the sets × passes), where passes is 2 without loops.
  /// - Source: on a graph without AND nodes this is dominance, with the iteration of K. Cooper, T. Harvey and K.
  ///   Kennedy, "A simple, fast dominance algorithm", 2001; with AND nodes, the dual of the fixpoint of
  ///   ``operability(in:)`` taken for all elements at once.
  public func singlePoints(in state: GraphState) -> SinglePoints {
    let own = ownElements()
    let derivation = derivation(in: state)
    let (isOperable, order) = (derivation.isOperable, sweepOrder(derivation, in: state))
    // Nil stands for "everything", which no loop can be told to be without before a way into it has been seen.
    var stops = [[UInt32]?](repeating: nil, count: nodes.count)
    var changed = true
    while changed {
      changed = false
      for node in order {
        var found: [UInt32]?
        if node < operations.count {
          found = own.ofOperation[node]
          for lane in lanes(into: node) {
            guard let known = found, let slot = stops[lanes[lane].source] else {
              found = nil
              break
            }
            found = union(known, slot)
          }
        } else {
          for lane in lanes(into: node)
          where state.open[lane] > 0 && isOperable[lanes[lane].source] {
            guard let source = stops[lanes[lane].source] else { continue }
            found = found.map { intersection($0, source) } ?? source
          }
        }
        if found != stops[node] {
          stops[node] = found
          changed = true
        }
      }
    }
    let demands = network.demand.keys.map { node(of: $0) }
    return SinglePoints(
      ofDemand: demands.map { node in (stops[node] ?? []).map { own.elements[Int($0)] } },
      isMet: demands.map { isOperable[$0] })
  }

  /// All elements, level by level, and for each operation the sorted numbers of those it fails with.
  private func ownElements() -> (elements: [Element], ofOperation: [[UInt32]]) {
    let parents = network.operators.keys.map { network.ultimateParent(of: $0) }
    let countries = Set(network.sites.rows.compactMap(\.country)).sorted()
    let elements: [Element] =
      network.sites.keys.map { .site($0) } + network.operators.keys.map { .operatorOf($0) }
      + Set(parents).sorted().map { .parent($0) } + countries.map { .country($0) }
      + network.technologies.keys.map { .technology($0) }
    var number: [Element: UInt32] = [:]
    for (position, element) in elements.enumerated() { number[element] = UInt32(position) }
    let ofOperation = operations.map { activity in
      let site = network.sites[activity.site]
      var own: [Element] = [.site(activity.site)]
      if let key = site.operatorKey { own += [.operatorOf(key), .parent(parents[key.position])] }
      if let country = site.country { own.append(.country(country)) }
      own += site.technologies.filter { $0.needed == .running }.map { .technology($0.technology) }
      return Set(own.compactMap { number[$0] }).sorted()
    }
    return (elements, ofOperation)
  }
}

/// The numbers that stand in either of two sorted lists.
private func union(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
  var result: [UInt32] = []
  result.reserveCapacity(a.count + b.count)
  var (i, j) = (0, 0)
  while i < a.count, j < b.count {
    if a[i] < b[j] {
      result.append(a[i])
      i += 1
    } else {
      if a[i] == b[j] { i += 1 }
      result.append(b[j])
      j += 1
    }
  }
  return result + a[i...] + b[j...]
}

/// The numbers that stand in both of two sorted lists.
private func intersection(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
  var result: [UInt32] = []
  var (i, j) = (0, 0)
  while i < a.count, j < b.count {
    if a[i] == b[j] {
      result.append(a[i])
      i += 1
      j += 1
    } else if a[i] < b[j] {
      i += 1
    } else {
      j += 1
    }
  }
  return result
}
