import FileFormats
import SupplyModel
import Testing

struct TablesInEitherFormTests {
  @Test("a network is the same whether its tables are lists or CSV files")
  func equal() throws {
    let lists = read(Self.head + Self.processes + Self.lists)
    let files = read(Self.head + Self.processes + Self.references, Self.files)
    #expect(lists.diagnostics == [])
    #expect(files.diagnostics == [])
    let network = try #require(lists.network)
    #expect(files.network == network)
    #expect(network.flows.rows.map(\.id) == ["pit>works:ore", "pit>works:ore#2", "named", "CN>works:ore"])
    #expect(network.sites.rows[1].technologies[0].grace?.value == 180)
    #expect(network.operations.map(\.capacity?.value) == [5000, 2000, nil, nil])
    #expect(network.operations.map(\.output?.low) == [nil, 1500, nil, nil])
    #expect(network.stocks.map(\.amount.unit.dimension) == [.duration, Dimension(.mass)])
    #expect(network.materials.rows.map(\.price?.value) == [nil, nil, 55_000])
    #expect(network.governance.map(\.estimate) == [0.861, -1])
    #expect(network.riskParameters.map(\.recycling?.value) == [0.01])
    let china = try #require(Country(code: "CN"))
    #expect(network.tradeParameter(of: china, for: .material(Key(2))) == 1.2)
    #expect(network.tradeParameter(of: china, for: .material(Key(0))) == 1.1)
  }

  @Test("line breaks, a byte order mark and quotes do not matter", arguments: ["\r\n", "\r"])
  func lineBreaks(lineBreak: String) throws {
    let expected = try #require(read(Self.head + Self.processes + Self.references, Self.files).network)
    let manifest = "\u{FEFF}" + Self.head + Self.processes + Self.references
    let files = Self.files.mapValues { "\u{FEFF}" + $0.replacing("\n", with: lineBreak) }
    #expect(read(manifest.replacing("\n", with: lineBreak), files).network == expected)

    let quoted = Self.files.mapValues { text in
      text.split(separator: "\n").map { line in
        line.contains("\"")
          ? String(line)
          : line.split(separator: ",", omittingEmptySubsequences: false).map { "\"\($0)\"" }.joined(
            separator: " , ")
      }.joined(separator: "\n\n")
    }
    #expect(read(manifest, quoted).network == expected)
  }

  @Test("Norway stays a country, and numbers and dates stay the texts that they are")
  func nothingGuessed() throws {
    let manifest = """
      chokepoint: 1
      network: { id: 010, title: 1.10, as_of: 2024-12-31 }
      stages: [ON, yes, ~, 0x1F] # four texts
      sites: [ { id: NULL, name: 2024-01-01, country: NO } ]
      """.replacing("~", with: "z")
    let network = try #require(read(manifest).network)
    #expect(network.id == "010")
    #expect(network.title == "1.10")
    #expect(network.stages.rows.map(\.id) == ["ON", "yes", "z", "0x1F"])
    #expect(network.sites.rows.map(\.country?.name) == ["Norway"])
    #expect(network.sites.rows.map(\.name) == ["2024-01-01"])
  }

  @Test("an edge list is a network: sites, and flows without materials")
  func edgeList() throws {
    let manifest = "chokepoint: 1\nnetwork: { id: x }\nsites: { csv: s.csv }\nflows: { csv: f.csv }\n"
    let reading = read(manifest, ["s.csv": "id\na\nb\n", "f.csv": "from,to,volume\na,b,5 t/yr\na,b,\n"])
    #expect(reading.diagnostics == [])
    #expect(reading.network?.flows.rows.map(\.id) == ["a>b", "a>b#2"])
    #expect(reading.network?.flows.rows.map(\.volume?.value) == [5, nil])
  }

  @Test("a table without rows is an empty table")
  func headerOnly() {
    let reading = read(
      "chokepoint: 1\nnetwork: { id: x }\nsites: { csv: s.csv }\nflows: []\nstages:\n", ["s.csv": "id"])
    #expect(reading.diagnostics == [])
    #expect(reading.network?.sites.count == 0)
  }

