"""t02_kill_while_sending.py - the program is killed while replies leave, at each place and at any moment."""
import datetime
import json
import os
import threading
import time
import uuid

import frame
from harness import Peer

ID = "T-02"
TITLE = "kill -9 while replies leave"
PROMISE = ("A reply is sent once, or marked as uncertain and shown to a person, also when the "
           "program is killed while it sends.")
QUICK, FULL, CONTROL = 24, 1000, 30
ENGINES = ("sqlite", "postgres")
FULL_SECONDS = 1500
CASES = 24
# As HACKING.md lists them: on the way out, and while the network is asked what it has.
LOOKING = ("outbox.find_claimed", "outbox.found")
PLACES = ("outbox.composed", "outbox.claiming", "outbox.claimed", "outbox.answered",
          "outbox.settling", "outbox.settled", "job.claimed", "job.ran", *LOOKING)
UNDER_WAY = ("queued", "sending", "unknown")


class Desk:
    """An agent who answers, and writes down which answers were accepted."""

    def __init__(self, c, house, folder, peer, plan):
        self.c, self.house, self.peer, self.plan, self.written = c, house, peer, plan, 0
        self.replies = os.path.join(folder, "replies")
        self.open_keys, self.reached, self.missed = [], dict.fromkeys(PLACES, 0), set()
        for n in range(CASES):
            answer = house.inbound(house.item(f"c-{n}", f"Frage {n}"))
            c.expect(answer.status == 202, f"a question was refused: {answer!r}")
        self.cases = [x["id"] for x in house.admin.all("/conversations", view="all")]
        with open(self.replies, "w", encoding="utf-8"):
            pass

    def post(self, case, body, key):
        """As a browser does: the same key until an answer comes."""
        try:
            answer = self.house.eva.post(f"/conversations/{case}/replies",
                                         {"body": body, "visibility": "public"},
                                         {"Idempotency-Key": key})
        except frame.BROKEN:
            return False
        if answer.status != 201:
            self.c.expect(answer.status in (409, 503), f"a reply was refused: {answer!r}")
            return answer.status == 409
        with open(self.replies, "a", encoding="utf-8") as file:
            file.write(json.dumps({"body": body}) + "\n")
        return True

    def answer(self, several):
        for _ in range(several):
            self.written += 1
            one = (self.c.random.choice(self.cases), f"Antwort {self.written}", str(uuid.uuid4()))
            if not self.post(*one):
                self.open_keys.append(one)

    def repeat(self):
        self.open_keys = [one for one in self.open_keys if not self.post(*one)]

    def kill_at(self, place):
        """Killed there, at one of its first hits (the very first, when it was not come by so
        often before); by ourselves when it is not come by."""
        hit = 1 if place in self.missed else self.c.random.randint(1, 3)
        if place in LOOKING:  # nobody asks without a doubt
            self.peer.script(post=["lost"])
        later = self.house.server.now + datetime.timedelta(seconds=90)
        try:
            self.house.plan(",".join(filter(None, (
                f"{place}=kill@{hit}", self.plan))))
            self.answer(3)
            self.house.server.clock(later)
        except (*frame.BROKEN, AssertionError):
            self.house.server.now = later  # it died just then, and may have kept the new time
        died = self.house.server.process.poll() is not None
        self.c.count("kills_at_places" if died else "place_not_reached")
        self.reached[place] += died
        (self.missed.discard if died else self.missed.add)(place)
        self.peer.script()
        self.rise()

    def rarest(self):
        return min(self.reached, key=self.reached.get)

    def kill_at_random(self):
        sending = threading.Thread(target=self.answer, args=(4,))
        sending.start()
        time.sleep(self.c.random.uniform(0, 0.06))
        self.house.server.kill()
        sending.join()
        self.c.count("kills_at_random")
        self.rise()

    def rise(self):
        self.house.server.kill()
        self.house.start()
        if self.plan:
            self.house.plan(self.plan)
        self.repeat()

    def settle(self):
        """Move the clock until nothing is on its way any more."""
        for n in range(600):
            if not any(box["state"] in UNDER_WAY for box in self.house.admin.all("/outbox")):
                return
            self.house.server.clock(min(60 * (1 + n // 10), 2 * 3600))
        self.c.violation("the outbox does not come to rest")


def fire(c, plan, faults):
    with frame.elsewhere() as folder, \
            frame.House(c, clock="2026-11-02T07:00:00Z") as house:
        house.verifies = not plan
        peer = Peer(folder, seed=c.seed, fail=faults)
        try:
            house.place = house.channel("Netz", outbound_url=peer.url, quiet_ms=30_000)
            peer.know(house.place["signing_secret"])
            desk = Desk(c, house, folder, peer, plan)
            least, n = 0 if plan else c.n // 10 if c.full else 1, 0
            while n < c.n or desk.reached[desk.rarest()] < least and n < 4 * c.n:
                desk.kill_at(desk.rarest()) if n % 2 or n >= c.n else desk.kill_at_random()
                n += 1
                if n % 20 == 0:
                    house.server.clock(240)
            c.counts["kills_at_the_rarest_place"] = desk.reached[desk.rarest()]
            c.expect(desk.reached[desk.rarest()] >= least, f"{desk.rarest()} was hardly reached")
            desk.settle()
            house.server.stop()
            found = frame.check(c, house.database(), replies=desk.replies,
                                ledger=peer.ledger_path)
        finally:
            peer.stop()
    c.counts.update({k: v for k, v in found.items() if k != "integrity"})
    c.expect(c.counts.get("state_uncertain", 0) <= c.n, "more is uncertain than was killed")


def play(c):
    frame.need_hooks()
    fire(c, "", 0.08)


def control(c):
    """A sender that repeats without asking must be seen to send twice."""
    fire(c, "control.repeats=fail@1+", 0.3)
    return "repeats without asking"
