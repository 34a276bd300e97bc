/// A pattern in the syntax of RE2, run as an automaton.
///
/// Matching takes time in proportion to text × pattern, whatever the two are. Unicode classes are those of
/// general categories, such as `\pL` and `\p{Lu}`; left out of the syntax are classes of scripts such as
/// `\p{Greek}`, single bytes (`\C`), and what RE2 leaves out: back references and looking around.
///
/// - Source: K. Thompson, "Regular expression search algorithm", Comm. ACM 11(6), 1968, in the form of a
///   virtual machine by R. Pike.
struct Pattern {
  private enum Step {
    case scalar(Unicode.Scalar)
    case set(ScalarSet)
    case split(Int, Int)
    case jump(Int)
    case lineStart, lineEnd, textStart, textEnd, wordEdge, notWordEdge
    case match
  }

  private indirect enum Node {
    case empty
    case step(Step)
    case sequence([Node])
    case choice([Node])
    case counted(Node, least: Int, most: Int?)
  }

  private var steps: [Step] = []
  /// Nodes written so far: parts that take no steps may be repeated as well.
  private var written = 0

  /// The most states that a pattern may have.
  static let mostSteps = 10_000

  /// How many states the automaton has.
  var stepCount: Int { steps.count }

  /// Reads a pattern; the meter is charged for each state that is made.
  init(_ pattern: String, _ meter: inout CELMeter) throws(CELFailure) {
    try meter.charge(pattern.utf8.count)
    guard pattern.utf8.count <= Self.mostSteps else { throw Reader.problem("it is too large") }
    var reader = Reader(Array(pattern.unicodeScalars))
    let node = try reader.choice(depth: 0)
    guard reader.isAtEnd else { throw Reader.problem("there is a ')' too many") }
    try emit(node, &meter)
    steps.append(.match)
  }

  private mutating func push(_ step: Step) throws(CELFailure) {
    guard steps.count < Self.mostSteps else { throw Reader.problem("it is too large") }
    steps.append(step)
  }

  private mutating func emit(_ node: Node, _ meter: inout CELMeter) throws(CELFailure) {
    written += 1
    try meter.charge(1)
    guard written < 2 * Self.mostSteps else { throw Reader.problem("it is too large") }
    switch node {
    case .empty: break
    case .step(let step): try push(step)
    case .sequence(let nodes): for node in nodes { try emit(node, &meter) }
    case .choice(let nodes):
      var exits: [Int] = []
      for node in nodes.dropLast() {
        let split = steps.count
        try push(.match)
        try emit(node, &meter)
        exits.append(steps.count)
        try push(.match)
        steps[split] = .split(split + 1, steps.count)
      }
      if let last = nodes.last { try emit(last, &meter) }
      for exit in exits { steps[exit] = .jump(steps.count) }
    case .counted(let node, let least, let most):
      for _ in 0..<least { try emit(node, &meter) }
      guard let most else {
        let split = steps.count
        try push(.match)
        try emit(node, &meter)
        try push(.jump(split))
        steps[split] = .split(split + 1, steps.count)
        return
      }
      var splits: [Int] = []
      for _ in least..<most {
        splits.append(steps.count)
        try push(.match)
        try emit(node, &meter)
      }
      for split in splits { steps[split] = .split(split + 1, steps.count) }
    }
  }

  /// Whether the pattern is found anywhere in a text.
  func matches(_ text: String, _ meter: inout CELMeter) throws(CELFailure) -> Bool {
    try meter.charge(steps.count)
    var run = Run(count: steps.count)
    var before: Unicode.Scalar?
    var scalars = text.unicodeScalars.makeIterator()
    var after = scalars.next()
    while true {
      // A match may begin anywhere.
      if follow(0, &run, before, after) { return true }
      guard let scalar = after else { return false }
      try meter.charge(1 + run.visited / 4)
      run.visited = 0
      swap(&run.current, &run.next)
      run.next.removeAll(keepingCapacity: true)
      run.round += 1
      after = scalars.next()
      for index in run.current where takes(steps[index], scalar) {
        if follow(index + 1, &run, scalar, after) { return true }
      }
      before = scalar
    }
  }

  /// What a match keeps: the states of this round and of the next.
  private struct Run {
    var current: [Int] = []
    var next: [Int] = []
    var open: [Int] = []
    /// The round in which a state was last put on the list, so that it goes on once.
    var seen: [Int]
    var round = 0
    /// States gone through in this round, those included that read nothing.
    var visited = 0

