#!/usr/bin/env python3
"""Time to recover and time to survive of each disruption of a large chain: our module beside SciPy's HiGHS, in one run.

Each tool solves the same linear programs, one for each disruption and question, in a process of its own, in turns. SciPy builds its matrix once and
changes bounds only, so that its time is that of `linprog` alone. Times are user CPU seconds of the solutions, the median of the rounds. Answers
must agree to a millionth, or the run fails. Usage:

  benchmark.py --ours PROGRAM --case CASE.json [--count N] [--rounds N]

CASE.json holds `dataset` (tier1, tier2, tier3, edges, supplier_material_type, f, s, d, c) and `expected`: a list of a node, its time to
recover, its lost profit and its time to survive.
"""
import argparse, json, os, statistics, subprocess, sys, time

WAYS = [("scipy", None), ("ours", "cold"), ("ours", "warm")]


def scipy_answers(path, question, count):
    import numpy
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    case = json.load(open(path))
    data = case["dataset"]
    nodes = data["tier1"] + data["tier2"] + data["tier3"]
    position = {node: number for number, node in enumerate(nodes)}
    made, sent = len(nodes), len(data["edges"])
    lost = made + sent
    needs, outflow = {}, {}
    for flow, (seller, buyer) in enumerate(data["edges"]):
        needs.setdefault((buyer, data["supplier_material_type"][seller]), []).append(made + flow)
        outflow.setdefault(seller, []).append(made + flow)
    rows, columns, factors, bounds = [], [], [], []

    def add(terms, bound):
        for column, factor in terms:
            rows.append(len(bounds)), columns.append(column), factors.append(factor)
        bounds.append(bound)

    for (buyer, _), flows in needs.items():
        add([(position[buyer], 1)] + [(flow, -1) for flow in flows], 0)
    for seller in data["tier2"] + data["tier3"]:
        add([(flow, 1) for flow in outflow.get(seller, [])] + [(position[seller], -1)], data["s"][seller])
    first_product = len(bounds)
    products = data["tier1"]
    if question == "loss":
        for number, product in enumerate(products):
            add([(position[product], -1), (lost + number, -1)], 0)
        width, cost = lost + len(products), [0] * lost + [data["f"][product] for product in products]
    else:
        for product in products:
            add([(lost, data["d"][product]), (position[product], -1)], data["s"][product])
        for node in nodes:
            add([(position[node], 1), (lost, -data["c"][node])], 0)
        width, cost = lost + 1, [0] * lost + [-1]
    matrix = csr_array((factors, (rows, columns)), shape=(len(bounds), width))
    cost, base = numpy.array(cost, float), numpy.array(bounds, float)
    capacity = numpy.array([data["c"][node] for node in nodes], float)
    stock = numpy.array([data["s"][product] for product in products], float)
    demand = numpy.array([data["d"][product] for product in products], float)
    answers, spent = [], 0
    for node, recovery, *_ in case["expected"][:count]:
        upper, right = numpy.full(width, numpy.inf), base.copy()
        if question == "loss":
            upper[:made] = capacity * recovery
            right[first_product:first_product + len(products)] = stock - demand * recovery
        upper[position[node]] = 0
        limits = numpy.c_[numpy.zeros(width), upper]
        start = time.process_time()
        answer = linprog(cost, A_ub=matrix, b_ub=right, bounds=limits, method="highs")
        spent += time.process_time() - start
        answers.append(answer.fun if question == "loss" else -answer.fun)
    return spent, answers


def run(tool, way, question, options):
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    command = (
        [sys.executable, __file__, "--case", options.case, "--worker", question] if tool == "scipy"
        else [options.ours, options.case, question, way])
    command += ["--count", str(options.count)] if tool == "scipy" else [str(options.count)]
    lines = subprocess.run(command, capture_output=True, check=True, text=True, env=environment).stdout.split()
    return float(lines[0]), [float(line) for line in lines[1:]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours")
    parser.add_argument("--case", required=True)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--worker", choices=["loss", "time"])
    options = parser.parse_args()
    if options.worker:
        spent, answers = scipy_answers(options.case, options.worker, options.count)
        print(spent, *answers, sep="\n")
        return
    times, failed = {}, False
    for question in ["loss", "time"]:
        for _ in range(options.rounds):
            answers = {}
            for tool, way in WAYS:
                spent, answers[tool, way] = run(tool, way, question, options)
                times.setdefault((question, tool, way), []).append(spent)
            reference = answers["scipy", None]
            for way in ["cold", "warm"]:
                found = answers["ours", way]
                if len(found) != len(reference) or any(
                        not abs(a - b) <= 1e-6 * max(1, abs(b)) for a, b in zip(found, reference)):
                    print(f"{question} {way}: the answers differ", file=sys.stderr)
                    failed = True
    count = len(reference)
    print(f"| {count} programs each | SciPy | ours, cold | ours, warm | SciPy ÷ cold | SciPy ÷ warm | cold ÷ warm |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    total = {}
    for question, name in [("loss", "lost profit"), ("time", "time to survive"), ("all", "both")]:
        medians = []
        for tool, way in WAYS:
            median = total.get((tool, way), 0) if question == "all" else statistics.median(times[question, tool, way])
            if question != "all":
                total[tool, way] = total.get((tool, way), 0) + median
            medians.append(median)
        scipy, cold, warm = medians
        print(f"| {name} | {scipy:.1f} s | {cold:.1f} s | {warm:.1f} s | {scipy / cold:.1f} | {scipy / warm:.1f} | {cold / warm:.1f} |")
    if total["ours", "cold"] > total["scipy", None]:
        print("missed: cold, no slower than SciPy", file=sys.stderr)
        failed = True
    if total["ours", "warm"] * 5 > total["scipy", None]:
        print("missed: warm, at least 5 times as fast as SciPy", file=sys.stderr)
        failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
