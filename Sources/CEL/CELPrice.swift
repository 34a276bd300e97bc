/// What a call costs beyond its arguments, in steps.
///
/// The part that the sizes of the arguments tell is charged before the body runs, so that a body never starts
/// work that the limit does not allow. Comparing values by their parts is charged while it goes on, since most
/// comparisons end early.
public enum CELPrice: Sendable, Hashable {
  case constant(Int)
  /// One step, and one for each 16 bytes of text among the arguments.
  case text
  /// One step, and one for each element and each 16 bytes of text of the arguments.
  case linear
  /// `linear`, and one for each element of the lists in the list, however deep.
  case deep
  /// `linear`, and one for each comparison of a sort.
  case sorting
  /// One step, and one for each part compared while two values are the same.
  case equality
  /// `text`, and one for each part compared while each element of one list is held against others.
  case pairs
  /// `text`, and one for each part compared while a value is held against the elements of a list.
  case search
  /// `text`, and a quarter for each character of the text and each state that the pattern may be in.
  case matching
  /// `text`, and 64 for each clause and one for each part written.
  case formatting

  /// The steps to charge before the body.
  @inline(__always)
  func steps(_ a: CELValue) -> Int {
    if case .constant(let steps) = self { return steps }
    return 1 &+ weight(a)
  }

  @inline(__always)
  func steps(_ a: CELValue, _ b: CELValue) -> Int {
    if case .constant(let steps) = self { return steps }
    return 1 &+ weight(a) &+ weight(b)
  }

  func steps(_ a: CELValue, _ b: CELValue, _ c: CELValue) -> Int {
    if case .constant(let steps) = self { return steps }
    return 1 &+ weight(a) &+ weight(b) &+ weight(c)
  }

  func steps(_ values: [CELValue]) -> Int {
    if case .constant(let steps) = self { return steps }
    return values.reduce(1) { $0 &+ weight($1) }
  }

  private func weight(_ value: CELValue) -> Int {
    switch (self, value) {
    case (.equality, _): 0
    case (_, .string(let text)): text.utf8.count / 16
    case (_, .bytes(let bytes)): bytes.count / 16
    case (.linear, .list(let list)), (.sorting, .list(let list)), (.deep, .list(let list)): list.count
    case (.linear, .map(let map)): map.count
    default: 0
    }
  }

  /// The most steps of a call with arguments of those sizes, the making of its result left out.
  ///
  /// `states` is how many states the pattern of a match has at most.
  func worst(_ sizes: [CELSize], states: Int) -> Int {
    let texts = sizes.reduce(1) { .saturatingSum($0, $1.textWeight) }
    let first = sizes.first ?? .scalar
    let second = sizes.count > 1 ? sizes[1] : first
    switch self {
    case .constant(let steps): return steps
    case .text: return texts
    case .linear: return sizes.reduce(1) { .saturatingSum($0, $1.weight) }
    case .deep: return .saturatingSum(1, first.total, first.total)
    case .sorting:
      let halvings = Int.bitWidth - max(1, first.count).leadingZeroBitCount
      let each = Int.saturatingSum(1, first.elements.textWeight)
      return .saturatingSum(
        1, first.weight, .saturatingProduct(.saturatingProduct(first.count, halvings), each))
    case .equality: return .saturatingSum(1, min(first.total, second.total))
    case .pairs:
      // Each element of one against each of the other, and the other way round.
      let pairs = Int.saturatingProduct(first.count, second.count)
      let each = Int.saturatingSum(1, min(first.elements.total, second.elements.total))
      return .saturatingSum(texts, .saturatingProduct(2, .saturatingProduct(pairs, each)))
    case .search:
      let each = Int.saturatingSum(1, min(first.total, second.elements.total))
      return .saturatingSum(texts, .saturatingProduct(second.count, each))
    case .matching:
      let each = Int.saturatingSum(1, states / 4)
      return .saturatingSum(
        texts, 3 * states, second.bytes, .saturatingProduct(.saturatingSum(first.bytes, 1), each))
    case .formatting:
      let clauses = Int.saturatingProduct(64, min(first.bytes, second.count))
      return .saturatingSum(texts, clauses, second.total, second.total == .max ? .max : second.count)
    }
  }

  /// The price in words, as the manual prints it.
  var words: String {
    switch self {
    case .constant(let steps): "\(steps)"
    case .text: "1 + bytes of text / 16"
    case .linear: "1 + elements + bytes of text / 16"
    case .deep: "1 + elements on all levels"
    case .sorting: "1 + n log n for n elements"
    case .equality: "1 + parts compared"
    case .pairs: "1 + pairs of elements compared"
    case .search: "1 + elements of the list + parts compared"
    case .matching: "1 + characters × states of the pattern / 4"
    case .formatting: "1 + 64 for each clause + parts written + bytes of text / 16"
    }
  }
}

/// How large the result of a function can be, for the cost estimate.
public enum CELGrowth: Sendable {
  /// Nothing but the type of the result bounds it.
  case byType
  /// A text of at most so many bytes.
  case text(bytes: Int)
  /// No larger than that argument.
  case argument(Int)
  /// No larger than an element of that argument.
  case element(of: Int)
  /// As large as the arguments together.
  case sum
  case other(@Sendable ([CELSize], CELLimits) -> CELSize)

  func size(_ arguments: [CELSize], limits: CELLimits) -> CELSize? {
    switch self {
    case .byType: return nil
    case .text(let bytes): return .text(bytes: bytes)
    case .argument(let index): return index < arguments.count ? arguments[index] : nil
    case .element(let index): return index < arguments.count ? arguments[index].elements : nil
    case .sum:
      let bytes = arguments.reduce(0) { .saturatingSum($0, $1.bytes) }
      let count = arguments.reduce(0) { .saturatingSum($0, $1.count) }
      let element = arguments.reduce(CELSize.scalar) { $0.union($1.elements) }
      return CELSize.list(count: count, of: element).union(.text(bytes: bytes))
        .clamped(bytes: limits.stringBytes, count: limits.listCount)
    case .other(let size): return size(arguments, limits)
    }
  }
}
