"""t35_backup_under_load.py - backups while messages come in, and what comes out of them."""
import json
import os
import shutil
import time

import frame
import harness

ID = "T-35"
TITLE = "backup while writing, and restore"
PROMISE = ("A backup taken while Draht works is whole: it holds all that was acknowledged before it began, "
           "and one that is damaged is refused by name.")
QUICK, FULL, CONTROL = 2, 10, 4
NOT_COVERED = "What came in after the backup; erasures are not yet told to old backups."


def restored(c, house, folder):
    """The store that the backup becomes, or None when it was refused."""
    other = harness.Store(c.engine)
    begun = time.monotonic()
    done = other.run("restore", folder, "--key", os.path.join(house.store.data, "key"), expect=None)
    c.sample("restore_ms", (time.monotonic() - begun) * 1000)
    if done.returncode:
        other.remove()
        return None, done.stderr.strip()
    return other, done.stdout


def acknowledged_by(history, when):
    with open(history, encoding="utf-8") as file:
        lines = [line.split() for line in file if line.startswith("acked ")]
    return {name for _, name, at in lines if int(at) < when}


def one_backup(c, house, oracle, n, damage):
    folder = os.path.join(house.store.folder, f"backup-{n}")
    have = oracle.acknowledged()
    frame.eventually(lambda: oracle.acknowledged() > have + 5, what="messages")
    before = time.monotonic_ns()
    house.store.run("backup", folder)
    c.sample("backup_ms", (time.monotonic_ns() - before) / 1e6)
    c.count("backups")
    if damage:
        damage(c, folder)
    other, said = restored(c, house, folder)
    if not other:
        c.violation(f"it cannot be restored: {said}")
        return
    try:
        wanted = acknowledged_by(oracle.history, before)
        held = {name for name, in other.sql("SELECT external_id FROM message")}
        waiting = int(other.sql("SELECT COUNT(*) FROM raw_item WHERE state = 'received'")[0][0])
        c.expect(len(wanted - held) <= waiting, f"{len(wanted - held)} acknowledged are not in it")
        c.expect("the books balance" in said, f"it was not verified: {said}")
        c.counts["in_the_last"] = len(held)
    finally:
        other.remove()
        shutil.rmtree(folder)


def attack(c, damage=None):
    with frame.elsewhere() as folder, frame.House(c) as house, \
            frame.Oracle(house, folder, threads=4, files=15, pause=0.002) as oracle:
        for n in range(c.n):
            one_backup(c, house, oracle, n, damage)
        oracle.stop()


def play(c):
    attack(c)


def shorten(c, folder):
    """The last byte of a file of the backup is gone."""
    with open(os.path.join(folder, "backup.json"), encoding="utf-8") as file:
        name = c.random.choice(json.load(file)["files"])["name"]
    path = os.path.join(folder, name)
    os.truncate(path, os.path.getsize(path) - 1)


def control(c):
    """A backup that was cut short must not pass."""
    attack(c, shorten)
    return "a file of the backup is one byte short"
