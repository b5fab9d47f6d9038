"""bad_input.py - what cannot be right is refused in words, and nothing of it is stored."""
import json
import os
import unittest

from case import DrahtTest
from harness import DAY, PASSWORD, ROOT

NAUGHTY = os.path.join(ROOT, "..", "shared", "suites", "big-list-of-naughty-strings", "blns.json")


def nested(depth):
    """An inbound item whose JSON is `depth` deep."""
    item = {"thread": {"external_id": "deep"}, "body": "tief", "extra": "X"}
    return json.dumps(item).replace('"X"', "[" * (depth - 1) + "]" * (depth - 1)).encode()


class Refused(DrahtTest):
    people = {"eva": "agent"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Eingang")
        cls.inbound = f"/channels/{cls.place['id']}/inbound"
        cls.say(cls.place, "post", "Anna", "Frage")
        cls.case = cls.conversation(cls.place)["id"]
        cls.replies = f"/conversations/{cls.case}/replies"

    def setUp(self):
        self.settled()
        self.before = self.stored()

    def stored(self):
        """Everything that a half-done write would change."""
        last = self.admin.all(f"/conversations/{self.case}/events")[-1]["seq"]
        return (last, len(self.conversations(self.place)), len(self.admin.all("/persons")),
                len(self.admin.all("/channels")), len(self.admin.all("/users")))

    def refused(self, answer, status, field=None, says=None):
        self.problem(answer, status, field, says)
        self.assertEqual(self.stored(), self.before, "something was stored")

    def good(self, **more):
        return {**self.item("post", "Anna", "gut"), **more}


class Bodies(Refused):
    def test_bytes_that_are_no_json_are_400(self):
        for name, body in (("cut", b'{"body":'), ("tail", b"{} x"),
                           ("single quotes", b"{'body':1}"), ("comma", b'{"body":"x",}'),
                           ("number", b'{"a":01}'), ("nan", b'{"a":NaN}'),
                           ("raw NUL", b'{"body":"a\x00b"}'), ("raw newline", b'{"body":"a\nb"}'),
                           ("no UTF-8", b'{"body":"\xff\xfe"}'),
                           ("cut UTF-8", b'{"body":"\xc3"}'), ("overlong", b'{"body":"\xc0\xaf"}'),
                           ("surrogate bytes", b'{"body":"\xed\xa0\x80"}'),
                           ("half a pair", rb'{"body":"\ud83d"}')):
            with self.subTest(name):
                self.refused(self.admin.post(self.inbound, body), 400)
                self.refused(self.eva.post(self.replies, body), 400)

    def test_depth_64_is_accepted_and_65_is_not(self):
        self.refused(self.admin.post(self.inbound, nested(65)), 400, says="64")
        self.refused(self.admin.post(self.inbound, nested(5000)), 400, says="64")
        self.check(self.admin.post(self.inbound, nested(64)), 202)

    def test_a_body_over_its_ceiling_is_413_and_says_the_ceiling(self):
        notes = f"/conversations/{self.case}/notes"
        big = json.dumps({"body": "x" * (1 << 20)})
        self.refused(self.eva.post(notes, big), 413, says="1048576")
        huge = json.dumps(self.good(filler="x" * (8 << 20)))
        self.refused(self.admin.post(self.inbound, huge), 413, says="8388608")

    def test_a_thousand_items_are_taken_and_1001_are_not(self):
        items = [self.item("many", f"M{n % 7}", f"Nummer {n}") for n in range(1001)]
        self.refused(self.admin.post(self.inbound, items), 413, says="1000")
        answer = self.check(self.admin.post(self.inbound, items[:1000]), 202)
        self.assertEqual((answer["accepted"], answer["duplicates"]), (1000, 0))

    def test_of_repeated_keys_the_last_wins(self):
        item = json.dumps(self.item("twice", "Zwilling", "zuletzt"))
        item = item[:-1].replace('{"ext', '{"body":"zuerst","ext', 1) + "}"
        self.check(self.admin.post(self.inbound, item), 202)
        self.assertEqual(self.conversation(self.place, "Zwilling")["messages"][0]["body"],
                         "zuletzt")

    def test_one_bad_item_of_three_is_named_and_the_others_are_kept(self):
        items = [self.item("three", "Drei", "eins"), {"body": "ohne Ort"},
                 self.item("three", "Drei", "drei")]
        answer = self.check(self.admin.post(self.inbound, items), 202)
        self.assertEqual(answer["accepted"], 2)
        self.assertEqual([(r["index"], r["field"]) for r in answer["rejected"]],
                         [(1, "thread.external_id")])
        self.assertTrue(answer["rejected"][0]["reason"])
        self.assertEqual(len(self.conversation(self.place, "Drei")["messages"]), 2)


class Fields(Refused):
    def test_a_field_that_is_missing_or_wrong_is_named(self):
        reply = {"body": "Ja", "visibility": "public"}
        long = "ü" * 32769  # two bytes each: one past 64 KiB
        cases = (
            (self.replies, {"visibility": "public"}, "body", None),
            (self.replies, dict(reply, body=""), "body", None),
            (self.replies, dict(reply, body=5), "body", None),
            (self.replies, dict(reply, body=None), "body", None),
            (self.replies, dict(reply, body=long), "body", "65536"),
            (self.replies, dict(reply, body="a\0b"), "body", None),
            (self.replies, dict(reply, visibility="secret"), "visibility", "private"),
            (self.replies, dict(reply, parent_id="17"), "parent_id", None),
            (self.replies, dict(reply, parent_id=17), "parent_id", None),
            (self.replies, dict(reply, attachment_ids=["17"]), "attachment_ids", None),
            (self.replies, dict(reply, send_after="morgen"), "send_after", None),
            (self.inbound, {"body": "x"}, "thread.external_id", None),
            (self.inbound, {"thread": {"external_id": "t"}}, "body", None),
            (self.inbound, self.good(thread="t"), "thread", None),
            (self.inbound, self.good(sent_at="gestern"), "sent_at", None),
            (self.inbound, self.good(sent_at="2026-02-30T08:00:00Z"), "sent_at", None),
            (self.inbound, self.good(author={"name": 7}), "author.name", None),
            (self.inbound, self.good(attachments=[{"name": "x", "mime": "a/b",
                                                   "base64": "%%%"}]), None, "base64"),
            ("/departments", {}, "name", None),
            ("/departments", {"name": "n" * 201}, "name", "200"),
            ("/departments", {"name": "Zeit", "hours": {"time_zone": "Mars/Olympus",
                                                        "slots": []}}, None, "time_zone"),
            ("/channels", {"network": "custom", "mode": "dialogue"}, "name", None),
            ("/channels", {"network": "custom", "name": "x", "mode": "shout"}, "mode", None),
            ("/users", {"email": "no-address", "name": "x", "role": "agent"}, "email", None),
            ("/users", {"email": "x@example.org", "name": "x", "role": "king"}, "role", None),
        )
        for path, body, field, says in cases:
            with self.subTest(f"{path.split('/')[-1]} {field} {str(body)[:60]}"):
                self.refused(self.admin.post(path, body), 422, field, says)

    def test_each_wrong_field_has_a_code_and_its_limits(self):
        name = {"name": "n" * 201}
        for path, body, expected in (
                ("/departments", {}, ("name", "required", None)),
                ("/departments", {"name": None}, ("name", "null", None)),
                ("/departments", {"name": 7}, ("name", "wrong_type", None)),
                ("/departments", name, ("name", "too_long", 200)),
                (self.replies, {"body": "ü" * 32769, "visibility": "public"},
                 ("body", "too_long", 65536)),
                (self.replies, {"body": "Ja", "visibility": "loud"},
                 ("visibility", "not_a_choice", None))):
            with self.subTest(f"{path} {str(body)[:40]}"):
                answer = self.admin.post(path, body)
                self.assertEqual(answer["code"], "invalid")
                self.assertEqual([(e["field"], e["code"], e.get("max")) for e in answer["errors"]],
                                 [expected])

    def test_a_refusal_has_a_code_of_its_own(self):
        self.assertEqual(self.eva.post("/departments", {"name": "Neu"})["code"], "right_missing")
        self.assertEqual(self.eva.post("/departments", {"name": "Neu"})["right"], "settings")
        self.assertEqual(self.admin.get("/conversations/17")["code"], "not_found")
        self.assertEqual(self.admin.post(self.inbound, b"{x")["code"], "json")
        self.check(self.eva.post(f"/conversations/{self.case}/solve", {}), 200)
        again = self.eva.post(f"/conversations/{self.case}/solve", {})
        self.assertEqual((again.status, again["code"]), (409, "conversation_finished"))

    def test_the_ceiling_itself_is_accepted(self):
        self.reply(self.eva, self.case, "ü" * 32768)
        self.check(self.admin.post("/departments", {"name": "ß" * 200}), 201)

    def test_a_nul_in_an_inbound_text_is_refused_with_its_field(self):
        self.refused(self.admin.post(self.inbound, self.good(body="a\0b")), 422, "body")
        answer = self.check(self.admin.post(self.inbound, [self.good(body="a\0b")]), 202)
        self.assertEqual([r["field"] for r in answer["rejected"]], ["body"])
        self.assertEqual(self.stored(), self.before)

    def test_ids_that_are_not_there_are_404(self):
        for path in ("/conversations/1", "/conversations/9223372036854775807",
                     "/conversations/9223372036854775808", "/conversations/-1",
                     "/conversations/abc", "/conversations/", "/threads/1", "/messages/1",
                     "/persons/1", "/channels/1", "/attachments/1", "/users/1", "/nowhere"):
            with self.subTest(path):
                self.refused(self.admin.get(path), 404)
        self.refused(self.admin.post("/conversations/1/replies",
                                     {"body": "x", "visibility": "public"}), 404)
        self.refused(self.admin.patch(f"/conversations/{self.case}", {"assignee_id": "17"}),
                     422, "assignee_id")
        self.refused(self.admin.patch(f"/conversations/{self.case}", {"department_id": "17"}),
                     422, "department_id")

    def test_queries_that_make_no_sense_are_named(self):
        for query, field in ((("limit", "0"), "limit"), (("limit", "201"), "limit"),
                             (("limit", "many"), "limit"), (("view", "upside"), "view"),
                             (("sort", "luck"), "sort"), (("channel_id", "x"), "channel_id")):
            with self.subTest(query):
                self.refused(self.admin.get("/conversations", **dict([query])), 422, field)
        self.refused(self.admin.get("/conversations", cursor="!!"), 422, "cursor")
        self.refused(self.admin.get("/reports/reaction_time", from_="x",
                                    to="2026-11-02T00:00:00Z"), 422, "from")
        self.refused(self.admin.get("/reports/luck", from_="2026-11-01T00:00:00Z",
                                    to="2026-11-02T00:00:00Z"), 404)

    def test_a_wrong_method_is_405_and_names_the_right_ones(self):
        answer = self.admin.delete("/conversations")
        self.refused(answer, 405)
        self.assertIn("GET", answer.headers.get("Allow", ""))


class Callers(Refused):
    def test_a_wrong_or_missing_csrf_token_changes_nothing(self):
        browser = self.server.client()
        self.check(browser.login("eva@example.org", PASSWORD), 201)
        csrf, body = browser.csrf, {"body": "von nebenan", "visibility": "public"}
        for forged in (None, "", "x" * len(csrf), csrf[:-1], csrf + "x"):
            browser.csrf = forged
            with self.subTest(str(forged)):
                self.refused(browser.post(self.replies, body), 403)
        browser.csrf = csrf
        self.check(browser.post(self.replies, body), 201)

    def test_an_expired_session_is_401_everywhere(self):
        browser = self.server.client()
        self.check(browser.login("eva@example.org", PASSWORD), 201)
        self.server.clock(120 * DAY)
        self.refused(browser.get("/conversations"), 401)
        self.refused(browser.post(self.replies, {"body": "spät", "visibility": "public"}), 401)


class Naughty(DrahtTest):
    def test_every_naughty_string_comes_back_as_it_was_or_is_refused_by_name(self):
        if not os.path.exists(NAUGHTY):
            raise unittest.SkipTest(f"{NAUGHTY} is not there")
        with open(NAUGHTY, encoding="utf-8") as file:
            strings = [s for s in json.load(file) if s.strip()]
        self.assertGreater(len(strings), 400)
        place = self.channel("Frech")
        items = [self.item("naughty", f"N{n}", text) for n, text in enumerate(strings)]
        for item, text in zip(items, strings):
            item["author"]["name"] = text[:200]
            item["thread"]["external_id"] = item["external_id"]
        answer = self.check(self.signed(place, items), 202)
        refused = {r["index"] for r in answer["rejected"]}
        self.assertTrue(all(r["field"] for r in answer["rejected"]), answer)
        self.assertLess(len(refused), 20)
        self.server.clock(60)  # what was not yet interpreted is now
        kept = {}
        for case in self.conversations(place):
            message = self.open(case["id"])["messages"][0]
            kept[message["external_id"]] = message["body"]
        for n, item in enumerate(items):
            if n not in refused:
                self.assertEqual(kept.get(item["external_id"]), strings[n])
        for text in strings:
            self.assertLess(self.admin.get("/search", q=text[:100]).status, 500, text)
