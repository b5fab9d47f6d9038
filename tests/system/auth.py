"""auth.py - every route, for every role and every kind of stranger.

authorisation.tsv says what is expected, /api/v1/openapi.json what exists: a
route without a row fails, and so does a row without a route. The roles' rights
are written down here once more, from docs/api.md, not asked of the program.
"""
import json
import os
import re

from case import DrahtTest
from harness import HERE, PASSWORD, iso

RIGHTS = {
    "administrator": "read draft answer note work approve moderate release hold report channels "
                     "settings users secrets audit",
    "manager": "read draft answer note work approve moderate release hold report channels "
               "settings audit",
    "coordinator": "read note report release hold",
    "agent": "read draft answer note work moderate report",
    "trainee": "read draft note",
    "legal": "read note approve release hold audit report",
    "reader": "read report",
}
# What allowed callers may get with an empty body; never "who are you" or "you may not".
ALLOWED = (200, 201, 202, 204, 400, 404, 409, 413, 422)


def rows():
    with open(os.path.join(HERE, "authorisation.tsv"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def shape(path):
    """A path with its parameters' names taken out."""
    return re.sub(r"\{[^}]*\}", "{}", path)


class Matrix(DrahtTest):
    people = {role: role for role in RIGHTS if role != "administrator"} | {
        "outsider": "agent", "revoked": "administrator"}

    @classmethod
    def prepare(cls):
        made = {}
        for name in ("Service", "Rechnung"):
            answer = cls.check(cls.admin.post("/departments", {"name": name}), 201)
            made[name] = (answer.json.get("department") or answer.json)["id"]
        for who, where in (("outsider", "Rechnung"), ("agent", "Service"),
                           ("trainee", "Service")):
            cls.check(cls.admin.patch(f"/users/{cls.accounts[who]}",
                                      {"department_ids": [made[where]]}), 200)
        cls.place = cls.channel("Matrix", department_id=made["Service"])
        cls.ids = dict(department=made["Service"], channel=cls.place["id"], **cls.talk())
        cls.ids["restraint"] = cls.block(made["Service"])
        cls.ids["user"] = cls.accounts["reader"]
        cls.ids["role"] = cls.admin.get("/roles")["items"][-1]["id"]
        answer = cls.check(cls.admin.post("/word-lists", {
            "kind": "topic", "value": "Matrix", "words": ["matrix"]}), 201)
        cls.ids["word-list"] = (answer.json.get("word_list") or answer.json)["id"]
        tokens = cls.check(cls.client("revoked").get("/tokens"), 200)["items"]
        cls.check(cls.client("revoked").delete(f"/tokens/{tokens[0]['id']}"), 204)

    @classmethod
    def block(cls, department):
        """Of somebody on a network that has blocks; nobody there is reached."""
        place = cls.channel("Fediverse", network="mastodon", department_id=department,
                            settings={"url": "https://social.example"})
        path = os.path.join(cls.store.folder, "status.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"me": {"id": "1"}, "thread": {"id": "4"}, "status": {
                "id": "8", "account": {"id": "2", "acct": "fan@social.example"}, "mentions": [{"id": "1"}],
                "visibility": "public", "content": "<p>Pfui</p>", "created_at": iso(cls.server.now)}}, file)
        cls.store.run("import", path, "--channel", place["id"], "--open")
        said = cls.conversation(place)["messages"][0]
        return cls.check(cls.admin.post(f"/messages/{said['id']}/restraints", {
            "kind": "block", "reason": "insult", "days": 1}), 201)["id"]

    @classmethod
    def talk(cls):
        """One of everything that a talk is made of."""
        cls.say(cls.place, "post", "Anna", "Frage")
        case = cls.conversation(cls.place)
        cls.say(cls.place, "post", "Max", "nein",
                parent_external_id=case["messages"][0]["external_id"])
        # Not the administrator's: nobody approves an own reply.
        sent = cls.reply(cls.client("agent"), case["id"], "Antwort")
        cls.act(cls.admin, case["id"], "solve")
        made = cls.check(cls.admin.post("/attachments", {
            "name": "a.txt", "mime": "text/plain", "base64": "YQ=="}), 201)
        return {"conversation": case["id"], "thread": case["thread"]["id"],
                "message": case["messages"][0]["id"], "person": case["person"]["id"],
                "profile": case["profile"]["id"], "outbox": sent["outbox"]["id"],
                "attachment": made["id"],
                "check-back": cls.open(case["id"])["check_backs"][0]["id"]}

    def path(self, pattern):
        """The pattern with ids of things that exist."""
        def fill(match):
            kind = match.group(1).rstrip("s") if match.group(1) != "outbox" else "outbox"
            kind = {"check-back": "check-back", "word-list": "word-list"}.get(kind, kind)
            name = {"metric": "reaction_time", "token": "nonsense"}.get(match.group(2))
            return f"{match.group(1)}/{name or self.ids.get(kind, '1')}"
        path = re.sub(r"([a-z-]+)/\{([a-z_]+)\}", fill, pattern)
        if "/reports/" in path:
            path += "?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z"
        elif path.endswith("/search"):
            path += "?q=Frage"
        return path

    def ask(self, caller, method, pattern, body=None):
        """The status; an event stream is only opened."""
        if pattern == "/api/v1/events":
            stream = caller.events()
            stream.close()
            return stream.status
        body = None if method in ("GET", "DELETE") else body or {}
        return caller.send(method, self.path(pattern), body).status

    def test_every_route_has_a_row_and_every_row_a_route(self):
        document = self.check(self.server.client().get("/openapi.json"), 200).json
        exist = {(method.upper(), shape(path if path.startswith("/api/") else "/api/v1" + path))
                 for path, item in document["paths"].items() for method in item
                 if method in ("get", "post", "put", "patch", "delete")}
        written = {(row[0], shape(row[1])) for row in rows()}
        self.assertEqual(sorted(exist - written), [], "routes without a row")
        self.assertEqual(sorted(written - exist), [], "rows without a route")
        self.assertEqual(document["openapi"][:3], "3.1")

    def test_a_role_may_do_what_its_rights_say_and_nothing_else(self):
        clients = {"administrator": self.admin}
        clients.update({role: self.client(role) for role in RIGHTS if role != "administrator"})
        # The refused go first, so that what the allowed do cannot hide a refusal.
        for allowed in (False, True):
            for method, path, access, _ in rows():
                if access == "anybody" or "sessions" in path or "totp" in path:
                    continue
                for role, rights in RIGHTS.items():
                    may = access in ("login", *rights.split()) or (
                        access == "signed" and "channels" in rights.split())
                    if may == allowed:
                        with self.subTest(f"{method} {path} as {role}"):
                            status = self.ask(clients[role], method, path)
                            self.assertIn(status, ALLOWED if may else (403,))

    def test_nobody_and_the_revoked_are_turned_away_everywhere(self):
        nobody = self.server.client()
        for method, path, access, _ in rows():
            with self.subTest(f"{method} {path}"):
                if access == "anybody":
                    self.assertIn(self.ask(nobody, method, path), (*ALLOWED, 401))
                    continue
                self.assertEqual(self.ask(nobody, method, path), 401)
                self.assertEqual(self.ask(self.client("revoked"), method, path), 401)

    def test_an_agent_of_another_department_reads_and_does_not_write(self):
        outsider = self.client("outsider")
        rights = RIGHTS["agent"].split()
        reply = {"body": "fremd", "visibility": "public"}
        bodies = {"replies": reply, "send": reply, "merge": {"into": self.ids["conversation"]},
                  "close": {"reason": "spam", "note": "x"}, "messages": {"third_party": "helper"}}
        for method, path, access, department in rows():
            if access not in rights or (method != "GET" and department != "own"):
                continue
            with self.subTest(f"{method} {path}"):
                name = [n for n in bodies if path.endswith(n) or f"/{n}/" in path and
                        method == "PATCH"]
                status = self.ask(outsider, method, path, bodies[name[0]] if name else {})
                if method == "GET":
                    self.assertIn(status, (200, 404))
                else:
                    self.assertEqual(status, 403)

    def test_a_valid_reply_to_another_department_is_refused_and_not_stored(self):
        case = self.ids["conversation"]
        before = len(self.open(case)["messages"])
        self.problem(self.client("outsider").post(f"/conversations/{case}/replies", {
            "body": "fremd", "visibility": "public"}), 403)
        self.assertEqual(len(self.open(case)["messages"]), before)

    def test_a_token_can_do_no_more_than_its_scopes(self):
        made = self.check(self.admin.post("/tokens", {"name": "liest", "scopes": ["read"]}), 201)
        reader = self.server.client(made["token"])
        self.check(reader.get("/conversations"), 200)
        self.problem(reader.post("/departments", {"name": "durch die Hintertür"}), 403)
        self.problem(reader.post(f"/conversations/{self.ids['conversation']}/notes",
                                 {"body": "x"}), 403)
        self.check(self.admin.delete(f"/tokens/{made['item']['id']}"), 204)
        self.problem(reader.get("/conversations"), 401)

    def test_what_belongs_to_another_workspace_is_not_there(self):
        """404, never 403, and the same as for what exists nowhere."""
        self.store.run("user", "add", "fern@example.org", "--name", "Fern", "--role",
                       "administrator", "--password-stdin", "--new-workspace",
                       "--workspace", "fern", stdin=PASSWORD + "\n")
        stranger = self.server.client(self.store.run(
            "token", "add", "fern@example.org", "--name", "t", "--workspace", "fern")
            .stdout.strip())
        self.check(stranger.get("/me"), 200)
        for method, path, access, _ in rows():
            match = re.match(r"/api/v1/([a-z-]+)/\{id\}", path)
            if not match or access in ("anybody", "login"):
                continue
            with self.subTest(f"{method} {path}"):
                there = self.path(path)
                nowhere = re.sub(r"/\d+", "/99", there, count=1)
                body = None if method in ("GET", "DELETE") else {}
                status = stranger.send(method, there, body).status
                self.assertIn(status, (404,) if method == "GET" else (404, 422))
                self.assertEqual(stranger.send(method, nowhere, body).status, status,
                                 "it tells what exists elsewhere")
        for path in ("/conversations?view=all", "/persons", "/channels", "/users", "/outbox",
                     "/search?q=Frage", "/check-backs", "/reports/contact_frequency/cases"):
            answer = self.check(stranger.get(path), 200).body.decode()
            for kind in ("conversation", "person", "channel", "outbox", "check-back"):
                self.assertNotIn(f'"{self.ids[kind]}"', answer, path)
        stream = stranger.events(last=0)
        self.reply(self.admin, self.ids["conversation"], "nicht für Fern")
        stream.wait(lambda kind, data: False, seconds=1)
        stream.close()
        self.assertNotIn(self.ids["conversation"], str(stream.seen))

    def test_the_stream_ends_when_the_session_is_revoked(self):
        browser, second = self.server.client(), self.server.client()
        for client in (browser, second):
            self.check(client.login("reader@example.org", PASSWORD), 201)
        stream = browser.events()
        self.assertEqual(stream.status, 200)
        current = [s for s in browser.get("/sessions")["items"] if s["current"]][0]["id"]
        self.check(second.delete(f"/sessions/{current}"), 204)
        self.assertTrue(stream.ended.wait(5), "the revoked session still listens")
        self.assertEqual(browser.get("/me").status, 401)
        self.assertEqual(second.get("/me").status, 200)
