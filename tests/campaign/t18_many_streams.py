"""t18_many_streams.py - thousands of browsers follow the log; many leave and come back at any moment."""
import json
import os
import subprocess
import sys
import threading
import time

import frame

ID = "T-18"
TITLE = "thousands of open event streams, and browsers that come and go"
PROMISE = "A browser that lost its connection goes on where it was: it misses nothing and sees nothing twice."
QUICK, FULL, CONTROL = 200, 5000, 200
ENGINES = ("sqlite", "postgres")
NOT_COVERED = "More than 5,000 streams at one node: it refuses them. What the kernel keeps for a socket is not counted."
PER_TOKEN, ROUNDS, MESSAGES = 15, 5, 12


class Browsers:
    def __init__(self, house, tokens, *more):
        host, port = house.server.address
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(frame.HERE, "streams.py"), "--address", f"{host}:{port}",
             "--tokens", tokens, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def order(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("streams.py has ended")
        return json.loads(line)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


def kib(house):
    """What the server has to itself, in KiB: heap and stacks."""
    with open(f"/proc/{house.server.process.pid}/smaps_rollup", encoding="ascii") as file:
        return sum(int(line.split()[1]) for line in file
                   if line.startswith(("Private_Dirty:", "Private_Clean:", "Swap:")))


def write_tokens(house, folder, many):
    """One account for each fifteen streams: twenty are let in, and one that left counts for a moment."""
    path = os.path.join(folder, "tokens")
    tokens = []
    for n in range((many + PER_TOKEN - 1) // PER_TOKEN):
        house.store.add_user(f"n{n}@example.org", "administrator")
        tokens.append(house.store.token(f"n{n}@example.org"))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(tokens))
    return path


def newest(house):
    return int(house.store.sql("SELECT MAX(last_seq) FROM chain")[0][0])


def one_round(c, house, browsers, n, swaps):
    """Things happen while some are away, and while they come back."""
    def talk(begin, end):
        for i in range(begin, end):
            answer = house.inbound(house.item(f"m-{n}-{i}", f"Wort {n} {i}"))
            c.expect(answer.status == 202, f"refused: {answer!r}")
    browsers.order("leave", swaps, c.seed + n)
    talk(0, 2)
    talking = threading.Thread(target=talk, args=(2, MESSAGES))
    talking.start()
    browsers.order("back")
    talking.join()
    c.count("reconnects", swaps)
    told = browsers.order("until", newest(house))
    c.expect(told["there"], f"{told['missing']} streams did not hear of everything, "
                            f"{told['unanswered']} of them got no answer at all")
    begun = time.monotonic_ns()
    c.expect(house.inbound(house.item(f"quiet-{n}", "Und noch eins")).status == 202, "refused")
    told = browsers.order("until", newest(house))
    if "heard_p99_ns" in told:
        c.sample("fan_out_p99_ms", (told["heard_p99_ns"] - begun) / 1e6)
    return told


def fire(c, *more):
    with frame.elsewhere() as folder, frame.House(c) as house:
        browsers = Browsers(house, write_tokens(house, folder, c.n), *more)
        try:
            c.expect(house.inbound(house.item("first", "Erstes Wort")).status == 202, "refused")
            browsers.order("open", 10)  # what the first streams make is made once
            before = kib(house)
            opened = browsers.order("open", c.n - 10)
            c.expect(opened["open"] == c.n, f"{opened['open']} of {c.n} streams opened")
            c.count("streams", c.n)
            c.count("bytes_a_stream", max(0, kib(house) - before) * 1024 // (c.n - 10))
            for n in range(ROUNDS):
                told = one_round(c, house, browsers, n, max(20, c.n // 5 // ROUNDS))
            c.count("gaps", told["gaps"])
            c.count("repeats", told["repeats"])
            c.expect(told["gaps"] == 0, f"{told['gaps']} gaps")
            c.expect(told["repeats"] == 0, f"{told['repeats']} repeats")
        finally:
            browsers.stop()


def play(c):
    fire(c)


def control(c):
    """Browsers that come back without saying where they were miss what happened meanwhile. What
    they missed last does not come, however long they wait for it."""
    fire(c, "--forgetful", "--wait", "5")
    return "no Last-Event-ID"
