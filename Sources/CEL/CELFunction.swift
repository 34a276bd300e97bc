/// A function of the language or of the host: everything that is known about it stands here.
///
/// The checker, the evaluator, the cost estimate, completion and the manual read this one declaration.
public struct CELFunction: Sendable {
  /// The name that calls use, with dots for a namespace; operators are written as `_+_`.
  public var name: String
  /// One sentence that says what the function gives.
  public var summary: String
  /// An expression that is true.
  public var example: String
  public var overloads: [CELOverload]
  public var price: CELPrice
  /// What it does; nil for values that it has no overload for.
  public var body: Body

  /// The body of a function, by how many arguments it takes; the target of a call comes first.
  public enum Body: Sendable {
    case one(@Sendable (CELValue, inout CELMeter) throws(CELFailure) -> CELValue?)
    case two(@Sendable (CELValue, CELValue, inout CELMeter) throws(CELFailure) -> CELValue?)
    case many(@Sendable ([CELValue], inout CELMeter) throws(CELFailure) -> CELValue?)
    /// A function that is declared but cannot be run.
    case none
  }

  public init(
    _ name: String, _ summary: String, example: String = "", _ overloads: [CELOverload],
    price: CELPrice = .constant(1), body: Body
  ) {
    self.name = name
    self.summary = summary
    self.example = example
    self.overloads = overloads
    self.price = price
    self.body = body
  }

  /// A function with overloads written as signatures, such as `string.(int) -> string`.
  ///
  /// - Precondition: every signature can be read.
  public init(
    _ name: String, _ summary: String, _ example: String, _ signatures: [String],
    _ price: CELPrice = .constant(1), _ body: Body
  ) {
    let overloads = signatures.compactMap { CELOverload($0) }
    precondition(overloads.count == signatures.count, "a signature of \(name) cannot be read")
    self.init(name, summary, example: example, overloads, price: price, body: body)
  }
}

/// What a call costs beyond its arguments, in steps.
public enum CELPrice: Sendable, Hashable {
  case constant(Int)
  /// One step and one for each element, and for each 16 bytes of text, of all arguments.
  case linear
  /// The product of the extents of the first two arguments.
  case product

  func steps(_ arguments: [Int]) -> Int {
    switch self {
    case .constant(let steps): return steps
    case .linear: return arguments.reduce(1) { $0 &+ $1 / 16 }
    case .product:
      guard arguments.count > 1 else { return 1 }
      let (product, overflow) = max(1, arguments[0]).multipliedReportingOverflow(by: max(1, arguments[1]))
      return overflow ? Int.max / 2 : product
    }
  }
}

/// A struct of the host: typed attributes that are read by row.
public struct CELStruct: Sendable {
  public struct Attribute: Sendable {
    public var name: String
    public var type: CELType
    /// One sentence that says what it is.
    public var summary: String
    /// The value for a row; `.unknown` with no attributes if it is missing.
    public var read: @Sendable (Int) -> CELValue

    public init(
      _ name: String, _ type: CELType, _ summary: String, read: @escaping @Sendable (Int) -> CELValue
    ) {
      self.name = name
      self.type = type
      self.summary = summary
      self.read = read
    }
  }

  public var name: String
  public var summary: String
  public var attributes: [Attribute]

  public init(_ name: String, _ summary: String, attributes: [Attribute]) {
    self.name = name
    self.summary = summary
    self.attributes = attributes
  }
}
