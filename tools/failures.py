"""failures.py - reads from the log of a suite which of its tests failed, and why."""

import re

# How suites tell of a test that failed; the first way of which a log has any counts alone, since
# a suite may show beside its own verdicts those of the programs that it runs.
WAYS = (
    re.compile(r"^FAILED  (.+)$"),  # ours: system, campaigns, units
    re.compile(r"^\s*not ok\b(?: \d+)?(?: -)? (?!.*# SKIP)(.+)$"),  # TAP: browser, web
    re.compile(r"^(?:FAIL|ERROR): (.+)$"),  # unittest: package
    re.compile(r"^((?:seed \d+[:,]|never happened:|\S+: NOT FOUND).+)$"),  # the simulator
    re.compile(r"^(src/\S+?:\d+: .+)$"),  # a checker of sources
    re.compile(r"^(\S+:\d+:\d+: (?:error|warning): .+)$"),  # a compiler
)
WHY = re.compile(r"^\s*(?:reason|broken|error): (.+)$|^\s*((?:\w+\.)*\w*(?:Error|Exception|Failure)\b.*)$")
LONGEST, MOST, NEAR = 200, 20, 60


def reason(lines):
    """The first line that says why, before the next test begins."""
    for line in lines:
        if any(way.match(line) for way in WAYS[:3]):
            return ""
        found = WHY.match(line)
        if found:
            return (found[1] or found[2]).strip()
    return ""


def failures(text):
    """Pairs of name and reason; a name that is told twice counts once."""
    lines = text.splitlines()
    for way in WAYS:
        told = {}
        for n, line in enumerate(lines):
            found = way.match(line)
            if found:
                told.setdefault(found[1].strip(), reason(lines[n + 1:n + NEAR]))
        if told:
            return list(told.items())
    return []


def short(text):
    return text if len(text) <= LONGEST else text[:LONGEST - 2] + " …"


def lines_of(suite, text, why=""):
    """One line for each test of the suite that failed; one for the suite when its log names none."""
    found = failures(text)
    told = [f"FAILED  {suite}: {short(': '.join(filter(None, pair)))}" for pair in found[:MOST]]
    if len(found) > MOST:
        told.append(f"FAILED  {suite}: and {len(found) - MOST} more")
    if why or not told:
        last = [line for line in text.splitlines() if line.strip()][-1:]
        told.append(f"FAILED  {suite}: {short(why or 'its last line: ' + ''.join(last))}")
    return told
