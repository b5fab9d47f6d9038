"""t04_torn_writes.py - writes that were not flushed are lost, torn and reordered, at any point."""
import os
import re
import subprocess

import frame
from harness import BIN

ID = "T-04"
TITLE = "torn, lost and reordered writes below SQLite"
PROMISE = "Whatever a disk makes of what was not flushed yet, what was acknowledged is there and whole."
QUICK, FULL, CONTROL = 0, 500, 500  # its small form is among the unit tests of the store
NOT_COVERED = "Sectors that were flushed and change later (see T-36)."


def run(c):
    """tests/unit/test_store_power.c: the attack, and the disk that lies, by the name of each."""
    program = os.path.join(os.path.dirname(BIN), "tests", "test_store_power")
    if not os.access(program, os.X_OK):
        raise frame.Skip(f"there is no {program}: build with -Dtests=enabled")
    done = subprocess.run([program], capture_output=True, text=True, timeout=800,
                          env={**os.environ, "DRAHT_TEST_POWER_CUTS": str(c.n)})
    return dict((name, word == "OK") for word, name in
                re.findall(r"\[\s+(OK|FAILED)\s+\] (\w+)", done.stdout + done.stderr) +
                [("OK" if ok == "ok" else "FAILED", name) for ok, name in
                 re.findall(r"^(ok|not ok) \d+ - (\w+)", done.stdout, re.MULTILINE)])


def play(c):
    found = run(c)
    c.expect(found.get("what_was_acknowledged_survives_the_loss_of_power"), f"damaged: {found}")
    c.count("images", c.n)


def control(c):
    if run(c).get("a_disk_that_lies_is_caught"):
        c.violation("with a disk that lies the store was not whole")
    return "a disk that says that it flushed"
