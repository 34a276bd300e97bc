import Diagnostics
import RiskAnalysis
import SupplyModel

extension TimelineReport {
  // MARK: JSON

  /// The document, as `JSON.md` describes it; the same input gives the same bytes.
  public func json() -> String {
    let gaps = timeline.gaps
    return jsonText(
      of: Document(
        format: "chokepoint.timeline", version: 1, network: network.id, scenario: timeline.scenario.id,
        policy: timeline.policy.rawValue, from: "\(horizon.first)", to: "\(horizon.last)",
        step: horizon.step.rawValue,
        steps: (0..<horizon.count).map {
          Step(from: "\(horizon.day(ofStep: $0))", days: horizon.starts[$0 + 1] - horizon.starts[$0])
        },
        products: products.map(product),
        notMet: timeline.products.indices.filter { timeline.products[$0] == nil }.map {
          network.demand.rows[$0].id
        },
        stocks: timeline.stocks.map(stock),
        notKnown: NotKnown(
          stocks: Set(products.flatMap(\.stocksNotKnown)).sorted().map { network.sites[$0].id },
          covers: gaps.stocksOfUnknownCover, flows: gaps.flows, leadTimes: gaps.flowsWithoutLeadTime,
          licenceDelays: gaps.licencesWithoutDelay.map { timeline.scenario.controls[$0].id },
          rampUps: gaps.sitesWithoutRampUp.map { network.sites[$0].id },
          technology: gaps.technologyNotKnown.map { network.sites[$0].id }),
        estimated: Estimated(
          stocks: gaps.estimatedStocks,
          controls: gaps.estimatedControls.map { timeline.scenario.controls[$0].id },
          leadTimes: gaps.estimatedLeadTimes)))
  }

  private func product(_ product: Timeline.Product) -> Product {
    let demand = network.demand[product.demand]
    func shortage(_ shortage: Timeline.Shortage?) -> Shortage? {
      shortage.map {
        Shortage(
          survives: $0.firstDay, from: "\(horizon.first.adding(days: $0.firstDay))", recovers: $0.recoveryDay,
          metAgain: $0.recoveryDay.map { "\(horizon.first.adding(days: $0))" })
      }
    }
    return Product(
      id: demand.id, name: demand.name, unit: network.materials[demand.material].unit.baseText,
      wanted: product.wanted,
      lost: Lost(
        rigid: product.lost.rigid, ifUncertainHolds: product.lost.rigidIfUncertainHolds,
        low: product.lost.low, high: product.lost.high,
        amount: product.wanted.map { $0 * product.lost.rigid }),
      shortage: Shortages(
        expected: shortage(product.shortage.expected),
        ifUncertainHolds: shortage(product.shortage.expectedIfUncertainHolds),
        best: shortage(product.shortage.best), worst: shortage(product.shortage.worst)),
      supply: Course(product.supply),
      stocksNotKnown: product.stocksNotKnown.map { network.sites[$0].id })
  }

  private func stock(_ course: Timeline.StockCourse) -> StockRow {
    let stock = network.stocks[course.stock]
    let (kind, id) =
      switch stock.holder {
      case .site(let site): ("site", network.sites[site].id)
      case .country(let country): ("country", country.code)
      }
    return StockRow(
      holder: Holder(kind: kind, id: id), material: network.materials[stock.material].id,
      cover: course.cover, isReleased: course.isReleased, left: Course(course.left), taken: course.taken,
      added: course.added)
  }

  private struct Document: Encodable {
    let format: String
    let version: Int
    let network: String
    let scenario: String
    let policy: String
    let from: String
    let to: String
    let step: String
    let steps: [Step]
    let products: [Product]
    let notMet: [String]
    let stocks: [StockRow]
    let notKnown: NotKnown
    let estimated: Estimated
  }
  private struct Step: Encodable {
    let from: String
    let days: Int
  }
  private struct Product: Encodable {
    let id: String
    let name: String
    let unit: String
    let wanted: Double?
    let lost: Lost
    let shortage: Shortages
    let supply: Course
    let stocksNotKnown: [String]
  }
  private struct Lost: Encodable {
    let rigid: Double
    let ifUncertainHolds: Double
    let low: Double
    let high: Double
    let amount: Double?
  }
  private struct Shortages: Encodable {
    let expected: Shortage?
    let ifUncertainHolds: Shortage?
    let best: Shortage?
    let worst: Shortage?
  }
  private struct Shortage: Encodable {
    let survives: Int
    let from: String
    let recovers: Int?
    let metAgain: String?
  }
  private struct Course: Encodable {
    let expected: [Double]
    let ifUncertainHolds: [Double]
    let worst: [Double]
    let best: [Double]

    init(_ readings: Timeline.Readings<[Double]>) {
      expected = readings.expected
      ifUncertainHolds = readings.expectedIfUncertainHolds
      worst = readings.worst
      best = readings.best
    }
  }
  private struct StockRow: Encodable {
    let holder: Holder
    let material: String
    let cover: Double?
    let isReleased: Bool
    let left: Course
    let taken: [Double]
    let added: [Double]
  }
  private struct Holder: Encodable {
    let kind: String
    let id: String
  }
  private struct NotKnown: Encodable {
    let stocks: [String]
    let covers: [Int]
    let flows: Int
    let leadTimes: Int
    let licenceDelays: [String]
    let rampUps: [String]
    let technology: [String]
  }
  private struct Estimated: Encodable {
    let stocks: [Int]
    let controls: [String]
    let leadTimes: Int
  }

  // MARK: CSV

  /// A table for a spreadsheet (RFC 4180): a row for each step of each product and each stock.
  public func csv() -> String {
    var text = "kind,id,material,from,days,unit,value,if_uncertain_holds,worst,best\r\n"
    func add(_ cells: [String], _ course: Timeline.Readings<[Double]>) {
      for step in course.expected.indices {
        let row =
          [cells[0], cells[1], cells[2], "\(horizon.day(ofStep: step))"].map(csvCell)
          + ["\(horizon.starts[step + 1] - horizon.starts[step])", cells[3]]
          + [course.expected, course.expectedIfUncertainHolds, course.worst, course.best].map {
            $0[step].isFinite ? jsonNumber($0[step]) : ""
          }
        text += row.joined(separator: ",") + "\r\n"
      }
    }
    for product in products {
      let demand = network.demand[product.demand]
      add(
        ["supply", demand.id, network.materials[demand.material].id, "part of the demand"], product.supply)
    }
    for course in timeline.stocks where !course.left.expected.isEmpty {
      let stock = network.stocks[course.stock]
      let id =
        switch stock.holder {
        case .site(let site): network.sites[site].id
        case .country(let country): country.code
        }
      add(["stock", id, network.materials[stock.material].id, "days of use"], course.left)
    }
    return text
  }
}
