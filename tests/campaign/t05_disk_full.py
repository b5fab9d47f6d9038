"""t05_disk_full.py - the disk is full in the middle of the work, and then is not any more."""
import os

import frame
import rig

ID = "T-05"
TITLE = "the disk is full (tmpfs of 40 MB)"
PROMISE = ("When the disk is full we answer 503 with Retry-After and never \"taken\"; reading goes on, and "
           "when there is room again Draht goes on by itself.")
QUICK, FULL, CONTROL = 4, 30, 10
MOUNTS = True
NOT_COVERED = "The disk of a PostgreSQL server (it says so itself, which is answered 503 as well)."
# In turn: with the watch over free space, and without it, so that SQLite itself meets the end.
BLIND = {"DRAHT_DISK_ALARM_MB": "0", "DRAHT_DISK_STOP_MB": "0"}


def fill_once(c, environment, n):
    small = rig.SmallDisk(40)
    try:
        with frame.elsewhere() as folder, \
                frame.House(c, data=os.path.join(small.place, "data"),
                            environment=environment) as house, \
                frame.Oracle(house, folder, threads=4, files=n % 2 * 3, pause=0.002) as oracle:
            house.verifies = "DRAHT_FAILPOINTS" not in environment
            # Who takes everything refuses nothing, however long it is waited for.
            fill_and_empty(c, small, house, oracle, n, 60 if house.verifies else 5)
            oracle.stop()
            house.server.stop()
            found = frame.check(c, house.database(), oracle.history)
            for name in ("acked", "lost", "doubled", "refused_503"):
                c.count(name, found.get(name, 0))
            others = [name for name in found if name.startswith("refused_") and
                      name != "refused_503"]
            c.expect(not others, f"refused with something else than 503: {others}")
    finally:
        small.close()


def fill_and_empty(c, small, house, oracle, n, patience):
    frame.eventually(lambda: oracle.acknowledged() > 10, what="messages")
    small.fill(leave=c.random.choice((0, 0, 4096, 20_000, 60_000)))
    try:
        frame.eventually(lambda: b"\nrefused " in open(oracle.history, "rb").read(),
                         patience, "a refusal")
    except AssertionError:
        c.violation("a full disk was never answered with a refusal")
    c.expect(house.admin.get("/conversations", view="all").status == 200, "reading does not work")
    copy = os.path.join(small.place, f"copy-{n}")
    done = house.store.run("backup", copy, expect=None)
    c.expect(done.returncode == 1 and not os.path.exists(os.path.join(copy, "backup.json")),
             "a backup onto a full disk says that it worked")
    have = oracle.acknowledged()
    small.empty()
    begun = frame.time.monotonic()
    try:
        frame.eventually(lambda: oracle.acknowledged() > have + 5, patience, "it to go on")
    except AssertionError:
        c.violation("with room again nothing is taken")
    c.sample("recovery_ms", (frame.time.monotonic() - begun) * 1000)


def play(c):
    for n in range(c.n):
        fill_once(c, BLIND if n % 2 else {}, n)
        c.count("times_full")


def control(c):
    """A program that takes a failed write for done must be seen to lose or to break."""
    for n in range(c.n):
        try:
            fill_once(c, {**BLIND, "DRAHT_FAILPOINTS": "control.ignores_full=fail@1+"}, n)
        except AssertionError as error:
            c.violation(f"it broke: {error}"[:200])
        if c.wrong:
            break
    return "a write that failed counts as done"
