#!/usr/bin/env python3
"""relay.py - the control of T-01: a server that acknowledges first and stores afterwards.

    relay.py HOST:PORT        prints the port on which it listens
"""
import http.client
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Relay(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(202)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
        try:
            onward = http.client.HTTPConnection(*sys.argv[1].rsplit(":", 1), timeout=5)
            onward.request("POST", self.path, body, dict(self.headers))
            onward.getresponse().read()
            onward.close()
        except (OSError, http.client.HTTPException):
            pass  # it was acknowledged already: that is what is wrong with it


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), Relay)
    print(server.server_address[1], flush=True)
    server.serve_forever()