  @Test("a recipe counts what one tonne or piece of the activity takes, whatever unit the activity has")
  func activityInThousands() throws {
    let manifest = """
      chokepoint: 1
      network: { id: x }
      materials: [ { id: ore }, { id: motor, unit: piece } ]
      processes:
        - { id: dig, activity: kt ore, outputs: [ { material: ore, amount: 1 kt, amount_low: 0.5 } ] }
        - { id: build, activity: k, inputs: [ { material: ore, amount: 2000 kg } ], outputs: [ { material: motor, amount: 1 k } ] }
      """
    let network = try #require(read(manifest).network)
    #expect(network.processes.rows[0].outputs[0].amount.value == 1)
    #expect(network.processes.rows[0].outputs[0].amount.low == 0.5)
    #expect(network.processes.rows[1].slots[0].choices[0].amount.value == 0.002)
    #expect(network.processes.rows[1].outputs[0].amount.value == 1)
  }

  private static let head = "chokepoint: 1\nnetwork: { id: both, title: 'Both ways', as_of: 2024-02-29 }\n"

  private static let processes = """
    processes:
      - { id: dig, activity: t ore, outputs: [ { material: ore, amount: 1 } ] }
      - id: smelt
        activity: t metal
        inputs: [ { material: ore, amount: 2, amount_low: 1.5, or: [ { material: scrap, amount: 1.1 t } ] } ]
        outputs: [ { material: metal, amount: { value: 1, high: 1.1, source: book, confidence: read } } ]

    """

  private static let lists = """
    stages: [ mine, { id: plant, name: Plants } ]
    element_groups: [ { id: heavies, name: "Heavies, both", elements: [Dy, Tb] } ]
    blocs: [ { id: north, members: [SE, NO] } ]
    sources: [ { id: book, title: 'A "good" book', publisher: P, date: 2024-01, url: "https://example.org", note: n } ]
    materials:
      - { id: ore, name: Erz, form: ore, hs: "2530.90", elements: { Dy: 0.5, Tb: 0.25 } }
      - { id: scrap }
      - { id: metal, unit: t, price: { value: 55, unit: USD/kg, year: 2024, source: book, confidence: read } }
    technologies: [ { id: know-how, name: Knowing how, suppliers: [FR, CN], note: n }, { id: tools } ]
    operators: [ { id: firm, name: Firm, parent: owner, country: SE, note: n }, { id: owner } ]
    sites:
      - { id: pit, name: Grüße, stage: mine, country: NO, runs: [dig], capacity: { value: 5, unit: kt/yr, low: 4, high: 6, year: 2023, source: book, confidence: read, note: n }, lat: -60.5, lon: 10, source: book, confidence: recalled, note: n }
      - { id: works, stage: plant, country: SE, operator: firm, status: ramping, represents: group, runs: [smelt, dig], technologies: [ { id: know-how, from: FR, needed: running, grace: 180 d }, { id: tools } ] }
      - { id: depot }
    operations:
      - { site: works, process: smelt, capacity: 2 kt/yr, output: 1.8 kt metal/yr, output_low: 1.5 }
      - { site: depot, process: dig }
    flows:
      - { from: pit, to: works, material: ore, volume: 4 kt/yr, lead_time: 2 wk, waypoints: [strait, canal] }
      - { from: pit, to: works, material: ore }
      - { id: named, from: works, to: users, material: metal, capacity: 5 kt/yr, status: planned, source: book, confidence: read, note: n }
      - { from: CN, to: works, material: ore }
    markets: [ { material: metal } ]
    stocks: [ { country: JP, material: metal, amount: 60 d }, { site: works, material: ore, amount: 5 t } ]
    demand: [ { id: users, name: Users, material: metal, place: north, use: all, amount: 1 kt/yr, priority: 2, note: n } ]
    statistics: [ { series: a, name: A, stage: mine, material: heavies, country: NO, amount: 40 %, note: n } ]
    governance: [ { country: NO, estimate: 0.861, year: 2022, source: book, confidence: read, note: n }, { country: SE, estimate: -1 } ]
    trade_parameters: [ { country: CN, parameter: 1.1 }, { country: CN, material: metal, parameter: 1.2, year: 2024 } ]
    risk_parameters: [ { material: heavies, recycling: 1 %, recycling_source: book, substitution: 0.95 } ]
    """