    init(count: Int) { seen = [Int](repeating: -1, count: count) }
  }

  private func takes(_ step: Step, _ scalar: Unicode.Scalar) -> Bool {
    switch step {
    case .scalar(let wanted): wanted == scalar
    case .set(let set): set.contains(scalar)
    default: false
    }
  }

  /// Puts all steps that can be reached without reading on the list, and says whether one of them matches.
  private func follow(
    _ start: Int, _ run: inout Run, _ before: Unicode.Scalar?, _ after: Unicode.Scalar?
  ) -> Bool {
    run.open.append(start)
    while let index = run.open.popLast() {
      guard run.seen[index] != run.round else { continue }
      run.seen[index] = run.round
      run.visited += 1
      let holds: Bool
      switch steps[index] {
      case .match: return true
      case .jump(let target):
        run.open.append(target)
        continue
      case .split(let a, let b):
        run.open.append(b)
        run.open.append(a)
        continue
      case .scalar, .set:
        run.next.append(index)
        continue
      case .textStart: holds = before == nil
      case .textEnd: holds = after == nil
      case .lineStart: holds = before == nil || before == "\n"
      case .lineEnd: holds = after == nil || after == "\n"
      case .wordEdge: holds = (before?.isIdentifierPart ?? false) != (after?.isIdentifierPart ?? false)
      case .notWordEdge: holds = (before?.isIdentifierPart ?? false) == (after?.isIdentifierPart ?? false)
      }
      if holds { run.open.append(index + 1) }
    }
    return false
  }

  /// Reads a pattern.
  private struct Reader {
    private let text: [Unicode.Scalar]
    private var at = 0
    /// Scalars of sets whose other cases were looked up.
    private var folded = 0
    private var (ignoresCase, isMultiline, dotTakesAll, isUngreedy) = (false, false, false, false)

    init(_ text: [Unicode.Scalar]) { self.text = text }

    var isAtEnd: Bool { at == text.count }

    static func problem(_ message: String) -> CELFailure {
      CELFailure(.argument, "the pattern cannot be used: \(message)")
    }

    private var peek: Unicode.Scalar? { at < text.count ? text[at] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
      guard peek == scalar else { return false }
      at += 1
      return true
    }

    private mutating func take(_ word: String) -> Bool {
      let scalars = Array(word.unicodeScalars)
      guard at + scalars.count <= text.count, Array(text[at..<at + scalars.count]) == scalars else {
        return false
      }
      at += scalars.count
      return true
    }

