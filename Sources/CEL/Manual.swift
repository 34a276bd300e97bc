extension CELEnvironment {
  /// The manual of everything that an expression may use here, as Markdown: the declarations of the host first,
  /// then the language.
  ///
  /// `level` is the depth of its headings, from 1. The same environment gives the same text.
  public func manual(level: Int = 1) -> String {
    let heading = String(repeating: "#", count: max(1, level))
    var parts: [String] = []
    if !variables.isEmpty {
      parts.append("\(heading) Variables")
      parts.append(
        variables.sorted { $0.name < $1.name }.map { "- `\($0.name)`: `\($0.type)`" }.joined(separator: "\n"))
    }
    for structure in structs.sorted(by: { $0.name < $1.name }) {
      parts.append("\(heading) Struct `\(structure.name)`")
      parts.append(structure.summary)
      parts.append(
        structure.attributes.map {
          "- `\($0.name)`: `\($0.type)`\($0.unit.isEmpty ? "" : " in \($0.unit)"). \($0.summary)"
        }.joined(separator: "\n"))
    }
    if !functions.isEmpty {
      parts.append("\(heading) Functions of the host")
      parts += Self.entries(functions, heading)
    }
    parts.append("\(heading) Macros")
    for macro in CELMacro.all + macros {
      parts.append("\(heading)# `\(macro.name)`")
      parts.append(macro.summary)
      parts.append(macro.forms.map { "- `\($0)`" }.joined(separator: "\n"))
      parts.append(Self.footer(example: macro.example, price: macro.price))
    }
    for (title, functions) in Self.library {
      parts.append("\(heading) \(title)")
      parts += Self.entries(functions, heading)
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// One entry for each name; declarations of one name stand together.
  private static func entries(_ functions: [CELFunction], _ heading: String) -> [String] {
    var parts: [String] = []
    var last: String?
    for function in functions {
      if function.name != last {
        parts.append("\(heading)# `\(CELOverload.plainName(function.name))`")
      }
      last = function.name
      parts.append(function.summary)
      parts.append(
        function.overloads.map { "- `\($0.description(named: function.name))`" }.joined(separator: "\n"))
      parts.append(
        footer(example: function.example, price: function.price.words, unit: function.unit))
    }
    return parts
  }

  private static func footer(example: String, price: String, unit: String = "") -> String {
    let unit =
      switch unit {
      case "": ""
      case "=": "Unit: that of what it is given. "
      default: "Unit: \(unit). "
      }
    return unit + (example.isEmpty ? "" : "Example: `\(example)`. ") + "Price: \(price)."
  }
}
