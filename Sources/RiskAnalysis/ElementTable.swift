import SupplyModel

/// The elements of some levels with a number each, and what each operation and each lane fails with.
struct ElementTable {
  /// Level by level, each in the order of its table; lanes come last, as they are met.
  private(set) var elements: [Element] = []

  /// For each operation, the numbers of the elements that it fails with.
  let ownOfOperation: [[UInt32]]

  /// For each lane, the numbers of the elements that it fails with beside those of its ends; empty if no lane has any.
  let ownOfLane: [[UInt32]]

  /// Whether lanes are asked for.
  let hasLanes: Bool
  private var numberOfLane: [Element.Lane: UInt32] = [:]

  /// - Complexity: O(operations + lanes).
  init(of graph: ProductionGraph, at levels: Set<Element.Level>) {
    let network = graph.network
    var elements: [Element] = []
    var numbers: [Element: UInt32] = [:]
    func add(_ level: Element.Level, _ rows: @autoclosure () -> some Sequence<Element>) {
      guard levels.contains(level) else { return }
      for element in rows() {
        numbers[element] = UInt32(elements.count)
        elements.append(element)
      }
    }
    let parents = network.ultimateParents()
    let countries = Set(network.sites.rows.compactMap(\.country)).sorted()
    add(.site, network.sites.keys.map { .site($0) })
    add(.operator, network.operators.keys.map { .operatorOf($0) })
    add(.parent, Set(parents).sorted().map { .parent($0) })
    add(.country, countries.map { .country($0) })
    add(.exports, countries.map { .exports($0) })
    add(.countryMaterial, graph.materialsOfCountries())
    add(.technology, network.technologies.keys.map { .technology($0) })
    add(.waypoint, Set(network.flows.rows.flatMap(\.waypoints)).sorted().map { .waypoint($0) })

    let ofSite = network.sites.keys.map { key -> [UInt32] in
      let site = network.sites[key]
      var own: [Element] = [.site(key)]
      if let key = site.operatorKey { own += [.operatorOf(key), .parent(parents[key.position])] }
      if let country = site.country { own.append(.country(country)) }
      own += site.technologies.filter { $0.needed == .running }.map { .technology($0.technology) }
      return own.compactMap { numbers[$0] }
    }
    ownOfOperation = graph.operations.map { ofSite[$0.site.position] }
    let concernsLanes = !levels.isDisjoint(with: [.exports, .countryMaterial, .waypoint])
    ownOfLane =
      concernsLanes
      ? graph.lanes.map { lane in graph.elements(of: lane).compactMap { numbers[$0] } } : []
    hasLanes = levels.contains(.lane)
    self.elements = elements
  }

  /// The number of a lane, which gets the next one if it is new.
  mutating func number(of lane: Element.Lane) -> UInt32 {
    if let known = numberOfLane[lane] { return known }
    let number = UInt32(elements.count)
    elements.append(.lane(lane))
    numberOfLane[lane] = number
    return number
  }
}

extension ProductionGraph {
  /// What a lane fails with, beside its ends and itself: exports, the material of a country, waypoints.
  func elements(of lane: Lane) -> [Element] {
    var elements: [Element] = []
    if let from = lane.from, lane.crosses(borderOf: from) { elements.append(.exports(from)) }
    if let sent = materialOfCountry(lane) { elements.append(sent) }
    if let flow = lane.flow { elements += network.flows[flow].waypoints.map { .waypoint($0) } }
    return elements
  }

  private func materialOfCountry(_ lane: Lane) -> Element? {
    guard let material = lane.material, case .operation(let operation) = nodes[lane.source],
      let country = network.sites[operations[operation].site].country
    else { return nil }
    return .material(material, of: country)
  }

  /// Every material that some site of a country sends, by country and then in the order of the materials.
  func materialsOfCountries() -> [Element] {
    struct Pair: Hashable, Comparable {
      var country: Country
      var material: Key<Material>
      static func < (one: Self, other: Self) -> Bool {
        (one.country, one.material) < (other.country, other.material)
      }
    }
    var pairs: Set<Pair> = []
    for lane in lanes {
      guard case .material(let material, let country) = materialOfCountry(lane) else { continue }
      pairs.insert(Pair(country: country, material: material))
    }
    return pairs.sorted().map { .material($0.material, of: $0.country) }
  }
}
