/// A comprehension made ready to run.
struct Loop: Sendable {
  let kind: SyntaxTree.Comprehension.Kind
  let range: Compiler.Code
  /// What a person calls the range, for elements that are not known.
  let rangeName: String
  /// Where the first variable is kept; the second comes after it.
  let slot: Int
  let isTwoVariable: Bool
  let condition: Compiler.Code?
  let body: Compiler.Code
  let offset: Int

  var code: Compiler.Code {
    Compiler.Code { (frame: inout Frame) throws(CELFailure) -> CELValue in try run(&frame) }
  }

  private func run(_ frame: inout Frame) throws(CELFailure) -> CELValue {
    try frame.meter.charge(1)
    let range = try range(&frame)
    switch kind {
    case .bind:
      frame.locals[slot] = range
      return try body(&frame)
    case .optionalMap, .optionalFlatMap: return try optional(range, &frame)
    default: break
    }
    switch range {
    case .unknown: return range
    case .list, .map: break
    default: throw wrongKind("what a macro runs over", "a list or map", range).at(offset)
    }
    switch kind {
    case .all: return try quantifier(range, &frame, decisive: false)
    case .exists: return try quantifier(range, &frame, decisive: true)
    case .existsOne: return try one(range, &frame)
    case .transformMap, .transformMapEntry: return try maps(range, &frame)
    case .sortBy: return try sorted(range, &frame)
    default: return try lists(range, &frame)
    }
  }

  private func optional(_ value: CELValue, _ frame: inout Frame) throws(CELFailure) -> CELValue {
    if case .unknown = value { return value }
    guard case .optional(let wrapped) = value else {
      throw wrongKind("the target", "an optional", value).at(offset)
    }
    guard let wrapped else { return value }
    frame.locals[slot] = wrapped
    let result = try body(&frame)
    if case .unknown = result { return result }
    guard kind == .optionalFlatMap else { return .optional(result) }
    guard case .optional = result else { throw wrongKind("the result", "an optional", result).at(offset) }
    return result
  }

  /// Puts the element at a position into the variables.
  @inline(__always)
  private func enter(_ range: CELValue, _ position: Int, _ frame: inout Frame) throws(CELFailure) {
    try frame.meter.charge(1)
    switch range {
    case .list(let list):
      if isTwoVariable { frame.locals[slot] = .int(Int64(position)) }
      frame.locals[isTwoVariable ? slot + 1 : slot] = list[position].named { "\(rangeName)[\(position)]" }
    case .map(let map):
      let entry = map.entries[position]
      frame.locals[slot] = entry.key
      if isTwoVariable {
        frame.locals[slot + 1] = entry.value.named { "\(rangeName)[\(entry.key.short)]" }
      }
    default: break
    }
  }

  private func quantifier(
    _ range: CELValue, _ frame: inout Frame, decisive: Bool
  ) throws(CELFailure) -> CELValue {
    var failure: CELFailure?
    var unknown: CELUnknown?
    for position in 0..<range.count {
      try enter(range, position, &frame)
      do throws(CELFailure) {
        switch try body(&frame) {
        case .bool(let value):
          if value == decisive { return .bool(decisive) }
        case .unknown(let more): unknown = CELUnknown.union(unknown, more)
        case let other: throw wrongKind("the condition", "a bool", other).at(offset)
        }
      } catch {
        if error.isFinal { throw error }
        failure = failure ?? error
      }
    }
    if let unknown { return .unknown(unknown) }
    if let failure { throw failure }
    return .bool(!decisive)
  }

  private func one(_ range: CELValue, _ frame: inout Frame) throws(CELFailure) -> CELValue {
    var count = 0
    var unknown: CELUnknown?
    for position in 0..<range.count {
      try enter(range, position, &frame)
      switch try body(&frame) {
      case .bool(let value): count += value ? 1 : 0
      case .unknown(let more): unknown = CELUnknown.union(unknown, more)
      case let other: throw wrongKind("the condition", "a bool", other).at(offset)
      }
    }
    // Two that are known to hold decide, whatever the rest turn out to be.
    if count > 1 { return .bool(false) }
    return unknown.map(CELValue.unknown) ?? .bool(count == 1)
  }

  /// Whether the condition holds for the element in the variables; unknowns are collected.
  private func passes(_ condition: Compiler.Code?, _ frame: inout Frame, _ unknown: inout CELUnknown?)
    throws(CELFailure) -> Bool
  {
    guard let condition else { return true }
    switch try condition(&frame) {
    case .bool(let value): return value
    case .unknown(let more):
      unknown = CELUnknown.union(unknown, more)
      return false
    case let other: throw wrongKind("the condition", "a bool", other).at(offset)
    }
  }

  private func lists(_ range: CELValue, _ frame: inout Frame) throws(CELFailure) -> CELValue {
    var result: [CELValue] = []
    var unknown: CELUnknown?
    for position in 0..<range.count {
      try enter(range, position, &frame)
      if kind == .filter {
        let element = frame.locals[slot]
        if try passes(body, &frame, &unknown) { result.append(element) }
      } else if try passes(condition, &frame, &unknown) {
        let value = try body(&frame)
        if case .unknown(let more) = value { unknown = CELUnknown.union(unknown, more) }
        result.append(value)
      }
      try frame.meter.check(count: result.count)
    }
    return unknown.map(CELValue.unknown) ?? .list(result)
  }

  private func maps(_ range: CELValue, _ frame: inout Frame) throws(CELFailure) -> CELValue {
    var result = CELMap()
    var unknown: CELUnknown?
    for position in 0..<range.count {
      try enter(range, position, &frame)
      let key = frame.locals[slot]
      guard try passes(condition, &frame, &unknown) else { continue }
      let value = try body(&frame)
      if case .unknown(let more) = value {
        unknown = CELUnknown.union(unknown, more)
        continue
      }
      do throws(CELFailure) {
        if kind == .transformMap {
          if case .string(let text) = key { try frame.meter.charge(text.utf8.count / 16) }
          try result.add(key, value)
        } else if case .map(let map) = value {
          for entry in map.entries {
            try frame.meter.charge(1)
            if case .string(let text) = entry.key { try frame.meter.charge(text.utf8.count / 16) }
            try result.add(entry.key, entry.value)
          }
        } else {
          throw wrongKind("what transformMapEntry adds", "a map", value)
        }
        try frame.meter.check(count: result.count)
      } catch { throw error.at(offset) }
    }
    return unknown.map(CELValue.unknown) ?? .map(result)
  }

  private func sorted(_ range: CELValue, _ frame: inout Frame) throws(CELFailure) -> CELValue {
    guard case .list(let list) = range else {
      throw wrongKind("what sortBy() sorts", "a list", range).at(offset)
    }
    var keys: [CELValue] = []
    keys.reserveCapacity(list.count)
    var unknown: CELUnknown?
    for position in list.indices {
      try enter(range, position, &frame)
      let key = try body(&frame)
      if case .unknown(let more) = key { unknown = CELUnknown.union(unknown, more) }
      keys.append(key)
    }
    if let unknown { return .unknown(unknown) }
    do throws(CELFailure) {
      return .list(try sortedOrder(keys, &frame.meter).map { list[$0] })
    } catch { throw error.at(offset) }
  }
}
