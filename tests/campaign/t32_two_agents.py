"""t32_two_agents.py - two agents act on the same conversation at the same moment."""
import concurrent.futures
import threading
import uuid

import frame

ID = "T-32"
TITLE = "two agents at the same conversation"
PROMISE = "When two people act at once, one wins and the other is told; no reply leaves twice."
QUICK, FULL, CONTROL = 50, 1000, 30
ENGINES = ("sqlite", "postgres")
KINDS = ("reply", "assign", "solve", "close", "merge", "claim")


class Race:
    """Both callers at the same moment; gives their two answers."""

    def __init__(self, house, several):
        self.house, self.several = house, several

    def run(self, first, second):
        start = threading.Barrier(2)

        def go(call):
            start.wait()
            return call()
        return [f.result() for f in [self.several.submit(go, call) for call in (first, second)]]


def case_of(house, n, suffix=""):
    """A new conversation: its id and its version."""
    house.inbound(house.item(f"c-{n}{suffix}", f"Frage {n}", who=f"P{n}{suffix}", thread=f"T{n}"))
    found = house.admin.get("/conversations", view="all", q=f"P{n}{suffix}", limit=1)
    one = [x for x in house.admin.get("/conversations", view="all", sort="newest",
                                      limit=5)["items"] if x["person"]["name"] == f"P{n}{suffix}"]
    return (one or found["items"])[0]["id"]


def tag_of(house, case):
    return house.admin.get(f"/conversations/{case}").headers["ETag"]


def reply(c, house, race, n, case):
    """A double click: one key, twice at once; in the data base it must be once."""
    key, body = str(uuid.uuid4()), {"body": f"Antwort {n}", "visibility": "public"}
    answers = race.run(*[lambda: house.eva.post(f"/conversations/{case}/replies", body,
                                                {"Idempotency-Key": key})] * 2)
    won = [a for a in answers if a.status == 201]
    c.expect(won and all(a.status in (201, 409) for a in answers), f"reply: {answers}")
    rows = [m for m in house.admin.get(f"/conversations/{case}")["messages"]
            if m["body"] == body["body"]]
    c.expect(len(rows) == 1, f"the reply is there {len(rows)} times")


def one_wins(c, what, answers, lost=(409, 412)):
    won = [a for a in answers if a.status in (200, 201)]
    late = [a for a in answers if a.status in lost]
    c.expect(len(won) == 1 and len(late) == 1, f"{what}: {[a.status for a in answers]}")
    return won[0] if won else None


def patch(c, house, race, n, case, field):
    """Both have read the same version, and each wants something else."""
    tag = {"If-Match": tag_of(house, case)}
    values = {"assign": [{"assignee_id": who} for who in house.ids],
              "claim": [{"priority": 1}, {"priority": 2}]}[field]
    answers = race.run(lambda: house.admin.patch(f"/conversations/{case}", values[0], tag),
                       lambda: house.eva.patch(f"/conversations/{case}", values[1], tag))
    one_wins(c, field, answers)
    for answer in answers:
        if answer.status == 412:
            c.expect("current" in answer.json and "yours" in answer.json, "not told what changed")


def end(c, house, race, n, case, how):
    """Both solve it, or close it for reasons of their own: it ends once."""
    bodies = {"solve": ({}, {}), "close": ({"reason": "no_answer_needed", "note": "nichts"},
                                           {"reason": "spam", "note": "Werbung"})}[how]
    calls = [lambda who=who, body=body: who.post(f"/conversations/{case}/{how}", body)
             for who, body in zip((house.admin, house.eva), bodies)]
    one_wins(c, how, race.run(*calls))
    state = house.admin.get(f"/conversations/{case}")["state"]
    c.expect(state in ("solved", "closed"), f"it ended as {state}")


def leads_to(house, case):
    """Where the permanent redirects of merging end; None when they go round."""
    for _ in range(4):
        answer = house.admin.get(f"/conversations/{case}")
        if answer.status != 308:
            return answer["id"]
        case = answer["merged_into"]
    return None


def merge(c, house, race, n, case):
    """Each into the other, at once: one is left, and nothing is lost in a circle."""
    other = case_of(house, n, "b")
    answers = race.run(lambda: house.admin.post(f"/conversations/{case}/merge", {"into": other}),
                       lambda: house.eva.post(f"/conversations/{other}/merge", {"into": case}))
    won = [a for a in answers if a.status == 200]
    c.expect(won and all(a.status in (200, 404, 409, 422) for a in answers),
             f"merge: {[a.status for a in answers]}")
    left = {leads_to(house, x) for x in (case, other)}
    c.expect(len(left) == 1 and None not in left, f"after merging: {left}")


def attack(c, plan):
    with frame.House(c, clock="2026-11-02T07:00:00Z") as house, \
            concurrent.futures.ThreadPoolExecutor(2) as several:
        house.ids = [who.get("/me")["account"]["id"] for who in (house.admin, house.eva)]
        race = Race(house, several)
        if plan:
            house.plan(plan)
        for n in range(c.n):
            kind, case = KINDS[n % len(KINDS)], case_of(house, n)
            c.count(f"races_{kind}")
            if kind == "reply":
                reply(c, house, race, n, case)
            elif kind == "merge":
                merge(c, house, race, n, case)
            elif kind in ("assign", "claim"):
                patch(c, house, race, n, case, kind)
            else:
                end(c, house, race, n, case, kind)
        twice = house.store.sql("SELECT v.body FROM message_version v JOIN message m ON "
                                "m.id = v.message_id WHERE m.direction = 'out' "
                                "GROUP BY v.body HAVING COUNT(*) > 1")
        c.expect(not twice, f"replies that are there twice: {twice}")


def play(c):
    attack(c, "")


def control(c):
    frame.need_hooks()
    attack(c, "control.any_version=fail@1+")
    return "nobody compares versions"
