"""t07_webhook_and_poll.py - the same messages by webhook and by polling, out of order, edited, removed."""
import json
import os
import subprocess
import sys

import frame
from harness import HERE as SYSTEM

ID = "T-07"
TITLE = "the same message by webhook and by polling"
PROMISE = "Whichever way a message comes, and in which order: it is there once, in its latest version."
QUICK, FULL, CONTROL = 120, 5000, 60
AT_ONCE = 25
ENGINES = ("sqlite", "postgres")


def stamp(n):
    """A time of the network, later for a larger number: seconds of the early morning."""
    return f"2026-11-02T{1 + n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}.000Z"


def versions(c, house):
    """All versions of all messages, and what must be there in the end: (body, removed, parent)."""
    out, wanted = [], {}
    for n in range(c.n):
        name = f"m-{n}"
        parent = f"m-{c.random.randrange(c.n)}" if n % 3 == 0 else None
        item = house.item(name, f"Frage {n}, zuerst", who=f"P{n % 40}", thread="Beitrag",
                          parent_external_id=parent if parent != name else None)
        item["sent_at"] = stamp(n)
        several = [item]
        for edit in range(c.random.choice((0, 0, 0, 1, 2))):
            several.append({**item, "body": f"Frage {n}, Fassung {edit}",
                            "edited_at": stamp(n + 60 * (edit + 1))})
        latest = several[-1]["body"]
        removed = c.random.random() < 0.1
        if removed:
            several.append({**several[-1], "removed_at": stamp(n + 600)})
        out += several
        wanted[name] = (latest, removed, item["parent_external_id"])
    return out, wanted


class Network:
    """network.py, from which the channel polls."""

    def __init__(self, folder):
        self.control = os.path.join(folder, "network.json")
        self.items = []
        self.publish([])
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(SYSTEM, "network.py"), "--page", "40", "--control",
             self.control, "--ledger", os.path.join(folder, "network.ndjson")],
            stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def publish(self, items):
        self.items += items
        with open(self.control + ".new", "w", encoding="utf-8") as file:
            json.dump({"items": self.items}, file)
        os.replace(self.control + ".new", self.control)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def both_ways(c, house, net, out):
    """Each version on each way, in an order of its own for each; polls overlap with posts."""
    posted, polled = list(out), list(out)
    c.random.shuffle(posted)
    c.random.shuffle(polled)
    for at in range(0, len(out), AT_ONCE):
        net.publish(polled[at:at + AT_ONCE] + polled[max(0, at - 5):at])  # pages overlap
        answer = house.inbound(posted[at:at + AT_ONCE])
        c.expect(answer.status == 202 and not answer["rejected"], f"refused: {answer!r}")
        house.server.clock(61)
        c.count("posted", len(posted[at:at + AT_ONCE]))
    house.server.clock(3600)


def judge(c, house, wanted):
    have = {}
    for name, body, removed, parent, number in house.store.sql(
            "SELECT m.external_id, v.body, CASE WHEN m.removed_at IS NULL THEN '' ELSE 'gone' END, "
            "COALESCE(p.external_id, ''), v.version FROM message m "
            "LEFT JOIN message p ON p.id = m.parent_id "
            "JOIN message_version v ON v.message_id = m.id AND v.version = m.version"):
        c.expect(name not in have, f"{name} is there twice")
        have[name] = (body, removed == "gone", parent)
    c.counts["messages"] = len(have)
    c.expect(set(have) == set(wanted), f"{len(have)} messages of {len(wanted)}")
    for name, (body, removed, parent) in wanted.items():
        got = have.get(name, ("", False, ""))
        c.expect(got[1] == removed, f"{name}: removed {removed}, is {got[1]}")
        c.expect(removed or got[0] == body, f"{name}: not the latest version: {got[0]}")
        c.expect(got[2] == (parent or ""), f"{name} answers {parent}, not {got[2] or 'nothing'}")


def attack(c, plan):
    frame.need_hooks()
    with frame.elsewhere() as folder, \
            frame.House(c, clock="2026-11-02T07:00:00Z") as house:
        house.verifies = not plan
        net = Network(folder)
        try:
            house.place = house.channel("Netz", "mock_c", url=net.url, quiet_ms=30_000)
            if plan:
                house.plan(plan)
            out, wanted = versions(c, house)
            both_ways(c, house, net, out)
            judge(c, house, wanted)
        finally:
            net.stop()


def play(c):
    attack(c, "")


def control(c):
    attack(c, "control.forgets=fail@1+")
    return "a message that is known counts as new"
