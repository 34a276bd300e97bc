public import CEL
import RiskAnalysis
public import SupplyModel

/// A condition on one site, in the rule language, that picks the sites of a diagram.
///
/// The variable `site` has the attributes of ``structure(of:)``. What is missing in the network is unknown, and a site of
/// which the condition is unknown is not picked.
public struct SiteExpression: Sendable {
  private let program: CELProgram
  public let expression: CELExpression

  /// Reads and checks a condition.
  ///
  /// - Throws: all problems of its syntax, names and types.
  public init(_ source: String, for network: SupplyNetwork) throws(CELProblems) {
    var environment = CELEnvironment()
    environment.limits.cost += 200 * network.sites.count
    let structure = Self.structure(of: network)
    environment.declare(structure)
    environment.declare(variable: "site", .object(structure.name))
    expression = try CELExpression(source, in: environment)
    program = try expression.program()
    guard program.resultType == .bool || program.resultType == .dyn else {
      throw CELProblems([
        CELProblem(
          "no-condition", "a condition on a site is true or false; this is of type \(program.resultType)",
          help: "compare it with something, as in site.country == 'CN'", offset: 0,
          length: source.unicodeScalars.count)
      ])
    }
  }

  /// The sites for which the condition is true.
  ///
  /// - Throws: the first failure, such as a division by zero or too many steps in all.
  public func sites(in network: SupplyNetwork) throws(CELFailure) -> Set<Key<Site>> {
    var found: Set<Key<Site>> = []
    var meter = CELMeter(limits: expression.environment.limits)
    for site in network.sites.keys {
      let object = CELValue.object(CELObject(type: Self.typeName, row: site.position))
      let value = try program.evaluate(program.inputs.map { $0 == "site" ? object : nil }, meter: &meter)
      if case .bool(true) = value { found.insert(site) }
    }
    return found
  }

  private static let typeName = "Site"

  /// What an expression can ask of a site.
  public static func structure(of network: SupplyNetwork) -> CELStruct {
    let rows = network.sites.rows
    let shares = network.stageShares().ofSite
    var made = [[String]](repeating: [], count: rows.count)
    for operation in network.operations {
      made[operation.site.position] += network.processes[operation.process].outputs
        .map { network.materials[$0.material].id }
    }
    func attribute(
      _ name: String, _ summary: String, _ read: @escaping @Sendable (Int) -> String?
    ) -> CELStruct.Attribute {
      .init(name, .string, summary) { row in read(row).map { .string($0) } ?? .unknown(CELUnknown([])) }
    }
    let makes = made
    return CELStruct(
      typeName, "A site of the network.",
      attributes: [
        attribute("id", "Its id.") { rows[$0].id },
        attribute("name", "What people call it.") { rows[$0].name },
        attribute("stage", "The id of its stage.") { row in rows[row].stage.map { network.stages[$0].id } },
        attribute("country", "The code of its country, such as CN.") { rows[$0].country?.code },
        attribute("operator", "The id of who runs it.") { row in
          rows[row].operatorKey.map { network.operators[$0].id }
        },
        attribute("parent", "The id of who controls its operator in the end.") { row in
          rows[row].operatorKey.map { network.operators[network.ultimateParent(of: $0)].id }
        },
        attribute("status", "Whether it runs, such as operating or planned.") { rows[$0].status.rawValue },
        .init("share", .double, "The part of its stage that it makes, from 0 to 1.") { row in
          shares[row].map { .double($0) } ?? .unknown(CELUnknown([]))
        },
        .init("makes", .list(.string), "The ids of the materials that it makes.") { row in
          .list(makes[row].map { .string($0) })
        },
        .init("technologies", .list(.string), "The ids of the technologies that it needs.") { row in
          .list(rows[row].technologies.map { .string(network.technologies[$0.technology].id) })
        },
      ])
  }
}
