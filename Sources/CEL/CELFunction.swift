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
  /// How large the result can be, for the cost estimate.
  public var growth: CELGrowth
  /// The unit of the result: any text, empty if it has none, `=` for that of the first operand that has one.
  public var unit = ""
  /// What it does; nil for values that it has no overload for.
  public var body: Body
  /// Whether the host declared it, so that its arguments are checked before it runs.
  var isHost = false

  /// The body of a function, by how many arguments it takes; the target of a call comes first.
  public enum Body: Sendable {
    case one(@Sendable (CELValue, inout CELMeter) throws(CELFailure) -> CELValue?)
    case two(@Sendable (CELValue, CELValue, inout CELMeter) throws(CELFailure) -> CELValue?)
    case three(@Sendable (CELValue, CELValue, CELValue, inout CELMeter) throws(CELFailure) -> CELValue?)
    case many(@Sendable ([CELValue], inout CELMeter) throws(CELFailure) -> CELValue?)
    /// Takes any number of arguments together, two at a time from the left.
    case fold(@Sendable (CELValue, CELValue, inout CELMeter) throws(CELFailure) -> CELValue?)
    /// Looks at the first argument, and runs the second only if that says nothing.
    ///
    /// `decide` gives the result, or nil to go on with the second; `otherwise` makes the result of that.
    case choice(
      decide: @Sendable (CELValue) throws(CELFailure) -> CELValue?,
      otherwise: @Sendable (CELValue) -> CELValue?)
    /// A function that is declared but cannot be run.
    case none
  }

  public init(
    _ name: String, _ summary: String, example: String = "", _ overloads: [CELOverload],
    price: CELPrice = .constant(1), growth: CELGrowth = .byType, body: Body
  ) {
    self.name = name
    self.summary = summary
    self.example = example
    self.overloads = overloads
    self.price = price
    self.growth = growth
    self.body = body
  }

  /// A function with overloads written as signatures, such as `string.(int) -> string`.
  ///
  /// - Precondition: every signature can be read.
  public init(
    _ name: String, _ summary: String, _ example: String, _ signatures: [String],
    _ price: CELPrice = .constant(1), growth: CELGrowth = .byType, _ body: Body
  ) {
    let overloads = signatures.compactMap { CELOverload($0) }
    precondition(overloads.count == signatures.count, "a signature of \(name) cannot be read")
    self.init(name, summary, example: example, overloads, price: price, growth: growth, body: body)
  }

  /// The same function with a result in a unit.
  public func measured(in unit: String) -> CELFunction {
    var function = self
    function.unit = unit
    return function
  }

  var hasBody: Bool {
    if case .none = body { false } else { true }
  }

  /// Whether some overload takes so many arguments; the target of a call counts as one.
  func takes(_ count: Int, isMember: Bool) -> Bool {
    overloads.contains { $0.takes(count, isMember: isMember) }
  }

  /// Whether some overload takes the values, as far as their types show.
  func accepts(_ values: [CELValue]) -> Bool {
    overloads.contains { overload in
      overload.takes(values.count, isMember: overload.isMember)
        && values.indices.allSatisfy { overload.parameter($0).accepts(values[$0]) }
    }
  }
}

/// A struct of the host: typed attributes that are read by row.
///
/// An expression may also write one, such as `Site{stage: 'mine'}`; attributes that it leaves out are missing.
public struct CELStruct: Sendable {
  public struct Attribute: Sendable {
    public var name: String
    public var type: CELType
    /// One sentence that says what it is.
    public var summary: String
    /// The unit of its numbers: any text, empty if they have none.
    public var unit: String
    /// How large the value is at most, for the cost estimate; nil if only its type bounds it.
    public var size: CELSize?
    /// The value for a row; `.unknown` with no attributes if it is missing.
    public var read: @Sendable (Int) -> CELValue

    public init(
      _ name: String, _ type: CELType, _ summary: String, unit: String = "", size: CELSize? = nil,
      read: @escaping @Sendable (Int) -> CELValue
    ) {
      self.name = name
      self.type = type
      self.summary = summary
      self.unit = unit
      self.size = size
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

  func attribute(_ name: String) -> Attribute? { attributes.first { $0.name == name } }
}
