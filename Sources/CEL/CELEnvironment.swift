internal import Diagnostics

/// What an expression may use: variables, structs, functions and limits.
///
/// The functions of the language and its libraries are always there.
public struct CELEnvironment: Sendable {
  /// The namespace in which names are looked up first, such as `com.example`.
  public var container = "" {
    didSet { containerParts = container.split(separator: ".").map(String.init) }
  }
  public var limits = CELLimits()
  public private(set) var variables: [(name: String, type: CELType)] = []
  public private(set) var structs: [CELStruct] = []
  /// The functions of the host.
  public private(set) var functions: [CELFunction] = []
  /// The macros of the host.
  public private(set) var macros: [CELMacro] = []
  private var units: [Int: String] = [:]
  private var containerParts: [String] = []
  private var variableIndex: [String: Int] = [:]
  private var structIndex: [String: Int] = [:]
  private var functionIndex: [String: [CELFunction]] = CELEnvironment.standardIndex
  /// The most parts that the name of a variable, type or function has, such as 3 for `google.protobuf.Duration`.
  private var longestName = 3

  private static func partCount(_ name: String) -> Int { name.utf8.count { $0 == UInt8(ascii: ".") } + 1 }

  public init() {}

  /// Every function that the language and its libraries bring, in the order of the manual.
  public static let standardFunctions: [CELFunction] = library.flatMap(\.functions)

  /// The functions by subject, as the manual has them.
  static let library: [(title: String, functions: [CELFunction])] = [
    ("Operators", operatorFunctions), ("Conversions and types", conversionFunctions),
    ("Dates and times", timeFunctions), ("Texts", stringFunctions), ("Numbers", mathFunctions),
    ("Lists and sets", listFunctions), ("Optionals", optionalFunctions), ("Encoding", encodingFunctions),
  ]

  private static let standardIndex: [String: [CELFunction]] =
    Dictionary(grouping: standardFunctions, by: \.name)

  /// Declares a variable; a second one of the same name replaces the first.
  ///
  /// `unit` is that of its numbers: any text, empty if they have none.
  public mutating func declare(variable name: String, _ type: CELType = .dyn, unit: String = "") {
    longestName = max(longestName, Self.partCount(name))
    let slot = variableIndex[name] ?? variables.count
    if slot < variables.count {
      variables[slot].type = type
    } else {
      variableIndex[name] = slot
      variables.append((name, type))
    }
    units[slot] = unit.isEmpty ? nil : unit
  }

  func unit(ofVariable slot: Int) -> String? { units[slot] }

  /// Declares a macro that stands for a call with two lists; see ``CELMacro/init(_:_:_:_:callsWithLists:)``.
  public mutating func declare(_ macro: CELMacro) { macros.append(macro) }

  public mutating func declare(_ structure: CELStruct) {
    longestName = max(longestName, Self.partCount(structure.name))
    structIndex[structure.name] = structs.count
    structs.append(structure)
  }

  /// Declares a function; one of a name that is there already adds to it.
  public mutating func declare(_ function: CELFunction) {
    var function = function
    function.isHost = true
    longestName = max(longestName, Self.partCount(function.name))
    functions.append(function)
    functionIndex[function.name, default: []].append(function)
  }

  func variable(_ name: String) -> Int? { variableIndex[name] }
  func structure(_ name: String) -> CELStruct? { structIndex[name].map { structs[$0] } }

  /// The struct that a name means in this namespace.
  func structure(named name: String) -> CELStruct? {
    let isRooted = name.hasPrefix(".")
    return candidates(isRooted ? String(name.dropFirst()) : name, isRooted: isRooted)
      .lazy.compactMap { structure($0) }.first
  }

  func functions(named name: String) -> [CELFunction] { functionIndex[name] ?? [] }

  /// The names under which a name may be meant, the innermost namespace first.
  func candidates(_ name: String, isRooted: Bool) -> [String] {
    guard !isRooted, !containerParts.isEmpty else { return [name] }
    var parts = containerParts.prefix(longestName)
    var names: [String] = []
    while !parts.isEmpty {
      names.append((parts + [name]).joined(separator: "."))
      parts.removeLast()
    }
    return names + [name]
  }

  /// The name of the function that a call means, if there is one.
  func functionName(_ name: String) -> String? {
    if name.hasPrefix(".") {
      let rest = String(name.dropFirst())
      return functionIndex[rest] == nil ? nil : rest
    }
    return candidates(name, isRooted: false).first { functionIndex[$0] != nil }
  }

  static let typeNames: [String: CELType] = [
    "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string, "bytes": .bytes,
    "list": .list(.dyn), "map": .map(.dyn, .dyn), "null_type": .null, "type": .type(nil),
    "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
    "optional_type": .optional(.dyn),
  ]

  func typeNamed(_ name: String) -> CELType? {
    Self.typeNames[name] ?? (structIndex[name] == nil ? nil : .object(name))
  }

  /// What a dotted name means: a variable or a type, and how many parts it took.
  enum Meaning {
    case variable(Int)
    case type(CELType)
  }

  func meaning(of parts: [String], isRooted: Bool) -> (meaning: Meaning, taken: Int)? {
    // No name is longer than the longest, so that a long chain of fields is not held against names again and again.
    for length in stride(from: min(parts.count, longestName), to: 0, by: -1) {
      let name = parts[..<length].joined(separator: ".")
      for candidate in candidates(name, isRooted: isRooted) {
        if let slot = variableIndex[candidate] { return (.variable(slot), length) }
        if let type = typeNamed(candidate) { return (.type(type), length) }
      }
    }
    return nil
  }

  /// The problem that a name means nothing.
  func unknownName(_ name: String, locals: [String], offset: Int, length: Int) -> CELProblem {
    let known = locals + variables.map(\.name) + Self.typeNames.keys.sorted() + structs.map(\.name)
    let help = suggestion(for: name, from: known).map { "did you mean '\($0)'?" }
    return CELProblem(
      "unknown-name", "there is no variable '\(name)'", help: help, offset: offset, length: length)
  }

  /// The problem that a struct literal names no struct.
  func unknownStruct(_ name: String, _ node: SyntaxTree.Node) -> CELProblem {
    let help = suggestion(for: name, from: structs.map(\.name)).map { "did you mean '\($0)'?" }
    return CELProblem(
      "unknown-struct", "there is no struct '\(name)'",
      help: help ?? "messages of protocol buffers are not supported", offset: node.offset,
      length: node.length)
  }

  /// The problem that a call means nothing.
  func unknownFunction(_ name: String, offset: Int, length: Int) -> CELProblem {
    let names = functionIndex.keys.sorted().filter { !$0.contains("_") } + CELMacro.all.map(\.name)
    let help = suggestion(for: name, from: names).map { "did you mean '\($0)'?" }
    return CELProblem(
      "unknown-function", "there is no function '\(name)'", help: help, offset: offset, length: length)
  }

  /// Whether functions stand in a namespace of that name.
  func isNamespace(_ name: String) -> Bool { functionIndex.keys.contains { $0.hasPrefix(name + ".") } }

  /// The signatures under a name, as a person reads them; operators of many types show the first ones.
  func candidates(for name: String) -> String {
    let all = functions(named: name).flatMap { function in
      function.overloads.map { $0.description(named: name) }
    }
    return all.count > 8 ? all.prefix(8).joined(separator: "; ") + "; …" : all.joined(separator: "; ")
  }
}