  private static let references =
    [
      "stages", "element_groups", "blocs", "sources", "materials", "technologies", "operators", "sites",
      "operations", "flows", "markets", "stocks", "demand", "statistics", "governance", "trade_parameters",
      "risk_parameters",
    ].map { "\($0): { csv: \($0).csv }\n" }.joined()

  private static let files = [
    "stages.csv": "id,name\nmine,\nplant,Plants\n",
    "element_groups.csv": "id,name,elements\nheavies,\"Heavies, both\",Dy; Tb\n",
    "blocs.csv": "id,members\nnorth,SE;NO\n",
    "sources.csv": """
    id,title,publisher,date,url,note
    book,"A ""good"" book",P,2024-01,https://example.org,n
    """,
    "materials.csv": """
    unit,id,name,form,hs,elements,price,price_unit,price_year,price_source,price_confidence
    ,ore,Erz,ore,2530.90,Dy=0.5; Tb=0.25,,,,,
    ,scrap,,,,,,,,,
    t,metal,,,,,55,USD/kg,2024,book,read
    """,
    "technologies.csv": "id,name,suppliers,note\nknow-how,Knowing how,FR; CN,n\ntools,,,\n",
    "operators.csv": "id,name,parent,country,note\nfirm,Firm,owner,SE,n\nowner,,,,\n",
    "sites.csv": """
    id,name,stage,country,operator,status,represents,runs,capacity,capacity_unit,capacity_low,capacity_high,\
    capacity_year,capacity_source,capacity_confidence,capacity_note,technologies,lat,lon,source,confidence,note
    pit,Grüße,mine,NO,,,,dig,5,kt/yr,4,6,2023,book,read,n,,-60.5,10,book,recalled,n
    works,,plant,SE,firm,ramping,group,smelt;dig,,,,,,,,,know-how from=FR needed=running grace=180d; tools,,,,,
    depot,,,,,,,,,,,,,,,,,,,,,
    """,
    "operations.csv": """
    site,process,capacity,output,output_unit,output_low
    works,smelt,2 kt/yr,1.8,kt metal/yr,1.5
    depot,dig,,,,
    """,
    "flows.csv": """
    id,from,to,material,volume,volume_unit,capacity,lead_time,waypoints,status,source,confidence,note
    ,pit,works,ore,4,kt/yr,,2 wk,strait; canal,,,,
    ,pit,works,ore,,,,,,,,,
    named,works,users,metal,,,5 kt/yr,,,planned,book,read,n
    ,CN,works,ore,,,,,,,,,
    """,
    "markets.csv": "material\nmetal\n",
    "stocks.csv": "country,site,material,amount\nJP,,metal,60 d\n,works,ore,5 t\n",
    "demand.csv":
      "id,name,material,place,use,amount,priority,note\nusers,Users,metal,north,all,1 kt/yr,2,n\n",
    "statistics.csv": "series,name,stage,material,country,amount,note\na,A,mine,heavies,NO,40 %,n\n",
    "governance.csv":
      "country,estimate,year,source,confidence,note\nNO,0.861,2022,book,read,n\nSE,-1,,,,\n",
    "trade_parameters.csv": "country,material,parameter,year\nCN,,1.1,\nCN,metal,1.2,2024\n",
    "risk_parameters.csv": "material,recycling,recycling_source,substitution\nheavies,1 %,book,0.95\n",
  ]
}
