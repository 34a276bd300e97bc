public import SupplyModel

/// How much of its stage each site makes.
public struct StageShares: Sendable, Hashable {
  /// For each site, its part of what its stage makes, from 0 to 1; nil for sites that are not active, have no stage, or
  /// whose size is not known.
  public let ofSite: [Double?]

  /// For each site, what the share counts; nil where there is no share.
  public let subjectOfSite: [Statistic.Subject?]
}

extension SupplyNetwork {
  /// Compares sites within their stage.
  ///
  /// A site is measured by the first element group, in the network's order, of which it makes something; without one, by the
  /// first material that it makes. A site of several processes counts with all of them.
  ///
  /// - Complexity: O(operations × (element groups + outputs)).
  public func stageShares() -> StageShares {
    var totals: [[Statistic.Subject: Double]] = Array(repeating: [:], count: stages.count)
    var amounts = [(subject: Statistic.Subject, amount: Double)?](repeating: nil, count: sites.count)
    for operation in operations {
      let site = sites[operation.site]
      guard site.isActive, let stage = site.stage, let baseline = operation.baseline?.value else { continue }
      let made = outputs(of: operation.process)
      for (subject, amount) in made {
        totals[stage.position][subject, default: 0] += amount * baseline
      }
      guard let first = made.first else { continue }
      let earlier = amounts[operation.site.position]
      let same = earlier.flatMap { earlier in made.first { $0.subject == earlier.subject } } ?? first
      if earlier == nil || earlier?.subject == same.subject {
        let before = earlier?.amount ?? 0
        amounts[operation.site.position] = (same.subject, before + same.amount * baseline)
      }
    }
    var shares = [Double?](repeating: nil, count: sites.count)
    for (position, amount) in amounts.enumerated() {
      guard let amount, let stage = sites.rows[position].stage else { continue }
      let total = totals[stage.position][amount.subject] ?? 0
      shares[position] = total > 0 ? amount.amount / total : nil
    }
    return StageShares(ofSite: shares, subjectOfSite: amounts.map { $0?.subject })
  }

  /// What one unit of activity makes: element groups by mass first, then materials.
  private func outputs(of process: Key<Process>) -> [(subject: Statistic.Subject, amount: Double)] {
    let outputs = processes[process].outputs
    let groups = elementGroups.keys.compactMap { group in
      let mass = outputs.reduce(0.0) { sum, output in
        let material = materials[output.material]
        guard material.unit.dimension.measure == .mass else { return sum }
        return sum + output.amount.value * material.fraction(of: elementGroups[group])
      }
      return mass > 0 ? (subject: Statistic.Subject.elements(group), amount: mass) : nil
    }
    return groups + outputs.map { (subject: .material($0.material), amount: $0.amount.value) }
  }
}
