import FaultTrees

extension OpenPSAReader {
  /// What an expression comes to: a number, or the element that keeps it from being one.
  private enum Value {
    case known(Double)
    case unsupported(Int)
    case wrong
  }

  /// The probability of each event; nil where none is given, or where it cannot be computed, which is said.
  mutating func probabilities(of events: [Definition]) -> [Double?] {
    var scopes: [Int: Int] = [:]
    for item in events + parameters { scopes[item.element] = item.scope }
    var values: [Int: Value] = [:]
    for parameter in parameters { _ = evaluate(parameter.element, scopes, &values) }
    let document = document
    return events.map { event in
      let parts = content(of: event.element)
      guard let part = parts.first else { return nil }
      switch evaluate(event.element, scopes, &values) {
      case .known(let value) where value >= 0 && value <= 1: return value
      case .known(let value):
        fail("out-of-range", "the probability of '\(event.id)' is \(value), not from 0 to 1", at: part)
      case .unsupported(let element):
        warn(
          "unknown-probability",
          "the probability of '\(event.id)' stays unknown: '<\(document.name(of: element))>' is not supported",
          at: element)
      case .wrong: break
      }
      return nil
    }
  }

  /// The value of a definition, with an own stack, since parameters may refer to each other at any depth.
  private mutating func evaluate(_ root: Int, _ scopes: [Int: Int], _ values: inout [Int: Value]) -> Value {
    var stack = [(element: root, scope: scopes[root] ?? 0, isOpen: false)]
    var isOpen: Set<Int> = []
    while let (element, scope, wasOpened) = stack.last {
      if values[element] != nil {
        stack.removeLast()
        continue
      }
      guard let (parts, partScope) = parts(of: element, scope, scopes) else {
        values[element] = .wrong
        continue
      }
      let missing = wasOpened ? [] : parts.filter { values[$0] == nil }
      guard missing.isEmpty else {
        isOpen.insert(element)
        if missing.contains(where: isOpen.contains) {
          fail("cycle", "parameters depend on each other", at: element)
          for step in stack { values[step.element] = .wrong }
          continue
        }
        stack[stack.count - 1].isOpen = true
        stack += missing.reversed().map { ($0, partScope, false) }
        continue
      }
      values[element] = value(of: element, parts.map { values[$0] ?? .wrong })
    }
    return values[root] ?? .wrong
  }

  /// What must be known before an element is, and where its names are looked up; nil after a problem.
  private mutating func parts(
    of element: Int, _ scope: Int, _ scopes: [Int: Int]
  ) -> (elements: [Int], scope: Int)? {
    let document = document
    switch document.name(of: element) {
    case "parameter":
      guard let name = name(of: element) else { return nil }
      guard let position = parameter(name, in: scope) else {
        if isComplete {
          fail(
            "unknown-name", "there is no parameter '\(document.symbols[name])'",
            at: document.attribute("name", of: element), of: element)
        }
        return nil
      }
      let target = parameters[position].element
      return ([target], scopes[target] ?? 0)
    case "define-parameter", "define-basic-event":
      let parts = content(of: element)
      guard parts.count == 1 else {
        fail(
          "invalid-expression", "'<\(document.name(of: element))>' takes one expression",
          at: parts.dropFirst().first ?? element)
        return nil
      }
      return (parts, scope)
    default: return (Array(document.children(of: element)), scope)
    }
  }

  private mutating func value(of element: Int, _ parts: [Value]) -> Value {
    let kind = document.name(of: element)
    var numbers: [Double] = []
    switch kind {
    case "float", "int":
      let text = document.attribute("value", of: element)
      guard let value = text.flatMap({ number(document.symbols[$0.value]) }) else {
        fail(
          "invalid-value", "'<\(kind)>' needs a number as its 'value'", at: text, of: element,
          help: "write <float value=\"0.001\"/>")
        return .wrong
      }
      return .known(value)
    case "define-parameter", "define-basic-event", "parameter", "add", "sub", "mul", "div", "neg",
      "uniform-deviate":
      break
    case "normal-deviate", "lognormal-deviate":
      // The mean is the first of its arguments; with two, that of a lognormal is no argument.
      guard kind == "normal-deviate" || parts.count == 3, let mean = parts.first else {
        return .unsupported(element)
      }
      return mean
    default: return .unsupported(element)
    }
    for part in parts {
      guard case .known(let number) = part else { return part }
      numbers.append(number)
    }
    let expected = kind == "neg" ? 1...1 : kind == "uniform-deviate" ? 2...2 : 1...Int.max
    guard let first = numbers.first, expected.contains(numbers.count) else {
      fail("invalid-expression", "'<\(kind)>' has a wrong number of arguments", at: element)
      return .wrong
    }
    let value =
      switch kind {
      case "add": numbers.reduce(0, +)
      case "mul": numbers.reduce(1, *)
      case "sub": numbers.dropFirst().reduce(first, -)
      case "div": numbers.dropFirst().reduce(first, /)
      case "neg": -first
      case "uniform-deviate": (first + numbers[1]) / 2
      default: first
      }
    guard value.isFinite else {
      fail("invalid-expression", "'<\(kind)>' comes to no number", at: element)
      return .wrong
    }
    return .known(value)
  }

  private func number(_ text: String) -> Double? {
    // Double also takes hexadecimal numbers, "inf" and "nan".
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text) else {
      return nil
    }
    return value.isFinite ? value : nil
  }
}
