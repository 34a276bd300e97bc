#!/usr/bin/env python3
"""Times the expressions of the conformance suite, and a rule over a million sites, in three implementations.

Usage: compare.py BENCHMARK CASES [SITES]

BENCHMARK is the built executable CELBenchmark, CASES a folder of *.jsonl. Run it with the Python of an
environment that has cel-python and common-expression-language. An expression counts if all three give the
expected value. Each side is called in its fastest way: compiled once, values converted beforehand, the better of
what it offers; the best of five rounds counts.
"""
import base64
import gc
import json
import logging
import math
import os
import subprocess
import sys
import tempfile
import time

import cel
import celpy
from celpy import celtypes
from celpy.celparser import CELParser

RULE = "site.stage == 'separation' && site.country in ['CN', 'MM'] && site.capacity > 1000.0"


def best(work, rounds=5, at_least=0.002):
    """Nanoseconds of one call: the best of several rounds, each long enough for the clock."""

    def timed(count):
        start = time.perf_counter()
        for _ in range(count):
            work()
        return time.perf_counter() - start

    count = 1
    while timed(count) < at_least:
        count *= 2
    return min(timed(count) for _ in range(rounds)) / count * 1e9


def plain(value):
    """A value of a case as Python knows it."""
    kind, content = value["t"], value.get("v")
    if kind in ("int", "uint"):
        return int(content)
    if kind == "double":
        return float(content)
    if kind == "bytes":
        return base64.b64decode(content)
    if kind == "list":
        return [plain(item) for item in content]
    if kind == "map":
        return {plain(key): plain(item) for key, item in content}
    if kind in ("null", "bool", "string"):
        return content
    raise ValueError(kind)


def same(a, b):
    if isinstance(a, (list, tuple)) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, float) and isinstance(b, float) and math.isnan(a):
        return math.isnan(b)
    if isinstance(a, bool) != isinstance(b, bool) and not isinstance(a, celtypes.BoolType):
        return False
    return a == b


PARSERS = {}


def python_programs(source):
    """The program of cel-python in each of its runners; one of them may not take the expression."""
    for runner in (celpy.InterpretedRunner, celpy.CompiledRunner):
        try:
            # The parser is kept by the class, with the kind of tree that the first runner asked for.
            CELParser.CEL_PARSER = PARSERS.get(runner)
            environment = celpy.Environment(runner_class=runner)
            program = environment.program(environment.compile(source))
            PARSERS[runner] = CELParser.CEL_PARSER
            yield program
        except Exception:
            pass


def time_python(source, values, expected):
    context = {name: celpy.json_to_cel(value) for name, value in values.items()}
    found = []
    for program in python_programs(source):
        try:
            if same(program.evaluate(context), expected):
                found.append(best(lambda: program.evaluate(context)))
        except Exception:
            pass
    return min(found) if found else None


def time_rust(source, values, expected):
    try:
        program = cel.compile(source)
        context = cel.Context(values)
        if not same(program.execute(context), expected):
            return None
        return min(best(lambda: program.execute(context)), best(lambda: program.execute(values)))
    except BaseException as problem:
        if isinstance(problem, KeyboardInterrupt):
            raise
        return None


def ours(benchmark, mode, argument):
    output = subprocess.run([benchmark, mode, argument], check=True, capture_output=True, text=True).stdout
    rows = (line.split("\t") for line in output.splitlines())
    return {name: (float(nanoseconds), float(allocations)) for name, nanoseconds, allocations in rows}


def mean(ratios):
    return math.exp(sum(math.log(ratio) for ratio in ratios) / len(ratios))


def quantile(ratios, share):
    """The ratio that so large a share of the expressions does not exceed."""
    return sorted(ratios)[int(share * (len(ratios) - 1))]


