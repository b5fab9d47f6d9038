"""t13_clock_jumps.py - the machine's clock jumps while messages come and replies leave."""
import datetime

import frame
from harness import Peer
from shim import Shim

ID = "T-13"
TITLE = "the machine's clock jumps"
PROMISE = "When the clock jumps, nothing is sent twice or forgotten, ids keep their order, and no age is negative."
QUICK, FULL, CONTROL = 12, 60, 12  # jumps; the twelve cases in turn
NOT_COVERED = "Years after 2088, where the numbering ends (the program stops and says so)."
HOUR, DAY = 3600, 24 * 3600


def cases():
    """Where the clock stands in each case, in seconds from now; the next is a jump from there."""
    now = datetime.datetime.now(datetime.timezone.utc)

    def at(*moment):
        return (datetime.datetime(*moment, tzinfo=datetime.timezone.utc) - now).total_seconds()
    return (0, HOUR, 0, -600, 30 * DAY, at(2027, 3, 28, 0, 59, 58), at(2027, 10, 31, 0, 59, 58),
            at(2028, 2, 29, 23, 59, 58), at(2038, 1, 19, 3, 14, 6), -HOUR, -30 * DAY, 60)


class Desk:
    def __init__(self, c, house, peer):
        self.c, self.house, self.peer, self.ids = c, house, peer, []

    def answer_one(self, n):
        """A question and its reply, after a jump. What is due is due in time that passes."""
        c, house = self.c, self.house
        asked = house.inbound({**house.item(f"c-{n}", f"Frage {n}"), "sent_at": None})
        if not c.expect(asked.status == 202, f"jump {n}: {asked!r}"):
            return
        # All of them: after a jump back what is newest does not stand first.
        found = [x for x in house.admin.all("/conversations", view="all")
                 if x["person"]["name"] == f"c-{n}"]
        if not c.expect(found, f"jump {n}: the question is not listed"):
            return
        case = house.admin.get(f"/conversations/{found[0]['id']}")
        self.ids.append(int(case["messages"][0]["id"]))
        reply = house.eva.post(f"/conversations/{case['id']}/replies",
                               {"body": f"Antwort {n}", "visibility": "public"})
        if not c.expect(reply.status == 201, f"jump {n}: {reply!r}"):
            return
        self.ids.append(int(reply["outbox"]["id"]))
        try:
            frame.eventually(lambda: any(words == f"Antwort {n}" for words, _ in self.peer.taken()),
                             what="the reply")
        except AssertionError:
            c.violation(f"jump {n}: the reply does not leave")

    def judge(self):
        c, taken = self.c, [words for words, _ in self.peer.taken()]
        c.counts["replies"] = len(set(taken))
        c.expect(len(taken) == len(set(taken)), f"sent twice: {sorted(taken)}")
        tries = len(self.peer.ledger("post"))
        c.expect(tries <= len(taken) + 1, f"{tries} tries for {len(taken)} replies")
        c.expect(self.ids == sorted(set(self.ids)), "ids are not unique and ascending")
        for slug in ("reaction_time", "resolution_time"):
            report = self.house.admin.get(f"/reports/{slug}", from_="2026-01-01T00:00:00Z",
                                          to="2039-01-01T00:00:00Z")
            c.expect(report.status == 200 and (report["median_ms"] or 0) >= 0,
                     f"{slug}: {report!r}"[:300])
        for item in self.house.admin.all("/conversations", view="all"):
            c.expect((item.get("waiting_ms") or 0) >= 0, f"a negative age: {item}"[:200])


def attack(c, plan=None):
    with frame.elsewhere() as folder:
        shim, peer = Shim(folder), Peer(folder, seed=c.seed)
        environment = {**shim.environment, **({"DRAHT_FAILPOINTS": plan} if plan else {})}
        try:
            with frame.House(c, environment=environment, outbound_url=peer.url) as house:
                house.verifies = not plan
                peer.know(house.place["signing_secret"])
                desk, jumps = Desk(c, house, peer), cases()
                for n in range(c.n):
                    shim.set("clock_ns", int(jumps[n % len(jumps)] * 1e9))
                    c.count("jumps")
                    desk.answer_one(n)
                c.expect(house.server.process.poll() is None, "the program ended")
                desk.judge()
                shim.set("clock_ns", 0)
        finally:
            peer.stop()


def play(c):
    attack(c)


def control(c):
    frame.need_hooks()
    attack(c, "control.ids_go_back=fail@1+")
    return "ids follow the clock backwards"
