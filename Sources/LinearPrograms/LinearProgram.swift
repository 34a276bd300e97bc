/// A linear program to minimise: columns are what is decided, rows are what must hold.
///
/// Sparse. Columns and rows are numbered from 0 in the order in which they were added. Bounds may be infinite.
public struct LinearProgram: Sendable, Hashable {
  /// Something to decide.
  public struct Column: Sendable, Hashable {
    /// What it is called in messages; need not be unique.
    public var name: String

    /// What one unit adds to the objective.
    public var cost: Double
    public var bounds: ClosedRange<Double>
  }

  /// A sum of columns that must stay within bounds; equal bounds make it an equation.
  public struct Row: Sendable, Hashable {
    /// What it is called in messages; need not be unique.
    public var name: String
    public var bounds: ClosedRange<Double>
  }

  /// A column in a row, so many times.
  public struct Term: Sendable, Hashable {
    public var column: Int
    public var factor: Double

    public init(_ column: Int, _ factor: Double) {
      self.column = column
      self.factor = factor
    }
  }

  /// Costs and bounds may change between two solutions, which then can start from the last basis.
  public var columns: [Column] = []
  public var rows: [Row] = []

  /// The terms of all rows, row by row, and where those of each row start; one more start at the end.
  private(set) var terms: [Term] = []
  private(set) var starts: [Int] = [0]

  public init() {}

  /// Adds a column and returns its number.
  public mutating func addColumn(
    _ name: String, cost: Double = 0, in bounds: ClosedRange<Double> = 0...Double.infinity
  ) -> Int {
    columns.append(Column(name: name, cost: cost, bounds: bounds))
    return columns.count - 1
  }

  /// Adds a row and returns its number.
  ///
  /// Terms of one column are added up; those that come to nothing count as absent.
  ///
  /// - Precondition: the columns of the terms were added before.
  public mutating func addRow(_ name: String, in bounds: ClosedRange<Double>, _ sum: [Term]) -> Int {
    var own: [Term] = []
    for term in sum.sorted(by: { $0.column < $1.column }) {
      precondition(columns.indices.contains(term.column), "a row names a column that does not exist")
      if own.last?.column == term.column {
        own[own.count - 1].factor += term.factor
      } else {
        own.append(term)
      }
    }
    terms += own.filter { $0.factor != 0 }
    starts.append(terms.count)
    rows.append(Row(name: name, bounds: bounds))
    return rows.count - 1
  }

  /// The terms of a row, by column.
  public func terms(ofRow row: Int) -> ArraySlice<Term> { terms[starts[row]..<starts[row + 1]] }

  /// What the columns of a row add up to.
  public func sum(ofRow row: Int, at values: [Double]) -> Double {
    terms(ofRow: row).reduce(0) { $0 + $1.factor * values[$1.column] }
  }
}

extension LinearProgram {
  /// How much a solution may take.
  public struct Limits: Sendable, Hashable {
    /// Of the clock; a limit that is reached makes the answer depend on the machine, so it is there for safety.
    public var seconds: Double

    /// Of the simplex method.
    public var iterations: Int

    /// Columns, rows and terms together, which memory is proportional to.
    public var size: Int

    public init(seconds: Double = 60, iterations: Int = 10_000_000, size: Int = 20_000_000) {
      self.seconds = seconds
      self.iterations = iterations
      self.size = size
    }
  }

  /// Where a solution lies: which columns and rows are at which of their bounds.
  public struct Basis: Sendable, Hashable {
    let columns: [Int32]
    let rows: [Int32]
  }

  /// The end of an attempt to solve a program.
  public enum Outcome: Sendable, Hashable {
    case optimal(Optimum)
    case infeasible(Conflict)

    /// The objective falls without end.
    case unbounded
    case timeLimit
    case iterationLimit

    /// More columns, rows and terms than the limit allows.
    case tooLarge

    /// A number that no solution can be computed with: not a number, an infinite cost or factor, or one of 10¹⁵ or more, or the name
    /// of its column or row; also a range that lies at infinity.
    case malformed(name: String)

    /// The library gave up for another reason, in its own number of the status.
    case failed(status: Int)
  }

  public struct Optimum: Sendable, Hashable {
    public let objective: Double

    /// For each column, its value.
    public let values: [Double]

    /// For each row, what one unit more of a bound that holds adds to the objective: negative where room is worth something.
    public let duals: [Double]

    /// For each column, the same for its bounds; 0 for one between its bounds.
    public let reducedCosts: [Double]

    /// For another program with as many columns and rows to start from; nil if the library has none.
    public let basis: Basis?
  }

  /// A proof that no solution exists: rows that contradict each other and the bounds of columns.
  public struct Conflict: Sendable, Hashable {
    /// Rows with a factor each, which is not 0, by row.
    ///
    /// The sum of the rows by these factors lies within bounds that the columns cannot reach. Empty if the library has no
    /// proof.
    public let rows: [Term]

    /// One of the rows of a conflict.
    public struct Term: Sendable, Hashable {
      public let row: Int
      public let factor: Double
    }

    /// The names of the rows, and of the columns that their sum depends on.
    public let rowNames: [String]
    public let columnNames: [String]
  }

  /// Solves the program with the dual simplex method.
  ///
  /// One thread and a fixed seed: the same program, basis and limits give the same answer as long as no limit of time is
  /// reached. A program without columns is optimal at nothing or infeasible. Sums hold to 10⁻⁹ of the program's own scale.
  ///
  /// - Parameters:
  ///   - basis: where to start, such as the optimum of a similar program; one of another shape is left aside.
  ///   - limits: how much it may take.
  /// - Returns: The optimum with its duals, or why there is none.
  /// - Complexity: a step of the simplex method is about linear in the number of terms; the number of steps is most often
  ///   about that of the rows and much less from a basis nearby.
  public func solved(startingFrom basis: Basis? = nil, within limits: Limits = Limits()) -> Outcome {
    if let refusal = refusal(within: limits) { return refusal }
    var library = HiGHSLibrary(limits)
    return library.solve(self, startingFrom: basis)
  }

  /// Why the library need not, or must not, be asked.
  func refusal(within limits: Limits) -> Outcome? {
    guard columns.count + rows.count + terms.count <= limits.size else { return .tooLarge }
    if let name = nameOfMalformed { return .malformed(name: name) }
    // The library does not look at rows where there are no columns.
    return rows.indices.first { isContradiction(row: $0) }.map { row in
      .infeasible(Conflict(rows: [.init(row: row, factor: 1)], rowNames: [rows[row].name], columnNames: []))
    }
  }

  /// Whether a row has no terms and asks for something else than nothing.
  func isContradiction(row: Int) -> Bool { starts[row] == starts[row + 1] && !rows[row].bounds.contains(0) }

  /// The first column or row with a number that no solution can be computed with.
  private var nameOfMalformed: String? {
    if let column = columns.first(where: { !Self.isUsable(cost: $0.cost) || !Self.isUsable($0.bounds) }) {
      return column.name
    }
    return rows.indices.first { row in
      !Self.isUsable(rows[row].bounds) || terms(ofRow: row).contains { !(abs($0.factor) < 1e15) }
    }.map { rows[$0].name }
  }

  static func isUsable(cost: Double) -> Bool { abs(cost) < 1e15 }

  static func isUsable(_ bounds: ClosedRange<Double>) -> Bool {
    !bounds.lowerBound.isNaN && !bounds.upperBound.isNaN && bounds.lowerBound < .infinity
      && bounds.upperBound > -.infinity
  }
}
