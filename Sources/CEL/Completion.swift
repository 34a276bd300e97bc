/// Something that may stand at a place of an expression.
public struct CELCompletion: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    case variable, attribute, function, macro, type, word
  }

  /// What to write instead of the word that has been begun.
  public var text: String
  public var kind: Kind
  /// The type of a variable or attribute; the signatures of a function, the forms of a macro.
  public var detail: String
  /// One sentence that says what it is.
  public var summary: String
}

extension CELEnvironment {
  /// What may stand at a place of an expression that is being written, sorted by kind and name.
  ///
  /// The word begun before the place goes on: `replaced` is how many scalars before `offset` it has. After a dot,
  /// only what goes with the type of the value before it is offered. The text after the place does not matter.
  public func completions(in source: String, at offset: Int) -> (replaced: Int, completions: [CELCompletion])
  {
    let text = Array(source.unicodeScalars.prefix(max(0, offset)))
    guard text.count <= limits.expressionLength else { return (0, []) }
    let start = (text.lastIndex { !$0.isIdentifierPart } ?? -1) + 1
    let word = String(String.UnicodeScalarView(text[start...]))
    guard let place = CompletionPlace(Array(text[..<start]), in: self) else { return (0, []) }
    let found: [CELCompletion]
    switch place.kind {
    case .top: found = names(place.scope) + functions(of: nil) + macros(of: nil)
    case .member(let type): found = attributes(of: type) + functions(of: type) + macros(of: type)
    case .namespace(let prefix): found = functions(in: prefix)
    }
    let wanted = word.lowercased()
    return (text.count - start, found.filter { $0.text.lowercased().hasPrefix(wanted) })
  }

  private func names(_ scope: [(name: String, type: CELType)]) -> [CELCompletion] {
    let locals = scope.reversed().map { name, type in
      CELCompletion(text: name, kind: .variable, detail: "\(type)", summary: "A variable of a macro.")
    }
    let known = variables.map { name, type in
      CELCompletion(text: name, kind: .variable, detail: "\(type)", summary: "")
    }
    let words = ["true", "false", "null"].map {
      CELCompletion(text: $0, kind: .word, detail: $0 == "null" ? "null" : "bool", summary: "")
    }
    let types = structs.map {
      CELCompletion(text: $0.name, kind: .type, detail: "struct", summary: $0.summary)
    }
    return locals + known.sorted { $0.text < $1.text } + types.sorted { $0.text < $1.text } + words
  }

  private func attributes(of type: CELType) -> [CELCompletion] {
    guard case .object(let name) = type.unwrapped, let declaration = structure(name) else { return [] }
    return declaration.attributes.sorted { $0.name < $1.name }.map {
      CELCompletion(text: $0.name, kind: .attribute, detail: "\($0.type)", summary: $0.summary)
    }
  }

  /// Functions that are called on a value of a type, or on nothing.
  private func functions(of target: CELType?) -> [CELCompletion] {
    completions { _, overload in
      guard let target else { return !overload.isMember }
      var bindings = TypeBindings()
      return overload.isMember
        && bindings.assign(target, to: bindings.instance(of: overload, count: 1).parameters[0])
    }
  }

  private func functions(in namespace: String) -> [CELCompletion] {
    let bind = (CELMacro.all + macros).filter { $0.name.hasPrefix(namespace + ".") }.map { $0.completion }
    return (completions { name, overload in !overload.isMember && name.hasPrefix(namespace + ".") } + bind)
      .map { completion in
        var rest = completion
        rest.text = String(completion.text.dropFirst(namespace.count + 1))
        return rest
      }
  }

  /// The functions with the overloads that are wanted, one completion for a name.
  private func completions(where isWanted: (String, CELOverload) -> Bool) -> [CELCompletion] {
    var found: [CELCompletion] = []
    for function in (Self.standardFunctions + functions).sorted(by: { $0.name < $1.name })
    where !function.name.hasPrefix("_") && !function.name.hasSuffix("_") {
      let signatures = function.overloads.filter { isWanted(function.name, $0) }
        .map { $0.description(named: function.name) }
      guard !signatures.isEmpty else { continue }
      if let last = found.last, last.text == function.name {
        found[found.count - 1].detail += "; " + signatures.joined(separator: "; ")
      } else {
        found.append(
          CELCompletion(
            text: function.name, kind: .function, detail: signatures.joined(separator: "; "),
            summary: function.summary))
      }
    }
    return found
  }

  private func macros(of target: CELType?) -> [CELCompletion] {
    (CELMacro.all + macros).filter { $0.goes(with: target) }.sorted { $0.name < $1.name }.map {
      $0.completion
    }
  }
}

extension CELMacro {
  fileprivate var completion: CELCompletion {
    CELCompletion(text: name, kind: .macro, detail: forms.joined(separator: "; "), summary: summary)
  }

  /// Whether the macro may be called on a value of a type, or on nothing.
  fileprivate func goes(with target: CELType?) -> Bool {
    let before = forms[0].prefix { $0 != "." && $0 != "(" }
    switch (before, target) {
    case ("has", _), ("cel", _): return target == nil
    case (_, nil): return false
    case (_, .dyn?), (_, .parameter?): return true
    case ("list", .list?): return true
    case ("list", .map?): return name != "sortBy"
    case ("map", .map?), ("map", .list?): return true
    case ("optional", .opaque("optional_type", _)?): return true
    default: return false
    }
  }
}

extension CELType {
  /// The type that an optional holds; any other type itself.
  fileprivate var unwrapped: CELType { wrapped ?? self }
}

/// What surrounds the place where an expression is being written.
private struct CompletionPlace {
  enum Kind {
    case top
    case member(CELType)
    case namespace(String)
  }

  var kind = Kind.top
  var scope: [(name: String, type: CELType)] = []

  /// Reads the text before the place, with a name put there and the open brackets closed.
  ///
  /// Returns nil inside of a text or comment, and where a name may not stand.
  init?(_ text: [Unicode.Scalar], in environment: CELEnvironment) {
    var lexer = Lexer(text)
    let tokens = lexer.tokens()
    guard !lexer.endsInside else { return nil }
    var closing: [String] = []
    for token in tokens {
      switch token.kind {
      case .symbol("("): closing.append(")")
      case .symbol("["): closing.append("]")
      case .symbol("{"): closing.append("}")
      case .symbol(")"), .symbol("]"), .symbol("}"): _ = closing.popLast()
      default: break
      }
    }
    let name = "completion__"
    let source = String(String.UnicodeScalarView(text)) + name + closing.reversed().joined()
    let (tree, _) = Parser.parse(source, limits: environment.limits, macros: environment.macros)
    let isMember = tokens.dropLast().last.map { $0.kind == .symbol(".") || $0.kind == .symbol("?") } ?? false
    let found = tree.nodes.indices.first { id in
      switch tree[id].kind {
      case .name(name, _): true
      case .select(_, field: name, _), .has(_, field: name, _): true
      default: false
      }
    }
    guard let found else {
      if isMember, tokens.dropLast().last?.kind == .symbol(".") { kind = .member(.dyn) }
      return
    }
    let result = Checker.check(tree, in: environment, watching: found)
    scope = result.scope
    switch tree[found].kind {
    case .select(let operand, _, _), .has(let operand, _, _):
      kind = .member(result.types[operand])
      if let (parts, _) = tree.dottedName(operand), !scope.contains(where: { $0.name == parts[0] }),
        environment.meaning(of: parts, isRooted: false) == nil
      {
        kind = .namespace(parts.joined(separator: "."))
      }
    default: break
    }
  }
}
