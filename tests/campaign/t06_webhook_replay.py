"""t06_webhook_replay.py - each webhook comes fifty times, at once, and again a day later."""
import concurrent.futures
import json
import re

import frame
from client import sign

ID = "T-06"
TITLE = "webhooks that are repeated"
PROMISE = "A message that a network delivers many times is there once, and everything follows from it once."
QUICK, FULL, CONTROL = 20, 200, 20  # payloads, each delivered COPIES times
COPIES, CONNECTIONS = 50, 8
ENGINES = ("sqlite", "postgres")
NOT_COVERED = "Repeats after the erasure of a person (comes with erasure)."


def deliver(c, house, copies):
    """Every payload `copies` times in shuffled order; all must be answered 2xx."""
    payloads = [json.dumps(house.item(f"r-{n}", f"Frage {n}", who=f"P{n % 50}",
                                      thread=f"Beitrag {n % 9}")).encode() for n in range(c.n)]
    order = [n for n in range(c.n) for _ in range(copies)]
    c.random.shuffle(order)
    path = f"/channels/{house.place['id']}/inbound"
    seconds = house.server.now.timestamp()

    def post(n):
        headers = sign(house.place["signing_secret"], f"msg_{n}", seconds, payloads[n])
        return house.server.client().post(path, payloads[n], headers).status
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as several:
        for status in several.map(post, order):
            c.count("delivered")
            c.expect(status == 202, f"a repeat was answered {status}")


def judge(c, house):
    """Rows, and what follows from a message: a case for each person and thread, one event each."""
    house.server.clock(60)
    def number(sql):
        return int(house.store.sql(sql)[0][0])
    c.counts["messages"] = number("SELECT COUNT(*) FROM message")
    c.expect(c.counts["messages"] == c.n, f"{c.counts['messages']} messages of {c.n}")
    c.expect(number("SELECT COUNT(*) FROM raw_item") == c.n, "raw items are there twice")
    told = number("SELECT COUNT(*) FROM event WHERE kind = 'message.received'")
    c.expect(told == c.n, f"{told} events of {c.n} messages")
    cases = number("SELECT COUNT(*) FROM conversation")
    pairs = len({(n % 50, n % 9) for n in range(c.n)})
    c.expect(cases == pairs, f"{cases} cases, {pairs} people in threads")
    counted = number("SELECT CAST(SUM(contact_count) AS BIGINT) FROM person")
    c.expect(counted == c.n, f"{counted} contacts counted of {c.n}")


def play(c):
    with frame.House(c, clock="2026-11-02T07:00:00Z") as house:
        deliver(c, house, COPIES)
        judge(c, house)
        house.server.clock(24 * 3600)
        deliver(c, house, 2)
        judge(c, house)


def without_unique(house):
    """The two tables again, with the keys that decide what is a duplicate taken out."""
    if house.store.engine == "postgres":
        for table, in house.store.sql(
                "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname "
                "FROM pg_constraint WHERE contype = 'u' AND conrelid::regclass::text IN "
                "('raw_item', 'message')"):
            house.store.sql(table)
        return
    for table in ("raw_item", "message"):
        made = house.store.sql(f"SELECT sql FROM sqlite_master WHERE name = '{table}'")[0][0]
        indexes = house.store.sql("SELECT sql FROM sqlite_master WHERE type = 'index' AND "
                                  f"tbl_name = '{table}' AND sql IS NOT NULL")
        bare = re.sub(r",\s*UNIQUE \([^)]*\)", "", made)
        house.store.sql(f"DROP TABLE {table}; {bare};" + ";".join(row[0] for row in indexes))


def control(c):
    """Without the unique keys, and without looking first, the repeats must be seen."""
    frame.need_hooks()
    with frame.House(frame.Campaign(1, 0, c.engine), clock="2026-11-02T07:00:00Z") as house:
        house.verifies = False
        house.server.stop()
        without_unique(house)
        house.start()
        house.plan("control.forgets=fail@1+")
        deliver(c, house, 3)
        judge(c, house)
    return "no unique key, and no look whether it is known"
