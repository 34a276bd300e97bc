import CEL
import Testing

/// The estimate before the run; that it is never below what a run counts is tried in `FuzzTests`.
struct CostTests {
  private func cost(_ source: String, _ sizes: [String: CELSize] = [:]) throws -> CELCost {
    var environment = siteEnvironment()
    environment.declare(variable: "text", .string)
    environment.declare(variable: "numbers", .list(.int))
    environment.declare(variable: "names", .list(.string))
    environment.declare(variable: "table", .map(.string, .list(.int)))
    environment.declare(variable: "any")
    return try CELExpression(source, in: environment).worstCost(sizes: sizes)
  }

  @Test("scalars need no sizes")
  func scalars() throws {
    for source in [
      "1 + 2 * 3", "site.capacity > 1.0 && site.stage == 'mine'",
      "site.partners.exists(p, p.startsWith('a'))",
      "math.greatest(1, 2, 3)", "[1, 2, 3].map(x, x * 2)",
      "timestamp('2024-01-01T00:00:00Z').getHours('Asia/Tokyo')",
      "site.partners.join(',').matches('^a+$')", "optional.of(1).orValue(2)", "Site{stage: 'a'}.stage + 'b'",
    ] {
      let cost = try cost(source)
      #expect(cost.steps > 0 && cost.steps < 2000, "\(source): \(cost.steps)")
    }
  }

  @Test("the cost grows as the work does")
  func growth() throws {
    func steps(_ source: String, _ n: Int) throws -> Double {
      Double(
        try cost(
          source,
          [
            "numbers": .list(count: n, of: .scalar), "sites": .list(count: n, of: .scalar),
            "text": .text(bytes: 16 * n),
          ]
        ).steps)
    }
    // From a hundred to a thousand: what grows with n to the power of k grows ten to the k times.
    for (source, least, most) in [
      ("sites.filter(s, s.capacity > 1.0)", 8, 11), ("numbers.map(x, numbers.map(y, x * y))", 80, 120),
      ("numbers.all(x, numbers.all(y, numbers.all(z, x + y + z > 0)))", 800, 1200),
      ("text.contains('a')", 8, 11), ("text.matches('a+b')", 8, 11), ("7 in numbers", 8, 11),
      ("numbers.distinct()", 80, 120), ("numbers == numbers", 8, 11),
      ("numbers.map(x, numbers).flatten()", 80, 120), ("sets.contains(numbers, numbers)", 80, 120),
      ("numbers.reverse()", 8, 11), ("numbers.size()", 1, 1), ("numbers.sortBy(x, -x)", 8, 20),
    ] as [(String, Double, Double)] {
      let ratio = try steps(source, 1000) / steps(source, 100)
      #expect(ratio >= least && ratio <= most, "\(source): \(ratio)")
    }
  }

  @Test("what nothing bounds is without bound, until its size is told")
  func bounds() throws {
    for source in [
      "numbers.all(x, x > 0)", "text.contains('a')", "any == any", "table.all(k, k == '')",
      "any.exists(x, x)",
    ] {
      #expect(try !cost(source).isBounded, "\(source)")
    }
    let sizes: [String: CELSize] = [
      "numbers": .list(count: 5, of: .scalar), "text": .text(bytes: 64),
      "any": .list(count: 3, of: .text(bytes: 5)),
      "table": .map(count: 4, keys: .text(bytes: 9), values: .list(count: 2, of: .scalar)),
    ]
    for source in [
      "numbers.all(x, x > 0)", "text.contains('a')", "any == any", "table.all(k, table[k].size() > 0)",
    ] {
      #expect(try cost(source, sizes).isBounded, "\(source)")
    }
    // The size of an attribute stands in its declaration, and the caller may know better.
    let declared = try cost("site.partners.all(p, true)").steps
    let told = try cost(
      "site.partners.all(p, true)", ["Site.partners": .list(count: 200, of: .text(bytes: 8))]
    ).steps
    #expect(told > 10 * declared)
  }

  @Test("the size of the result is told as well")
  func result() throws {
    let sizes: [String: CELSize] = ["numbers": .list(count: 7, of: .scalar), "text": .text(bytes: 10)]
    #expect(try cost("numbers.map(x, text)", sizes).result.count == 7)
    #expect(try cost("numbers.map(x, text)", sizes).result.elements.bytes == 10)
    #expect(try cost("text + text + 'ab'", sizes).result.bytes == 22)
    #expect(try cost("numbers + numbers", sizes).result.count == 14)
    #expect(try cost("true ? text : 'abcdefghijkl'", sizes).result.bytes == 12)
    #expect(try cost("numbers.size()", sizes).result == .scalar)
    #expect(try cost("any").result == .unbounded)
  }
}
