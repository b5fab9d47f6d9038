"""t17_slow_attackers.py - many connections that send or read as slowly as they can."""
import socket
import time

import frame

ID = "T-17"
TITLE = "slow attackers (head, body, reading)"
PROMISE = "Those who hold connections open on purpose are cut off, and nobody else is refused meanwhile."
QUICK, FULL, CONTROL = 90, 1000, 30  # attackers at once, a third of each kind
SECONDS = 12  # what the server waits for a head or for the next part of a body
PATIENCE = 60  # and when it is called never, on a busy machine
HEAD = b"POST /api/v1/sessions HTTP/1.1\r\nHost: draht\r\nContent-Type: application/json\r\n"
GROWTH_MIB = 64
KINDS = ("head", "body", "read")


class Attacker:
    """One connection; from an address of its own, as a crowd would come."""

    def __init__(self, kind, number, address):
        self.kind, self.cut, self.sent = kind, False, 0
        self.socket = socket.socket()
        if kind == "read":
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        self.socket.bind((f"127.0.{1 + number % 200}.{1 + number // 200}", 0))
        self.socket.connect(address)
        self.socket.setblocking(False)
        first = {"head": HEAD[:20], "body": HEAD + b"Content-Length: 100000\r\n\r\n{",
                 "read": b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: draht\r\n\r\n" * 20}
        self.socket.send(first[kind])

    def drip(self):
        """One byte more; a reader reads one byte."""
        try:
            if self.kind == "read":
                self.socket.recv(1)
            elif self.socket.send(b"x" if self.kind == "head" else b" "):
                self.sent += 1
        except BlockingIOError:
            pass
        except OSError:
            self.cut = True

    def look(self):
        """Was it hung up on? (An answer such as 408 comes first.)"""
        if self.kind == "read" or self.cut:
            return
        try:
            self.cut = self.socket.recv(65536) == b"" or self.cut
        except BlockingIOError:
            pass
        except OSError:
            self.cut = True


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return int(file.read().split("VmRSS:")[1].split()[0]) >> 10


def attack(c, address, path, pid=None, patience=PATIENCE):
    before = resident_mib(pid) if pid else 0
    crowd = [Attacker(KINDS[n % 3], n, address) for n in range(c.n)]
    begun, largest = time.monotonic(), before
    slow = [one for one in crowd if one.kind != "read"]
    client = frame.Client(address)
    try:
        while time.monotonic() < begun + patience and not all(one.cut for one in slow):
            for one in crowd:
                one.drip()
                one.look()
            asked = time.monotonic()
            answer = client.send("GET", path, timeout=20)
            c.sample("answer_ms", (time.monotonic() - asked) * 1000)
            c.expect(answer.status == 200, f"somebody else was answered {answer.status}")
            c.count("others_served")
            largest = max(largest, resident_mib(pid) if pid else 0)
            time.sleep(0.2)
    finally:
        for one in crowd:
            one.socket.close()
    c.sample("cut_off_after_ms", (time.monotonic() - begun) * 1000)
    for kind in KINDS[:2]:
        held = sum(not one.cut for one in crowd if one.kind == kind)
        c.expect(not held, f"{held} with a slow {kind} are still there after {patience} s")
        c.counts[f"slow_{kind}_cut"] = sum(one.cut for one in crowd if one.kind == kind)
    c.counts["growth_mib"] = largest - before
    c.expect(largest - before <= GROWTH_MIB, f"grew by {largest - before} MiB")


def play(c):
    with frame.House(c) as house:
        attack(c, house.server.address, "/healthz", house.server.process.pid)


def control(c):
    with frame.lenient() as address:
        attack(c, address, "/api/v1/openapi.json", patience=SECONDS + 2)
    return "a server that waits for ever"
