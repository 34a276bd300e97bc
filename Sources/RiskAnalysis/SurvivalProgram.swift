public import LinearPrograms

/// A supply chain under stress: who makes what from whom, how fast, and what lies in store.
///
/// A node makes one thing. For each unit it takes an amount of every one of its needs, and each need can be met by any of its suppliers: an
/// AND of ORs, tier by tier. Products are nodes that somebody wants. Amounts are in units of what a node makes; a period is
/// whatever the capacities and demands are counted in.
///
/// Two questions are asked of a disruption, which stops some nodes for a while: what it costs until they recover, and
/// how long nobody notices.
///
/// - Source: D. Simchi-Levi et al., "Identifying risks and mitigating disruptions in the automotive supply chain",
///   Interfaces 45(5), 2015, doi 10.1287/inte.2015.0804.
public struct SurvivalProgram: Sendable, Hashable {
  /// One of the things that a node takes, from any of several suppliers.
  public struct Need: Sendable, Hashable {
    /// Positions of nodes, each once.
    public var suppliers: [Int]

    /// How much of it one unit takes; more than 0.
    public var amount: Double

    public init(from suppliers: [Int], amount: Double = 1) {
      self.suppliers = suppliers
      self.amount = amount
    }
  }

  public struct Node: Sendable, Hashable {
    public var name: String

    /// The most that it makes in a period, from 0; infinite if nothing but its needs bounds it.
    public var capacity: Double

    /// What lies in store when the disruption begins, from 0.
    public var inventory: Double

    /// Empty for a node that needs nothing.
    public var needs: [Need]

    public init(name: String, capacity: Double = .infinity, inventory: Double = 0, needs: [Need] = []) {
      self.name = name
      self.capacity = capacity
      self.inventory = inventory
      self.needs = needs
    }

    /// The most that it makes in a time.
    fileprivate func most(in time: Double) -> Double { capacity < .infinity ? capacity * time : .infinity }
  }

  /// What is wanted of a node.
  public struct Product: Sendable, Hashable {
    public var node: Int

    /// In each period, from 0.
    public var demand: Double

    /// What one unit that is not delivered costs.
    public var unitLoss: Double

    public init(node: Int, demand: Double, unitLoss: Double = 1) {
      self.node = node
      self.demand = demand
      self.unitLoss = unitLoss
    }
  }

  public let nodes: [Node]
  public let products: [Product]

  /// - Precondition: suppliers and products are positions of nodes, amounts are more than 0, and no number is negative or not a number.
  public init(nodes: [Node], products: [Product]) {
    precondition(
      nodes.allSatisfy { node in
        node.capacity >= 0 && node.inventory >= 0
          && node.needs.allSatisfy { need in
            need.amount > 0 && need.suppliers.allSatisfy { nodes.indices.contains($0) }
          }
      }, "a node with a negative number, or a supplier that is none")
    precondition(
      products.allSatisfy { nodes.indices.contains($0.node) && $0.demand >= 0 && $0.unitLoss >= 0 },
      "a product of no node, or with a negative number")
    self.nodes = nodes
    self.products = products
  }

  /// Which of its parts a program consists of.
  private enum Question { case loss, survival }

  /// The columns of what each node makes, and the column or the columns that the question asks for.
  private struct Columns {
    var made: [Int] = []
    var lost: [Int] = []
    var time = -1
    var rowOfProduct: [Int] = []
  }

  /// The program of a question, without a disruption.
  private func program(_ question: Question, atMost longest: Double) -> (LinearProgram, Columns) {
    var program = LinearProgram()
    var columns = Columns()
    let below = -Double.infinity...0.0
    columns.made = nodes.map { program.addColumn("made by \($0.name)") }
    // What each node sends on, with what is wanted of it.
    var sent: [[LinearProgram.Term]] = columns.made.map { [.init($0, -1)] }
    for (position, node) in nodes.enumerated() {
      for (number, need) in node.needs.enumerated() {
        var row = [LinearProgram.Term(columns.made[position], need.amount)]
        for supplier in need.suppliers {
          let flow = program.addColumn("from \(nodes[supplier].name) to \(node.name)")
          row.append(.init(flow, -1))
          sent[supplier].append(.init(flow, 1))
        }
        _ = program.addRow("need \(number) of \(node.name)", in: below, row)
      }
    }
    switch question {
    case .loss:
      columns.lost = products.map { product in
        program.addColumn("lost of \(nodes[product.node].name)", cost: product.unitLoss)
      }
      for (product, lost) in zip(products, columns.lost) { sent[product.node].append(.init(lost, -1)) }
    case .survival:
      columns.time = program.addColumn("time", cost: -1, in: 0...longest)
      for product in products { sent[product.node].append(.init(columns.time, product.demand)) }
      for (position, node) in nodes.enumerated() where node.capacity < .infinity {
        _ = program.addRow(
          "capacity of \(node.name)", in: below,
          [.init(columns.made[position], 1), .init(columns.time, -node.capacity)])
      }
    }
    columns.rowOfProduct = nodes.indices.map { position in
      program.addRow(
        "balance of \(nodes[position].name)", in: -Double.infinity...nodes[position].inventory, sent[position]
      )
    }
    return (program, columns)
  }
}

