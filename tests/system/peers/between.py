"""between.py - stands between Draht and a peer and does what networks do: loses answers, refuses.

Passes everything on as it came. `faults` is a list of what befalls the next requests whose
method is in `methods`, one each:

    lost    the peer gets it and acts, the answer goes nowhere
    429     answered here, with Retry-After 600; the peer never hears of it
    503     answered here
    expired answered here, as a server of the AT Protocol says that a session has ended

While `cut` nothing gets through. `headers` puts other values in place of those that a request has: {(name, value): new};
those that came are kept in `replaced`. `names` says where a host of the peer's answers really is: addresses
that begin so are written anew in what comes back.
"""
import http.client
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEPT = ("content-type", "content-length", "link", "date", "x-wp-total", "x-wp-totalpages", "etag",
        "last-modified", "location", "retry-after")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def refuse(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def pass_on(self):
        between = self.server.between
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = between.next_fault(self.command, self.path)
        if between.cut:
            return self.refuse(502)
        if fault == "expired":
            return self.refuse(400, b'{"error":"ExpiredToken","message":"Token has expired"}')
        if fault in ("429", "503"):
            return self.refuse(int(fault), **({"Retry_After": "600"} if fault == "429" else {}))
        try:
            peer = http.client.HTTPConnection(between.host, timeout=60)
            headers = {k: between.header(k.lower(), v) for k, v in self.headers.items() if k.lower() != "host"}
            peer.request(self.command, self.path, body or None, {**headers, "Host": between.host})
            answer = peer.getresponse()
            text = answer.read()
        except OSError:
            return self.refuse(502)
        for name, url in between.names.items():
            text = text.replace(name.encode(), url.encode())
        self.close_connection = True
        if fault == "lost":
            return None
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() in KEPT and name.lower() not in ("content-length", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)
        return None

    do_GET = do_POST = do_DELETE = do_PUT = pass_on


class Between:
    def __init__(self, url):
        self.host = urllib.parse.urlsplit(url).netloc
        self.faults, self.methods, self.asked, self.cut = [], ("POST",), [], False
        self.names, self.headers, self.replaced = {}, {}, []
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.between, self.server.daemon_threads = self, True
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next_fault(self, method, path):
        with self.lock:
            self.asked.append((method, path))
            return self.faults.pop(0) if self.faults and method in self.methods else None

    def header(self, name, value):
        new = self.headers.get((name, value), value)
        if new != value:
            self.replaced.append((name, value))
        return new

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
