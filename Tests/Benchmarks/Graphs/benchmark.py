#!/usr/bin/env python3
"""Times GraphBenchmarks beside graph-tool, SciPy, igraph and OR-tools on large supply networks, and prints the ratios.

Every tool runs in a process of its own, pinned to one core, in turns, on the same files; its time is user CPU seconds,
the median over the rounds. The run fails if two tools give different answers. Usage:

  benchmark.py --ours PROGRAM [--graph-tool PYTHON] [--network FOLDER]... [--rounds N] [--keep]

A FOLDER holds edges.csv (from,to,capacity) and sites.csv (id,country,operator,capacity); ids are 0, 1, 2, ... If it
holds edges.tsv and nodes.tsv instead (the same columns, tiers in place of operators), those are converted first.
Without --network two networks of a million sites are made: `layered`, which has no loops, and `looped`.
"""
import argparse, json, os, resource, statistics, subprocess, sys, warnings

FOLDER = os.path.abspath(".build-benchmarks")

# What each operation is held to: the tool, its operation, and the greatest ratio of our time to that tool's.
GOALS = {
    "dominators": ("graph-tool", "dominators", 0.5),
    "strong components": ("scipy", "strong components", 1),
    "breadth-first search": ("scipy", "breadth-first search", 1),
    "read": ("scipy", "read", 1),
    "articulation points": ("graph-tool", "articulation points", 1),
    "maximum flow": ("ortools", "maximum flow", 2),
    "single points": ("graph-tool", "dominators", 5),
}
MEMORY_GOAL = 4096
PEERS = ["graph-tool", "scipy", "igraph", "ortools"]


# Networks


def generate(folder, loops, n=1_000_000, mean_degree=5, seed=1):
    """Tiers from mine to product; who sells much and who buys much is drawn from Pareto distributions."""
    import numpy as np

    rng = np.random.default_rng(seed)
    tier = np.repeat(np.arange(6), np.diff(np.round(n * np.cumsum([0, .05, .04, .06, .10, .30, .45])).astype(int)))
    start = np.searchsorted(tier, np.arange(7))
    sells, buys = (np.minimum(rng.pareto(a, n) + 1, n ** .5) for a in (1.35, 1.6))
    cumulated = np.concatenate([[0], np.cumsum(buys)])

    def draw(first, last, size):
        """Sites in first..<last, in proportion to what they buy."""
        at = cumulated[first] + rng.random(size) * (cumulated[last] - cumulated[first])
        return np.clip(np.searchsorted(cumulated, at, side="right") - 1, first, last - 1)

    sellers = tier < 5
    m = int(n * mean_degree)
    source = rng.choice(np.flatnonzero(sellers), m, p=sells[sellers] / sells[sellers].sum())
    step = np.where(rng.random(m) < .86, 1, np.where(rng.random(m) < .86, 2, 3))
    to = np.minimum(tier[source] + step, 5)
    target = draw(start[to], start[to + 1], m)
    if loops:
        back = rng.random(len(source)) < .04
        back &= tier[target] > 0
        source[back], target[back] = target[back], draw(0, start[tier[target[back]]], back.sum())
    # Nobody but a mine is without a supplier, and nobody but a maker of products without a customer.
    unfed = np.setdiff1d(np.flatnonzero(tier > 0), target)
    unsold = np.setdiff1d(np.flatnonzero(sellers), source)
    source = np.concatenate([source, draw(start[tier[unfed] - 1], start[tier[unfed]], len(unfed)), unsold])
    target = np.concatenate([target, unfed, draw(start[tier[unsold] + 1], start[tier[unsold] + 2], len(unsold))])
    pair = np.unique(source * n + target)
    source, target = pair // n, pair % n
    source, target = source[source != target], target[source != target]
    capacity = np.maximum(1, np.rint(200 * np.exp(rng.normal(0, .8, len(source))))).astype(int)
    degree = np.bincount(source, minlength=n) + np.bincount(target, minlength=n)
    country = np.where(rng.random(n) < .3, 0, np.minimum(rng.pareto(.6, n).astype(int), 59))
    write(folder, source, target, capacity, country, 100 * (degree + 1))


