/// A value of the Common Expression Language.
///
/// Text compares and orders by Unicode scalars, never by canonical equivalence.
public enum CELValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  case list([CELValue])
  case map(CELMap)
  case timestamp(CELTimestamp)
  case duration(CELDuration)
  case type(CELType)
  indirect case optional(CELValue?)
  case object(CELObject)
  case record(CELRecord)
  case unknown(CELUnknown)
}

/// A typed value of the host: a row of a struct that the environment declares.
///
/// It carries no attributes; the declaration reads them by row, so that a table of a million rows needs no
/// copies.
public struct CELObject: Sendable, Hashable {
  /// The name of the struct in the environment.
  public var type: String
  public var row: Int

  public init(type: String, row: Int) {
    self.type = type
    self.row = row
  }
}

/// A struct that an expression wrote, such as `Site{stage: 'mine'}`.
public struct CELRecord: Sendable {
  /// The name of the struct in the environment.
  public var type: String
  /// The attributes that were given, in the order of the declaration.
  public var attributes: [(name: String, value: CELValue)]

  public init(type: String, attributes: [(name: String, value: CELValue)]) {
    self.type = type
    self.attributes = attributes
  }

  subscript(_ name: String) -> CELValue? { attributes.first { $0.name == name }?.value }
}

/// Which attributes are missing for a value that is not known.
///
/// It names at most a hundred: a loop over a million rows without a figure takes no longer than one with it.
public struct CELUnknown: Sendable, Hashable {
  /// The missing attributes, sorted, none twice; the first hundred of them if there are more.
  public private(set) var attributes: [String]
  /// Whether more attributes are missing than are named.
  public private(set) var hasMore = false

  /// The most attributes that are named.
  public static let mostAttributes = 100

  public init(_ attributes: [String]) {
    self.attributes = []
    for name in attributes.sorted() where self.attributes.last != name { self.attributes.append(name) }
    shorten()
  }

  private mutating func shorten() {
    guard attributes.count > Self.mostAttributes else { return }
    attributes.removeSubrange(Self.mostAttributes...)
    hasMore = true
  }

  /// The attributes missing in either.
  ///
  /// - Complexity: O(a + b); O(b log a) if the other names nothing new.
  public func union(_ other: CELUnknown) -> CELUnknown {
    if self == other { return self }
    var union = self
    union.hasMore = hasMore || other.hasMore
    for (position, name) in other.attributes.enumerated() {
      let place = union.place(of: name)
      if place == Self.mostAttributes {
        union.hasMore = true
        break
      }
      if place < union.attributes.count, union.attributes[place] == name { continue }
      return merged(other, sharing: position)
    }
    return union
  }

