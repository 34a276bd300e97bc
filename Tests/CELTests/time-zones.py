#!/usr/bin/env python3
"""Writes Sources/CEL/TimeZones+Table.swift from the system's time zone database.

Usage: time-zones.py [ZONEINFO] > Sources/CEL/TimeZones+Table.swift

The database (IANA, public domain) is read as compiled files, RFC 8536. A record of the table is one zone,
parted by semicolons; a line that begins with a blank goes on with the one before. It has its names, the rule for all moments after its last change (POSIX TZ), its first offset, its offsets, and its
changes: for each a letter, the offset that it goes over to (A is the first in the list), and the minutes since
the change before in base 36, with the seconds after a point. Counting starts in 1835.
"""
import datetime
import os
import re
import struct
import sys

START = -4_260_211_200
HEADER = ">6l"
RULE = re.compile(
    r"(<[^>]+>|[A-Za-z]+)([-+0-9:]+)"
    r"(?:(<[^>]+>|[A-Za-z]+)([-+0-9:]*),M(\d+)\.(\d)\.(\d)(?:/([-+0-9:]+))?,M(\d+)\.(\d)\.(\d)(?:/([-+0-9:]+))?)?"
)


def read(path):
    """The first offset, the changes (moment, offset) and the final rule of a compiled zone."""
    data = open(path, "rb").read()
    if data[:4] != b"TZif" or data[4:5] < b"2":
        return None
    utc, std, leap, times, types, chars = struct.unpack(HEADER, data[20:44])
    at = 44 + times * 5 + types * 6 + chars + leap * 8 + std + utc
    utc, std, leap, times, types, chars = struct.unpack(HEADER, data[at + 20 : at + 44])
    at += 44
    moments = struct.unpack(f">{times}q", data[at : at + 8 * times])
    at += 8 * times
    kinds = data[at : at + times]
    at += times
    offsets = [struct.unpack(">l", data[at + 6 * i : at + 6 * i + 4])[0] for i in range(types)]
    at += 6 * types + chars + leap * 12 + std + utc
    rule = data[at:].strip().decode()
    current, changes = offsets[0], []
    for moment, kind in zip(moments, kinds):
        if offsets[kind] != current:
            current = offsets[kind]
            changes.append((moment, current))
    return offsets[0], changes, rule


def seconds(text):
    parts = [int(part) for part in text.lstrip("+-").split(":")] + [0, 0]
    return (-1 if text.startswith("-") else 1) * (parts[0] * 3600 + parts[1] * 60 + parts[2])


def day(year, month, week, weekday):
    first = datetime.date(year, month, 1)
    date = first + datetime.timedelta((weekday - first.isoweekday() % 7) % 7 + 7 * (week - 1))
    while date.month != month:
        date -= datetime.timedelta(7)
    return (date - datetime.date(1970, 1, 1)).days * 86400


def changes_of_rule(rule, first, last):
    """The changes that a rule makes in some years."""
    match = RULE.fullmatch(rule)
    if not match:
        sys.exit(f"a rule of another form: {rule}")
    standard = -seconds(match[2])
    if not match[3]:
        return []
    summer = -seconds(match[4]) if match[4] else standard + 3600
    changes = []
    for year in range(first, last + 1):
        start = day(year, int(match[5]), int(match[6]), int(match[7])) + seconds(match[8] or "2")
        end = day(year, int(match[9]), int(match[10]), int(match[11])) + seconds(match[12] or "2")
        changes += [(start - standard, summer), (end - summer, standard)]
    return sorted(changes)


def shortened(changes, rule):
    """The changes up to the moment from which the rule gives them all."""
    if not changes:
        return changes
    given = changes_of_rule(rule, 1900, 2037)
    for count in range(len(changes) + 1):
        after = changes[count - 1][0] if count else -(10**12)
        if [change for change in given if after < change[0] <= changes[-1][0]] == changes[count:]:
            return changes[:count]
    sys.exit(f"the rule {rule} does not go on from the changes")


def base36(number):
    digits = ""
    while number or not digits:
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36] + digits
        number //= 36
    return digits


def record(zone):
    first, changes, rule = zone
    offsets, text, before = [], "", START
    for moment, offset in shortened(changes, rule):
        if offset not in offsets:
            offsets.append(offset)
        text += chr(65 + offsets.index(offset)) + base36((moment - before) // 60)
        if (moment - before) % 60:
            text += "." + base36((moment - before) % 60)
        before = moment
    return ";".join([rule, str(first)] + [str(offset) for offset in offsets] + [text])


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/zoneinfo"
    records = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in ("posix", "right")]
        for name in files:
            path = os.path.join(folder, name)
            zone = read(path) if name not in ("localtime", "posixrules", "Factory") else None
            if zone:
                records.setdefault(record(zone), []).append(os.path.relpath(path, root))
    version = "unknown"
    if os.path.exists(os.path.join(root, "tzdata.zi")):
        version = open(os.path.join(root, "tzdata.zi")).readline().split()[-1]
    print("extension TimeZones {")
    print(f"  /// The IANA time zone database, release {version}, written by `Tests/CELTests/time-zones.py`.")
    print('  static let data = """')
    for text, names in sorted(records.items(), key=lambda item: sorted(item[1])):
        line = ",".join(sorted(names)) + ";" + text
        print("    " + line[:100])
        for start in range(100, len(line), 99):
            print("     " + line[start : start + 99])
    print('    """')
    print("}")


main()
