/// Everything that is wrong with an expression, in the order of the text.
public struct CELProblems: Error, Sendable, Hashable {
  public var problems: [CELProblem]

  public init(_ problems: [CELProblem]) { self.problems = problems }
}

/// An expression that has been read: it can be checked and made into a program.
public struct CELExpression: Sendable {
  public let source: String
  public let environment: CELEnvironment
  let tree: SyntaxTree

  /// Reads an expression.
  ///
  /// - Throws: all problems of the syntax.
  public init(_ source: String, in environment: CELEnvironment, expandsMacros: Bool = true)
    throws(CELProblems)
  {
    self.source = source
    self.environment = environment
    let (tree, problems) = Parser.parse(
      source, limits: environment.limits, expandsMacros: expandsMacros, macros: environment.macros)
    guard problems.isEmpty else { throw CELProblems(problems) }
    self.tree = tree
  }

  /// Whether the expression writes a struct, such as `Site{stage: 'mine'}`.
  var writesStruct: Bool {
    tree.nodes.contains { node in
      if case .structure = node.kind { true } else { false }
    }
  }

  /// A program of the expression as it stands; a wrong name or type shows when it runs.
  public func uncheckedProgram() -> CELProgram {
    Compiler.compile(tree, in: environment, type: .dyn)
  }
}

extension CELExpression {
  /// A program of the expression, checked first.
  ///
  /// - Throws: every name and type that is wrong; if all are right, units that do not go together.
  public func program() throws(CELProblems) -> CELProgram {
    let result = Checker.check(tree, in: environment)
    guard result.problems.isEmpty else { throw CELProblems(result.problems) }
    let units = UnitCheck.check(tree, types: result.types, in: environment)
    guard units.problems.isEmpty else { throw CELProblems(units.problems) }
    return Compiler.compile(tree, in: environment, type: result.types[tree.root])
  }

  /// The unit of what the expression gives, as far as the host says units; nil if it has none.
  public var unit: String? {
    let result = Checker.check(tree, in: environment)
    return result.problems.isEmpty ? UnitCheck.check(tree, types: result.types, in: environment).unit : nil
  }

  /// The place of a scalar of the expression: line and column, both from 1.
  public func place(of offset: Int) -> (line: Int, column: Int) {
    CELProblem.place(of: offset, in: source)
  }

  /// What an evaluation costs at worst, given the sizes of what it works on.
  ///
  /// `sizes` are those of variables by name, and of attributes by struct and name, such as `Site.materials`;
  /// they go before the sizes that attributes declare. Scalars need none. The steps that a run counts are never
  /// more, unless a function of the host charges more than it declares.
  ///
  /// - Complexity: O(nodes × functions of a name).
  public func worstCost(sizes: [String: CELSize] = [:]) -> CELCost {
    CostEstimate.cost(of: tree, in: environment, sizes: sizes)
  }
}
