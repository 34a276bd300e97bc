"""A network, scenarios and rules in which every text is hostile, and the same with harmless texts."""

import json
import os

TEXTS = [
    "<script id=injected>window.injected=1</script>", "\"><img id=injected src=x onerror='window.injected=1'>",
    "' onmouseover='window.injected=1' x='", "</title></style></script></textarea><b id=injected>",
    "</script><script>window.injected=1</script>", "<!--<script>", "]]>--><svg id=injected onload=window.injected=1>",
    "javascript:window.injected=1", "{{constructor.constructor('window.injected=1')()}}", "R&D; &copy; &#x3C;b&#x3E;",
    "\u202etxt.exe\u2066\u200f", "line\nbreak\ttab\u2028", "\\\" \\u003cscript\\u003e", "=1+1", "W" * 4000, "#d-box-0\" data-e=\"0",
]


def files(texts):
    """The files of a network, by path, with a chain of sites for each text."""
    def each(row):
        return [row(number, text) for number, text in enumerate(texts)]

    def amount(number, text):
        return {"value": number + 1, "unit": "t/yr", "source": f"s-{number}", "year": 2024, "confidence": "estimated", "note": text}

    network = {
        "chokepoint": 1, "network": {"id": "x", "title": texts[0], "as_of": "2024-12-31"},
        "stages": [{"id": "mine", "name": texts[1]}, {"id": "plant", "name": texts[2]}],
        "sources": each(lambda n, t: {"id": f"s-{n}", "title": t, "publisher": t, "url": t, "note": t}),
        "materials": each(lambda n, t: {"id": f"ore-{n}", "name": t, "form": t}) + each(lambda n, t: {"id": f"metal-{n}", "name": t, "form": t}),
        "technologies": each(lambda n, t: {"id": f"tech-{n}", "name": t, "suppliers": ["CN"], "note": t}),
        "operators": each(lambda n, t: {"id": f"firm-{n}", "name": t, "note": t}),
        "processes": each(lambda n, t: {"id": f"dig-{n}", "name": t, "activity": "t", "outputs": [{"material": f"ore-{n}", "amount": 1}]})
        + each(lambda n, t: {
            "id": f"melt-{n}", "name": t, "activity": "t", "inputs": [{"material": f"ore-{n}", "amount": 1}],
            "outputs": [{"material": f"metal-{n}", "amount": 1}]}),
        "sites": each(lambda n, t: {
            "id": f"pit-{n}", "name": t, "stage": "mine", "country": ["CN", "AU"][n % 2], "operator": f"firm-{n}", "runs": [f"dig-{n}"],
            "output": amount(n, t), "note": t})
        + each(lambda n, t: {
            "id": f"works-{n}", "name": t, "stage": "plant", "country": ["DE", "US", "JP"][n % 3], "operator": f"firm-{n}", "runs": [f"melt-{n}"],
            "output": amount(n, t), "note": t, "technologies": [{"id": f"tech-{n}", "from": "CN", "needed": "running"}]}),
        "flows": each(lambda n, t: {"from": f"pit-{n}", "to": f"works-{n}", "material": f"ore-{n}", "volume": amount(n, t), "note": t})
        + each(lambda n, t: {"from": f"works-{n}", "to": f"use-{n}", "material": f"metal-{n}", "volume": amount(n, t), "note": t}),
        "demand": each(lambda n, t: {
            "id": f"use-{n}", "name": t, "material": f"metal-{n}", "place": "DE", "use": t, "amount": f"{n + 1} t/yr", "note": t}),
        "statistics": each(lambda n, t: {
            "series": "series", "name": t, "stage": "mine", "material": f"ore-{n}", "country": "CN", "amount": "1 t/yr", "note": t}),
    }
    result = {"network.yaml": network}
    for number, text in enumerate(texts):
        result[f"scenarios/ban-{number}.yaml"] = {
            "chokepoint": 1, "scenario": {"id": f"ban-{number}", "title": text, "note": text},
            "controls": [{"id": "ban", "name": text, "kind": "export-ban", "issuer": "CN", "note": text}]}
        words = text[:400].replace("{", "(").replace("}", ")")
        result[f"rules/rule-{number}.yaml"] = {
            "format": 1, "id": f"rule-{number}", "title": text[:400], "severity": ["critical", "high", "medium", "low"][number % 4], "why": text[:400],
            "fix": text[:400], "references": [text[:400]], "for": [{"each": "s", "in": f"network.sites().filter(x, x.id.endsWith('-{number}'))"}],
            "let": {"words": "s.name"}, "when": "true", "message": words + " {s.name}", "show": {"path": "[s]"}, "examples": []}
    return result


def write(folder, texts=None):
    """Writes the files; what is JSON is YAML, too."""
    for path, value in files(texts or TEXTS).items():
        file = os.path.join(folder, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "w", encoding="utf-8") as output:
            json.dump(value, output, ensure_ascii=True)


HARMLESS = [f"Name {number}" for number in range(len(TEXTS))]
