/// A macro: it looks like a call, but its arguments are names and expressions, not values.
public struct CELMacro: Sendable, Hashable {
  public var name: String
  /// The forms in which it may be written.
  public var forms: [String]
  /// One sentence that says what it gives.
  public var summary: String
  public var example: String
  /// What it costs, in words.
  public var price: String
  /// The function that a macro of the host stands for; nil for those of the language.
  var function: String?

  /// Every macro of the language and its libraries.
  public static let all: [CELMacro] = [
    CELMacro(
      "has", ["has(e.field)"], "Whether a map has a key or a struct has a known attribute.",
      "has({'a': 1}.a)", "1"),
    CELMacro(
      "all", ["list.all(x, condition)", "list.all(i, x, condition)"],
      "Whether the condition holds for every element, or for every key of a map.",
      "[1, 2].all(x, x > 0)"),
    CELMacro(
      "exists", ["list.exists(x, condition)", "list.exists(i, x, condition)"],
      "Whether the condition holds for some element.", "[1, 2].exists(x, x > 1)"),
    CELMacro(
      "exists_one",
      [
        "list.exists_one(x, condition)", "list.exists_one(i, x, condition)", "list.existsOne(x, condition)",
        "list.existsOne(i, x, condition)",
      ],
      "Whether the condition holds for exactly one element.", "[1, 2].exists_one(x, x > 1)"),
    CELMacro(
      "map", ["list.map(x, result)", "list.map(x, condition, result)"],
      "The results for all elements for which the condition holds.", "[1, 2].map(x, x * 2) == [2, 4]"),
    CELMacro(
      "filter", ["list.filter(x, condition)"], "The elements for which the condition holds.",
      "[1, 2].filter(x, x > 1) == [2]"),
    CELMacro(
      "transformList", ["list.transformList(i, x, result)", "list.transformList(i, x, condition, result)"],
      "The results for all elements and their positions, or for all entries of a map.",
      "[5, 6].transformList(i, x, x + i) == [5, 7]"),
    CELMacro(
      "transformMap", ["map.transformMap(k, v, result)", "map.transformMap(k, v, condition, result)"],
      "A map of the same keys to results.", "{'a': 1}.transformMap(k, v, v + 1) == {'a': 2}"),
    CELMacro(
      "transformMapEntry",
      ["map.transformMapEntry(k, v, entries)", "map.transformMapEntry(k, v, condition, entries)"],
      "One map of the entries that all elements give.",
      "{'a': 1}.transformMapEntry(k, v, {v: k}) == {1: 'a'}"),
    CELMacro(
      "sortBy", ["list.sortBy(x, key)"], "The elements in the rising order of a key that each gives.",
      "[2, 3, 1].sortBy(x, -x) == [3, 2, 1]", "the key, for each element, and n log n"),
    CELMacro(
      "cel.bind", ["cel.bind(name, value, result)"], "The result with a name for a value used in it.",
      "cel.bind(x, 2, x * x) == 4", "1"),
    CELMacro(
      "optMap", ["optional.optMap(x, result)"], "An optional of the result, absent if the target is.",
      "optional.of(1).optMap(x, x + 1).value() == 2", "1"),
    CELMacro(
      "optFlatMap", ["optional.optFlatMap(x, optional)"],
      "The optional that the present value gives, absent if the target is.",
      "!optional.of({}).optFlatMap(x, x.?a).hasValue()", "1"),
  ]

  /// A macro of the host: `list.NAME(x, a, b)` stands for `FUNCTION(list.map(x, a), list.map(x, b))`, with the list worked out once.
  public init(
    _ name: String, _ forms: [String], _ summary: String, _ example: String, callsWithLists function: String
  ) {
    self.init(name, forms, summary, example, "two bodies, for each element")
    self.function = function
  }

  private init(
    _ name: String, _ forms: [String], _ summary: String, _ example: String,
    _ price: String = "the body, for each element"
  ) {
    self.name = name
    self.forms = forms
    self.summary = summary
    self.example = example
    self.price = price
  }

  /// What a macro with a target and that many arguments stands for, if there is one.
  static func shape(_ name: String, _ count: Int) -> (
    kind: SyntaxTree.Comprehension.Kind, variables: Int, hasCondition: Bool
  )? {
    switch (name, count) {
    case ("all", 2), ("all", 3): (.all, count - 1, false)
    case ("exists", 2), ("exists", 3): (.exists, count - 1, false)
    case ("exists_one", 2), ("exists_one", 3), ("existsOne", 2), ("existsOne", 3):
      (.existsOne, count - 1, false)
    case ("map", 2): (.map, 1, false)
    case ("map", 3): (.map, 1, true)
    case ("filter", 2): (.filter, 1, false)
    case ("sortBy", 2): (.sortBy, 1, false)
    case ("transformList", 3): (.transformList, 2, false)
    case ("transformList", 4): (.transformList, 2, true)
    case ("transformMap", 3): (.transformMap, 2, false)
    case ("transformMap", 4): (.transformMap, 2, true)
    case ("transformMapEntry", 3): (.transformMapEntry, 2, false)
    case ("transformMapEntry", 4): (.transformMapEntry, 2, true)
    case ("optMap", 2): (.optionalMap, 1, false)
    case ("optFlatMap", 2): (.optionalFlatMap, 1, false)
    default: nil
    }
  }
}
