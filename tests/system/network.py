#!/usr/bin/env python3
"""network.py - the network behind the channels mock_a to mock_e of a test build.

A program by itself with a ledger of its own (one JSON line a request), as peer.py is for
custom channels; what it speaks stands in src/channel/mock.c.

    network.py --ledger FILE --control FILE [--keyed] [--page N]

The control file is JSON, read anew at each request:

    {"post": [faults], "get": [faults], "items": [what can be polled], "budget": [left, seconds],
     "count": [faults], "counts": {"followers": N, "posts": {id or "*": {"likes": N, …}}}}

The nth POST (or GET) since the lists changed meets the nth fault; after the last: none.

    ok       take it, answer {"id": …}
    500 422 429       answer that (429 with Retry-After: 60), take nothing
    close    hang up before anything is taken
    lost     take it, hang up without an answer
    odd      take it, answer what cannot be read

--keyed: a key that is known makes no second message (classes A and B).
"""
import argparse
import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler

from peer import Server

STATUS = {"500": 500, "422": 422, "429": 429}


class Books:
    def __init__(self, options):
        self.options, self.lock = options, threading.Lock()
        self.taken, self.counts, self.last = [], {}, {}

    def control(self):
        with open(self.options.control, encoding="utf-8") as file:
            return json.load(file)

    def fault(self, kind, control):
        """The fault of this request, and how-manieth it is."""
        script = control.get(kind, [])
        with self.lock:
            if self.last.get(kind) != script:
                self.last[kind], self.counts[kind] = script, 0
            n = self.counts[kind] = self.counts.get(kind, 0) + 1
        return script[n - 1] if n <= len(script) else "ok"

    def take(self, body):
        with self.lock:
            known = [t for t in self.taken if t["key"] == body["key"]]
            if known and self.options.keyed:
                return known[0]["id"]
            self.taken.append({**body, "id": f"net-{len(self.taken) + 1}"})
            return self.taken[-1]["id"]

    def write(self, **line):
        with self.lock, open(self.options.ledger, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


class Network(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, control, **headers):
        self.send_response(status)
        if control.get("budget"):
            headers |= {"RateLimit_Remaining": str(control["budget"][0]),
                        "RateLimit_Reset": str(control["budget"][1])}
        if status == 429:
            headers["Retry_After"] = "60"
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self):
        self.close_connection = True
        self.connection.shutdown(2)

    def do_POST(self):
        books = self.server.books
        control = books.control()
        fault = books.fault("post", control)
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        taken = books.take(body) if fault in ("ok", "lost", "odd") else None
        books.write(kind="post", fault=fault, taken=taken, **body)
        if fault in ("close", "lost"):
            return self.hang_up()
        if fault in STATUS:
            return self.answer(STATUS[fault], b"{}", control)
        text = b"<html>" if fault == "odd" else json.dumps({"id": taken}).encode()
        return self.answer(201, text, control)

    def count(self, query, control):
        """What the control file says is counted: {"followers": N, "posts": {id: {"likes": N, …}}}."""
        counts, ids = control.get("counts", {}), query.get("ids")
        fault = self.server.books.fault("count", control)
        self.server.books.write(kind="count", ids=ids, fault=fault)
        if fault in STATUS:
            return self.answer(STATUS[fault], b"{}", control)
        posts = counts.get("posts", {})
        found = [{"id": n, **posts.get(n, posts.get("*", {}))} for n in (ids or "").split(",")]
        what = {"posts": found} if ids else {"followers": counts.get("followers")}
        return self.answer(200, json.dumps(what).encode(), control)

    def do_GET(self):
        books = self.server.books
        control = books.control()
        where = urllib.parse.urlsplit(self.path)
        query = {k: v[0] for k, v in urllib.parse.parse_qs(where.query).items()}
        if where.path.endswith("/counts"):
            return self.count(query, control)
        fault = books.fault("get", control)
        books.write(kind="poll" if "after" in query or where.path.endswith("/items") else "find",
                    fault=fault, query=query)
        if fault in ("close", "lost"):
            return self.hang_up()
        if fault in STATUS:
            return self.answer(STATUS[fault], b"{}", control)
        if fault == "odd":
            return self.answer(200, b"<html>", control)
        if where.path.endswith("/items"):
            items = control.get("items", [])
            begin = int(query.get("after") or 0)
            end = min(begin + self.server.books.options.page, len(items))
            hidden = () if "since" in query else control.get("hidden", ())
            shown = [item for n, item in enumerate(items[begin:end], begin) if n not in hidden]
            return self.answer(200, json.dumps(shown).encode(), control,
                               Mock_Next=str(end), Mock_More="yes" if end < len(items) else "no")
        found = [{"id": t["id"], "text": t["text"]} for t in books.taken
                 if t["key"] == query.get("key", t["key"])
                 and t["thread"] == query.get("thread", t["thread"])]
        return self.answer(200, json.dumps({"complete": True, "messages": found}).encode(), control)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ledger", required=True)
    parser.add_argument("--control", required=True)
    parser.add_argument("--keyed", action="store_true")
    parser.add_argument("--page", type=int, default=10)
    options = parser.parse_args()
    server = Server(("127.0.0.1", 0), Network)
    server.books = Books(options)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
