"""t24_out_of_memory.py - the nth allocation fails, for many n, in twelve kinds of work."""
import errno
import signal

import frame
from shim import Shim

ID = "T-24"
TITLE = "out of memory"
PROMISE = ("When memory runs out a request fails clearly, or the program ends clearly and starts again; "
           "nothing that was acknowledged is lost.")
QUICK, FULL, CONTROL = 40, 1500, 40  # failed allocations, over the twelve kinds of work
FULL_SECONDS = 1200
CLEAN = (signal.SIGABRT,)  # the kit ends the program with a line in the log


class Work:
    """Twelve kinds of work, each once with new words; gives what was acknowledged."""

    def __init__(self, c, house):
        self.c, self.house, self.n, self.acked = c, house, 0, []
        house.inbound(house.item("frage", "Frage"))
        found = house.admin.all("/conversations", view="all")[0]
        self.case, self.person = found["id"], found["person"]["id"]
        self.thread = house.admin.get(f"/conversations/{self.case}")["thread"]["id"]
        self.kinds = (self.inbound, self.batch, self.file, self.note, self.tag,
                      lambda: house.admin.get("/conversations", view="all"),
                      lambda: house.admin.get(f"/threads/{self.thread}"),
                      lambda: house.admin.get("/search", q="Frage"),
                      lambda: house.admin.get(f"/persons/{self.person}"),
                      lambda: house.admin.get("/reports/reaction_time",
                                              from_="2026-01-01T00:00:00Z", to="2027-01-01T00:00:00Z"),
                      lambda: house.admin.get("/today"),
                      lambda: house.server.client().send("GET", "/metrics"))

    def inbound(self, count=1, **more):
        self.n += 1
        items = [self.house.item(f"m-{self.n}-{i}", f"Satz {self.n} {i}", who=f"P{self.n % 30}",
                                 thread=f"T{self.n % 20}", **more) for i in range(count)]
        answer = self.house.inbound(items)
        if answer.status == 202:
            self.acked += [i["external_id"] for i in items]
        return answer

    def batch(self):
        return self.inbound(20)

    def file(self):
        return self.inbound(attachments=[{"name": "a.bin", "mime": "a/b", "base64": "aGFs" * 2000}])

    def note(self):
        self.n += 1
        return self.house.eva.post(f"/conversations/{self.case}/notes", {"body": f"Notiz {self.n}"})

    def tag(self):
        self.n += 1
        return self.house.eva.patch(f"/conversations/{self.case}", {"tags": [f"t{self.n}"]})


def one_failure(c, house, shim, work, kind, n, bad):
    """True when the nth allocation of that work exists."""
    shim.arm("memory", n, after=c.random.random() < 0.2, error=errno.ENOMEM, bad=bad)
    status = said(kind)
    hits, failed = shim.get("hits"), shim.disarm()
    if not status:
        begin_again(c, house, n)
    else:
        c.count("answered")
        c.expect(status in (200, 201, 202, 204, 500, 503), f"at allocation {n}: {status}")
    c.count("failed_allocations", failed)
    again = said(work.inbound)
    if not again and status and failed:  # it was another thread's allocation: ours was answered first
        begin_again(c, house, n)
        again = said(work.inbound)
    c.expect(again == 202, f"after allocation {n} it does not recover: {again or 'no answer'}")
    return hits >= n


def said(kind):
    """The status of the answer, 0 when none came."""
    try:
        return kind().status
    except frame.BROKEN:
        return 0


def begin_again(c, house, n):
    """It has ended, or is about to: clearly, and it starts again."""
    ended = -(house.server.process.wait(60) or 0)
    c.count("ended")
    c.expect(ended in CLEAN, f"at allocation {n} it ended with " +
             (signal.Signals(ended).name if ended > 0 else str(ended)))
    house.server.stop()
    house.start()


def attack(c, bad):
    with frame.elsewhere() as folder:
        shim = Shim(folder)
        with frame.House(c, environment=shim.environment) as house:
            house.verifies = not bad
            work = Work(c, house)
            # Each kind gets its share; in the full size every n from 1 on, else by the dice.
            share = -(-c.n // len(work.kinds))
            for kind in work.kinds:
                for n in range(1, share + 1):
                    at = n if c.full else c.random.randint(1, 200)
                    if not one_failure(c, house, shim, work, kind, at, bad) and c.full:
                        break  # the work was done before it came to that
                    if bad and c.wrong:
                        return
            have = {name for name, in house.store.sql("SELECT external_id FROM message")}
            waiting = int(house.store.sql("SELECT COUNT(*) FROM raw_item WHERE state = 'received'")[0][0])
            lost = set(work.acked) - have
            c.counts["acked"] = len(work.acked)
            c.expect(len(lost) <= waiting, f"acknowledged and lost: {sorted(lost)[:5]}")


def play(c):
    attack(c, bad=False)
    c.expect(c.counts.get("failed_allocations", 0) >= c.n // 8, "hardly an allocation failed")


def control(c):
    """Memory that is not there, instead of none: what a missing check would do."""
    attack(c, bad=True)
    return "an allocation gives memory that is not there"