def write(folder, source, target, capacity, country, site_capacity):
    import numpy as np
    import pandas as pd

    n = len(country)
    weights = 1 / (np.arange(n // 10) + 10) ** .8
    operators = np.random.default_rng(7).choice(n // 10, n, p=weights / weights.sum())
    pd.DataFrame({"from": source, "to": target, "capacity": capacity}).to_csv(f"{folder}/edges.csv", index=False)
    columns = {"id": np.arange(n), "country": [f"C{c}" for c in country] if np.issubdtype(country.dtype, np.number) else country,
               "operator": [f"op{o}" for o in operators], "capacity": site_capacity}
    pd.DataFrame(columns).to_csv(f"{folder}/sites.csv", index=False)


def convert(folder):
    import pandas as pd

    edges = pd.read_csv(f"{folder}/edges.tsv", sep="\t", header=None).to_numpy()
    sites = pd.read_csv(f"{folder}/nodes.tsv", sep="\t")
    write(folder, *edges.T, sites["country"].to_numpy(), sites["capacity"].to_numpy())


def prepare(folder):
    """Columns for the tools that are not timed while they read."""
    import numpy as np
    import pandas as pd

    if not os.path.exists(f"{folder}/edges.csv"):
        convert(folder)
    if not os.path.exists(f"{folder}/edges.npy"):
        np.save(f"{folder}/edges.npy", pd.read_csv(f"{folder}/edges.csv").to_numpy())
        np.save(f"{folder}/capacities.npy", pd.read_csv(f"{folder}/sites.csv").sort_values("id")["capacity"].to_numpy())


# The other tools


def run_peer(tool, folder):
    import numpy as np

    warnings.filterwarnings("ignore")

    def measure(name, body, check):
        start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        result = body()
        print(f"{name}\t{resource.getrusage(resource.RUSAGE_SELF).ru_utime - start}\t{check(result)}", flush=True)
        return result

    if tool == "scipy":
        import pandas as pd
        from scipy.sparse import csr_matrix

        def read():
            edges = pd.read_csv(f"{folder}/edges.csv")
            source, target = edges["from"].to_numpy(), edges["to"].to_numpy()
            size = int(max(source.max(), target.max())) + 1
            return csr_matrix((edges["capacity"].to_numpy(), (source, target)), shape=(size, size))

        measure("read", read, lambda graph: f"{graph.shape[0]}/{graph.nnz}")

    source, target, capacity = np.load(f"{folder}/edges.npy").T
    n = int(max(source.max(), target.max())) + 1
    # One more node before all that have no supplier, where a search from all of them can start.
    roots = np.flatnonzero(np.bincount(target, minlength=n) == 0)
    ends = np.flatnonzero(np.bincount(source, minlength=n) == 0)
    rooted = np.concatenate([source, np.full(len(roots), n)]), np.concatenate([target, roots])

    if tool == "scipy":
        from scipy.sparse.csgraph import breadth_first_order, connected_components

        graph = csr_matrix((capacity.astype(np.int32), (source, target)), shape=(n, n))
        search = csr_matrix((np.ones(len(rooted[0]), dtype=np.int32), rooted), shape=(n + 1, n + 1))
        measure("breadth-first search", lambda: breadth_first_order(search, n), lambda found: len(found[0]) - 1)
        measure("strong components", lambda: connected_components(graph, connection="strong"), lambda found: found[0])
    if tool == "graph-tool":
        import graph_tool
        from graph_tool import topology

        graph, search = graph_tool.Graph(directed=True), graph_tool.Graph(directed=True)
        graph.add_vertex(n)
        graph.add_edge_list(np.column_stack([source, target]))
        search.add_vertex(n + 1)
        search.add_edge_list(np.column_stack(rooted))
        view = graph_tool.GraphView(graph, directed=False)
        measure("dominators", lambda: topology.dominator_tree(search, search.vertex(n)), lambda found: depths(found.a, n))
        measure("articulation points", lambda: topology.label_biconnected_components(view), lambda found: int(found[1].a.sum()))
        measure("strong components", lambda: topology.label_components(graph), lambda found: int(found[0].a.max()) + 1)
    if tool == "igraph":
        import igraph

        graph = igraph.Graph(n=n, edges=np.column_stack([source, target]), directed=True)
        search = igraph.Graph(n=n + 1, edges=np.column_stack(rooted), directed=True)
        measure("dominators", lambda: search.dominator(n), lambda found: depths(found, n))
        measure("articulation points", lambda: graph.articulation_points(), len)
        measure("strong components", lambda: graph.connected_components(mode="strong"), len)
        measure("breadth-first search", lambda: search.bfs(n), lambda found: len(found[0]) - 1)
    if tool == "ortools":
        from ortools.graph.python import max_flow

        sites = np.load(f"{folder}/capacities.npy")
        solver = max_flow.SimpleMaxFlow()
        solver.add_arcs_with_capacity(
            np.concatenate([source, np.full(len(roots), n), ends]).astype(np.int32),
            np.concatenate([target, roots, np.full(len(ends), n + 1)]).astype(np.int32),
            np.concatenate([capacity, sites[roots], sites[ends]]).astype(np.int64))
        measure("maximum flow", lambda: solver.solve(n, n + 1), lambda _: solver.optimal_flow())
    print(f"peak MiB\t{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}\t")


def depths(dominators, root):
    """The sum over all nodes of the number of nodes on the way up to the root, which is not counted."""
    import numpy as np

    parent = np.array(dominators)
    parent[root] = root
    steps = (np.arange(len(parent)) != root).astype(np.int64)
    while (parent != root).any():
        steps, parent = steps + steps[parent], parent[parent]
    return int(steps.sum())


# The run


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours", required=True)
    parser.add_argument("--graph-tool", default="/usr/bin/python3")
    parser.add_argument("--network", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", action="store_true", help="add to what earlier runs measured")
    arguments = parser.parse_args()
    networks = arguments.network
    if not networks:
        for name in ["layered", "looped"]:
            networks.append(f"{FOLDER}/{name}")
            if not os.path.exists(f"{networks[-1]}/edges.csv"):
                os.makedirs(networks[-1], exist_ok=True)
                generate(networks[-1], loops=name == "looped")
    store = f"{FOLDER}/measurements.json"
    results = json.load(open(store)) if arguments.keep and os.path.exists(store) else {}
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    core = max(os.sched_getaffinity(0))
    for folder in networks:
        prepare(folder)
        name = os.path.basename(os.path.normpath(folder))
        for _ in range(arguments.rounds):
            for tool in ["ours"] + PEERS:
                if tool == "ours":
                    command = [arguments.ours, f"{folder}/edges.csv", f"{folder}/sites.csv"]
                else:
                    python = arguments.graph_tool if tool == "graph-tool" else sys.executable
                    command = [python, __file__, "--peer", tool, folder]
                lines = subprocess.run(
                    command, env=environment, stdout=subprocess.PIPE, text=True, check=True,
                    preexec_fn=lambda: os.sched_setaffinity(0, {core})).stdout.splitlines()
                for operation, value, check in (line.split("\t") for line in lines):
                    entry = results.setdefault(name, {}).setdefault(operation, {}).setdefault(tool, {"values": [], "check": check})
                    entry["values"].append(float(value))
                    if entry["check"] != check:
                        sys.exit(f"{tool} gave two answers to {operation} of {name}: {entry['check']} and {check}")
        json.dump(results, open(store, "w"), indent=1)
    for name, operations in results.items():
        for operation, tools in operations.items():
            answers = {tool: entry["check"] for tool, entry in tools.items()}
            if len(set(answers.values())) > 1:
                sys.exit(f"different answers to {operation} of {name}: {answers}")
    sys.exit(0 if report(results) else 1)


def report(results):
    """Prints a table for README.md, ratios first; true if all goals are met."""
    median = lambda name, operation, tool: statistics.median(results[name][operation][tool]["values"])
    is_met = True
    print("| network | operation | ratio | goal | ours | peer | other tools |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in results:
        for operation, (tool, peer_operation, goal) in GOALS.items():
            ours, peer = median(name, operation, "ours"), median(name, peer_operation, tool)
            is_met &= ours <= goal * peer
            others = [f"{other} {median(name, operation, other):.2f} s" for other in PEERS
                      if other in results[name][operation] and (other, operation) != (tool, peer_operation)]
            what = tool if operation == peer_operation else f"{peer_operation} of {tool}"
            print(f"| {name} | {operation} | **{ours / peer:.2f}** | {goal} | {ours:.3f} s | {peer:.3f} s ({what}) | {', '.join(others)} |")
        memory = {tool: max(entry["values"]) for tool, entry in results[name]["peak MiB"].items()}
        is_met &= memory["ours"] <= MEMORY_GOAL
        others = ", ".join(f"{tool} {memory[tool]:.0f} MiB" for tool in PEERS if tool in memory)
        print(f"| {name} | memory, all of the above | **{memory['ours'] / MEMORY_GOAL:.2f}** | 1 | {memory['ours']:.0f} MiB | {MEMORY_GOAL} MiB | {others} |")
    return is_met


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peer"]:
        run_peer(*sys.argv[2:4])
    else:
        main()
