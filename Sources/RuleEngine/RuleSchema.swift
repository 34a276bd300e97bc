/// The JSON Schema of rule files, for editors: completion and a first check.
///
/// The reader says more, and with places; what it refuses beyond this schema are names, types and units within expressions.
public enum RuleSchema {
  /// A key of a rule file, with the schema of its value.
  private static let keys: [(name: String, isRequired: Bool, help: String, schema: String)] = [
    ("format", true, "The format of the file.", #""const": 1"#),
    ("engine", false, "The versions of the engine that the rule is for.", text),
    ("id", true, "The name of the rule; that of the file without .yaml.", text),
    ("version", false, "Rises when the meaning changes.", #""type": "integer", "minimum": 1"#),
    ("status", false, "How far the rule is.", choice(RuleHeader.Status.allCases.map(\.rawValue))),
    ("title", true, "What the rule finds, in one line.", text),
    ("severity", true, "How bad a finding is.", severity),
    ("tags", false, "Words to choose rules by.", texts),
    ("references", false, "Where thresholds come from.", texts),
    ("why", false, "Why it matters.", text),
    ("params", false, "Values that users may set, by name.", parameters),
    ("for", false, "One to three lists; the rule is asked once for each tuple.", loops),
    ("let", false, "Names for expressions; each may use those before it.", expressions),
    ("when", true, "What must hold for a finding.", expression),
    ("message", true, "What a finding says, with expressions in braces.", text),
    ("show", false, "What to show beside a finding.", expressions),
    ("severity_when", false, "The first condition that holds decides on the severity.", cases),
    ("fix", false, "What to do about it.", text),
    ("allow_empty", false, "Whether it is in order that the lists are empty.", #""type": "boolean""#),
    ("replaced_by", false, "The rule to use instead.", text),
    ("examples", false, "Small networks and what the rule says of them.", #""type": "array""#),
  ]

  private static let text = #""type": "string""#
  private static let texts = #""type": "array", "items": { "type": "string" }"#
  private static let expression = #""type": ["string", "boolean", "number"]"#
  private static let expressions = #""type": "object", "additionalProperties": { \#(expression) }"#
  private static let severity = choice(FindingSeverity.allCases.map(\.rawValue))
  private static let parameters = {
    let types = ParameterType.names + ParameterType.names.map { "list<\($0)>" }
    let value =
      #""properties": { "type": { \#(choice(types)) }, "default": true, "help": { \#(text) }, "unit": { \#(choice(RuleCatalogue.Quantity.allCases.map(\.rawValue))) }, "min": { "type": "number" }, "max": { "type": "number" } }"#
    return
      #""type": "object", "additionalProperties": { "type": "object", \#(value), "required": ["type", "default"], "additionalProperties": false }"#
  }()
  private static let loops =
    #""type": "array", "minItems": 1, "maxItems": 3, "items": { "type": "object", "properties": { "each": { \#(text) }, "in": { \#(expression) } }, "required": ["each", "in"], "additionalProperties": false }"#
  private static let cases =
    #""type": "array", "items": { "type": "object", "properties": { "if": { \#(expression) }, "then": { \#(severity) } }, "required": ["if", "then"], "additionalProperties": false }"#

  private static func choice(_ names: [String]) -> String {
    #""enum": [\#(names.map { #""\#($0)""# }.joined(separator: ", "))]"#
  }

  /// The schema as JSON; the same bytes each time.
  public static var json: String {
    let properties = keys.map { #"    "\#($0.name)": { "description": "\#($0.help)", \#($0.schema) }"# }
    let required = keys.filter(\.isRequired).map { #""\#($0.name)""# }
    return """
      {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rule of Chokepoint",
        "type": "object",
        "required": [\(required.joined(separator: ", "))],
        "additionalProperties": false,
        "properties": {
      \(properties.joined(separator: ",\n"))
        }
      }

      """
  }
}
