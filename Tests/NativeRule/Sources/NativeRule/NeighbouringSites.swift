import Chokepoint
import Foundation

/// Two sites of one stage that one earthquake, one flood or one local authority could close together.
///
/// It is written in Swift since the language of rule files has no trigonometry.
struct NeighbouringSites: Rule {
  let header = RuleHeader(
    id: "neighbouring-sites", title: "Two sites of one stage stand close to each other", severity: .low,
    tags: ["own", "geography"],
    why: "A buyer who has two suppliers for fear that one fails has little of it if one flood takes both.",
    fix: "Qualify a supplier in another region.")
  let needsScenario = false

  /// How far apart two sites must be, in km.
  var distance = 50.0

  /// One verdict for each pair of active sites of a stage; pairs in which a place is not known are inconclusive.
  func verdicts(on world: RuleWorld) -> [RuleVerdict] {
    let sites = world.network.sites.rows.filter { $0.isActive && $0.stage != nil }
    return sites.indices.flatMap { first in
      sites.indices.dropFirst(first + 1).compactMap { second in
        sites[first].stage == sites[second].stage ? verdict(sites[first], sites[second]) : nil
      }
    }
  }

  private func verdict(_ a: Site, _ b: Site) -> RuleVerdict {
    let subjects = [a, b].map { Finding.Subject(kind: "site", id: $0.id, name: $0.name) }
    let missing = [a, b].filter { place($0) == nil }
    guard missing.isEmpty, let here = place(a), let there = place(b) else {
      return .inconclusive(subjects, missing: missing.map { "site[\($0.id)].lat" })
    }
    let apart = kilometres(here, there)
    if apart >= distance { return .clean(subjects) }
    return .flagged(
      Finding(
        ruleID: header.id, ruleVersion: header.version, severity: header.severity, subjects: subjects,
        message: "\(a.name) and \(b.name) stand \(Int(apart.rounded())) km apart"))
  }

  private func place(_ site: Site) -> (latitude: Double, longitude: Double)? {
    guard let latitude = site.latitude, let longitude = site.longitude else { return nil }
    return (latitude * .pi / 180, longitude * .pi / 180)
  }

  /// The great-circle distance by the haversine formula, on a sphere of 6,371 km.
  private func kilometres(
    _ a: (latitude: Double, longitude: Double), _ b: (latitude: Double, longitude: Double)
  ) -> Double {
    let (north, east) = (sin((b.latitude - a.latitude) / 2), sin((b.longitude - a.longitude) / 2))
    let h = north * north + cos(a.latitude) * cos(b.latitude) * east * east
    return 2 * 6_371 * asin(min(1, h.squareRoot()))
  }
}
