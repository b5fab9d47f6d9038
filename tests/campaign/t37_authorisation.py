"""t37_authorisation.py - the matrix of routes and roles, and whether it sees a check that is missing."""
import os
import re
import subprocess
import sys

import frame
from harness import HERE as SYSTEM

ID = "T-37"
TITLE = "every route for every role and stranger"
PROMISE = ("Nobody gets more than their rights: no other department, no other workspace, nobody revoked, "
           "no stranger; on no route, no stream and no export.")
QUICK, FULL, CONTROL = 1, 1, 1
ENGINES = ("sqlite", "postgres")
MISSING = ("control.any_right", "control.any_department")


def matrix(c, plan=""):
    """auth.py of the system tests, which makes the matrix from the route tables."""
    environment = {**os.environ, "DRAHT_FAILPOINTS": plan, "DRAHT_TEST_ENGINE": c.engine}
    done = subprocess.run([sys.executable, os.path.join(SYSTEM, "run.py"), "--engine", c.engine,
                           "auth."], capture_output=True, text=True, env=environment, timeout=600)
    found = re.search(r"(\d+) passed, (\d+) failed", done.stdout)
    if not found:
        raise AssertionError(done.stdout[-500:] + done.stderr[-500:])
    failures = re.findall(r"^FAILED  .*?\((.*?)\)$", done.stdout, re.MULTILINE)
    return int(found[1]), int(found[2]), failures or done.stdout.splitlines()[:1]


def play(c):
    passed, failed, which = matrix(c)
    with open(os.path.join(SYSTEM, "authorisation.tsv"), encoding="utf-8") as file:
        c.count("routes", sum(1 for line in file if line.strip() and not line.startswith("#")))
    c.count("tests", passed)
    c.expect(not failed, f"{failed} failed: {which[:3]}")


def control(c):
    """Each check taken out by itself must be noticed."""
    frame.need_hooks()
    seen = 0
    for hook in MISSING:
        _, failed, which = matrix(c, hook + "=fail@1+")
        seen += failed > 0
    if seen == len(MISSING):
        c.violation(f"{seen} missing checks noticed, {which[0]}")
    return "one check taken out"
