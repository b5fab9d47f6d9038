"""t25_io_errors.py - the nth call to write, flush, open, rename, shorten or map a file fails."""
import errno
import os
import shutil
import signal
import subprocess

import frame
from harness import BIN, Store
from shim import Shim

ID = "T-25"
TITLE = "input and output fail, one call at a time"
PROMISE = ("A failed write is never called \"taken\"; after a flush that failed the program ends and begins "
           "again from what is really there.")
QUICK, FULL, CONTROL = 48, 1200, 20  # failures
FULL_SECONDS = 1200
KINDS = ("write", "sync", "backup", "truncate", "sync", "backup", "write", "start")
IN_BACKUP = ("write", "sync", "open", "rename")
AT_START = ("open", "map", "write", "sync")


class Attack:
    def __init__(self, c, house, shim, patience):
        self.c, self.house, self.shim, self.acked, self.n = c, house, shim, [], 0
        self.failed, self.patience = 0, patience  # calls of the last kind that was tried

    def item(self):
        self.n += 1
        return self.house.item(f"m-{self.n}", f"Satz {self.n}", who=f"P{self.n % 30}",
                               thread=f"T{self.n % 20}", attachments=[
                                   {"name": "a.bin", "mime": "a/b", "base64": "aGFs" * 8000}])

    def send(self):
        item = self.item()
        try:
            status = self.house.inbound(item).status
        except frame.BROKEN:
            return 0
        if status == 202:
            self.acked.append(item["external_id"])
        return status

    def one(self, kind, first):
        c, house = self.c, self.house
        if kind == "backup":
            return self.backup(first)
        if kind == "start":
            return self.begin("start", self.c.random.choice(AT_START), first % 20 + 1)
        if kind == "truncate":  # SQLite shortens its index of the log when it is the first to open it
            return self.begin("truncate", "truncate", 1)
        after, error = c.random.random() < 0.5, c.random.choice((errno.EIO, errno.ENOSPC))
        self.shim.arm(kind, first, after, error)
        status = self.send()
        failed = self.failed = self.shim.disarm()
        c.count("failures_" + kind, failed)
        c.expect(status in (0, 202, 500, 503), f"{kind} {first}: answered {status}")
        process = house.server.process
        if kind == "sync" and failed:  # answered: it was another one's flush, a moment later
            self.must_end("a flush that failed")
        if process.poll() is not None or not status:
            c.count("ended")
            house.server.stop()
            house.start()
        self.goes_on(kind, first)

    def must_end(self, what):
        try:
            ended = self.house.server.process.wait(self.patience)
            self.c.expect(-ended == signal.SIGABRT, f"after {what} it ended with {ended}")
        except subprocess.TimeoutExpired:
            self.c.violation(f"it went on after {what}")

    def backup(self, first):
        """A backup during which a call fails: it says so, and is none; or it is whole."""
        kind = self.c.random.choice(IN_BACKUP)
        folder = os.path.join(self.house.store.data, f"copy-{self.n}")
        self.n += 1
        self.shim.arm(kind, first % 12 + 1, self.c.random.random() < 0.5, errno.EIO)
        done = subprocess.run([BIN, "backup", folder, *self.house.store.arguments()],
                              capture_output=True, text=True, env=self.house.server.environment)
        self.failed = self.shim.disarm()
        self.c.count("failures_in_backup", self.failed)
        whole = os.path.exists(os.path.join(folder, "backup.json"))
        # Whole, and the program died only when it closed the store, is whole all the same.
        self.c.expect(whole == (done.returncode == 0) or whole and done.returncode == -signal.SIGABRT,
                      f"a backup that ended with {done.returncode} after {kind} failed "
                      f"{'has' if whole else 'lacks'} its list")
        if whole:
            other = Store(self.c.engine)
            done = other.run("restore", folder, "--without-key", expect=None)
            self.c.expect(done.returncode == 0, "it is not whole: " + done.stderr)
            other.remove()
        shutil.rmtree(folder, ignore_errors=True)
        self.goes_on("backup", first)

    def begin(self, name, kind, first):
        """The program starts while a call fails: it serves, or ends and says why."""
        self.house.server.stop()
        self.shim.arm(kind, first, False, errno.EIO)
        self.house.server.patience = 60
        try:
            self.house.server.start()
        except AssertionError:
            ended = self.house.server.process.poll()
            self.c.expect(ended in (1, -signal.SIGABRT), f"at the start it ended with {ended}")
        self.failed = self.shim.disarm()
        self.c.count("failures_truncate" if name == "truncate" else "failures_at_start", self.failed)
        self.house.server.patience = 20
        if self.house.server.process.poll() is not None:
            self.house.server.stop()
            self.house.start()
        self.goes_on(name, first)

    def goes_on(self, kind, first):
        c = self.c
        again = self.send()
        if not again and self.failed:  # what failed was its own, beside what we asked for
            self.must_end(f"{kind} {first}, and answers no more")
            c.count("ended")
            self.house.server.stop()
            self.house.start()
            again = self.send()
        c.expect(again == 202, f"after {kind} {first} it does not recover: {again}")


def attack(c, plan):
    with frame.elsewhere() as folder:
        shim = Shim(folder)
        environment = {**shim.environment, **({"DRAHT_FAILPOINTS": plan} if plan else {})}
        with frame.House(c, environment=environment) as house:
            house.verifies = not plan
            one = Attack(c, house, shim, 5 if plan else 60)
            for n in range(c.n):
                one.one("sync" if plan else KINDS[n % len(KINDS)], c.random.randint(1, 4) if
                        n % 2 else c.random.randint(1, 40))
                if plan and c.wrong:
                    break
            house.server.stop()
            have = {name for name, in house.store.sql("SELECT external_id FROM message")}
            waiting = int(house.store.sql("SELECT COUNT(*) FROM raw_item WHERE state = 'received'")[0][0])
            lost = set(one.acked) - have
            c.counts["acked"] = len(one.acked)
            c.expect(len(lost) <= waiting, f"acknowledged and lost: {sorted(lost)[:5]}")
            c.expect(frame.check(c, house.database())["integrity"] == "ok", "damaged")


def play(c):
    attack(c, "")
    for kind in ("sync", "write", "truncate", "in_backup", "at_start"):
        c.expect(c.counts.get("failures_" + kind, 0) > 0, f"nothing failed: {kind}")


def control(c):
    frame.need_hooks()
    attack(c, "control.goes_on=fail@1+")
    return "the program goes on after a flush that failed"
