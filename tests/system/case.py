"""case.py - what a system test stands on: a store, a server, people, a channel."""
import json
import unittest
import urllib.parse
import uuid

from client import sign
from harness import Server, Store, iso

_sent = 0


class DrahtTest(unittest.TestCase):
    """One store and one server for the class, an administrator with a token.

    `people` are further accounts by first name and role. Each gets self.<name>,
    a client with a bearer token; the administrator is self.admin.
    """

    clock = "2026-11-02T07:00:00Z"  # Monday, 08:00 in Berlin
    people = {}
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.store = Store()
        try:
            # First the clock: what happens before it would happen on the machine's.
            cls.server = Server(cls.store, cls.clock).start()
            cls.store.add_user("admin@example.org", "administrator", "Ada Admin")
            for name, role in cls.people.items():
                cls.store.add_user(f"{name}@example.org", role, name.title())
            tokens = {n: cls.store.token(f"{n}@example.org") for n in ("admin", *cls.people)}
            cls.tokens = tokens
            cls.accounts = {}
            for name in tokens:
                cls.accounts[name] = cls.client(name).get("/me")["account"]["id"]
            cls.admin = cls.client("admin")
            cls.check(cls.admin.patch("/workspace", {"time_zone": "Europe/Berlin"}), 200)
            cls.prepare()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def prepare(cls):
        """For the classes to fill."""

    @classmethod
    def tearDownClass(cls):
        """Whatever was done: chain, tables and books must verify, and the end be clean."""
        server = getattr(cls, "server", None)
        try:
            if server and server.process:
                status = server.stop()
                cls.store.run("verify")
                assert status == 0, f"the server ended with {status}:\n{server.log()}"
        finally:
            if server:
                server.stop()
            cls.store.remove()

    @classmethod
    def client(cls, name):
        return cls.server.client(cls.tokens[name])

    def __getattr__(self, name):
        if name in type(self).people:
            return self.client(name)
        raise AttributeError(name)

    @staticmethod
    def check(answer, *statuses):
        if answer.status not in statuses:
            raise AssertionError(f"expected {' or '.join(map(str, statuses))}, got {answer!r}")
        return answer

    @classmethod
    def channel(cls, name, **more):
        """A custom channel in dialogue; gives it with its secret under `signing_secret`."""
        more = {"network": "custom", "name": name, "mode": "dialogue", "purpose": "Service",
                "settings": {}, **more}
        answer = cls.check(cls.admin.post("/channels", more), 201)
        return dict(answer["channel"], signing_secret=answer.json.get("signing_secret"))

    @classmethod
    def say(cls, channel, thread, who, body, **more):
        """One inbound message, now; gives the answer (202)."""
        return cls.check(cls.admin.post(f"/channels/{channel['id']}/inbound",
                                        cls.item(thread, who, body, **more)), 202)

    @classmethod
    def item(cls, thread, who, body, **more):
        global _sent
        _sent += 1
        visibility = more.pop("visibility", "public")
        author = more.pop("author", None)
        if who and author is None:
            author = {"external_id": "u-" + who, "handle": who.lower(), "name": who}
        return {"external_id": f"c-{_sent}", "author": author, "body": body,
                "thread": {"external_id": thread, "kind": more.pop("kind", "post"),
                           "title": thread,
                           "url": "https://example.org/" + urllib.parse.quote(thread),
                           "visibility": visibility},
                "sent_at": iso(cls.server.now), **more}

    @classmethod
    def signed(cls, channel, body, secret=None, seconds=None):
        """POST raw bytes to the inbound address with Standard Webhooks headers."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        when = cls.server.now.timestamp() if seconds is None else seconds
        headers = sign(secret or channel["signing_secret"], f"msg_{uuid.uuid4().hex}", when, body)
        return cls.server.client().post(f"/channels/{channel['id']}/inbound", body, headers)

    @classmethod
    def conversations(cls, channel, **query):
        return cls.admin.all("/conversations", view="all", channel_id=channel["id"], **query)

    @classmethod
    def conversation(cls, channel, person=None, thread=None):
        """The one conversation of that channel (and person, and thread's title)."""
        found = [c for c in cls.conversations(channel)
                 if person in (None, c["person"]["name"]) and
                 thread in (None, c["thread"]["title"])]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} conversations of {person}: {found}")
        return cls.open(found[0]["id"])

    @classmethod
    def open(cls, conversation):
        return cls.check(cls.admin.get(f"/conversations/{conversation}"), 200).json

    @classmethod
    def words(cls, kind, *words, value=""):
        """The workspace's list of that kind and value holds these words, and no others."""
        have = [w for w in cls.admin.all("/word-lists") if (w["kind"], w["value"]) == (kind, value)]
        if have:
            cls.check(cls.admin.patch(f"/word-lists/{have[0]['id']}", {"words": list(words)}), 200)
        else:
            cls.check(cls.admin.post("/word-lists", {"kind": kind, "value": value,
                                                     "words": list(words)}), 201)

    @classmethod
    def report(cls, metric, since, until=None, **query):
        """A figure from `since` until now (or `until`)."""
        until = until or iso(cls.server.now)
        return cls.check(cls.admin.get(f"/reports/{metric}", from_=since, to=until, **query),
                         200).json

    @classmethod
    def cases(cls, metric, since, until=None, **query):
        until = until or iso(cls.server.now)
        return cls.admin.all(f"/reports/{metric}/cases", from_=since, to=until, **query)

    @classmethod
    def act(cls, caller, conversation, action, body=None, expect=(200, 201)):
        return cls.check(caller.post(f"/conversations/{conversation}/{action}", body), *expect)

    @classmethod
    def reply(cls, caller, conversation, body, visibility="public", **more):
        return cls.act(caller, conversation, "replies",
                       {"body": body, "visibility": visibility, **more}, (201,))

    def problem(self, answer, status, field=None, says=None):
        """The answer is a problem document that names the field and says why."""
        self.assertEqual(answer.status, status, repr(answer))
        self.assertIn("application/problem+json", answer.headers.get("Content-Type", ""))
        for member in ("type", "title", "status", "detail"):
            self.assertIn(member, answer.json)
        self.assertEqual(answer["status"], status)
        if field:
            self.assertIn(field, answer.fields(), repr(answer))
        if says:
            self.assertIn(says, answer.body.decode().replace("\\u00a0", " "))
        return answer

    def settled(self, steps=400):
        """Step the clock until no reply is on its way; gives the whole outbox."""
        for n in range(steps):
            boxes = self.admin.all("/outbox")
            under_way = [b for b in boxes if b["state"] in ("queued", "sending", "unknown")]
            if not under_way:
                return boxes
            self.server.clock(min(30 * (1 + n // 10), 2 * 3600))
        raise AssertionError(f"not settled after {steps} steps: {under_way[:5]}")
