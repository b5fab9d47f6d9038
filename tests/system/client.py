"""client.py - speaks to Draht as a browser, a program or a channel would.

Standard library only, and nothing of Draht's own code: what these tests know
of signatures, problems and event streams they know from docs/api.md.
"""
import base64
import hashlib
import hmac
import http.client
import json
import queue
import threading
import time
import urllib.parse


class Answer:
    """One HTTP answer; `json` is None when the body is none."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        try:
            self.json = json.loads(body)
        except ValueError:
            self.json = None

    def __getitem__(self, member):
        if not isinstance(self.json, (dict, list)):
            raise AssertionError(f"no JSON in the answer: {self!r}")
        return self.json[member]

    def __repr__(self):
        return f"{self.status} {self.body[:600].decode('utf-8', 'replace')}"

    def fields(self):
        """The names of the fields that a problem complains about."""
        return [e.get("field") for e in (self.json or {}).get("errors") or []]


class Client:
    """A caller: nobody, a bearer token, or (after login) a cookie with its CSRF token."""

    def __init__(self, address, token=None):
        self.host, self.port = address
        self.token, self.cookie, self.csrf = token, None, None

    def send(self, method, path, body=None, headers=None, timeout=30):
        """`body`: an object goes as JSON, bytes and text as they are."""
        out = {}
        if isinstance(body, str):
            body = body.encode()
        if body is not None:
            out["Content-Type"] = "application/json"
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        if self.token:
            out["Authorization"] = "Bearer " + self.token
        if self.cookie:
            out["Cookie"] = self.cookie
        if self.csrf and method not in ("GET", "HEAD"):
            out["X-CSRF-Token"] = self.csrf
        out.update(headers or {})
        if not path.startswith(("/api/", "/test/", "/healthz", "/readyz", "/metrics")):
            path = "/api/v1" + path
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request(method, path, body, out)
            reply = connection.getresponse()
            answer = Answer(reply.status, reply.headers, reply.read())
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("draht_session="):
                self.cookie = cookie.split(";")[0]
                if isinstance(answer.json, dict) and answer.json.get("csrf_token"):
                    self.csrf = answer.json["csrf_token"]
        return answer

    def get(self, path, headers=None, **query):
        query = {k.rstrip("_"): v for k, v in query.items() if v is not None}
        if query:
            path += ("&" if "?" in path else "?") + urllib.parse.urlencode(query)
        return self.send("GET", path, headers=headers)

    def post(self, path, body=None, headers=None):
        return self.send("POST", path, {} if body is None else body, headers)

    def patch(self, path, body, headers=None):
        return self.send("PATCH", path, body, headers)

    def put(self, path, body, headers=None):
        return self.send("PUT", path, body, headers)

    def delete(self, path, body=None, headers=None):
        return self.send("DELETE", path, body, headers)

    def login(self, email, password, code=None):
        body = {"email": email, "password": password}
        if code:
            body["code"] = code
        answer = self.post("/sessions", body)
        if answer.status == 201:
            self.csrf = answer["csrf_token"]
        return answer

    def all(self, path, **query):
        """Every item of a list, page by page."""
        items, cursor = [], None
        while True:
            answer = self.get(path, limit=200, cursor=cursor, **query)
            if answer.status != 200:
                raise AssertionError(f"GET {path}: {answer!r}")
            items += answer["items"]
            cursor = answer["next_cursor"]
            if not cursor:
                return items

    def events(self, last=None):
        return Stream(self, last)


class Stream:
    """Server-sent events, read by a thread of their own."""

    def __init__(self, client, last=None):
        headers = {"Accept": "text/event-stream"}
        if client.token:
            headers["Authorization"] = "Bearer " + client.token
        if client.cookie:
            headers["Cookie"] = client.cookie
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.connection = http.client.HTTPConnection(client.host, client.port, timeout=30)
        self.connection.request("GET", "/api/v1/events", headers=headers)
        self.reply = self.connection.getresponse()
        self.status, self.seen, self.queue = self.reply.status, [], queue.Queue()
        self.ended = threading.Event()
        if self.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        event = {}
        try:
            for line in self.reply:
                line = line.decode().rstrip("\r\n")
                if not line:
                    if "data" in event:  # a block without data is no event
                        self.queue.put(event)
                    event = {}
                elif line and not line.startswith(":"):
                    name, _, value = line.partition(":")
                    event[name] = value.lstrip(" ")
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self.ended.set()

    def wait(self, fits, seconds=5):
        """The first event that `fits` (a function of kind and data), or None."""
        end = time.monotonic() + seconds
        while True:
            try:
                event = self.queue.get(timeout=max(0, end - time.monotonic()))
            except queue.Empty:
                return None
            event["data"] = json.loads(event["data"])
            self.seen.append(event)
            if fits(event["event"], event["data"]):
                return event

    def close(self):
        try:
            self.connection.sock.shutdown(2)
        except (OSError, AttributeError):
            pass
        self.connection.close()


def sign(secret, message_id, seconds, body):
    """The three headers of Standard Webhooks."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{message_id}.{int(seconds)}.".encode() + body
    mac = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(int(seconds)),
            "webhook-signature": "v1," + mac}


def totp(secret, seconds):
    """RFC 6238, six digits, SHA-1, 30 seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, (int(seconds) // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 1000000:06d}"
