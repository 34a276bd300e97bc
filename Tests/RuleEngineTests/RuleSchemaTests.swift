import Foundation
import RuleEngine
import Testing

struct RuleSchemaTests {
  @Test("the schema is JSON that asks for what every rule has and takes no other keys")
  func schema() throws {
    let object = try JSONSerialization.jsonObject(with: Data(RuleSchema.json.utf8))
    let root = try #require(object as? [String: Any])
    #expect(
      root["required"] as? [String] == ["format", "id", "title", "severity", "when", "message"])
    #expect(root["additionalProperties"] as? Bool == false)
    let properties = try #require(root["properties"] as? [String: [String: Any]])
    #expect(properties.count == 21)
    #expect(properties["severity"]?["enum"] as? [String] == FindingSeverity.allCases.map(\.rawValue))
  }
}
