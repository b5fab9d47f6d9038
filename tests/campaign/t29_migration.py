"""t29_migration.py - the program dies, or the power goes, inside each step of a migration."""
import os
import shutil
import signal
import sqlite3
import subprocess

import frame
import harness
import rig

ID = "T-29"
TITLE = "kill and loss of power inside each step of a migration"
PROMISE = "After an upgrade that was interrupted the store is as before or as after, never between, and goes on."
QUICK, FULL, CONTROL = 6, 150, 3  # interruptions: in the full size each step five times
MOUNTS = True
NOT_COVERED = "PostgreSQL: its migrations run in transactions of its own; only SQLite is interrupted here."
STEPS = ("migrate.applying", "migrate.committing", "migrate.applied")
# What the control breaks: behind the last commit a migration in two is a whole one, too.
BETWEEN = STEPS[:2]


class Store(harness.Store):
    """A folder on a disk of our choice, in which nobody has started a server yet."""

    def __init__(self, data):
        super().__init__("sqlite")
        self.data = data

    def migrate(self, plan=""):
        """`draht verify` opens the store and so migrates it; gives the exit status."""
        return subprocess.run([harness.BIN, "verify", *self.arguments()], capture_output=True, text=True,
                              env={**os.environ, "DRAHT_FAILPOINTS": plan}, timeout=60)

    def look(self):
        """Version, and what the schema is made of; None when there is no table yet."""
        database = sqlite3.connect(os.path.join(self.data, "draht.db"))
        try:
            tables = sorted(row[0] or "" for row in database.execute("SELECT sql FROM sqlite_master"))
            if not any("migration" in text for text in tables):
                return 0, []
            version = database.execute("SELECT COALESCE(MAX(version), 0) FROM migration").fetchone()[0]
            whole = database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            return version, tables if whole else ["damaged"]
        finally:
            database.close()


def versions(place):
    """How many migrations the program knows."""
    store = Store(os.path.join(place, "whole"))
    store.migrate()
    return store.look()[0]


def fill(store):
    """A few rows of nearly anything in each table of the old store, to see them arrive."""
    database = sqlite3.connect(os.path.join(store.data, "draht.db"))
    kept = {}
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND "
                                     "name NOT LIKE 'sqlite%' AND name NOT LIKE 'search%' AND "
                                     "name NOT IN ('migration', 'node', 'event', 'chain')").fetchall():
        columns = database.execute(f"PRAGMA table_info({table})").fetchall()
        for n in range(1, 4):
            values = [n if "INT" in col[2] else (b"x%d" % n if col[2] == "BLOB" else f"x{n}")
                      for col in columns]
            try:
                database.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(values))})", values)
            except sqlite3.Error:
                continue
            kept[table] = kept.get(table, 0) + 1
    database.commit()
    database.close()
    return kept


def counts(store, tables):
    return {table: int(store.sql(f"SELECT COUNT(*) FROM {table}")[0][0]) for table in tables}


def kept_at(place, version):
    return os.path.join(place, f"at-{version}")


def clean_schemas(c, place, last):
    """What the schema is after each migration, when nothing interrupts it. The store of each
    version is kept, without the copies that its migrations took."""
    store, out = Store(os.path.join(place, "clean")), {0: []}
    for version in range(1, last + 1):
        store.migrate("migrate.applied=kill")
        at, tables = store.look()
        c.expect(at == version, f"cleanly it came to {at}, not {version}")
        out[version] = tables
        shutil.copytree(store.data, kept_at(place, version), ignore=shutil.ignore_patterns("before-*"))
    return out


def interrupted(c, disk, step, version, clean, plan):
    """A store at `version`, with rows; dies in the migration to the next; then goes on."""
    store = Store(os.path.join(disk.place, f"s-{c.counts.get('interrupted', 0)}"))
    if version:
        shutil.copytree(kept_at(disk.place, version), store.data)
        c.expect(store.look()[0] == version, f"the store kept at {version} is none")
    rows = fill(store) if version else {}
    c.count("rows_before", sum(rows.values()))
    os.sync()
    if c.counts.get("interrupted", 0) % 2:
        done = power_loss(store, disk, f"{step}=stop,{plan}".rstrip(","))
        c.count("power_losses")
    else:
        done = store.migrate(f"{step}=kill,{plan}".rstrip(",")).returncode
        c.count("kills")
    c.expect(done == -signal.SIGKILL, f"{step} of {version + 1} was not come by: {done}")
    c.count("interrupted")
    at, tables = store.look() if os.path.exists(store.data + "/draht.db") else (0, [])
    c.expect(at in (version, version + 1), f"{step} of {version + 1}: it stands at {at}")
    if at:
        c.expect(tables == clean.get(at), f"{step} of {version + 1}: the schema is between {at} and the next")
    done = store.migrate()
    c.expect(store.look()[0] == max(clean), f"after {step} of {version + 1} it does not go on: {done.stderr}")
    if rows:
        c.expect(counts(store, rows) == rows, f"rows are gone after {step} of {version + 1}")
        c.expect(any(name.startswith("before-") for name in os.listdir(store.data)),
                 "no copy of the old state was taken")


def power_loss(store, disk, plan):
    """The migration stands still at the place while the power goes; then it is dead."""
    process = subprocess.Popen([harness.BIN, "verify", *store.arguments()], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, env={**os.environ, "DRAHT_FAILPOINTS": plan})

    def stands():
        with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
            return process.poll() is not None or file.read().rsplit(")", 1)[1].split()[0] in "TZ"

    def end():
        process.kill()
        process.wait()
    frame.eventually(stands, what="the migration")
    disk.power_loss(end)
    return process.returncode


def attack(c, plan, steps=STEPS):
    frame.need_hooks()
    disk = rig.Disk(2048 if c.full else 512)
    try:
        last = versions(disk.place)
        clean = clean_schemas(c, disk.place, last)
        places = [(step, version) for version in range(last) for step in steps]
        c.random.shuffle(places)
        for n in range(c.n):
            interrupted(c, disk, *places[n % len(places)], clean, plan)
            if plan and c.wrong:
                return
    finally:
        disk.close()


def play(c):
    attack(c, "")


def control(c):
    """A migration in two commits must be seen to stand between."""
    attack(c, "control.piecemeal=fail@1+", BETWEEN)
    return "a migration in two commits"
