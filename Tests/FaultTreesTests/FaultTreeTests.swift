import FaultTrees
import Testing

struct FaultTreeTests {
  private let two: [FaultTree.BasicEvent] = [.init("a"), .init("b")]

  private func problem(
    _ events: [FaultTree.BasicEvent], _ gates: [FaultTree.Gate],
    top: FaultTree.Input = .gate(0)
  ) -> FaultTreeError? {
    do {
      _ = try FaultTree(basicEvents: events, gates: gates, top: top)
      return nil
    } catch let problem {
      return problem
    }
  }

  @Test("a cycle is named gate by gate")
  func cycle() {
    #expect(
      problem(
        [],
        [
          .init("top", .or, [.gate(1)]), .init("x", .or, [.gate(2)]), .init(nil, .not, [.gate(3)]),
          .init("y", .and, [.gate(1)]),
        ]) == .cycle(["x", "y"]))
    #expect(problem([], [.init("top", .or, [.gate(0)])]) == .cycle(["top"]))
    #expect(
      problem([], [.init("top", .or, [.constant(true)]), .init("apart", .or, [.gate(1)])])
        == .cycle(["apart"]))
  }

  @Test("gates with a number of inputs that makes no sense are refused")
  func inputs() {
    let all: [FaultTree.Operation] = [.and, .or, .xor, .nand, .nor, .not, .identity, .implies, .iff]
    for operation in all {
      #expect(problem(two, [.init("g", operation, [])]) == .badInputs(gate: "g"))
    }
    for operation in [.not, .identity] as [FaultTree.Operation] {
      #expect(problem(two, [.init("g", operation, [.event(0), .event(1)])]) == .badInputs(gate: "g"))
    }
    for operation in [.implies, .iff] as [FaultTree.Operation] {
      #expect(problem(two, [.init(nil, operation, [.event(0)])]) == .badInputs(gate: nil))
    }
    #expect(problem(two, [.init("g", .atLeast(3), [.event(0)])]) == .badInputs(gate: "g"))
    #expect(problem(two, [.init("g", .atLeast(-1), [.event(0)])]) == .badInputs(gate: "g"))
    #expect(problem(two, [.init("g", .atLeast(2), [.event(0)])]) == nil)
  }

  @Test("positions, ids and probabilities are checked")
  func parts() {
    #expect(problem(two, [.init("g", .or, [.event(2)])]) == .badPosition(gate: "g"))
    #expect(problem(two, [.init("g", .or, [.house(0)])]) == .badPosition(gate: "g"))
    #expect(problem(two, [], top: .gate(0)) == .badPosition(gate: nil))
    #expect(problem(two, [.init("a", .or, [.event(0)])]) == .repeatedID("a"))
    #expect(problem([.init("a"), .init("a")], [], top: .event(0)) == .repeatedID("a"))
    for probability in [-0.1, 1.1, .nan, .infinity] {
      #expect(
        problem([.init("a", probability: probability)], [], top: .event(0)) == .badProbability(event: "a"))
    }
  }
}
