#!/usr/bin/env python3
"""Minimal cut sets: chokepoint beside the three engines of SCRAM, process against process, in one run.

Every figure is user CPU time of a whole process (start, reading, analysis, output), the median of several runs; the
engines take turns within each round. Counts by order must agree, or the script fails.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import resource
from pathlib import Path

SHIPPED = "/usr/share/scram/input"
MODELS = [
    ("baobab1", ["Baobab/baobab1.xml", "Baobab/baobab1-basic-events.xml"], [20]),
    ("baobab2", ["Baobab/baobab2.xml", "Baobab/baobab2-basic-events.xml"], [20]),
    ("CEA9601", ["CEA9601/CEA9601.xml", "CEA9601/CEA9601-basic-events.xml"], [3, 4, 5]),
    ("chinese", ["Chinese/chinese.xml", "Chinese/chinese-basic-events.xml"], [20]),
    ("BSCU", ["BSCU/BSCU.xml"], [20]),
    ("HIPPS", ["HIPPS/HIPPS.xml"], [20]),
    ("lift", ["Lift/lift.xml"], [20]),
    ("SmallTree", ["SmallTree/SmallTree.xml"], [20]),
    ("theatre", ["Theatre/theatre.xml"], [20]),
    ("three_motor", ["ThreeMotor/three_motor.xml"], [20]),
    ("two_train", ["TwoTrain/two_train.xml"], [20]),
    ("ne574", ["ne574/ne574.xml"], [20]),
]
ENGINES = ["bdd", "zbdd", "mocus"]


def run(command, limit):
    """User CPU seconds of a process, or None if it fails or takes longer than the limit of CPU seconds."""
    def bound():
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=bound)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime if process.returncode == 0 else None


def counts_of_scram(report):
    head = open(report, errors="replace").read(200_000)
    products = re.search(r'products="(\d+)"', head)
    distribution = re.search(r'distribution="([^"]*)"', head)
    found = [int(n) for n in distribution.group(1).split()] if distribution else []
    while found and found[-1] == 0:
        found.pop()
    calculation = re.search(r"<products>([^<]*)", head)
    return (int(products.group(1)), found) if products else None, float(calculation.group(1)) if calculation else None


def counts_of_ours(command):
    document = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    product = document["products"][0]
    found = [0] * max([entry["order"] for entry in product["counts"]], default=0)
    for entry in product["counts"]:
        found[entry["order"] - 1] = entry["count"]
    return product["sets"], found


def measure(name, files, order, ours, rounds, limit, folder):
    commands = {"chokepoint": [ours, "cutsets", *files, "--order", str(order), "--top", "1"]}
    reports = {}
    for engine in ENGINES:
        reports[engine] = os.path.join(folder, engine + ".xml")
        commands[engine] = ["scram", "--" + engine, "-l", str(order), "-o", reports[engine], *files]
    times = {tool: [] for tool in commands}
    for _ in range(rounds):
        for tool, command in commands.items():
            if times[tool] and times[tool][-1] is None:
                continue
            times[tool].append(run(command, limit))
    medians = {
        tool: None if None in taken else statistics.median(taken) for tool, taken in times.items()}
    expected = calculation = None
    for engine in ENGINES:
        if medians[engine] is None:
            continue
        counts, seconds = counts_of_scram(reports[engine])
        if expected is not None and counts != expected:
            sys.exit(f"{name}: the engines of SCRAM differ: {counts}, {expected}")
        expected = counts
        calculation = min(filter(None, [calculation, seconds]), default=None)
    if medians["chokepoint"] is not None and expected is not None:
        found = counts_of_ours(commands["chokepoint"] + ["--format", "json"])
        if found != expected:
            sys.exit(f"{name}: chokepoint finds {found}, SCRAM {expected}")
    return medians, expected[0] if expected else None, calculation


def text(seconds):
    return "over the limit" if seconds is None else f"{seconds * 1000:,.0f} ms"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", default=".build/release/chokepoint", help="the release build of chokepoint")
    parser.add_argument("--folder", help="more models, one file each, such as the Aralia set")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=int, default=20, help="CPU seconds of a process at most")
    arguments = parser.parse_args()
    jobs = [
        (f"{name}, order {order}", [f"{SHIPPED}/{file}" for file in files], order)
        for name, files, orders in MODELS for order in orders]
    if arguments.folder:
        jobs += [(path.stem, [str(path)], 20) for path in sorted(Path(arguments.folder).glob("*.xml"))]
    print("| model | chokepoint ÷ faster SCRAM | cut sets | chokepoint | bdd | zbdd | mocus | SCRAM's own count of its analysis |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for name, files, order in jobs:
            medians, count, calculation = measure(
                name, files, order, arguments.ours, arguments.rounds, arguments.limit, folder)
            best = min((medians[engine] for engine in ENGINES if medians[engine] is not None), default=None)
            ours = medians["chokepoint"]
            ratio = "–" if best is None or ours is None else f"{ours / best:.2f}"
            print(
                f"| {name} | {ratio} | {'–' if count is None else f'{count:,}'} | {text(ours)} | "
                + " | ".join(text(medians[engine]) for engine in ENGINES)
                + f" | {'–' if calculation is None else f'{calculation * 1000:,.1f} ms'} |", flush=True)


if __name__ == "__main__":
    main()