  /// Where a name stands or would stand.
  private func place(of name: String) -> Int {
    var (low, high) = (0, attributes.count)
    while low < high {
      let middle = (low + high) / 2
      if attributes[middle] < name { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The attributes of both; the first ones of the other are known to be here as well.
  private func merged(_ other: CELUnknown, sharing shared: Int) -> CELUnknown {
    var merged: [String] = []
    merged.reserveCapacity(attributes.count + other.attributes.count - shared)
    var left = attributes[...]
    for name in other.attributes[shared...] {
      while let first = left.first, first < name { merged.append(left.removeFirst()) }
      if left.first == name { left.removeFirst() }
      merged.append(name)
    }
    var union = self
    union.attributes = merged + left
    union.hasMore = hasMore || other.hasMore
    union.shorten()
    return union
  }

  static func union(_ a: CELUnknown?, _ b: CELUnknown) -> CELUnknown { a?.union(b) ?? b }
}

/// A map that keeps the order in which its entries were given.
///
/// Keys are bools, ints, uints and strings; numerically equal keys of different types are the same key.
/// A lookup takes O(1) on average; a map of at most eight entries is searched.
public struct CELMap: Sendable {
  /// The entries in the order given.
  public private(set) var entries: [(key: CELValue, value: CELValue)] = []
  private var index: [Key: Int] = [:]

  public init() {}

  public var count: Int { entries.count }

  /// Adds an entry and says whether that could be done: not for a key of a wrong type or one already there.
  public mutating func insert(_ key: CELValue, _ value: CELValue) -> Bool {
    guard !key.isDouble, let hashed = Key(key), position(of: hashed) == nil else { return false }
    if entries.count == Self.mostSearched {
      for (position, entry) in entries.enumerated() {
        if let known = Key(entry.key) { index[known] = position }
      }
    }
    if entries.count >= Self.mostSearched { index[hashed] = entries.count }
    entries.append((key, value))
    return true
  }

  private static let mostSearched = 8

  private func position(of key: Key) -> Int? {
    guard entries.count <= Self.mostSearched else { return index[key] }
    return entries.firstIndex { Key($0.key) == key }
  }

  public subscript(_ key: CELValue) -> CELValue? {
    guard let hashed = Key(key), let position = position(of: hashed) else { return nil }
    return entries[position].value
  }

  private enum Key: Hashable {
    case bool(Bool)
    case int(Int64)
    case large(UInt64)
    case text(String)

    init?(_ value: CELValue) {
      switch value {
      case .bool(let value): self = .bool(value)
      case .int(let value): self = .int(value)
      case .uint(let value): self = Int64(exactly: value).map(Key.int) ?? .large(value)
      case .double(let value):
        if let whole = Int64(exactly: value) {
          self = .int(whole)
        } else if let whole = UInt64(exactly: value) {
          self = .large(whole)
        } else {
          return nil
        }
      case .string(let text): self = .text(text)
      default: return nil
      }
    }

    static func == (lhs: Key, rhs: Key) -> Bool {
      switch (lhs, rhs) {
      case (.bool(let a), .bool(let b)): a == b
      case (.int(let a), .int(let b)): a == b
      case (.large(let a), .large(let b)): a == b
      case (.text(let a), .text(let b)): sameScalars(a, b)
      default: false
      }
    }

    func hash(into hasher: inout Hasher) {
      switch self {
      case .bool(let value): hasher.combine(value)
      case .int(let value): hasher.combine(value)
      case .large(let value): hasher.combine(value)
      case .text(let text):
        for byte in text.utf8 { hasher.combine(byte) }
      }
    }
  }
}

/// Whether two texts are the same scalars.
func sameScalars(_ a: String, _ b: String) -> Bool {
  guard a.utf8.count == b.utf8.count else { return false }
  let (x, y) = (a.utf8.span, b.utf8.span)
  for i in x.indices where x[i] != y[i] { return false }
  return true
}

extension CELValue: CustomStringConvertible {
  /// The value as an expression writes it, such as `[1, 2u, "a"]`; after about a mebibyte it ends with `…`.
  public var description: String { Text.literal(self, limit: 1 << 20) }

  /// The value as an expression writes it, or nil if that takes more than so many bytes.
  ///
  /// - Complexity: O(bytes written), also for a value that holds one part many times over.
  public func literal(bytes limit: Int) -> String? {
    let text = Text.literal(self, limit: limit)
    return text.utf8.count > limit ? nil : text
  }

  /// The value in a message: a long one is cut.
  var short: String { Text.literal(self, limit: 80) }

  var isDouble: Bool {
    if case .double = self { true } else { false }
  }

  /// The type of the value as far as it shows: elements of lists and maps are `dyn`.
  public var type: CELType {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .uint: .uint
    case .double: .double
    case .string: .string
    case .bytes: .bytes
    case .list: .list(.dyn)
    case .map: .map(.dyn, .dyn)
    case .timestamp: .timestamp
    case .duration: .duration
    case .type: .type(nil)
    case .optional: .optional(.dyn)
    case .object(let object): .object(object.type)
    case .record(let record): .object(record.type)
    case .unknown: .dyn
    }
  }

  /// How many elements or entries a list or map has.
  var count: Int {
    switch self {
    case .list(let list): list.count
    case .map(let map): map.count
    default: 0
    }
  }

  /// Whether the value is the zero of its type: false, 0, empty, null, or an absent optional.
  var isZero: Bool {
    switch self {
    case .null: true
    case .bool(let value): !value
    case .int(let value): value == 0
    case .uint(let value): value == 0
    case .double(let value): value == 0
    case .string(let text): text.isEmpty
    case .bytes(let bytes): bytes.isEmpty
    case .list(let list): list.isEmpty
    case .map(let map): map.count == 0
    case .timestamp(let time): time == CELTimestamp(seconds: 0)
    case .duration(let duration): duration.nanoseconds == 0
    case .optional(let value): value == nil
    case .record(let record): record.attributes.isEmpty
    case .type, .object, .unknown: false
    }
  }

  /// Whether two values are equal by the rules of the language.
  ///
  /// Numbers of different types compare by value, NaN equals nothing, values of different kinds differ. Values
  /// that are not known are passed over and added to `unknown`: true then means that all the rest is equal, and
  /// false is certain. The meter is charged for each part that is looked at.
  func equals(
    _ other: CELValue, _ meter: inout CELMeter, _ unknown: inout CELUnknown?
  ) throws(CELFailure) -> Bool {
    switch (self, other) {
    case (.null, .null): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.int(let a), .int(let b)): return a == b
    case (.double(let a), .double(let b)): return a == b
    case (.string(let a), .string(let b)):
      if a.utf8.count >= 16 { try meter.charge(min(a.utf8.count, b.utf8.count) / 16) }
      return sameScalars(a, b)
    case (.bytes(let a), .bytes(let b)):
      try meter.charge(min(a.count, b.count) / 16)
      return a == b
    case (.list(let a), .list(let b)):
      guard a.count == b.count else { return false }
      for i in a.indices {
        try meter.charge(1)
        guard try a[i].equals(b[i], &meter, &unknown) else { return false }
      }
      return true
    case (.map(let a), .map(let b)):
      guard a.count == b.count else { return false }
      for (key, value) in a.entries {
        try meter.charge(1)
        if case .string(let text) = key { try meter.charge(text.utf8.count / 16) }
        guard let found = b[key], try value.equals(found, &meter, &unknown) else { return false }
      }
      return true
    case (.timestamp(let a), .timestamp(let b)): return a == b
    case (.duration(let a), .duration(let b)): return a == b
    case (.type(let a), .type(let b)): return a.runtimeName == b.runtimeName
    case (.optional(let a), .optional(let b)):
      guard let a, let b else { return a == nil && b == nil }
      try meter.charge(1)
      return try a.equals(b, &meter, &unknown)
    case (.object(let a), .object(let b)): return a == b
    case (.record(let a), .record(let b)):
      guard a.type == b.type, a.attributes.count == b.attributes.count else { return false }
      for (x, y) in zip(a.attributes, b.attributes) {
        try meter.charge(1)
        guard x.name == y.name, try x.value.equals(y.value, &meter, &unknown) else { return false }
      }
      return true
    case (.unknown(let a), .unknown(let b)):
      unknown = CELUnknown.union(unknown, a.union(b))
      return true
    case (.unknown(let more), _), (_, .unknown(let more)):
      unknown = CELUnknown.union(unknown, more)
      return true
    default: return numericOrder(other) == .equal
    }
  }

  enum Order { case less, equal, greater, none }

  /// The order of two numbers of any types, or nil if one of the values is not a number.
  ///
  /// A whole number is rounded to the nearest double before it is compared with one.
  func numericOrder(_ other: CELValue) -> Order? {
    switch (self, other) {
    case (.int(let a), .int(let b)): Self.order(a, b)
    case (.uint(let a), .uint(let b)): Self.order(a, b)
    case (.double(let a), .double(let b)): Self.order(a, b)
    case (.int(let a), .uint(let b)): a < 0 ? .less : Self.order(UInt64(a), b)
    case (.uint(let a), .int(let b)): b < 0 ? .greater : Self.order(a, UInt64(b))
    case (.double(let a), .int(let b)): Self.order(a, Double(b))
    case (.int(let a), .double(let b)): Self.order(Double(a), b)
    case (.double(let a), .uint(let b)): Self.order(a, Double(b))
    case (.uint(let a), .double(let b)): Self.order(Double(a), b)
    default: nil
    }
  }

  /// The order of two values of one ordered kind, or nil if they have none.
  func ordered(_ other: CELValue) -> Order? {
    switch (self, other) {
    case (.string(let a), .string(let b)):
      sameScalars(a, b) ? .equal : a.utf8.lexicographicallyPrecedes(b.utf8) ? .less : .greater
    case (.bytes(let a), .bytes(let b)):
      a == b ? .equal : a.lexicographicallyPrecedes(b) ? .less : .greater
    case (.bool(let a), .bool(let b)): a == b ? .equal : a ? .greater : .less
    case (.timestamp(let a), .timestamp(let b)): Self.order(a, b)
    case (.duration(let a), .duration(let b)): Self.order(a.nanoseconds, b.nanoseconds)
    default: numericOrder(other)
    }
  }

  private static func order<T: Comparable>(_ a: T, _ b: T) -> Order {
    a < b ? .less : a == b ? .equal : a > b ? .greater : .none
  }
}
