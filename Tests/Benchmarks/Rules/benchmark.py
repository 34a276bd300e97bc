"""All shipped rules over a generated network, beside the time that reading the network takes alone.

    benchmark.py --ours CHOKEPOINT --rules FOLDER [--sites N] [--rounds N]

Prints a table in Markdown: medians of user CPU seconds. The network is layered, with a seed: mines, refineries, alloys, magnets,
components, products; each site buys from three to seven of the tier before, the largest most often, and countries and
materials are drawn unevenly.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import tempfile

TIERS = [("mine", 0.05), ("refinery", 0.04), ("alloy", 0.06), ("magnet", 0.10), ("component", 0.30), ("product", 0.45)]
COUNTRIES = "CN US JP DE AU FR MY IN BR CA ZA RU GB IT ES SE NO FI EE PL".split()


def write(folder, sites, seed):
    draw = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(COUNTRIES))]
    tiers, start = [], 0
    for name, share in TIERS:
        count = max(20, int(sites * share))
        tiers.append((name, range(start, start + count)))
        start += count
    with open(f"{folder}/sites.csv", "w") as file:
        file.write("id,stage,country,operator\n")
        for name, members in tiers:
            for site in members:
                country = draw.choices(COUNTRIES, weights)[0]
                file.write(f"s{site},{name},{country},o{draw.randrange(sites // 10)}\n")
    with open(f"{folder}/operators.csv", "w") as file:
        file.write("id,parent\n")
        for operator in range(sites // 10):
            parent = draw.randrange(sites // 10) if operator % 3 == 0 else operator
            file.write(f"o{operator},{f'o{parent}' if parent != operator else ''}\n")
    with open(f"{folder}/flows.csv", "w") as file:
        file.write("id,from,to,material,volume,volume_unit\n")
        number = 0
        for (name, sellers), (_, buyers) in zip(tiers, tiers[1:]):
            for buyer in buyers:
                for _ in range(draw.randint(3, 7)):
                    seller = sellers[int(len(sellers) * draw.random() ** 2)]
                    file.write(f"f{number},s{seller},s{buyer},{name}-{seller % 5},{draw.randint(1, 500)},t/yr\n")
                    number += 1
        for product in range(20):
            for site in tiers[-1][1][product :: 97]:
                if site % 5 == product % 5:
                    file.write(f"f{number},s{site},d{product},product-{product % 5},10,t/yr\n")
                    number += 1
    materials = [f"{name}-{kind}" for name, _ in TIERS for kind in range(5)]
    with open(f"{folder}/network.yaml", "w") as file:
        file.write("chokepoint: 1\nnetwork: { id: generated, title: Generated, as_of: 2024-12-31 }\n")
        file.write(f"stages: [{', '.join(name for name, _ in TIERS)}]\n")
        file.write("materials:\n" + "".join(f"  - {{ id: {name} }}\n" for name in materials))
        for table in ["operators", "sites", "flows"]:
            file.write(f"{table}: {{ csv: {table}.csv }}\n")
        file.write("demand:\n")
        for product in range(20):
            file.write(f"  - {{ id: d{product}, material: product-{product % 5}, place: EU, amount: 1000 t/yr }}\n")
    os.mkdir(f"{folder}/scenarios")
    with open(f"{folder}/scenarios/ban.yaml", "w") as file:
        file.write("chokepoint: 1\nscenario: { id: ban, title: Ban, as_of: 2026-01-01 }\n")
        file.write("controls:\n  - { id: cn, kind: export-ban, issuer: CN, effective: 2025-01-01 }\n")


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before, done


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours", required=True)
    parser.add_argument("--rules", required=True)
    parser.add_argument("--sites", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write(folder, options.sites, 42)
        read = [options.ours, "check", folder]
        check = read + ["--rules", options.rules, "-s", "all", "--format", "json"]
        reading, checking = [], []
        for _ in range(options.rounds):
            reading.append(seconds(read)[0])
            taken, done = seconds(check)
            checking.append(taken)
        result = json.loads(done.stdout)
        if done.returncode != 0 or not result["complete"]:
            raise SystemExit(f"not all rules ran to their end: {done.stderr.decode()[:2000]}")
        a, b = statistics.median(reading), statistics.median(checking)
        print("| sites | rules | findings | reading, s | reading and all rules, s | ratio |")
        print("| --: | --: | --: | --: | --: | --: |")
        print(f"| {options.sites:,} | {len(result['rules'])} | {len(result['findings'])} | {a:.1f} | {b:.1f} | {b / a:.1f} |")


main()