extension SurvivalProgram {
  /// Answers what disruptions cost until they are over, one after the other in one solver.
  ///
  /// Minimises the lost profit `Σ unit loss × lost` during the time to recover `t`: stopped nodes make nothing, others up to `capacity × t`,
  /// stores may be used up, and `lost ≥ demand × t − what is delivered`.
  public struct LossSolver: ~Copyable {
    private let chain: SurvivalProgram
    private let columns: Columns
    private let demandOfNode: [Double]
    private var solver: LinearProgramSolver
    private var stopped: [Int] = []
    private var time: Double?

    public init(_ chain: SurvivalProgram, within limits: LinearProgram.Limits = .init()) {
      self.chain = chain
      let (program, columns) = chain.program(.loss, atMost: 0)
      self.columns = columns
      var demand = [Double](repeating: 0, count: chain.nodes.count)
      for product in chain.products { demand[product.node] += product.demand }
      demandOfNode = demand
      solver = LinearProgramSolver(program, within: limits)
    }

    /// The least lost profit while some nodes make nothing for a time; nil only if a limit was reached.
    ///
    /// - Parameters:
    ///   - nodes: positions of those that are stopped; any others run.
    ///   - time: in periods, from 0 and finite.
    /// - Returns: the sum of unit losses of what is not delivered.
    public mutating func leastLoss(without nodes: [Int], for time: Double) -> Double? {
      if self.time != time {
        for (position, node) in chain.nodes.enumerated() {
          solver.setBounds(ofColumn: columns.made[position], to: 0...node.most(in: time))
          if demandOfNode[position] > 0 {
            solver.setBounds(
              ofRow: columns.rowOfProduct[position],
              to: -Double.infinity...node.inventory - demandOfNode[position] * time)
          }
        }
        self.time = time
      } else {
        for node in stopped {
          solver.setBounds(ofColumn: columns.made[node], to: 0...chain.nodes[node].most(in: time))
        }
      }
      for node in nodes { solver.setBounds(ofColumn: columns.made[node], to: 0...0) }
      stopped = nodes
      return solver.leastObjective()
    }

    /// What of each product is not delivered in the last answer; where several ways cost the same, one of them.
    public mutating func lost() -> [Double]? {
      guard case .optimal(let optimum) = solver.solve() else { return nil }
      return columns.lost.map { optimum.values[$0] }
    }
  }

  /// Answers how long all demand holds in spite of disruptions, one after the other in one solver.
  ///
  /// Maximises `t` such that what is delivered until `t` is at least `demand × t`, under the constraints of ``LossSolver``.
  public struct TimeSolver: ~Copyable {
    private let columns: Columns
    private var solver: LinearProgramSolver
    private var stopped: [Int] = []

    /// - Parameters:
    ///   - chain: what is disrupted.
    ///   - longest: where to stop looking, in periods.
    ///   - limits: how much one answer may take.
    public init(
      _ chain: SurvivalProgram, atMost longest: Double, within limits: LinearProgram.Limits = .init()
    ) {
      let (program, columns) = chain.program(.survival, atMost: longest)
      self.columns = columns
      solver = LinearProgramSolver(program, within: limits)
    }

    /// The longest time for which nothing is lost while some nodes make nothing; `longest` of those that last, and nil only if a limit
    /// was reached.
    public mutating func longestTime(without nodes: [Int]) -> Double? {
      for node in stopped { solver.setBounds(ofColumn: columns.made[node], to: 0...Double.infinity) }
      for node in nodes { solver.setBounds(ofColumn: columns.made[node], to: 0...0) }
      stopped = nodes
      return solver.leastObjective().map { -$0 }
    }
  }

  /// For each disruption its loss as a part of the largest, from 0 to 1; all 0 if nothing is lost.
  public static func riskExposure(_ losses: [Double]) -> [Double] {
    let largest = losses.max() ?? 0
    return losses.map { largest > 0 ? $0 / largest : 0 }
  }
}
