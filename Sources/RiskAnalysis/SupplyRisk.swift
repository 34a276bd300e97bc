/// The supply risk of a raw material as the European Union scores it, over plain values.
///
/// A score has two parts for each stage of the chain: how concentrated the supply of the world is, and how concentrated what the
/// region itself buys. Both weigh each country by its governance and its restrictions on trade. The more a region
/// imports, the more the first counts.
///
/// - Source: G. A. Blengini et al., "Methodology for establishing the EU list of critical raw materials: guidelines",
///   European Commission, 2017, doi:10.2873/769526; used as it stands in M. Grohol and C. Veeh, "Study on the critical raw materials
///   for the EU 2023", doi:10.2873/725585.
public struct SupplyRisk: Sendable, Hashable {
  /// A country that supplies.
  public struct Supplier: Sendable, Hashable {
    /// What it supplies, in a unit that all suppliers share; not negative.
    public let amount: Double

    /// How badly it is governed, from 0 (best) to 10 (worst); see ``governance(ofEstimate:)``.
    public let governance: Double

    /// What its restrictions on exports make of that: 1 for none, more for taxes, quotas and prohibitions, 0.8 for a
    /// country of the region.
    public let trade: Double

    public init(amount: Double, governance: Double, trade: Double = 1) {
      self.amount = amount
      self.governance = governance
      self.trade = trade
    }
  }

  /// What a stage of the chain is scored by.
  public struct Stage: Sendable, Hashable {
    /// ``SupplyRisk/concentration(of:)`` of the suppliers of the world.
    public let world: Double

    /// ``SupplyRisk/concentration(of:)`` of what the region buys and makes itself; nil where only the world's supply is known.
    public let region: Double?

    /// The part of what the region uses that it must import, from 0 to 1.
    public let importReliance: Double

    public init(world: Double, region: Double?, importReliance: Double) {
      self.world = world
      self.region = region
      self.importReliance = importReliance
    }

    /// `HHI(world) × IR/2 + HHI(region) × (1 − IR/2)`; the world's index alone where nothing is known of the region.
    public var index: Double {
      guard let region else { return world }
      return world * importReliance / 2 + region * (1 - importReliance / 2)
    }
  }

  /// The stages, in the order of the chain; there is at least one.
  public let stages: [Stage]

  /// End-of-life recycling input rate: the part of what is used that comes from old scrap, from 0 to 1.
  public let recycling: Double

  /// How far substitutes lower the risk: 1 where there are none, less where there are.
  public let substitution: Double

  /// - Precondition: there is a stage.
  public init(stages: [Stage], recycling: Double, substitution: Double) {
    precondition(!stages.isEmpty, "supply risk of no stage")
    self.stages = stages
    self.recycling = recycling
    self.substitution = substitution
  }

  /// For each stage `index × (1 − recycling) × substitution`, from 0 to about 10.
  public var scores: [Double] { stages.map { $0.index * (1 - recycling) * substitution } }

  /// The score of the worst stage.
  public var score: Double { Self.score(ofStages: scores) ?? 0 }

  /// The score of a material from those of its stages: the highest; nil without any.
  public static func score(ofStages scores: [Double]) -> Double? { scores.max() }

  /// The score of a group of materials: the mean of its members, each of them with its own worst stage; nil without any.
  ///
  /// It is not the worst of the group's stages: members may have their worst score at different ones.
  public static func score(ofGroup scores: [Double]) -> Double? {
    scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
  }

  /// Whether a raw material with these scores is critical: supply risk from 1.0 and economic importance from 2.8, to the
  /// one decimal that the study prints.
  public static func isCritical(supplyRisk: Double, economicImportance: Double) -> Bool {
    published(supplyRisk) >= 1.0 && published(economicImportance) >= 2.8
  }

  /// A score as the study prints it: one decimal, halves up.
  ///
  /// A difference of less than 10⁻⁹ from a half is rounding of binary numbers.
  public static func published(_ score: Double) -> Double { ((score * 10) + 1e-9).rounded() / 10 }

  /// `Σ share² × governance × trade`, from 0 (many small suppliers) to 10 times the trade parameter; 0 without supply.
  ///
  /// - Complexity: O(suppliers).
  public static func concentration(of suppliers: [Supplier]) -> Double {
    let total = suppliers.reduce(0) { $0 + $1.amount }
    guard total > 0 else { return 0 }
    return suppliers.reduce(0) { sum, supplier in
      let share = supplier.amount / total
      return sum + share * share * supplier.governance * supplier.trade
    }
  }

