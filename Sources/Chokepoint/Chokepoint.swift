// The whole of Chokepoint under one import: read a network, analyse it, report and draw it.

@_exported public import CEL
@_exported public import Diagnostics
@_exported public import FaultTrees
@_exported public import FileFormats
@_exported public import GraphvizRendering
@_exported public import Reports
@_exported public import RiskAnalysis
@_exported public import RuleEngine
@_exported public import SupplyModel
