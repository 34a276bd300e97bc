/// How sure a figure is.
public enum Confidence: String, Sendable, Hashable, CaseIterable {
  /// Read in the named source.
  case read
  /// From memory of the named source.
  case recalled
  /// Computed, or a rough figure; the note says which.
  case estimated
}

/// A number with its unit, its range and where it comes from.
///
/// `value`, `low` and `high` are in the base unit of `unit` (see ``Unit/factor``).
///
/// - Invariant: all three are finite, and `low ≤ value ≤ high` where they are given.
public struct Figure: Sendable, Hashable {
  public let value: Double
  public let low: Double?
  public let high: Double?
  public let unit: Unit
  public let source: Key<Source>?
  public let year: Int?
  public let confidence: Confidence?
  public let note: String?

  public init(
    _ value: Double, unit: Unit, low: Double? = nil, high: Double? = nil, source: Key<Source>? = nil,
    year: Int? = nil, confidence: Confidence? = nil, note: String? = nil
  ) {
    precondition(value.isFinite && low ?? value <= value && value <= high ?? value, "not a figure")
    self.value = value
    self.low = low
    self.high = high
    self.unit = unit
    self.source = source
    self.year = year
    self.confidence = confidence
    self.note = note
  }
}
