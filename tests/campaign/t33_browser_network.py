"""t33_browser_network.py - a browser without a network, on a slow one, with a server that starts anew."""
import os
import re
import subprocess

import frame
from harness import BIN, ROOT

ID = "T-33"
TITLE = "the browser loses its network, or has a slow one"
PROMISE = "What was typed is there again, and exactly one reply leaves, however often the network or the tab is lost."
QUICK, FULL, CONTROL = 0, 5, 1  # rounds of the stories; the browser tests of the quick lane tell them once
NOT_COVERED = "Other browsers than Chromium."
last = []  # the verdicts of the last round, for the control


def stories(full):
    """tests/browser/offline.test.mjs: each story by its title, whether it came out."""
    done = subprocess.run([os.path.join(ROOT, "tools", "with-node"), "node",
                           os.path.join(ROOT, "tests", "browser", "run.mjs"), "offline"],
                          capture_output=True, text=True, timeout=800 if full else 200,
                          env={**os.environ, "DRAHT_BIN": BIN})
    told = re.findall(r"^(ok|not ok) - (.+?)(?: \([\d.]+ s\))?$", done.stdout, re.MULTILINE)
    if not told:
        raise frame.Skip("no browser: " + (done.stdout + done.stderr)[-200:].strip())
    if any("# SKIP" in title for _, title in told):
        raise frame.Skip(told[0][1])
    return [(title, word == "ok") for word, title in told]


def play(c):
    for _ in range(c.n):
        last[:] = stories(c.full)
        c.count("rounds")
        for title, good in last:
            if not title.startswith("control"):
                c.count("stories")
                c.expect(good, title)


def control(c):
    """The same stories with a safeguard taken away: each must show its harm."""
    told = [(title, good) for title, good in last or stories(c.full) if title.startswith("control")]
    seen = [title for title, good in told if good]
    if told and len(seen) == len(told):
        c.violation(f"{len(seen)} harms: {seen[0]}")
    return "one safeguard taken away in each"
