import TestSupport
import Testing

@testable import RiskAnalysis

struct SharedSetsTests {
  @Test("sets do what sets do, and equal ones have one index", arguments: 0..<50 as Range<UInt64>)
  func laws(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var sets = SharedSets()
    let most = [1, 63, 64, 65, 200, 5_000, 1_000_000].randomElement(using: &generator) ?? 1
    var known: [(numbers: Set<UInt32>, index: SharedSets.Index)] = []
    for _ in 0..<12 {
      let count = Int.random(in: 0...40, using: &generator)
      let numbers = (0..<count).map { _ in UInt32.random(in: 0...UInt32(most), using: &generator) }
      known.append((Set(numbers), sets.set(of: numbers)))
    }
    for _ in 0..<300 {
      let one = known[Int.random(in: 0..<known.count, using: &generator)]
      let other = known[Int.random(in: 0..<known.count, using: &generator)]
      known.append((one.numbers.union(other.numbers), sets.union(one.index, other.index)))
      known.append((one.numbers.intersection(other.numbers), sets.intersection(one.index, other.index)))
    }
    for (numbers, index) in known { #expect(sets.numbers(of: index) == numbers.sorted()) }
    for one in known.prefix(60) {
      for other in known.suffix(60) {
        #expect((one.index == other.index) == (one.numbers == other.numbers))
      }
    }
  }

  @Test("nested sets share what they have in common")
  func sharing() {
    var sets = SharedSets()
    var set = SharedSets.empty
    for number in 0..<20_000 as Range<UInt32> { set = sets.union(set, sets.set(of: [number])) }
    #expect(sets.numbers(of: set).count == 20_000)
    #expect(sets.nodeCount < 20_000 * 15)
  }
}
