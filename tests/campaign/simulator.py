"""simulator.py - draht simulate, as the campaigns ask it: what it counted, and what it found."""
import os
import re
import subprocess

import frame
from harness import BIN

TOLD = re.compile(r"(\d+) runs and (\d+) replays in \d+ s: (\d+) replies asked for, (\d+) acknowledged, "
                  r"(\d+) taken by the networks, (\d+) doubled, (\d+) lost")
NAMES = ("runs", "replays", "asked_for", "acknowledged", "taken", "doubled", "lost")


class Told:
    """What it said: `reports` of its runs in their order, and the lines of its end."""

    def __init__(self, c, *arguments):
        frame.need_hooks()
        seconds = 3600 if c.full else 200
        done = subprocess.run([BIN, "simulate", *arguments], capture_output=True, text=True, timeout=seconds,
                              env={**os.environ, "DRAHT_LOG": "error"})
        self.text, self.status = done.stdout, done.returncode
        self.reports = [dict(zip(NAMES, map(int, found))) for found in TOLD.findall(self.text)]
        ends = re.findall(r"^(\d+) passed, (\d+) failed$", self.text, re.MULTILINE)
        if not ends:
            raise AssertionError("it did not come to its end: " + (done.stdout + done.stderr)[-800:])
        self.passed, self.failed = map(int, ends[-1])

    def lines(self, pattern):
        return re.findall(rf"^(?:{pattern}).*$", self.text, re.MULTILINE)

    def judge(self, c):
        """Each seed that found something, and each mark that never came by, is a violation."""
        for line in self.lines(r"seed \d+:|never happened:"):
            c.violation(line)
        c.expect(self.status == 0 and not self.failed or c.wrong, f"it ended with {self.status}")
