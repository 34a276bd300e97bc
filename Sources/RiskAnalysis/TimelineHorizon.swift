public import SupplyModel

extension Timeline {
  /// The days that a timeline runs over, cut into steps of one length.
  public struct Horizon: Sendable, Hashable {
    public enum Step: String, Sendable, Hashable, CaseIterable {
      case day, week
      /// To the same day of the next month.
      case month
    }

    public let first: CalendarDate

    /// The last day, which belongs to it.
    public let last: CalendarDate
    public let step: Step

    /// For each step its first day, counted from `first` as 0, and last the number of days; the last step may be shorter.
    public let starts: [Int]

    /// How many days it has.
    public var days: Int { last.dayNumber - first.dayNumber + 1 }

    /// How many steps it has; at least one.
    public var count: Int { starts.count - 1 }

    /// The first day of a step.
    public func day(ofStep step: Int) -> CalendarDate { first.adding(days: starts[step]) }

    /// Nil if `last` lies before `first`.
    ///
    /// - Complexity: O(steps).
    public init?(from first: CalendarDate, through last: CalendarDate, by step: Step) {
      guard last >= first else { return nil }
      self.first = first
      self.last = last
      self.step = step
      let days = last.dayNumber - first.dayNumber + 1
      switch step {
      case .day: starts = Array(0...days)
      case .week: starts = Array(stride(from: 0, to: days, by: 7)) + [days]
      case .month:
        var starts: [Int] = []
        var next = 0
        while next < days {
          starts.append(next)
          let after = first.adding(months: starts.count).dayNumber - first.dayNumber
          // The calendar ends with the year 9999.
          next = after > next ? after : days
        }
        self.starts = starts + [days]
      }
    }

    /// What is looked at unless somebody asks for something else: from the first day on which something of the scenario takes
    /// effect, or that the network describes, for two years, or until a year after the last of it takes effect and the scenario is
    /// looked at, if that is later.
    ///
    /// Nil if no first day is known, or if the last day lies before it.
    ///
    /// - Parameters:
    ///   - scenario: whose controls and outages set the first day.
    ///   - network: whose day stands in for a scenario without dates.
    ///   - first: the first day, if it is asked for.
    ///   - last: the last day, if it is asked for.
    ///   - step: how long a step is.
    public init?(
      of scenario: Scenario, on network: SupplyNetwork, from first: CalendarDate? = nil,
      through last: CalendarDate? = nil, by step: Step = .week
    ) {
      let starts =
        scenario.controls.rows.compactMap { ($0.dates.effective ?? $0.dates.announced)?.first }
        + scenario.outages.compactMap { $0.from?.first }
      guard
        let first = first ?? starts.min() ?? scenario.asOf
          ?? network.asOf.flatMap({ CalendarDate($0) })
      else { return nil }
      let later =
        starts + scenario.responses.compactMap { $0.from?.first } + [scenario.asOf].compactMap(\.self)
      let ends = [first.adding(months: 24)] + later.map { $0.adding(months: 12) }
      self.init(from: first, through: last ?? (ends.max() ?? first).adding(days: -1), by: step)
    }
  }
}
