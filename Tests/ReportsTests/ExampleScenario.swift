import SupplyModel

/// A scenario of ``exampleNetwork()`` in which each part of the report has something to say.
///
/// A licence on Chinese oxide of which nobody knows how much it lets through, a ban of technology whose status is not known
/// any more, a control that has ended, an outage, and a stock.
func exampleScenario() throws -> Scenario {
  let (china, japan) = try (country("CN"), country("JP"))
  func date(_ text: String) -> DateSpan? { DateSpan(text) }
  return Scenario(
    id: "licences", title: "Licences of spring", asOf: CalendarDate("2026-06-01"),
    controls: [
      Control(
        id: "oxide", name: "Licence for oxides", kind: .exportLicence, issuers: [china], targets: [japan],
        subject: .init(materials: [Key(1)]),
        dates: .init(announced: date("2026-04"), effective: date("2026-05-04"))),
      Control(
        id: "know-how", name: "Ban of know-how", kind: .technologyBan, issuers: [china],
        dates: .init(effective: date("2025-12-01"), knownUntil: date("2026-05-10"))),
      Control(
        id: "powder", name: "Ban of powders", kind: .exportBan, issuers: [china],
        subject: .init(materials: [Key(5)]), dates: .init(effective: date("2026-05-20"))),
      Control(
        id: "old", name: "Quota of old", kind: .exportQuota, issuers: [china],
        quota: Figure(100, unit: try Unit("t/yr")),
        dates: .init(
          effective: date("2010"), suspensions: date("2011").map { [.init(from: $0, to: nil)] } ?? [],
          ended: date("2015"))),
    ],
    outages: [.init(.site(Key(0)), from: date("2026-05-30"))],
    responses: [
      .init(
        .releaseStock(Key(2), holder: .country(japan), amount: Figure(60, unit: try Unit("d")), over: nil)),
      .init(.openSite(Key(9)), from: date("2027")),
    ])
}

/// A scenario of ``hostileNetwork(_:)`` in which `hostile` stands wherever a stranger can write.
func hostileScenario(_ hostile: String) throws -> Scenario {
  Scenario(
    id: hostile, title: hostile, note: hostile,
    controls: [
      Control(id: hostile, name: hostile, kind: .exportBan, issuers: [try country("CN")], note: hostile),
      Control(
        id: hostile + "2", name: hostile, kind: .transitClosure, waypoints: [hostile], note: hostile),
    ],
    outages: [.init(.site(Key(1)), note: hostile)])
}
