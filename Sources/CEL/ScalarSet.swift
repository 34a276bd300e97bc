/// A set of Unicode scalars, as a class of a pattern writes it.
///
/// - Complexity: a scalar is looked up in O(log ranges).
struct ScalarSet: Sendable {
  typealias Categories = Set<Unicode.GeneralCategory>

  /// The general categories that a name such as `L`, `Lu` or `Any` means, or all others; nil if it is no such name.
  static func categories(_ name: String, isNegated: Bool) -> Categories? {
    let members = names.filter {
      name == "Any" || $0.key == name || (name.utf8.count == 1 && $0.key.hasPrefix(name))
    }
    guard !members.isEmpty else { return nil }
    let found: Categories = name == "Any" ? all : Set(members.values)
    return isNegated ? all.subtracting(found) : found
  }

  /// Every category, that of scalars not yet assigned included, which has no name.
  private static let all = Set(names.values).union([.unassigned])

  private static let names: [String: Unicode.GeneralCategory] = [
    "Lu": .uppercaseLetter, "Ll": .lowercaseLetter, "Lt": .titlecaseLetter, "Lm": .modifierLetter,
    "Lo": .otherLetter, "Mn": .nonspacingMark, "Mc": .spacingMark, "Me": .enclosingMark,
    "Nd": .decimalNumber, "Nl": .letterNumber, "No": .otherNumber, "Pc": .connectorPunctuation,
    "Pd": .dashPunctuation, "Ps": .openPunctuation, "Pe": .closePunctuation, "Pi": .initialPunctuation,
    "Pf": .finalPunctuation, "Po": .otherPunctuation, "Sm": .mathSymbol, "Sc": .currencySymbol,
    "Sk": .modifierSymbol, "So": .otherSymbol, "Zs": .spaceSeparator, "Zl": .lineSeparator,
    "Zp": .paragraphSeparator, "Cc": .control, "Cf": .format, "Cs": .surrogate, "Co": .privateUse,
  ]

  /// Sorted, none touching another.
  private let ranges: [ClosedRange<UInt32>]
  private let categories: Categories
  private let isNegated: Bool

  init(_ ranges: [ClosedRange<UInt32>], categories: Categories = [], isNegated: Bool) {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    self.ranges = merged
    self.categories = categories
    self.isNegated = isNegated
  }

  func contains(_ scalar: Unicode.Scalar) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
    }
    if low < ranges.count, ranges[low].contains(scalar.value) { return !isNegated }
    if categories.isEmpty { return isNegated }
    return categories.contains(scalar.properties.generalCategory) != isNegated
  }

  static let mostFolded = 256

  /// The scalars that differ from those of a range only in case.
  ///
  /// Ranges of more than 256 scalars are folded in their ASCII letters only.
  static func otherCases(of range: ClosedRange<UInt32>) -> [ClosedRange<UInt32>] {
    var others: [ClosedRange<UInt32>] = []
    let folded = range.count > mostFolded ? range.clamped(to: 0...127) : range
    for value in folded {
      guard let properties = Unicode.Scalar(value)?.properties else { continue }
      for mapping in [properties.lowercaseMapping, properties.uppercaseMapping] {
        let scalars = mapping.unicodeScalars
        if let other = scalars.first, scalars.count == 1, other.value != value {
          others.append(other.value...other.value)
        }
      }
    }
    return others
  }
}
