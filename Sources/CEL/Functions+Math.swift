private func extreme(_ name: String, _ summary: String, _ example: String, _ wanted: CELValue.Order)
  -> [CELFunction]
{
  @Sendable func better(_ a: CELValue, _ b: CELValue) -> CELValue? {
    guard let order = b.numericOrder(a) else { return nil }
    return order == wanted ? b : a
  }
  return [
    CELFunction(
      name, summary, example,
      ["(int...) -> int", "(uint...) -> uint", "(double...) -> double"]
        + ["(number, number...) -> dyn"], .constant(1), growth: .text(bytes: 0),
      .fold { a, b, _ in better(a, b) }),
    CELFunction(
      name, summary, "",
      ["(list<int>) -> int", "(list<uint>) -> uint", "(list<double>) -> double"]
        + ["(list<number>) -> dyn"], .linear, growth: .text(bytes: 0),
      .one { (a, _) throws(CELFailure) in
        guard case .list(let list) = a else { return nil }
        if let unknown = CELUnknown(in: list) { return .unknown(unknown) }
        guard var best = list.first else { throw CELFailure(.argument, "\(name) of an empty list") }
        for value in list {
          guard let next = better(best, value) else { return nil }
          best = next
        }
        return best
      }),
  ]
}

private func rounding(
  _ name: String, _ summary: String, _ example: String, _ round: @escaping @Sendable (Double) -> Double
) -> CELFunction {
  CELFunction(
    name, summary, example, ["(double) -> double"], .constant(1),
    .one { a, _ in
      guard case .double(let value) = a else { return nil }
      return .double(round(value))
    })
}

private func test(
  _ name: String, _ summary: String, _ example: String, _ holds: @escaping @Sendable (Double) -> Bool
) -> CELFunction {
  CELFunction(
    name, summary, example, ["(double) -> bool"], .constant(1),
    .one { a, _ in
      guard case .double(let value) = a else { return nil }
      return .bool(holds(value))
    })
}

private func bits(
  _ name: String, _ summary: String, _ example: String,
  _ combine: @escaping @Sendable (UInt64, UInt64) -> UInt64
) -> CELFunction {
  CELFunction(
    name, summary, example, ["(int, int) -> int", "(uint, uint) -> uint"], .constant(1),
    .two { a, b, _ in
      switch (a, b) {
      case (.int(let a), .int(let b)):
        .int(Int64(bitPattern: combine(UInt64(bitPattern: a), UInt64(bitPattern: b))))
      case (.uint(let a), .uint(let b)): .uint(combine(a, b))
      default: nil
      }
    })
}

private func shift(
  _ name: String, _ summary: String, _ example: String, _ move: @escaping @Sendable (UInt64, Int64) -> UInt64
) -> CELFunction {
  CELFunction(
    name, summary, example, ["(int, int) -> int", "(uint, int) -> uint"], .constant(1),
    .two { (a, b, _) throws(CELFailure) in
      guard case .int(let distance) = b else { return nil }
      let bits: UInt64
      switch a {
      case .int(let value): bits = UInt64(bitPattern: value)
      case .uint(let value): bits = value
      default: return nil
      }
      if distance < 0 { throw CELFailure(.argument, "\(name) by a negative distance: \(distance)") }
      let moved = distance > 63 ? 0 : move(bits, distance)
      if case .int = a { return .int(Int64(bitPattern: moved)) }
      return .uint(moved)
    })
}

let mathFunctions: [CELFunction] =
  extreme("math.greatest", "The greatest of numbers or of a list.", "math.greatest(1, 3, 2) == 3", .greater)
  + extreme("math.least", "The least of numbers or of a list.", "math.least(1, 3, 2) == 1", .less)
  + [
    rounding("math.ceil", "The next whole number up.", "math.ceil(1.2) == 2.0") { $0.rounded(.up) },
    rounding("math.floor", "The next whole number down.", "math.floor(1.8) == 1.0") { $0.rounded(.down) },
    rounding("math.round", "The nearest whole number; halves go away from zero.", "math.round(1.5) == 2.0") {
      $0.rounded(.toNearestOrAwayFromZero)
    },
    rounding("math.trunc", "The number without its fraction.", "math.trunc(-1.8) == -1.0") {
      $0.rounded(.towardZero)
    },
    CELFunction(
      "math.abs", "The number without its sign.", "math.abs(-1) == 1",
      ["(int) -> int", "(uint) -> uint", "(double) -> double"], .constant(1),
      .one { (a, _) throws(CELFailure) in
        switch a {
        case .int(let value):
          if value == .min { throw overflowed }
          return .int(abs(value))
        case .uint: return a
        case .double(let value): return .double(value.magnitude)
        default: return nil
        }
      }),
    CELFunction(
      "math.sign", "-1, 0 or 1, of the type of the number.", "math.sign(-5) == -1",
      ["(int) -> int", "(uint) -> uint", "(double) -> double"], .constant(1),
      .one { a, _ in
        switch a {
        case .int(let value): .int(value.signum())
        case .uint(let value): .uint(value == 0 ? 0 : 1)
        case .double(let value): .double(value.isNaN || value == 0 ? value : value < 0 ? -1 : 1)
        default: nil
        }
      }),
    CELFunction(
      "math.sqrt", "The square root, NaN of a negative number.", "math.sqrt(81) == 9.0",
      ["(double) -> double", "(int) -> double", "(uint) -> double"], .constant(1),
      .one { a, _ in
        switch a {
        case .int(let value): .double(Double(value).squareRoot())
        case .uint(let value): .double(Double(value).squareRoot())
        case .double(let value): .double(value.squareRoot())
        default: nil
        }
      }),
    test("math.isNaN", "Whether it is not a number.", "math.isNaN(0.0 / 0.0)") { $0.isNaN },
    test("math.isInf", "Whether it is infinite.", "math.isInf(1.0 / 0.0)") { $0.isInfinite },
    test("math.isFinite", "Whether it is a finite number.", "math.isFinite(1.0)") { $0.isFinite },
    bits("math.bitAnd", "The bits set in both.", "math.bitAnd(3, 5) == 1") { $0 & $1 },
    bits("math.bitOr", "The bits set in either.", "math.bitOr(3, 5) == 7") { $0 | $1 },
    bits("math.bitXor", "The bits set in one of the two.", "math.bitXor(3, 5) == 6") { $0 ^ $1 },
    CELFunction(
      "math.bitNot", "Every bit turned over.", "math.bitNot(1) == -2", ["(int) -> int", "(uint) -> uint"],
      .constant(1),
      .one { a, _ in
        switch a {
        case .int(let value): .int(~value)
        case .uint(let value): .uint(~value)
        default: nil
        }
      }),
    shift("math.bitShiftLeft", "The bits moved up; zeros come in.", "math.bitShiftLeft(1, 2) == 4") {
      $0 << UInt64($1)
    },
    shift("math.bitShiftRight", "The bits moved down; zeros come in.", "math.bitShiftRight(8, 2) == 2") {
      $0 >> UInt64($1)
    },
  ]
