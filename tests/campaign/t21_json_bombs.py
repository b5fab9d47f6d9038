"""t21_json_bombs.py - JSON that is small and means much: deep, wide, long, repeated."""
import os

import frame

ID = "T-21"
TITLE = "JSON bombs"
PROMISE = "JSON beyond its ceilings is refused at once, and neither kills the program nor stays in its memory."
QUICK, FULL, CONTROL = 1, 10, 1
GROWTH_MIB = 64
TICKS = os.sysconf("SC_CLK_TCK")


def bombs():
    """Name, bytes, whether an object of that kind may be taken."""
    yield "depth 100,000", b"[" * 100_000 + b"]" * 100_000
    yield "depth 100,000 of objects", b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    yield "depth 100,000, never closed", b"[" * 100_000
    yield "a million keys", ("{" + ",".join(f'"k{n}":1' for n in range(600_000)) + "}").encode()
    yield "keys that are nearly the same", ("{" + ",".join(
        f'"{"a" * 60}{n:05d}":1' for n in range(60_000)) + "}").encode()
    yield "a number of 7 MB", b'{"body":' + b"9" * 7_000_000 + b"}"
    yield "an exponent", b'{"body":1e' + b"9" * 400_000 + b"}"
    yield "a string of 7 MB", b'{"body":"' + b"x" * 7_000_000 + b'"}'
    yield "escapes", b'{"body":"' + b"\\u00fc" * 1_000_000 + b'"}'
    yield "NUL", b'{"body":"a\\u0000b","thread":{"external_id":"t"}}'
    yield "lonely surrogates", b'{"body":"' + b"\\ud800" * 1000 + b'","thread":{"external_id":"t"}}'
    yield "a key a hundred thousand times", b"{" + b",".join([b'"body":"x"'] * 100_000) + b"}"
    yield "two million items", b"[" + b",".join([b"{}"] * 2_000_000) + b"]"
    yield "blanks", b" " * 7_000_000 + b"{}"


def of_process(pid):
    """CPU so far in ms, resident MiB."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        resident = int(file.read().split("VmRSS:")[1].split()[0]) >> 10
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS, resident


def lives(house):
    """No answer came: because it died? Who is about to die gives no other answer, either."""
    def told():
        try:
            return house.server.client().send("GET", "/healthz").status == 200
        except frame.BROKEN:
            return False
    frame.eventually(lambda: house.server.process.poll() is not None or told(),
                     what="an answer or the end")
    return house.server.process.poll() is None


def throw(c, house, name, body, paths):
    for path in paths:
        before = of_process(house.server.process.pid)[0]
        try:
            status = house.admin.send("POST", path, body).status
        except frame.BROKEN:
            status = 0
        c.count("thrown")
        if not c.expect(status or lives(house), f"{name} to {path} killed it"):
            house.server.stop()
            house.start()
            continue
        # Hung up on while it still sends is a refusal too: 413 before the body is there.
        c.expect(status in (0, 400, 401, 413, 422), f"{name} to {path}: {status}")
        c.sample("cpu_ms", of_process(house.server.process.pid)[0] - before)


def attack(c, plan):
    with frame.House(c, clock="2026-11-02T07:00:00Z") as house:
        house.verifies = not plan
        house.inbound(house.item("frage", "Frage"))
        case = house.admin.all("/conversations", view="all")[0]["id"]
        paths = (f"/channels/{house.place['id']}/inbound", "/sessions", f"/conversations/{case}/notes")
        if plan:
            house.plan(plan)
        pid, before = house.server.process.pid, of_process(house.server.process.pid)[1]
        for _ in range(c.n):
            for name, body in bombs():
                throw(c, house, name, body, paths)
        if house.server.process.pid == pid:
            grown = of_process(pid)[1] - before
            c.counts["growth_mib"] = grown
            c.expect(grown <= GROWTH_MIB, f"{grown} MiB stay in memory")
        c.expect(house.inbound(house.item("danach", "Danach")).status == 202, "it serves no more")
        rows = house.store.sql("SELECT COUNT(*) FROM message")[0][0]
        c.expect(int(rows) == 2, f"{rows} messages, not 2")


def play(c):
    attack(c, "")


def control(c):
    frame.need_hooks()
    attack(c, "control.any_depth=fail@1+")
    return "no ceiling for depth"