    mutating func choice(depth: Int) throws(CELFailure) -> Node {
      guard depth < 100 else { throw Self.problem("its groups are nested too deep") }
      var choices: [Node] = []
      repeat {
        var nodes: [Node] = []
        while let scalar = peek, scalar != "|", scalar != ")" {
          nodes.append(try repeated(atom(depth: depth)))
        }
        choices.append(.sequence(nodes))
      } while take("|" as Unicode.Scalar)
      return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func repeated(_ atom: Node) throws(CELFailure) -> Node {
      let (least, most): (Int, Int?)
      if take("*" as Unicode.Scalar) {
        (least, most) = (0, nil)
      } else if take("+" as Unicode.Scalar) {
        (least, most) = (1, nil)
      } else if take("?" as Unicode.Scalar) {
        (least, most) = (0, 1)
      } else if let counts = try counts() {
        (least, most) = counts
      } else {
        return atom
      }
      // Whether it takes as few as it can does not change whether it is found.
      _ = take("?" as Unicode.Scalar)
      if let next = peek, ["*", "+", "?"].contains(next) {
        throw Self.problem("there is nothing to repeat before '\(next)'")
      }
      return .counted(atom, least: least, most: most)
    }

    private mutating func counts() throws(CELFailure) -> (Int, Int?)? {
      let start = at
      guard take("{" as Unicode.Scalar) else { return nil }
      let least = number()
      var most = least
      if take("," as Unicode.Scalar) { most = number() }
      guard let least, take("}" as Unicode.Scalar) else {
        at = start
        return nil
      }
      guard least <= 1000, most ?? 0 <= 1000, most.map({ $0 >= least }) ?? true else {
        throw Self.problem("a count is at most 1000, and the first not above the second")
      }
      return (least, most)
    }

    private mutating func number() -> Int? {
      var value: Int?
      while let scalar = peek, scalar.isDigit {
        value = min(100_000, (value ?? 0) * 10 + Int(scalar.value - 48))
        at += 1
      }
      return value
    }

    private mutating func atom(depth: Int) throws(CELFailure) -> Node {
      guard let scalar = peek else { return .empty }
      // A brace that counts nothing is a character like any other.
      if scalar == "{", try counts() != nil { throw Self.problem("there is nothing to repeat before '{'") }
      at += 1
      switch scalar {
      case "(": return try group(depth: depth)
      case "[": return .step(try set())
      case ".": return .step(.set(ScalarSet(dotTakesAll ? [] : [10...10], isNegated: true)))
      case "^": return .step(isMultiline ? .lineStart : .textStart)
      case "$": return .step(isMultiline ? .lineEnd : .textEnd)
      case "\\": return try escape()
      case "*", "+", "?": throw Self.problem("there is nothing to repeat before '\(scalar)'")
      default: return literal(scalar)
      }
    }

    private func literal(_ scalar: Unicode.Scalar) -> Node {
      guard ignoresCase else { return .step(.scalar(scalar)) }
      let range = scalar.value...scalar.value
      return .step(.set(ScalarSet([range] + ScalarSet.otherCases(of: range), isNegated: false)))
    }

    private mutating func group(depth: Int) throws(CELFailure) -> Node {
      let flags = (ignoresCase, isMultiline, dotTakesAll, isUngreedy)
      if take("?" as Unicode.Scalar) {
        if take("P<") || take("<") {
          let start = at
          while let scalar = peek, scalar.isIdentifierPart { at += 1 }
          guard at > start, take(">" as Unicode.Scalar) else { throw Self.problem("a group has no name") }
        } else {
          var isOn = true
          while let scalar = peek, scalar != ":", scalar != ")" {
            switch scalar {
            case "i": ignoresCase = isOn
            case "m": isMultiline = isOn
            case "s": dotTakesAll = isOn
            case "U": isUngreedy = isOn
            case "-": isOn = false
            default: throw Self.problem("'(?\(scalar)' is not supported")
            }
            at += 1
          }
          // Flags alone hold to the end of the group that they stand in.
          if take(")" as Unicode.Scalar) { return .empty }
          guard take(":" as Unicode.Scalar) else { throw Self.problem("a group does not end") }
        }
      }
      let inner = try choice(depth: depth + 1)
      guard take(")" as Unicode.Scalar) else { throw Self.problem("a group does not end") }
      (ignoresCase, isMultiline, dotTakesAll, isUngreedy) = flags
      return inner
    }

    private static let digits: [ClosedRange<UInt32>] = [48...57]
    private static let words: [ClosedRange<UInt32>] = [48...57, 65...90, 95...95, 97...122]
    private static let blanks: [ClosedRange<UInt32>] = [9...10, 12...13, 32...32]

    private static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
      var result: [ClosedRange<UInt32>] = []
      var start: UInt32 = 0
      for range in ranges {
        if range.lowerBound > start { result.append(start...range.lowerBound - 1) }
        start = range.upperBound + 1
      }
      return result + [start...0x10FFFF]
    }

    /// Reads a class of a general category after `\`, such as `pL`, `PN` or `p{^Lu}`, if one stands here.
    private mutating func category() throws(CELFailure) -> ScalarSet.Categories? {
      guard let letter = peek, letter == "p" || letter == "P" else { return nil }
      at += 1
      var isNegated = letter == "P"
      var name = ""
      if take("{" as Unicode.Scalar) {
        if take("^" as Unicode.Scalar) { isNegated.toggle() }
        while let scalar = peek, scalar != "}", name.utf8.count < 40 {
          name.unicodeScalars.append(scalar)
          at += 1
        }
        guard take("}" as Unicode.Scalar) else { throw Self.problem("a class does not end") }
      } else if let scalar = peek {
        name.unicodeScalars.append(scalar)
        at += 1
      }
      guard let category = ScalarSet.categories(name, isNegated: isNegated) else {
        throw Self.problem("there is no class '\\p{\(name)}': only general categories such as L, Lu and Nd")
      }
      return category
    }

    private static func named(_ scalar: Unicode.Scalar) -> [ClosedRange<UInt32>]? {
      switch scalar {
      case "d": digits
      case "w": words
      case "s": blanks
      case "D": complement(digits)
      case "W": complement(words)
      case "S": complement(blanks)
      default: nil
      }
    }