  /// An estimate of the Worldwide Governance Indicators, from −2.5 (worst) to 2.5, on the scale from 10 (worst) to 0.
  public static func governance(ofEstimate estimate: Double) -> Double { (2.5 - estimate) * 2 }

  /// The part of what a region uses that it must import: `(imports − exports) / (made + imports − exports)`, between 0 and 1.
  ///
  /// A region that sells more than it buys relies on none; one that uses nothing has no figure.
  public static func importReliance(made: Double, imports: Double, exports: Double) -> Double? {
    let used = made + imports - exports
    guard used > 0 else { return nil }
    return min(1, max(0, (imports - exports) / used))
  }
}

/// The geopolitical supply risk of a raw material for one importing country, over plain values.
///
/// - Source: E. D. Gemechu et al., "Import-based indicator for the geopolitical supply risk of raw materials in life cycle
///   sustainability assessments", J. Ind. Ecol. 20(1), 2016; midpoint and characterisation factor as in J. Santillán-Saldivar et
///   al., "An improved resource midpoint characterization method for supply risk of resources", Int. J. Life Cycle Assess. 27, 2022.
public struct GeopoliticalSupplyRisk: Sendable, Hashable {
  /// What is imported from one country.
  public struct Import: Sendable, Hashable {
    /// In the unit of the domestic production; not negative.
    public let amount: Double

    /// Political instability from 0 (stable) to 1; see ``GeopoliticalSupplyRisk/instability(ofEstimate:)``.
    public let instability: Double

    /// What was paid for it; nil if that is not known.
    public let value: Double?

    public init(amount: Double, instability: Double, value: Double? = nil) {
      self.amount = amount
      self.instability = instability
      self.value = value
    }
  }

  /// The world's production by country, in any unit.
  public let production: [Double]

  /// What the importing country makes itself, in the unit of the imports.
  public let domestic: Double
  public let imports: [Import]

  public init(production: [Double], domestic: Double, imports: [Import]) {
    self.production = production
    self.domestic = domestic
    self.imports = imports
  }

  /// `Σ P² / (Σ P)²`, from 0 to 1; 0 without production.
  public var concentration: Double {
    let total = production.reduce(0, +)
    return total > 0 ? production.reduce(0) { $0 + $1 * $1 } / (total * total) : 0
  }

  /// Imports weighted by instability, `Σ g f`.
  public var weightedImports: Double { imports.reduce(0) { $0 + $1.instability * $1.amount } }

  /// All imports.
  public var totalImports: Double { imports.reduce(0) { $0 + $1.amount } }

  /// `Σ g f / (domestic production + Σ f)`, from 0 to 1; nil where nothing is made or imported.
  public var importRisk: Double? {
    let supply = domestic + totalImports
    return supply > 0 ? weightedImports / supply : nil
  }

  /// Concentration of the world's production times the risk of imports, from 0 to 1.
  public var score: Double? { importRisk.map { concentration * $0 } }

  /// The mean price of the imports, in the unit of their value per unit of their amount; nil if the value of one is not known.
  public var price: Double? {
    let total = totalImports
    guard total > 0, !imports.contains(where: { $0.value == nil }) else { return nil }
    return imports.reduce(0) { $0 + ($1.value ?? 0) } / total
  }

  /// Score times price: the value at risk for each unit that is used.
  public var midpoint: Double? {
    guard let score, let price else { return nil }
    return score * price
  }

  /// What a unit is worth in units of copper with the same risk.
  ///
  /// - Parameter reference: the midpoint of copper, in the unit of ``midpoint``.
  /// - Returns: nil where there is no midpoint.
  public func characterisationFactor(reference: Double = Self.copper) -> Double? {
    midpoint.map { $0 / reference }
  }

  /// The midpoint of copper in thousand US dollars a tonne to which characterisation factors refer.
  public static let copper = 0.409412948

  /// An estimate of the Worldwide Governance Indicators, from −2.5 (worst) to 2.5, on the scale from 1 (worst) to 0.
  public static func instability(ofEstimate estimate: Double) -> Double { 0.5 - 0.2 * estimate }
}
