/// What an expression may use up, in reading and in running it.
public struct CELLimits: Sendable, Hashable {
  /// Unicode scalars of an expression.
  public var expressionLength = 100_000
  /// Depth of the syntax tree.
  public var depth = 250
  /// How deep comprehensions may stand in each other.
  public var comprehensionNesting = 12
  /// Steps of one evaluation: an operation, an element visited, 16 bytes of text.
  public var cost = 10_000_000
  /// Bytes of a text or of bytes that an operation makes.
  public var stringBytes = 1 << 20
  /// Elements of a list or map that an operation makes.
  public var listCount = 1_000_000

  public init() {}
}

/// The steps that an evaluation has taken, and where it must stop.
public struct CELMeter: Sendable {
  public private(set) var spent = 0
  public let limits: CELLimits

  public init(limits: CELLimits = CELLimits()) { self.limits = limits }

  /// Adds steps, or fails when that goes over the limit.
  @inline(__always)
  public mutating func charge(_ steps: Int) throws(CELFailure) {
    spent &+= steps
    if spent > limits.cost { throw overdrawn }
  }

  private var overdrawn: CELFailure {
    CELFailure(.costLimit, "the evaluation needs more than \(limits.cost) steps")
  }

  /// Fails if a text of that many bytes may not be made; charges for making it otherwise.
  public mutating func chargeText(bytes: Int) throws(CELFailure) {
    try check(bytes: bytes)
    try charge(bytes / 16)
  }

  /// Fails if a text of that many bytes may not be made.
  func check(bytes: Int) throws(CELFailure) {
    guard bytes <= limits.stringBytes else {
      throw CELFailure(.tooLarge, "the text would have more than \(limits.stringBytes) bytes")
    }
  }

  /// Fails if a list or map of that many elements may not be made; charges for making it otherwise.
  public mutating func chargeList(count: Int) throws(CELFailure) {
    try check(count: count)
    try charge(count)
  }

  /// Fails if a list or map of that many elements may not be made.
  func check(count: Int) throws(CELFailure) {
    guard count <= limits.listCount else {
      throw CELFailure(.tooLarge, "the list or map would have more than \(limits.listCount) elements")
    }
  }
}

/// Why an evaluation failed.
public struct CELFailure: Error, Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    case noOverload, overflow, divisionByZero, noSuchKey, index, range, conversion, argument
    case unbound, costLimit, tooLarge, duplicateKey, noValue
  }

  public var kind: Kind
  private var detail: Detail
  /// The offset in Unicode scalars of the part of the expression that failed, if known.
  public var offset: Int?

  /// What there is to tell.
  ///
  /// It becomes words only when somebody asks: most failures inside of `||` and `&&` are never read.
  enum Detail: Sendable {
    case text(String)
    case later(@Sendable () -> String)
    /// What must be of a kind and is another.
    indirect case kind(String, wanted: String, CELValue)
    case overload(String, isMember: Bool, [CELValue], tried: String)
    case key(CELValue)
    case index(CELValue, count: Int)
  }

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    detail = .text(message)
  }

  init(_ kind: Kind, _ detail: Detail) {
    self.kind = kind
    self.detail = detail
  }

  /// What went wrong, in lower case with no full stop.
  public var message: String {
    switch detail {
    case .text(let text): return text
    case .later(let words): return words()
    case .kind(let what, let wanted, let value):
      return "\(what) must be \(wanted), not \(value.type.description)"
    case .overload(let name, let isMember, let values, let tried):
      let called = CELOverload.spelling(name, values.map(\.type.description), isMember: isMember)
      return "no such overload: \(called); tried \(tried)"
    case .key(let key): return "no such key: \(key.short)"
    case .index(let index, let count): return "index out of range: \(index) in a list of \(count)"
    }
  }

  public static func == (a: CELFailure, b: CELFailure) -> Bool {
    a.kind == b.kind && a.offset == b.offset && a.message == b.message
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(message)
  }

  /// The failure as a problem with its place in the expression.
  public var problem: CELProblem {
    CELProblem("evaluation", message, offset: offset ?? 0)
  }

  func at(_ offset: Int) -> CELFailure {
    var copy = self
    if copy.offset == nil { copy.offset = offset }
    return copy
  }

  /// Whether `||` and `&&` must pass the failure on even if the other side decides.
  var isFinal: Bool { kind == .costLimit }
}
