#!/usr/bin/env python3
"""peer.py - the other end of a custom channel: a network with a memory of its own.

A program by itself, so that nothing of Draht or of the tests can write into its
books. It takes POST (a reply) and GET ?idempotency_key= (was it received?),
checks every signature by its own reading of Standard Webhooks, and appends one
JSON line per request to its ledger.

    peer.py --ledger FILE --secrets FILE [--seed N --fail SHARE] [--script FILE]

Faults: the script is a JSON object {"post": [...], "find": [...]}, the fault of
the 1st, 2nd, … request of each key, read anew at each request; after its end,
and with --fail, a share of requests fails as the seed decides.

    ok      take it, answer {"external_id": …}
    500 400 429      answer that (429 with Retry-After), take nothing
    close   hang up before reading
    lost    take it, hang up without an answer
    slow    take it, answer after half a second
    odd     answer 200 with something that is no JSON (a find then cannot tell)
"""
import argparse
import base64
import hashlib
import hmac
import json
import random
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

POST_FAULTS = ("500", "429", "close", "lost", "lost", "slow", "odd")
FIND_FAULTS = ("500", "close", "slow")


class Books:
    """What was asked and what was taken; the ledger file is its only witness."""

    def __init__(self, options):
        self.options, self.lock = options, threading.Lock()
        self.asked, self.taken = {}, {}

    def fault(self, kind, key):
        """The fault of this request, the same for the same seed, key and count."""
        with self.lock:
            n = self.asked[kind, key] = self.asked.get((kind, key), 0) + 1
        if self.options.script:
            with open(self.options.script, encoding="utf-8") as file:
                script = json.load(file).get(kind, [])
            if n <= len(script):
                return n, script[n - 1]
        dice = random.Random(f"{self.options.seed}:{kind}:{key}:{n}")
        if dice.random() < self.options.fail:
            return n, dice.choice(POST_FAULTS if kind == "post" else FIND_FAULTS)
        return n, "ok"

    def take(self, key):
        """Record a reply; each time it is taken gets a number of its own."""
        with self.lock:
            ids = self.taken.setdefault(key, [])
            ids.append(f"peer-{sum(map(len, self.taken.values())) + 1}")
            return ids[-1]

    def write(self, **line):
        with self.lock, open(self.options.ledger, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def genuine(self, headers, body):
        with open(self.options.secrets, encoding="utf-8") as file:
            secrets = file.read().split()
        given = (headers.get("webhook-signature") or "").split()
        text = b".".join([(headers.get("webhook-id") or "").encode(),
                          (headers.get("webhook-timestamp") or "").encode(), body])
        for secret in secrets:
            key = base64.b64decode(secret.split("_", 1)[-1])
            mac = hmac.new(key, text, hashlib.sha256).digest()
            if "v1," + base64.b64encode(mac).decode() in given:
                return True
        return False


class Peer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self):
        self.close_connection = True
        self.connection.shutdown(2)

    def refuse(self, fault):
        """True when the fault has already dealt with the request."""
        if fault == "close":
            self.hang_up()
        elif fault == "429":
            self.answer(429, b'{"error":"slower"}', Retry_After="90")
        elif fault in ("500", "400"):
            self.answer(int(fault), b'{"error":"the peer says ' + fault.encode() + b'"}')
        else:
            return False
        return True

    def do_POST(self):
        books = self.server.books
        key = self.headers.get("webhook-id") or ""
        n, fault = books.fault("post", key)
        if fault == "close":
            books.write(kind="post", key=key, n=n, fault=fault, taken=None)
            return self.hang_up()
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        genuine = books.genuine(self.headers, body)
        taken = None
        if genuine and fault in ("ok", "lost", "slow", "odd"):
            taken = books.take(key)
        books.write(kind="post", key=key, n=n, fault=fault, taken=taken, genuine=genuine,
                    body=body.decode("utf-8", "replace"), headers=dict(self.headers))
        if not genuine:
            return self.answer(401, b'{"error":"the signature does not fit"}')
        if self.refuse(fault):
            return None
        if fault == "lost":
            return self.hang_up()
        if fault == "slow":
            time.sleep(0.5)
        text = b"taken" if fault == "odd" else json.dumps({"external_id": taken}).encode()
        return self.answer(200, text)

    def do_GET(self):
        books = self.server.books
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        key = (query.get("idempotency_key") or [""])[0]
        n, fault = books.fault("find", key)
        found = books.taken.get(key, [])
        books.write(kind="find", key=key, n=n, fault=fault, found=found)
        if self.refuse(fault):
            return None
        if fault == "slow":
            time.sleep(0.5)
        items = json.dumps({"items": [{"external_id": i} for i in found]}).encode()
        return self.answer(200, b"<html>" if fault == "odd" else items)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ledger", required=True)
    parser.add_argument("--secrets", required=True)
    parser.add_argument("--script")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fail", type=float, default=0.0)
    options = parser.parse_args()
    server = Server(("127.0.0.1", 0), Peer)
    server.books = Books(options)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