    private mutating func escape() throws(CELFailure) -> Node {
      guard let scalar = peek else { throw Self.problem("it ends after a backslash") }
      if let ranges = Self.named(scalar) {
        at += 1
        return .step(.set(ScalarSet(ranges, isNegated: false)))
      }
      if let category = try category() {
        return .step(.set(ScalarSet([], categories: category, isNegated: false)))
      }
      switch scalar {
      case "b", "B", "A", "z":
        at += 1
        return .step(
          scalar == "b" ? .wordEdge : scalar == "B" ? .notWordEdge : scalar == "A" ? .textStart : .textEnd)
      case "Q":
        at += 1
        var nodes: [Node] = []
        while !isAtEnd, !take("\\E") {
          nodes.append(literal(text[at]))
          at += 1
        }
        return .sequence(nodes)
      default: return literal(try escapedScalar())
      }
    }

    private mutating func escapedScalar() throws(CELFailure) -> Unicode.Scalar {
      guard let scalar = peek else { throw Self.problem("it ends after a backslash") }
      at += 1
      switch scalar {
      case "n": return "\n"
      case "t": return "\t"
      case "r": return "\r"
      case "f": return "\u{C}"
      case "v": return "\u{B}"
      case "a": return "\u{7}"
      case "x":
        let isBraced = take("{" as Unicode.Scalar)
        var value: UInt32 = 0
        var count = 0
        while let digit = peek?.hexValue, count < (isBraced ? 8 : 2) {
          value = value << 4 | digit
          count += 1
          at += 1
        }
        guard count == 2 || (isBraced && count > 0), !isBraced || take("}" as Unicode.Scalar),
          let result = Unicode.Scalar(value)
        else { throw Self.problem("an escape with x is wrong") }
        return result
      default:
        guard !scalar.isIdentifierPart, scalar.isASCII else {
          throw Self.problem("the escape '\\\(scalar)' is not supported")
        }
        return scalar
      }
    }

    private mutating func set() throws(CELFailure) -> Step {
      let isNegated = take("^" as Unicode.Scalar)
      var ranges: [ClosedRange<UInt32>] = []
      var categories = ScalarSet.Categories()
      var isFirst = true
      while let scalar = peek, isFirst || scalar != "]" {
        isFirst = false
        if scalar == "[", take("[:") {
          ranges += try posixClass()
          continue
        }
        at += 1
        var lower = scalar
        if scalar == "\\" {
          if let next = peek, let named = Self.named(next) {
            at += 1
            ranges += named
            continue
          }
          if let category = try category() {
            categories.formUnion(category)
            continue
          }
          lower = try escapedScalar()
        }
        var upper = lower
        if peek == "-", at + 1 < text.count, text[at + 1] != "]" {
          at += 1
          upper = text[at]
          at += 1
          if upper == "\\" { upper = try escapedScalar() }
        }
        guard lower <= upper else { throw Self.problem("a range in a set runs backwards") }
        let range = lower.value...upper.value
        ranges.append(range)
        if ignoresCase {
          folded += min(range.count, ScalarSet.mostFolded)
          guard folded <= 5000 else { throw Self.problem("it is too large") }
          ranges += ScalarSet.otherCases(of: range)
        }
      }
      guard take("]" as Unicode.Scalar) else { throw Self.problem("a set does not end") }
      return .set(ScalarSet(ranges, categories: categories, isNegated: isNegated))
    }

    private mutating func posixClass() throws(CELFailure) -> [ClosedRange<UInt32>] {
      let isNegated = take("^" as Unicode.Scalar)
      let classes: [(String, [ClosedRange<UInt32>])] = [
        ("alnum", [48...57, 65...90, 97...122]), ("alpha", [65...90, 97...122]), ("ascii", [0...127]),
        ("blank", [9...9, 32...32]), ("cntrl", [0...31, 127...127]), ("digit", Self.digits),
        ("graph", [33...126]), ("lower", [97...122]), ("print", [32...126]),
        ("punct", [33...47, 58...64, 91...96, 123...126]), ("space", [9...13, 32...32]), ("upper", [65...90]),
        ("word", Self.words), ("xdigit", [48...57, 65...70, 97...102]),
      ]
      for (name, ranges) in classes where take(name + ":]") {
        return isNegated ? Self.complement(ranges) : ranges
      }
      throw Self.problem("there is no such class in '[:'")
    }
  }
}
