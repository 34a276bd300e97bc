public import RiskAnalysis
public import SupplyModel

extension ScenarioInForce {
  /// The controls and outages of which it is not known whether, or how far, they bar anything; structural analyses take them to bar
  /// nothing.
  ///
  /// Those of unknown status, and licences of which nobody knows how many are granted.
  var causesThatMayBar: [Cause] {
    parts.filter { part in
      guard !part.isUncertain, case .control(let key) = part.cause else { return part.isUncertain }
      let control = scenario.controls[key]
      return control.kind == .technologyLicence || control.kind == .exportLicence && control.approved == nil
    }.map(\.cause)
  }

  /// What a structural report says of them; nil if there are none.
  public func openQuestion(in network: SupplyNetwork) -> String? {
    let names = causesThatMayBar.map { nameText(scenario.name(of: $0, in: network)) }
    if names.isEmpty { return nil }
    return "whether or how far these bar anything is not known, and here they bar nothing: "
      + list(names, atMost: 6)
  }

  /// The line of a report; nothing if there is nothing to say.
  func openQuestion(in network: SupplyNetwork, width: Int) -> StyledText {
    var text = StyledText()
    guard let sentence = openQuestion(in: network) else { return text }
    text.add(
      words: [SeverityWord.warning.span(colon: true)] + StyledText.Span.words(sentence), width: width,
      hanging: 2)
    return text
  }

  /// Their kinds and ids.
  public func mayBar(in network: SupplyNetwork) -> [CauseThatMayBar] {
    causesThatMayBar.map {
      let label = scenario.label(of: $0, in: network)
      return CauseThatMayBar(kind: label.kind, id: label.id)
    }
  }
}

/// A control or an outage in a document.
public struct CauseThatMayBar: Sendable, Hashable, Encodable {
  /// `control` or `outage`.
  public let kind: String
  public let id: String
}
