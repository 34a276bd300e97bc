public import RiskAnalysis
public import SupplyModel

extension NetworkDiagram {
  /// What a diagram shows beside the network itself.
  public struct Scenario: Sendable {
    public var title: String
    public var disruption: Disruption

    /// The scenario in which one country bans all of its exports.
    public static func exportBan(_ country: Country) -> Scenario {
      Scenario(title: "\(country.name) bans all of its exports", disruption: .exportBan(country))
    }

    public init(title: String, disruption: Disruption) {
      self.title = title
      self.disruption = disruption
    }
  }

  /// The question that a diagram answers.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Who makes what, or what a scenario leaves of it.
    case network

    /// The baseline above, a scenario below, every box at the same place.
    case beforeAfter = "before-after"

    /// Which sites nothing replaces, and how many products each of them stops.
    case singlePoints = "single-points"

    /// What is lost when some elements fail together.
    case cutSet = "cut-set"

    /// Who controls what: a box for each ultimate parent at each stage.
    case operators

    /// All that one product hangs on.
    case tree

    /// How a scenario's losses spread from box to box.
    case spread
  }

  /// What the sites of one box have in common when sites are drawn together.
  public enum Collapse: String, Sendable, Hashable, CaseIterable {
    case country, stage, parent
  }

  /// All that a caller can ask of a diagram.
  public struct Request: Sendable {
    public var kind = Kind.network
    public var scenario: Scenario?
    public var theme = DiagramTheme.light

    /// What is drawn; everything else is left out.
    public var scope = Scope()

    /// What to draw together; nil draws the largest sites of a stage alone and the others by country.
    public var collapse: Collapse?

    /// The most boxes of a stage, from 1; nil for ``standardPerStage``.
    public var mostPerStage: Int?

    /// The sites that stand out, all others stepping back; nil if none do.
    public var highlighted: Set<Key<Site>>?

    /// What fails beside the scenario: a cut set.
    public var failing: [Element] = []

    /// Whether the way from each single point of failure to its products is shown.
    ///
    /// Its lines are drawn even where they are thin, so the picture may differ in them, and so in its places, from
    /// that of another scenario.
    public var showsWitness = false

    /// What rules found; nil if none were asked.
    public var findings: Marks?

    /// Whether the picture is a part of a page, which says title, figures and legend itself and changes what boxes lose and
    /// what lines mean from scenario to scenario.
    var isInPage = false

    /// The most boxes of one stage, unless another number is asked for.
    public static let standardPerStage = 11

    /// The most sites that are drawn alone in one picture; beyond it the small ones of each stage are drawn together.
    public static let mostSites = 600

    public init(_ kind: Kind = .network, in scenario: Scenario? = nil, theme: DiagramTheme = .light) {
      self.kind = kind
      self.scenario = scenario
      self.theme = theme
    }
  }
}
