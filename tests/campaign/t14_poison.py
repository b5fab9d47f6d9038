"""t14_poison.py - one item in a hundred cannot be understood; the others must not notice."""
import frame

ID = "T-14"
TITLE = "items that cannot be understood"
PROMISE = ("An item that cannot be understood is kept as it came, listed with its reason, and holds up "
           "nobody.")
QUICK, FULL, CONTROL = 1000, 10_000, 1000
AT_ONCE = 100
ENGINES = ("sqlite", "postgres")


def poison(c, item):
    """One of the ways in which a network can be wrong."""
    wrong = (dict(body="a\0b"), dict(body="ü" * 40_000), dict(thread={"kind": "post"}),
             dict(sent_at="gestern"), dict(author={"name": 7}), dict(thread="nirgends"),
             dict(body=None, attachments=None), dict(edited_at=-1),
             dict(attachments=[{"name": "x", "mime": "a/b", "base64": "%%%"}]))
    return {**item, **c.random.choice(wrong)}


def attack(c, plan):
    with frame.House(c, clock="2026-11-02T07:00:00Z") as house:
        house.verifies = not plan
        if plan:
            house.plan(plan)
        bad = set()
        for at in range(0, c.n, AT_ONCE):
            batch = [house.item(f"i-{at + n}", f"Frage {at + n}", who=f"P{n}", thread=f"T{at}")
                     for n in range(AT_ONCE)]
            victim = c.random.randrange(AT_ONCE)
            bad.add(batch[victim]["external_id"])
            batch[victim] = poison(c, batch[victim])
            answer = house.inbound(batch)
            c.expect(answer.status == 202, f"a batch was answered {answer!r}"[:200])
            if answer.status == 202 and not plan:
                c.expect([r["index"] for r in answer["rejected"]] == [victim],
                         f"not the bad one was named: {answer['rejected']}")
        judge(c, house, bad)


def judge(c, house, bad):
    """Without moving the clock: nobody may have had to wait for a second try."""
    have = {name for name, in house.store.sql("SELECT external_id FROM message")}
    wanted = {f"i-{n}" for n in range(c.n)} - bad
    c.counts.update(good=len(wanted), bad=len(bad))
    c.expect(have == wanted, f"{len(wanted - have)} good ones are held up, {len(have - wanted)} too many")
    listed = house.admin.all(f"/channels/{house.place['id']}/raw", state="failed")
    c.expect(len(listed) == len(bad), f"{len(listed)} listed, {len(bad)} were bad")
    c.expect(all(raw["reason"] and raw["body"] for raw in listed), "without a reason or its bytes")


def play(c):
    attack(c, "")


def control(c):
    frame.need_hooks()
    attack(c, "control.blocks=fail@1+")
    return "one bad item holds up its neighbours"
