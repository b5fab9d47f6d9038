#!/usr/bin/env python3
"""oracle.py - a sender that writes down what was acknowledged to it, and when.

A program by itself, with its history on another file system than the store, so that no
fault of the program under test reaches what it is judged by.

    oracle.py --address HOST:PORT --token T --channel ID --history FILE [--threads N]
              [--prefix P] [--batch N] [--files K] [--limit N] [--pause SECONDS]

Each item has an id of its own. What was not answered, or refused for now (503), is sent
again with the same bytes, as networks do, until it is acknowledged. Ends after --limit
acknowledged items, on SIGTERM, or when its standard input closes. Every K-th item (--files)
carries a file whose bytes follow from its id. A line of the history is written in one piece:

    acked ID NS      answered 202, at that time of the monotonic clock
    refused ID STATUS RETRY-AFTER
    unsure ID        no answer came
"""
import argparse
import base64
import hashlib
import http.client
import json
import os
import signal
import sys
import threading
import time

stop = threading.Event()


def file_of(name):
    """The bytes of the file that the item of that id carries: 4 KiB to 20 KiB."""
    seed = hashlib.sha256(name.encode()).digest()
    return seed * (128 + seed[0] * 2)


class Sender(threading.Thread):
    def __init__(self, options, number, history):
        super().__init__(daemon=True)
        self.options, self.number, self.history = options, number, history
        self.acked, self.connection = 0, None

    def item(self, n):
        name = f"{self.options.prefix}-{self.number}-{n}"
        item = {"external_id": name, "body": f"Straße {name} ist zu", "sent_at": self.options.at,
                "author": {"external_id": f"u-{n % 97}", "name": f"Person {n % 97}"},
                "thread": {"external_id": f"t-{self.number}-{n % 31}", "kind": "post",
                           "title": f"Beitrag {n % 31}", "visibility": "public"}}
        if self.options.files and n % self.options.files == 0:
            item["attachments"] = [{"name": "a.bin", "mime": "application/octet-stream",
                                    "base64": base64.b64encode(file_of(name)).decode()}]
        return item

    def write(self, what, items, rest=""):
        lines = "".join(f"{what} {i['external_id']}{rest}\n" for i in items)
        os.write(self.history, lines.encode())

    def post(self, body):
        """The status and Retry-After, or None when no answer came."""
        if not self.connection:
            host, port = self.options.address.rsplit(":", 1)
            self.connection = http.client.HTTPConnection(host, int(port), timeout=20)
        try:
            self.connection.request(
                "POST", f"/api/v1/channels/{self.options.channel}/inbound", body,
                {"Content-Type": "application/json",
                 "Authorization": "Bearer " + self.options.token})
            reply = self.connection.getresponse()
            reply.read()
            return reply.status, reply.headers.get("Retry-After", "-")
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return None

    def send(self, items):
        """Again and again until it is acknowledged, or it is time to stop."""
        body = json.dumps(items if self.options.batch > 1 else items[0]).encode()
        told = None
        while not stop.is_set():
            answer = self.post(body)
            if answer and answer[0] == 202:
                self.write("acked", items, f" {time.monotonic_ns()}")
                self.acked += len(items)
                return
            if answer != told:  # a refusal that goes on is written down once
                self.write("refused" if answer else "unsure", items,
                           " {} {}".format(*answer) if answer else "")
            told = answer
            stop.wait(0.02 if answer else 0.005)

    def run(self):
        n = 0
        while not stop.is_set() and (not self.options.limit or self.acked < self.options.limit):
            self.send([self.item(n + i) for i in range(self.options.batch)])
            n += self.options.batch
            stop.wait(self.options.pause)


def until_closed():
    sys.stdin.read()
    stop.set()


def main():
    parser = argparse.ArgumentParser()
    for name in ("address", "token", "channel", "history"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--prefix", default="o")
    parser.add_argument("--at", default="2026-11-02T07:00:00.000Z", help="when they were sent")
    for name, default in (("threads", 4), ("batch", 1), ("files", 0), ("limit", 0)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--pause", type=float, default=0)
    options = parser.parse_args()
    history = os.open(options.history, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(history, b"begun\n")
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    threading.Thread(target=until_closed, daemon=True).start()
    options.limit = -(-options.limit // options.threads)
    senders = [Sender(options, number, history) for number in range(options.threads)]
    for sender in senders:
        sender.start()
    for sender in senders:
        while sender.is_alive():
            sender.join(0.1)


if __name__ == "__main__":
    main()
