#!/usr/bin/env python3
"""streams.py - many browsers that follow the log, each with a connection and a memory of its own.

A program by itself. Takes orders as lines of its standard input and answers each with a line of JSON.

    streams.py --address HOST:PORT --tokens FILE [--forgetful] [--wait SECONDS]

    open N        N more streams, 15 a token; answers when all have their head
    leave N SEED  N of them hang up, at most five a token
    back          those come back with Last-Event-ID (--forgetful: without)
    until ID      wait until each has had that event; what each has had, compared
    end

Each stream notes the numbers of its events. They must rise by one: another step is a gap, no step
or one back a repeat. (Nobody here is kept from seeing any.) A number without data is no event but
the place where the stream begins: who is away before the first event goes on from there.
"""
import argparse
import collections
import json
import random
import selectors
import socket
import sys
import time

PER_TOKEN, PER_ADDRESS = 15, 200
LEAVING = 5  # of a token at a time: until the server has noticed, those who come back count twice


class Stream:
    def __init__(self, house, number):
        self.house, self.number, self.last, self.first = house, number, None, None
        self.gaps, self.repeats, self.heard_at, self.socket = 0, 0, {}, None

    def open(self, said=True):
        # Connections of one address are counted together: each 200 come from one of their own.
        self.socket = socket.create_connection(
            self.house.address, 30, (f"127.0.1.{1 + self.number // PER_ADDRESS % 250}", 0))
        token = self.house.tokens[self.number // PER_TOKEN]
        last = f"Last-Event-ID: {self.last}\r\n" if said and self.last else ""
        self.socket.sendall(f"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
                            f"{last}\r\n".encode())
        self.socket.setblocking(False)
        self.bytes, self.has_head, self.told = b"", False, None
        self.house.selector.register(self.socket, selectors.EVENT_READ, self)

    def close(self):
        self.house.selector.unregister(self.socket)
        self.socket.close()

    def read(self):
        try:
            some = self.socket.recv(65536)
        except (BlockingIOError, InterruptedError):
            return
        if not some:
            raise SystemExit(f"stream {self.number} was ended: {self.bytes[:200]!r}")
        self.bytes += some
        if not self.has_head and b"\r\n\r\n" in self.bytes:
            head, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
            if b" 200 " not in head.split(b"\r\n")[0]:
                raise SystemExit(f"stream {self.number}: {head.decode()} {self.bytes.decode()}")
            self.has_head = True
        if self.has_head:
            *lines, self.bytes = self.bytes.split(b"\n")
            for line in lines:
                if line.startswith(b"id: "):
                    self.told = int(line[4:])
                elif line.startswith(b"data: "):
                    self.note(self.told)
                elif line.startswith(b"retry: ") and self.last is None:
                    self.last = self.told

    def note(self, number):
        if self.last is not None:
            self.gaps += number > self.last + 1
            self.repeats += number <= self.last
        self.first = self.first or number
        self.last = max(number, self.last or 0)
        self.heard_at[number] = time.monotonic_ns()


class House:
    def __init__(self, options):
        host, port = options.address.rsplit(":", 1)
        self.address, self.forgetful, self.wait = (host, int(port)), options.forgetful, options.wait
        with open(options.tokens, encoding="utf-8") as file:
            self.tokens = file.read().split()
        self.selector, self.streams, self.away = selectors.DefaultSelector(), [], []

    def turn(self, done):
        end = time.monotonic() + self.wait
        while not done():
            if time.monotonic() > end:
                return False
            for key, _ in self.selector.select(0.2):
                key.data.read()
        return True

    def open(self, many):
        for _ in range(many):
            self.streams.append(Stream(self, len(self.streams)))
            self.streams[-1].open()
            if len(self.streams) % 100 == 0:
                self.turn(lambda: all(s.has_head for s in self.streams[-100:]))
        return {"open": self.turn(lambda: all(s.has_head for s in self.streams)) and len(self.streams)}

    def leave(self, many, seed):
        left, self.away = collections.Counter(), []
        for one in random.Random(seed).sample(self.streams, len(self.streams)):
            left[one.number // PER_TOKEN] += 1
            if left[one.number // PER_TOKEN] <= LEAVING:
                self.away.append(one)
        self.away = self.away[:many]
        for one in self.away:
            one.close()
        return {"away": many}

    def back(self):
        for one in self.away:
            one.open(not self.forgetful)
            for key, _ in self.selector.select(0):
                key.data.read()
        return {"back": len(self.away)}

    def until(self, number):
        there = self.turn(lambda: all((s.last or 0) >= number for s in self.streams))
        told = {"there": there, "gaps": sum(s.gaps for s in self.streams),
                "repeats": sum(s.repeats for s in self.streams),
                "missing": sum((s.last or 0) < number for s in self.streams),
                "unanswered": sum(not s.has_head for s in self.streams)}
        heard = sorted(s.heard_at[number] for s in self.streams if number in s.heard_at)
        if heard:
            told |= {"heard_p99_ns": heard[len(heard) * 99 // 100], "heard_max_ns": heard[-1]}
        return told


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--tokens", required=True)
    parser.add_argument("--forgetful", action="store_true")
    parser.add_argument("--wait", type=float, default=60, help="for what must come")
    house = House(parser.parse_args())
    for line in sys.stdin:
        order, *rest = line.split()
        if order == "end":
            return
        print(json.dumps(getattr(house, order)(*map(int, rest))), flush=True)


if __name__ == "__main__":
    main()
