/// How large a value can be at most: what a cost estimate knows of a value before there is one.
///
/// Numbers, bools, times, types and rows of a struct are scalars. Counts saturate: `Int.max` means that nothing
/// bounds them.
public struct CELSize: Sendable, Hashable {
  /// Most bytes, if the value is a text or bytes.
  public let bytes: Int
  /// Most elements or entries, if the value is a list or map; an optional has one.
  public let count: Int
  /// The sizes of keys and of elements; empty if they are scalars, or if nothing is known.
  private let parts: [CELSize]

  private init(bytes: Int, count: Int, parts: [CELSize]) {
    self.bytes = max(0, bytes)
    self.count = max(0, count)
    self.parts = parts
  }

  public static let scalar = CELSize(bytes: 0, count: 0, parts: [])
  /// A value of which nothing is known.
  public static let unbounded = CELSize(bytes: .max, count: .max, parts: [])

  public static func text(bytes: Int) -> CELSize { CELSize(bytes: bytes, count: 0, parts: []) }

  public static func list(count: Int, of element: CELSize) -> CELSize {
    CELSize(bytes: 0, count: count, parts: [.scalar, element])
  }

  public static func map(count: Int, keys: CELSize, values: CELSize) -> CELSize {
    CELSize(bytes: 0, count: count, parts: [keys, values])
  }

  /// The size of a value: exact for itself, the largest for what is in it.
  ///
  /// - Complexity: as many steps as the value has parts.
  public init(of value: CELValue) {
    switch value {
    case .string(let text): self = .text(bytes: text.utf8.count)
    case .bytes(let bytes): self = .text(bytes: bytes.count)
    case .list(let list):
      self = .list(
        count: list.count, of: list.reduce(.scalar) { $0.union(CELSize(of: $1)) })
    case .map(let map):
      self = .map(
        count: map.count, keys: map.entries.reduce(.scalar) { $0.union(CELSize(of: $1.key)) },
        values: map.entries.reduce(.scalar) { $0.union(CELSize(of: $1.value)) })
    case .record(let record):
      self = .list(
        count: record.attributes.count,
        of: record.attributes.reduce(.scalar) { $0.union(CELSize(of: $1.value)) })
    case .optional(let wrapped):
      self = .list(count: wrapped == nil ? 0 : 1, of: wrapped.map { CELSize(of: $0) } ?? .scalar)
    default: self = .scalar
    }
  }

  public var keys: CELSize { parts.first ?? (count == .max ? .unbounded : .scalar) }
  public var elements: CELSize { parts.last ?? (count == .max ? .unbounded : .scalar) }

  /// What is at least as large as both.
  public func union(_ other: CELSize) -> CELSize {
    if self == other { return self }
    if self == .unbounded || other == .unbounded { return .unbounded }
    return CELSize(
      bytes: max(bytes, other.bytes), count: max(count, other.count),
      parts: count == 0 && other.count == 0
        ? [] : [keys.union(other.keys), elements.union(other.elements)])
  }

  /// At most so many bytes and elements; what is in it stays.
  func clamped(bytes most: Int, count limit: Int) -> CELSize {
    CELSize(bytes: min(bytes, most), count: min(count, limit), parts: count == 0 ? [] : [keys, elements])
  }

  /// Steps to go over the value once: its elements, or each 16 bytes of its text.
  var weight: Int { max(textWeight, count) }

  /// Steps to go over the text: one for each 16 bytes.
  var textWeight: Int { bytes == .max ? .max : bytes / 16 }

  /// Steps to go over the value and all that is in it.
  var total: Int {
    if self == .unbounded { return .max }
    if count == 0 { return textWeight }
    let each = Int.saturatingSum(1, keys.total, elements.total)
    return max(textWeight, .saturatingProduct(count, each))
  }

  /// Bytes that the value takes when it is written out, all that is in it included.
  var written: Int {
    if self == .unbounded { return .max }
    // Bytes that are no text become three each, and a double without an exponent has up to 343.
    let own = Int.saturatingSum(352, .saturatingProduct(3, bytes))
    return count == 0
      ? own
      : .saturatingSum(own, .saturatingProduct(count, .saturatingSum(4, keys.written, elements.written)))
  }
}

extension Int {
  /// The sum of numbers that are not negative, `Int.max` if it is larger.
  static func saturatingSum(_ numbers: Int...) -> Int {
    var sum = 0
    for number in numbers {
      let (next, overflow) = sum.addingReportingOverflow(number)
      if overflow { return .max }
      sum = next
    }
    return sum
  }

  /// The product of numbers that are not negative, `Int.max` if it is larger.
  static func saturatingProduct(_ a: Int, _ b: Int) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }
}
