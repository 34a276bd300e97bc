"""sarif.py SCHEMA: holds the SARIF log on the standard input to the schema; says each fault and exits with 1 if there is one.

The schema at hand is that of the last draft of SARIF 2.1.0. Where the standard (with its errata 01) asks for more, that is added
here, so that what passes would pass there too.
"""

import json
import sys

import jsonschema

with open(sys.argv[1]) as file:
    schema = json.load(file)
definitions = schema["definitions"]
suppression = definitions["suppression"]["properties"]
suppression["status"] = suppression.pop("state")
for name in ["exception", "externalProperties", "specialLocations", "threadFlow"]:
    definitions[name]["additionalProperties"] = False
for name, choices in {
    "physicalLocation": ["address", "artifactLocation"],
    "region": ["startLine", "charOffset", "byteOffset"],
    "reportingDescriptorReference": ["index", "guid", "id"],
}.items():
    definitions[name]["anyOf"] = [{"required": [choice]} for choice in choices]
definitions["graphTraversal"]["oneOf"] = [{"required": [key]} for key in ["runGraphIndex", "resultGraphIndex"]]

faults = list(jsonschema.Draft4Validator(schema).iter_errors(json.load(sys.stdin)))
for fault in faults[:20]:
    print("/".join(map(str, fault.absolute_path)), fault.message[:200])
sys.exit(1 if faults else 0)
