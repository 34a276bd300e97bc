/// The tables of a network and their keys, as `Graphs/README.md` lists them.
extension RecordFormat {
  static let manifest = RecordFormat(
    "manifest",
    """
    chokepoint! network! stages element_groups blocs sources materials technologies operators processes \
    sites operations flows markets stocks demand statistics governance trade_parameters risk_parameters
    """)
  static let network = RecordFormat("network", "id! title as_of")
  static let stages = RecordFormat("stages", "id! name", shorthand: "id")
  static let elementGroups = RecordFormat("element_groups", "id! name elements!")
  static let blocs = RecordFormat("blocs", "id! members!")
  static let sources = RecordFormat("sources", "id! title! publisher date url note")
  static let materials = RecordFormat("materials", "id! name form hs unit elements price#")
  static let technologies = RecordFormat("technologies", "id! name suppliers note")
  static let operators = RecordFormat("operators", "id! name parent country note")
  static let processes = RecordFormat("processes", "id! name activity! inputs outputs!", isInCSV: false)
  static let inputs = RecordFormat("inputs", "material! amount!# or")
  static let substitutes = RecordFormat("or", "material! amount!#")
  static let outputs = RecordFormat("outputs", "material! amount!#")
  static let sites = RecordFormat(
    "sites",
    """
    id! name stage country operator status represents counted_in runs capacity# output# technologies lat lon source \
    confidence note
    """)
  static let technologyNeeds = RecordFormat("technologies of a site", "id! from needed grace#")
  static let operations = RecordFormat("operations", "site! process! capacity# output#")
  static let flows = RecordFormat(
    "flows", "id from! to! material volume# capacity# lead_time# waypoints status source confidence note")
  static let edgeList = RecordFormat("edge list", "from! to! capacity")
  static let edgeListSites = RecordFormat("sites", "id! country operator")
  static let markets = RecordFormat("markets", "material!")
  static let stocks = RecordFormat("stocks", "material! country site amount!#")
  static let demand = RecordFormat("demand", "id! name material! place use amount# priority note")
  static let statistics = RecordFormat("statistics", "series! name stage! material! country amount!# note")
  static let governance = RecordFormat("governance", "country! estimate! year source confidence note")
  static let tradeParameters = RecordFormat(
    "trade_parameters", "country! material parameter! year source confidence note")
  static let riskParameters = RecordFormat("risk_parameters", "material! recycling# substitution#")
}
