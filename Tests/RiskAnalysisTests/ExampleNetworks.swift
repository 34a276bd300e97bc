import SupplyModel

/// A magnet chain of ten invented sites, small enough to work out by hand.
///
///     mine-cn 85 ──80──> sep-cn 8 ══ light-oxide market ══> metal-jp 10, metal-vn ?
///          └──────5──> sep-my 2     (32 from CN, 8 from MY)
///     mine-au 15 ─15──> sep-my
///     sep-cn ─8─> heavy-cn, sep-my ─2─> heavy-cn            (heavy-oxide, the joint product)
///     heavy-cn 10 ─0.8─> magnet-jp; dy-metal market
///     metal-jp, metal-vn ──> magnet-jp 8                    (no volumes: the split is not recorded)
///     metal-vn ─2─> magnet-de 2
///     magnet-de ─0.1─> recycler-fr 0.2 ─0.05─> magnet-de    (tb-metal for dy-metal: half of the need of 2)
///     magnet market (8 from JP, 2 from DE); magnet-jp ─6─> magnets-jp, magnet-de ─1─> magnets-eu
///
/// Separation makes 4 t of light oxide and 1 t of heavy oxide from 10 t of ore; reduction takes 2 t of light oxide for
/// 1 t of metal; sintering takes 1 t of metal and 0.1 t of dy-metal or 0.05 t of tb-metal for 1 t of magnet;
/// recycling takes 0.5 t of magnet for 0.25 t of tb-metal.
func magnetChain() -> NetworkSketch {
  typealias Need = NetworkSketch.NeedRow
  return NetworkSketch(
    stages: ["mine", "separation", "metal", "magnet", "recycling"],
    materials: ["ore", "light-oxide", "heavy-oxide", "metal", "dy-metal", "tb-metal", "magnet"],
    technologies: [.init(id: "sx", suppliers: ["CN", "FR"])],
    operators: [
      .init(id: "red"), .init(id: "blue"), .init(id: "red-sep", parent: "red"),
      .init(id: "blue-my", parent: "blue"), .init(id: "red-heavy", parent: "red"), .init(id: "white"),
      .init(id: "white-vn", parent: "white"), .init(id: "green"), .init(id: "grey"),
    ],
    processes: [
      .init(id: "dig", outputs: [("ore", 1)]),
      .init(id: "separate", slots: [[("ore", 10)]], outputs: [("light-oxide", 4), ("heavy-oxide", 1)]),
      .init(id: "reduce", slots: [[("light-oxide", 2)]], outputs: [("metal", 1)]),
      .init(id: "reduce-heavy", slots: [[("heavy-oxide", 1)]], outputs: [("dy-metal", 1)]),
      .init(
        id: "sinter", slots: [[("metal", 1)], [("dy-metal", 0.1), ("tb-metal", 0.05)]],
        outputs: [("magnet", 1)]),
      .init(id: "recycle", slots: [[("magnet", 0.5)]], outputs: [("tb-metal", 0.25)]),
    ],
    sites: [
      .init(id: "mine-cn", stage: "mine", country: "CN", operatorID: "red"),
      .init(id: "mine-au", stage: "mine", country: "AU", operatorID: "blue"),
      .init(
        id: "sep-cn", stage: "separation", country: "CN", operatorID: "red-sep",
        technologies: [Need(technology: "sx", from: "CN", needed: .running)]),
      .init(
        id: "sep-my", stage: "separation", country: "MY", operatorID: "blue-my",
        technologies: [Need(technology: "sx", from: "CN", needed: .running)]),
      .init(id: "metal-jp", stage: "metal", country: "JP", operatorID: "white"),
      .init(id: "metal-vn", stage: "metal", country: "VN", operatorID: "white-vn"),
      .init(id: "heavy-cn", stage: "metal", country: "CN", operatorID: "red-heavy"),
      .init(id: "magnet-jp", stage: "magnet", country: "JP", operatorID: "green"),
      .init(id: "magnet-de", stage: "magnet", country: "DE", operatorID: "grey"),
      .init(id: "recycler-fr", stage: "recycling", country: "FR"),
    ],
    operations: [
      .init(site: "mine-cn", process: "dig", output: 85),
      .init(site: "mine-au", process: "dig", output: 15),
      .init(site: "sep-cn", process: "separate", output: 8),
      .init(site: "sep-my", process: "separate", output: 2),
      .init(site: "metal-jp", process: "reduce", output: 10),
      .init(site: "metal-vn", process: "reduce"),
      .init(site: "heavy-cn", process: "reduce-heavy", output: 10),
      .init(site: "magnet-jp", process: "sinter", output: 8),
      .init(site: "magnet-de", process: "sinter", output: 2),
      .init(site: "recycler-fr", process: "recycle", output: 0.2),
    ],
    flows: [
      .init(from: .site("mine-cn"), to: .site("sep-cn"), material: "ore", volume: 80),
      .init(from: .site("mine-au"), to: .site("sep-my"), material: "ore", volume: 15),
      .init(from: .site("mine-cn"), to: .site("sep-my"), material: "ore", volume: 5),
      .init(from: .site("sep-cn"), to: .site("heavy-cn"), material: "heavy-oxide", volume: 8),
      .init(from: .site("sep-my"), to: .site("heavy-cn"), material: "heavy-oxide", volume: 2),
      .init(from: .site("heavy-cn"), to: .site("magnet-jp"), material: "dy-metal", volume: 0.8),
      .init(from: .site("metal-jp"), to: .site("magnet-jp"), material: "metal"),
      .init(from: .site("metal-vn"), to: .site("magnet-jp"), material: "metal"),
      .init(from: .site("metal-vn"), to: .site("magnet-de"), material: "metal", volume: 2),
      .init(from: .site("magnet-de"), to: .site("recycler-fr"), material: "magnet", volume: 0.1),
      .init(from: .site("recycler-fr"), to: .site("magnet-de"), material: "tb-metal", volume: 0.05),
      .init(from: .site("magnet-jp"), to: .demand("magnets-jp"), material: "magnet", volume: 6),
      .init(from: .site("magnet-de"), to: .demand("magnets-eu"), material: "magnet", volume: 1),
    ],
    markets: ["light-oxide", "dy-metal", "magnet"],
    demand: [
      .init(id: "magnets-jp", material: "magnet", place: .country("JP"), amount: 6),
      .init(id: "magnets-eu", material: "magnet", place: .bloc(["DE", "FR"]), amount: 4),
    ])
}
