"""token_peer.py - an authorisation server of our own making: a mock, not the real thing of any provider.

It renews tokens as RFC 6749 6 says, and tells a mail server whether one counts (RFC 7662). With `rotates` each answer
brings a new refresh token and takes the old one back; one that comes again ends them all (RFC 9700 4.14.2), unless
`forgiving`: then the last one counts until the one that came for it was used.
"""
import http.server
import json
import threading
import time
import urllib.parse


class TokenServer:
    def __init__(self, who, client="draht", secret="s3cret", refresh="refresh-1"):
        self.who, self.client, self.secret, self.refresh = who, client, secret, refresh
        self.given, self.active, self.thinks = 0, set(), 0
        self.rotates, self.forgiving, self.used, self.reused = False, False, [], 0
        self.lock = threading.Lock()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                fields = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                time.sleep(server.thinks)
                self.answer(*server.renew(fields))

            def do_GET(self):
                asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                self.answer(200, {"active": asked["token"][0] in server.active, "email": server.who})

            def answer(self, status, value):
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def renew(self, fields):
        with self.lock:
            came = fields.get("refresh_token")
            if fields != {"grant_type": "refresh_token", "client_id": self.client, "client_secret": self.secret,
                          "refresh_token": came}:
                return 400, {"error": "invalid_grant"}
            again = self.forgiving and self.used and came == self.used[-1]
            if came in self.used and not again:
                self.reused += 1
                self.revoke(None)
            if came != self.refresh and not again:
                return 400, {"error": "invalid_grant"}
            self.given += 1
            token = f"access-{self.given}"
            self.active.add(token)
            answer = {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
            if self.rotates:
                self.used = self.used if again else self.used + [came]
                self.refresh = answer["refresh_token"] = f"rotated-{self.given}"
            return 200, answer

    def revoke(self, refresh):
        """Nothing that was given out counts any more; from now on another refresh token does."""
        self.active, self.refresh = set(), refresh

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