def compare_cases(benchmark, folder):
    lines = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".jsonl"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                lines += [line for line in file if line.strip()]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        swift = ours(benchmark, "cases", file.name)
    rows = []
    for line in lines:
        case = json.loads(line)
        if case["id"] not in swift or case.get("disable_macros") or case.get("container"):
            continue
        try:
            values = {name: plain(value) for name, value in (case.get("bindings") or {}).items()}
            expected = plain(case["expected"]) if case.get("expected") else True
        except (ValueError, TypeError):
            continue
        rust = time_rust(case["expr"], values, expected)
        python = time_python(case["expr"], values, expected) if rust else None
        if rust and python:
            rows.append((case["id"], *swift[case["id"]], python, rust))
    print(f"{len(lines)} cases, {len(swift)} of them give a value here, {len(rows)} give it in all three.\n")
    print("| over those expressions | ours | cel-python | common-expression-language |")
    print("| --- | --- | --- | --- |")
    for title, reduce in (("mean", lambda times: sum(times) / len(times)), ("slowest", max)):
        times = [reduce([row[column] for row in rows]) for column in (1, 3, 4)]
        print(f"| {title}, ns | {times[0]:.0f} | {times[1]:.0f} | {times[2]:.0f} |")
    ratios = [([row[3] / row[1] for row in rows]), ([row[4] / row[1] for row in rows])]
    print(f"| times as long as ours, geometric mean | 1 | {mean(ratios[0]):.0f} | {mean(ratios[1]):.1f} |")
    for title, share in (("half", 0.5), ("one in four", 0.25), ("one in twenty", 0.05), ("one in a hundred", 0.01)):
        python, rust = (quantile(side, share) for side in ratios)
        print(f"| times as long as ours, {title} at most | 1 | {python:.0f} | {rust:.1f} |")
    print(f"| times as long as ours, least of all | 1 | {min(ratios[0]):.0f} | {min(ratios[1]):.1f} |")
    below = [sum(ratio < bar for ratio in side) for side, bar in zip(ratios, (20, 1))]
    print(f"| expressions below the bar (20 times, once) |  | {below[0]} | {below[1]} |")
    print("\nNearest to ours:\n\n| expression | ours, ns | cel-python | common-expression-language |")
    print("| --- | --- | --- | --- |")
    for row in sorted(rows, key=lambda row: min(row[3] / row[1] / 20, row[4] / row[1]))[:8]:
        print(f"| `{row[0]}` | {row[1]:.0f} | {row[3] / row[1]:.0f}× | {row[4] / row[1]:.1f}× |")
    free = sum(1 for row in rows if row[2] == 0)
    print(f"\n{free} of the {len(rows)} take no memory here.\n")


def compare_sites(benchmark, count):
    swift = ours(benchmark, "sites", str(count))
    rows = [
        {
            "stage": ["mine", "separation", "metal"][row % 3],
            "country": ["CN", "US", "MM", "AU"][row % 4],
            "capacity": float(row % 2000),
        }
        for row in range(count)
    ]
    flagged = sum(
        row["stage"] == "separation" and row["country"] in ("CN", "MM") and row["capacity"] > 1000 for row in rows
    )
    gc.disable()
    program = cel.compile(RULE)
    execute = program.execute
    contexts = [cel.Context({"site": row}) for row in rows]
    rust = math.inf
    for _ in range(3):
        start = time.perf_counter()
        found = sum(map(execute, contexts))
        rust = min(rust, (time.perf_counter() - start) / count * 1e9)
        assert found == flagged == swift["flagged"][0], (found, flagged)
    del contexts
    sample = rows[: min(count, 6000)]
    contexts = [{"site": celpy.json_to_cel(row)} for row in sample]
    python = math.inf
    for program in python_programs(RULE):
        for _ in range(2):
            start = time.perf_counter()
            for context in contexts:
                program.evaluate(context)
            python = min(python, (time.perf_counter() - start) / len(sample) * 1e9)
    nanoseconds, allocations = swift["sites"]
    print(f"| `{RULE}` | ours | cel-python | common-expression-language |")
    print("| --- | --- | --- | --- |")
    print(f"| ns a site, {count} sites (cel-python: {len(sample)}) | {nanoseconds:.0f} | {python:.0f} | {rust:.0f} |")
    print(f"| times as long as ours | 1 | {python / nanoseconds:.0f} | {rust / nanoseconds:.1f} |")
    print(f"\nAllocations a site here: {allocations:g}.")


def main():
    # One of the peers reports failures that its own operators then decide.
    logging.disable(logging.CRITICAL)
    benchmark, folder = sys.argv[1:3]
    compare_cases(benchmark, folder)
    compare_sites(benchmark, int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000)


main()
