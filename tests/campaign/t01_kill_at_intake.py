"""t01_kill_at_intake.py - the program is killed while messages come in, at any moment."""
import os
import subprocess
import sys
import time

import frame

ID = "T-01"
TITLE = "kill -9 while messages come in"
PROMISE = "A message that we acknowledged is on disk, also when the program is killed."
QUICK, FULL, CONTROL = 20, 1000, 40
ENGINES = ("sqlite", "postgres")
MOST_MS, THREADS = 80, 8
PLACES = ("intake.arrived", "intake.keeping", "intake.kept", "intake.telling",
          "store.committing", "store.committed")


def kill_at_random(c, house, address=None, until=lambda: False):
    """Senders go on all the time, and the server is killed at moments of the dice."""
    with frame.elsewhere() as folder, \
            frame.Oracle(house, folder, address, threads=THREADS, files=20) as oracle:
        for n in range(c.n):
            if n % 4 == 0:  # now and then surely in the middle of a flow of messages
                have = oracle.acknowledged()
                frame.eventually(lambda: oracle.acknowledged() > have + THREADS,
                                 what="acknowledgements")
            time.sleep(c.random.uniform(0, MOST_MS / 1000))
            house.server.kill()
            house.start()
            c.count("kills")
            if until():
                break
        oracle.stop()
        house.server.stop()
        found = frame.check(c, house.database(), oracle.history)
    c.counts.update({k: found[k] for k in ("acked", "stored", "lost", "doubled", "files")})
    c.expect(found["acked"] > c.counts["kills"], "too little was acknowledged to prove anything")


def kill_at_places(c, house, rounds):
    """The same at each named place between two steps of the intake."""
    for place in PLACES:
        for n in range(rounds):
            items = [house.item(f"{place}-{n}-{i}", f"{place} {n} {i}") for i in range(4)]
            house.plan(f"{place}=kill@{1 + n % 4}")
            acked = [item for item in items if accepted(house, item)]
            house.server.kill()
            house.start()
            have = {name for (name,) in house.store.sql("SELECT external_id FROM message")}
            waiting = " ".join(row[0] for row in house.store.sql(
                "SELECT COUNT(*) FROM raw_item WHERE state = 'received'"))
            lost = [i["external_id"] for i in acked if i["external_id"] not in have]
            c.expect(len(lost) <= int(waiting), f"lost at {place}: {lost}")
            for item in items:  # the sender tries again, as networks do
                c.expect(accepted(house, item), f"refused after {place}")
            c.count("kills_at_places")


def accepted(house, item):
    try:
        return house.inbound(item).status == 202
    except frame.BROKEN:
        return False


def play(c):
    frame.need_hooks()
    with frame.House(c, clock="2026-11-02T07:00:00Z") as house:
        kill_at_places(c, house, max(1, c.n // 40))
    with frame.House(c) as house:
        kill_at_random(c, house)


def control(c):
    """A server that acknowledges before it has stored must be seen to lose."""
    with frame.House(frame.Campaign(1, 0, c.engine)) as house:
        house.verifies = False
        relay = subprocess.Popen([sys.executable, os.path.join(frame.HERE, "relay.py"),
                                  "%s:%d" % house.server.address], stdout=subprocess.PIPE, text=True)
        try:
            kill_at_random(c, house, ("127.0.0.1", int(relay.stdout.readline())))
        finally:
            relay.kill()
            relay.wait()
    return "acknowledged before it was stored"
