"""webchat.py - the chat on a web page, spoken as a visitor's browser speaks it."""
import base64
import hashlib
import hmac
import http.client
import queue
import threading
import urllib.parse

from case import DrahtTest
from client import Stream
from harness import HOUR, MINUTE, eventually

KEY = "k" * 43
OTHER = "o" * 43


class Visitor:
    """One browser: its key, or the page's signed id of who is logged in."""

    def __init__(self, test, chat, key=KEY, user=None, signature=None):
        self.test, self.base, self.sent = test, f"/webchat/{chat['id']}", 0
        self.headers = {"X-Visitor-Key": key} if key else {}
        if user:
            self.headers["X-Visitor-User"] = urllib.parse.quote(user, safe="")
        if signature:
            self.headers["X-Visitor-Signature"] = signature

    def send(self, method, path, body=None, headers=None):
        headers = dict(self.headers, **(headers or {}))
        return self.test.server.client().send(method, self.base + path, body, headers)

    def show(self):
        return self.send("GET", "").json

    def write(self, body, client_id=None, **more):
        self.sent += 1
        client_id = client_id or f"c{self.sent}-{self.headers.get('X-Visitor-Key', 'x')[:4]}"
        return self.send("POST", "/messages", {
            "client_id": client_id, "body": body, "page_url": "https://shop.example/rad",
            "page_title": "Räder", **more})

    def talk(self):
        answer = self.send("GET", "/messages")
        assert answer.status == 200, answer
        return answer.json

    def words(self):
        """Oldest first, as people read it."""
        return [message["body"] for message in reversed(self.talk()["items"])]


class VisitorStream(Stream):
    """The stream of a talk; it only says that something changed."""

    def __init__(self, address, visitor):
        self.connection = http.client.HTTPConnection(*address, timeout=30)
        self.connection.request("GET", "/api/v1" + visitor.base + "/events", headers=visitor.headers)
        self.reply = self.connection.getresponse()
        self.status, self.seen, self.queue = self.reply.status, [], queue.Queue()
        self.ended = threading.Event()
        if self.status == 200:
            threading.Thread(target=self._read, daemon=True).start()


def sign(secret, user):
    """As docs/webchat.md tells integrators, with a library that is not ours."""
    return hmac.new(secret.encode(), user.encode(), hashlib.sha256).hexdigest()


class ChatTest(DrahtTest):
    people = {"anna": "agent", "tim": "trainee"}
    settings = {}

    @classmethod
    def chat(cls, name="Chat", **more):
        return cls.channel(name, network="webchat", **{"settings": cls.settings, **more})

    @classmethod
    def prepare(cls):
        cls.place = cls.chat()

    def visitor(self, key=KEY, chat=None, **more):
        return Visitor(self, chat or self.place, key, **more)

    def case_of(self, chat=None):
        return self.conversation(chat or self.place)

    def answer(self, conversation, body, who=None):
        """A reply, and the end of its way."""
        sent = self.reply(who or self.anna, conversation, body, "private")
        eventually(lambda: self.admin.get(f"/messages/{sent['message']['id']}")["outbox"]["state"] == "sent",
                   what="the reply to be there")
        return sent


class Talk(ChatTest):
    def test_a_message_becomes_a_conversation_and_the_answer_reaches_the_visitor(self):
        jonas = self.visitor()
        self.assertEqual(jonas.talk()["items"], [])
        answer = self.check(jonas.write("Habt ihr das Rad in Blau?"), 201)
        self.assertTrue(answer["id"])
        case = self.case_of()
        self.assertEqual(case["channel"]["network"], "webchat")
        self.assertEqual((case["thread"]["kind"], case["thread"]["visibility"]), ("chat", "private"))
        self.assertEqual(case["thread"]["url"], "https://shop.example/rad")
        self.assertEqual(case["thread"]["title"], "Räder")
        self.answer(case["id"], "Ja, ab Freitag.")
        self.assertEqual(jonas.words(), ["Habt ihr das Rad in Blau?", "Ja, ab Freitag."])
        ours = jonas.talk()["items"][0]
        self.assertEqual((ours["from"], ours["name"], ours["client_id"]), ("us", "Anna", None))

    def test_the_same_message_again_is_one_message(self):
        jonas = self.visitor()
        first = self.check(jonas.write("Nur einmal", "twice"), 201)
        for body in ("Nur einmal", "Nur einmal, anders"):
            again = self.check(jonas.write(body, "twice"), 201)
            self.assertEqual(again["id"], first["id"])
        self.assertEqual(jonas.words().count("Nur einmal"), 1)
        self.assertNotIn("Nur einmal, anders", jonas.words())

    def test_nobody_meets_the_words_of_another(self):
        maria = self.visitor(OTHER)
        self.assertEqual(maria.talk()["items"], [])
        # The same id of a message in another browser is another message.
        self.check(maria.write("Ich bin Maria", "twice"), 201)
        self.assertEqual(maria.words(), ["Ich bin Maria"])
        self.assertNotIn("Ich bin Maria", self.visitor().words())
        self.assertEqual(self.check(maria.send("PATCH", "/messages/c1-kkkk", {"body": "fremd"}), 404).status, 404)
        # A sign that parts names tells nobody whether another's message is there.
        for method, body in (("PATCH", {"body": "fremd"}), ("DELETE", None)):
            self.problem(maria.send(method, "/messages/v:x:c1-kkkk", body), 404)
        ours = self.visitor().talk()["items"][0]
        self.problem(maria.send("POST", "/seen", {"message_id": ours["id"]}), 404)

    def test_without_a_key_there_is_no_talk(self):
        for key in (None, "kurz", "k" * 129, "ä" * 43, "k k" * 15):
            nobody = self.visitor(None)
            nobody.headers = {} if key is None else {"X-Visitor-Key": key.encode().decode("latin-1")}
            self.problem(nobody.send("GET", "/messages"), 401)
            self.problem(nobody.write("Hallo?"), 401)
            self.assertEqual(nobody.send("GET", "/events").status, 401)
        self.check(self.visitor("k" * 32).send("GET", "/messages"), 200)
        self.check(self.visitor("k" * 128).send("GET", "/messages"), 200)

    def test_notes_drafts_and_addresses_of_colleagues_stay_inside(self):
        case = next(c for c in self.conversations(self.place) if c["thread"]["title"])["id"]
        self.act(self.anna, case, "notes", {"body": "KANARIE-NOTIZ"})
        self.check(self.anna.put(f"/conversations/{case}/draft", {"body": "KANARIE-ENTWURF", "visibility": "private"}), 200)
        for key in (KEY, OTHER):
            for path in ("", "/messages"):
                said = self.visitor(key).send("GET", path).body.decode()
                for canary in ("KANARIE", "@example.org", "Agent", "agent"):
                    self.assertNotIn(canary, said)

    def test_what_waits_for_approval_is_not_there_until_it_is_approved(self):
        jonas = self.visitor("t" * 43)
        self.check(jonas.write("Frage an die Neuen"), 201)
        case = next(c["id"] for c in self.conversations(self.place) if "Neuen" in c["excerpt"])
        held = self.check(self.tim.post(f"/conversations/{case}/replies", {
            "body": "Entwurf von Tim", "visibility": "private"}), 201)
        self.assertEqual(jonas.words(), ["Frage an die Neuen"])
        self.check(self.admin.post(f"/outbox/{held['outbox']['id']}/approve"), 200)
        eventually(lambda: jonas.words() == ["Frage an die Neuen", "Entwurf von Tim"], what="the reply")

    def test_a_change_is_a_version_and_a_removal_keeps_what_was_said(self):
        jonas = self.visitor("e" * 43)
        self.check(jonas.write("Rahmen 54", "m1"), 201)
        self.server.clock(MINUTE)
        self.check(jonas.send("PATCH", "/messages/m1", {"body": "Rahmen 56"}), 201)
        message = jonas.talk()["items"][0]
        self.assertEqual(message["body"], "Rahmen 56")
        self.assertTrue(message["edited_at"])
        versions = self.admin.all(f"/messages/{message['id']}/versions")
        self.assertEqual([v["body"] for v in versions], ["Rahmen 54", "Rahmen 56"])
        self.server.clock(MINUTE)
        self.check(jonas.send("DELETE", "/messages/m1"), 201)
        message = jonas.talk()["items"][0]
        self.assertEqual((message["body"], bool(message["removed_at"])), ("", True))
        self.problem(jonas.send("PATCH", "/messages/m1", {"body": "doch"}), 409)
        self.assertEqual(len(self.admin.all(f"/messages/{message['id']}/versions")), 2)

    def test_files_travel_both_ways_and_only_to_their_owner(self):
        jonas, maria = self.visitor("f" * 43), self.visitor(OTHER)
        picture = base64.b64encode(b"\x89PNG bytes").decode()
        self.check(jonas.write("Foto", files=[{"name": "rad.png", "mime": "image/png", "base64": picture}]), 201)
        file = jonas.talk()["items"][0]["files"][0]
        self.assertEqual((file["name"], file["size"]), ("rad.png", 10))
        got = self.check(jonas.send("GET", f"/files/{file['id']}"), 200)
        self.assertEqual(got.body, b"\x89PNG bytes")
        self.assertIn("attachment", got.headers["Content-Disposition"])
        self.assertIn("sandbox", got.headers["Content-Security-Policy"])
        self.problem(maria.send("GET", f"/files/{file['id']}"), 404)
        case = next(c["id"] for c in self.conversations(self.place) if c["excerpt"] == "Foto")
        made = self.check(self.anna.post("/attachments", {
            "name": "angebot.txt", "mime": "text/plain", "base64": "TnVyIGhldXRl"}), 201)
        self.problem(jonas.send("GET", f"/files/{made['id']}"), 404)
        self.reply(self.anna, case, "Anbei", "private", attachment_ids=[made["id"]])
        eventually(lambda: len(jonas.talk()["items"]) == 2, what="the answer")
        file = jonas.talk()["items"][0]["files"][0]
        self.assertEqual(self.check(jonas.send("GET", f"/files/{file['id']}"), 200).body, b"Nur heute")

    def test_whether_it_was_seen_is_a_fact_that_never_goes_back(self):
        jonas = self.visitor("s" * 43)
        self.check(jonas.write("Gesehen?"), 201)
        case = next(c["id"] for c in self.conversations(self.place) if c["excerpt"] == "Gesehen?")
        one = self.answer(case, "Eins")["message"]["id"]
        self.server.clock(MINUTE)
        two = self.answer(case, "Zwei")["message"]["id"]
        self.assertIsNone(self.open(case)["seen"])
        self.check(jonas.send("POST", "/seen", {"message_id": two}), 204)
        self.assertEqual(self.open(case)["seen"]["message_id"], two)
        self.check(jonas.send("POST", "/seen", {"message_id": one}), 204)
        self.assertEqual(self.open(case)["seen"]["message_id"], two)
        self.assertEqual(jonas.talk()["seen_id"], two)
        mine = [m for m in jonas.talk()["items"] if m["from"] == "visitor"][0]
        self.problem(jonas.send("POST", "/seen", {"message_id": mine["id"]}), 404)

    def test_a_person_is_answering_only_while_one_is(self):
        jonas = self.visitor("a" * 43)
        self.check(jonas.write("Jemand da?"), 201)
        case = next(c["id"] for c in self.conversations(self.place) if c["excerpt"] == "Jemand da?")
        self.assertFalse(jonas.talk()["answering"])
        self.check(self.anna.post(f"/conversations/{case}/answering", {"active": True}), 200)
        self.assertTrue(jonas.talk()["answering"])
        self.server.clock(2 * MINUTE)
        self.assertFalse(jonas.talk()["answering"])

    def test_solved_is_told_writing_again_reopens_and_the_check_back_comes_into_the_same_chat(self):
        jonas = self.visitor("b" * 43)
        self.check(jonas.write("Bremse quietscht"), 201)
        case = next(c["id"] for c in self.conversations(self.place) if c["excerpt"] == "Bremse quietscht")
        self.answer(case, "Bitte nachstellen.")
        self.act(self.anna, case, "solve")
        self.assertTrue(jonas.talk()["solved_at"])
        self.server.clock(HOUR)
        self.check(jonas.write("Sie quietscht noch"), 201)
        self.assertIsNone(jonas.talk()["solved_at"])
        self.assertEqual(self.open(case)["state"], "open")
        self.answer(case, "Dann tauschen wir sie.")
        self.act(self.anna, case, "solve")
        self.server.clock(7 * 24 * HOUR + HOUR)
        due = [b for b in self.open(case)["check_backs"] if b["state"] == "due"][0]
        self.check(self.anna.post(f"/check-backs/{due['id']}/send", {"body": "Ist es jetzt gut?"}), 200, 201)
        eventually(lambda: jonas.words()[-1] == "Ist es jetzt gut?", what="the question")
        self.assertTrue(jonas.talk()["items"][0]["check_back"])

    def test_a_long_talk_is_read_page_by_page_without_gap_or_repeat(self):
        jonas = self.visitor("l" * 43)
        for n in range(45):
            self.check(jonas.write(f"Zeile {n}", f"n{n}"), 201)
            self.server.clock(30)
        seen, cursor = [], None
        while True:
            page = jonas.send("GET", "/messages?limit=20" + (f"&cursor={cursor}" if cursor else "")).json
            seen += [m["body"] for m in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        self.assertEqual(seen, [f"Zeile {n}" for n in reversed(range(45))])


class Doors(ChatTest):
    settings = {"allowed_origins": "https://shop.example\nhttps://*.shop.example http://127.0.0.1:8000"}

    def raw(self, path):
        """Outside /api/v1, with its headers."""
        connection = http.client.HTTPConnection(*self.server.address, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, dict(answer.headers), answer.read()
        finally:
            connection.close()

    def test_the_frame_may_be_shown_on_the_pages_that_are_listed(self):
        status, headers, _ = self.raw(f"/webchat/{self.place['id']}")
        if status == 404:
            self.skipTest("the program was built without its pages")
        policy = headers["Content-Security-Policy"]
        self.assertIn("frame-ancestors 'self' https://shop.example:443 https://*.shop.example:443 "
                      "http://127.0.0.1:8000", policy)
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotIn("Set-Cookie", headers)
        anywhere = self.chat("Überall", settings={})
        self.assertNotIn("frame-ancestors", self.raw(f"/webchat/{anywhere['id']}")[1]["Content-Security-Policy"])

    def test_the_loader_is_always_served_with_a_tag_and_a_short_life(self):
        status, headers, body = self.raw("/widget.js")
        if status == 404:
            self.skipTest("the program was built without its pages")
        self.assertEqual(status, 200)
        self.assertTrue(headers["ETag"])
        self.assertIn("max-age=300", headers["Cache-Control"])
        self.assertEqual(headers["Cross-Origin-Resource-Policy"], "cross-origin")
        self.assertLess(len(body), 15 * 1024)

    def test_no_other_origin_may_read_our_answers(self):
        answer = self.visitor().send("GET", "/messages", headers={"Origin": "https://shop.example"})
        self.assertFalse([h for h in answer.headers if h.lower().startswith("access-control-")])
        self.problem(self.visitor().send("POST", "/messages", {"client_id": "x", "body": "y"},
                                         {"Origin": "https://evil.example"}), 403)

    def test_a_message_from_another_page_is_refused(self):
        jonas = self.visitor()
        for page, status in (("https://shop.example/a?b", 201), ("https://www.shop.example/", 201),
                             ("http://127.0.0.1:8000/", 201), ("http://shop.example/", 403),
                             ("https://shop.example.evil.example/", 403), ("https://evilshop.example/", 403),
                             ("https://shop.example:8443/", 403), ("javascript:alert(1)", 403), ("", 403)):
            with self.subTest(page):
                self.assertEqual(jonas.write("von " + page, page_url=page).status, status)

    def test_origins_that_cannot_be_read_are_named(self):
        for text in ("shop.example", "https://", "https://shop.example/pfad", "ftp://shop.example", "https://*",
                     "https://*.127.0.0.1", "*", " ".join(f"https://a{n}.example" for n in range(33))):
            with self.subTest(text[:40]):
                self.problem(self.admin.patch(f"/channels/{self.place['id']}", {"settings": {"allowed_origins": text}}),
                             422, "settings.allowed_origins")
        for colour in ("blau", "#12345", "#1234567", "#12345g", "red;x"):
            self.problem(self.admin.patch(f"/channels/{self.place['id']}", {"settings": {"colour": colour}}),
                         422, "settings.colour")
        many = " ".join(f"https://a{n}.example" for n in range(32))
        self.check(self.admin.patch(f"/channels/{self.chat('Viele')['id']}", {"settings": {"allowed_origins": many}}), 200)

    def test_what_is_no_web_chat_in_use_is_not_there(self):
        custom = self.channel("Kein Chat")
        gone = self.chat("Vorbei")
        self.check(self.admin.post(f"/channels/{gone['id']}/retire", {"forwarding_note": "Telefon"}), 200)
        for chat in (custom, gone, {"id": "1"}, {"id": "9" * 18}):
            jonas = self.visitor(chat=chat)
            for answer in (jonas.send("GET", ""), jonas.send("GET", "/messages"), jonas.write("Hallo")):
                self.problem(answer, 404)

    def test_a_chat_where_nobody_answers_takes_nothing(self):
        quiet = self.chat("Still", mode="listen", settings={})
        self.assertFalse(self.visitor(chat=quiet).show()["available"])
        self.problem(self.visitor(chat=quiet).write("Hallo?"), 409)

    def test_there_is_no_inbound_address(self):
        self.problem(self.admin.post(f"/channels/{self.place['id']}/inbound", {"body": "x"}), 409)
        self.problem(self.server.client().post(f"/channels/{self.place['id']}/inbound", {"body": "x"}), 401)


class Ceilings(ChatTest):
    def setUp(self):
        self.server.clock(2 * MINUTE)

    def test_texts_end_at_10000_characters(self):
        jonas = self.visitor()
        self.check(jonas.write("ü" * 10000), 201)
        self.problem(jonas.write("ü" * 10001), 422, "body")

    def test_a_message_has_words_or_files(self):
        jonas = self.visitor()
        for body in ("", "   \n", None):
            self.problem(jonas.write(body), 422, "body")
        self.problem(jonas.write(17), 422, "body")
        self.problem(jonas.write("nul \0 inside"), 422)

    def test_ids_of_messages_are_short_and_plain(self):
        jonas = self.visitor()
        self.check(jonas.write("gut", "a" * 64), 201)
        for bad in ("a" * 65, "a b", "a:b", "ä", "a/b"):
            self.problem(jonas.write("schlecht", bad), 422, "client_id")

    def test_four_files_of_five_megabytes_together(self):
        jonas = self.visitor()
        half = base64.b64encode(b"x" * (5 << 19)).decode()
        files = [{"name": f"{n}.bin", "mime": "application/octet-stream", "base64": half} for n in range(2)]
        self.check(jonas.write("genau", files=files), 201)
        self.problem(jonas.write("eins zu viel", files=files + [{"name": "c", "mime": "", "base64": "YQ=="}]), 422, "files")
        small = [{"name": f"{n}", "mime": "text/plain", "base64": "YQ=="} for n in range(5)]
        self.check(jonas.write("vier", files=small[:4]), 201)
        self.problem(jonas.write("fünf", files=small), 422, "files")
        for bad in ([{"name": "a", "base64": "kein base64!"}], [{"name": "", "base64": "YQ=="}], [{}], "x", [1],
                    [{"name": "a", "base64": ""}]):
            self.problem(jonas.write("schlecht", files=bad), 422, "files")

    def test_a_whole_request_ends_at_8_mebibytes(self):
        self.assertEqual(self.visitor().send("POST", "/messages", b"x" * ((8 << 20) + 1)).status, 413)

    def test_broken_requests_are_refused_in_words_and_leave_nothing(self):
        jonas = self.visitor("r" * 43)
        for body, status in ((b"{", 400), (b"[]", 422), (b"\xff", 400), (b"{}", 422)):
            self.problem(jonas.send("POST", "/messages", body), status)
        self.assertEqual(jonas.talk()["items"], [])

    def test_a_visitor_writes_20_times_a_minute_and_waits_then(self):
        jonas = self.visitor("v" * 43)
        for n in range(20):
            self.check(jonas.write(f"Nr. {n}"), 201)
        answer = self.problem(jonas.write("zu viel"), 429)
        self.assertTrue(0 < int(answer.headers["Retry-After"]) <= 60)
        # Others at the same address do not feel it, and it passes.
        self.check(self.visitor("w" * 43).write("ich"), 201)
        self.server.clock(MINUTE)
        self.check(jonas.write("wieder"), 201)

    def test_reading_ends_at_1200_times_a_minute_and_seeing_at_120(self):
        jonas = self.visitor("x" * 43)
        self.check(jonas.write("Da?"), 201)
        statuses = [jonas.send("POST", "/seen", {"message_id": "1"}).status for _ in range(121)]
        self.assertEqual((set(statuses[:120]), statuses[120]), ({404}, 429))
        statuses = [jonas.send("GET", "").status for _ in range(1201)]
        self.assertEqual((set(statuses[:1200]), statuses[1200]), ({200}, 429))

    def test_an_address_begins_30_talks_an_hour(self):
        self.server.clock(HOUR)
        for n in range(30):
            self.check(self.visitor(f"{n:043d}").write("Hallo"), 201)
        self.problem(self.visitor("9" * 43).write("Hallo"), 429)
        self.check(self.visitor(f"{1:043d}").write("bin schon da"), 201)

    def test_behind_a_web_server_each_visitor_has_an_address_of_his_own(self):
        self.server.clock(HOUR)
        for n in range(31):
            visitor = self.visitor(f"p{n:042d}")
            visitor.headers["X-Forwarded-For"] = f"192.0.2.{n}"
            self.check(visitor.write("Hallo"), 201)

    def test_an_address_writes_60_times_a_minute(self):
        self.server.clock(HOUR)
        for n in range(60):
            self.check(self.visitor(f"{n % 6:043d}").write("x", f"m{n}"), 201)
        self.problem(self.visitor(f"{5:043d}").write("x", "m60"), 429)


class Identity(ChatTest):
    def test_a_signed_person_is_the_same_on_every_device(self):
        secret = self.place["signing_secret"]
        phone = self.visitor("p" * 43, user="kunde-17 ü", signature=sign(secret, "kunde-17 ü"))
        self.check(phone.write("Vom Telefon", name="Jonas Lindner"), 201)
        desk = self.visitor(None, user="kunde-17 ü", signature=sign(secret, "kunde-17 ü"))
        self.assertEqual(desk.show()["identity"], "signed")
        self.assertEqual(desk.words(), ["Vom Telefon"])
        case = self.case_of()
        self.assertEqual((case["person"]["name"], case["profile"]["handle"]), ("Jonas Lindner", "kunde-17 ü"))

    def test_a_forged_or_missing_signature_is_an_unknown_visitor_and_says_so(self):
        secret = self.place["signing_secret"]
        right = sign(secret, "kunde-17 ü")
        for forged in (None, "", "0" * 64, right[:-1], right.upper(), sign("whsec_falsch", "kunde-17 ü"),
                       sign(secret, "kunde-18"), right + "0"):
            with self.subTest(str(forged)[:20]):
                stranger = self.visitor("q" * 43, user="kunde-17 ü", signature=forged)
                shown = stranger.show()
                self.assertEqual(shown["identity"], "refused")
                self.assertIn("HMAC-SHA-256", shown["identity_problem"])
                self.assertEqual(stranger.talk()["items"], [])
        nobody = self.visitor(None, user="kunde-17 ü", signature="0" * 64)
        self.problem(nobody.send("GET", "/messages"), 401)
        # What the unknown one writes is no word of the customer.
        stranger = self.visitor("q" * 43, user="kunde-17 ü", signature="0" * 64)
        self.check(stranger.write("Ich bin kunde-17"), 201)
        names = {c["profile"]["handle"] for c in self.conversations(self.place)}
        self.assertEqual(names, {"kunde-17 ü", ""})

    def test_no_key_can_look_like_a_signed_person(self):
        secret = self.place["signing_secret"]
        for user in ("v:" + "0" * 32, "x" * 200, "a:b:c", "../..", "😀"):
            known = self.visitor(None, user=user, signature=sign(secret, user))
            self.check(known.write("ich, " + user[:5]), 201)
            self.assertEqual(known.words(), ["ich, " + user[:5]])
        self.assertEqual(self.visitor(KEY, user="x" * 201, signature=sign(secret, "x" * 201)).show()["identity"], "refused")

    def test_an_id_of_a_message_with_a_colon_says_nothing_about_another_user(self):
        """What is kept is called USER:ID, and "a:b" with "c" is not "a" with "b:c"."""
        secret = self.place["signing_secret"]
        other = self.visitor(None, user="a:b", signature=sign(secret, "a:b"))
        self.check(other.write("Nur für uns", "c"), 201)
        curious = self.visitor(None, user="a", signature=sign(secret, "a"))
        self.check(curious.write("Hallo", "d"), 201)
        for method, body in (("PATCH", {"body": "Anders"}), ("DELETE", None)):
            for letter in ("%3A", ":"):
                answers = [curious.send(method, f"/messages/b{letter}{name}", body) for name in "cx"]
                for answer in answers:
                    self.problem(answer, 404)
                self.assertEqual(answers[0]["detail"], answers[1]["detail"])
        self.assertEqual(other.words(), ["Nur für uns"])

    def test_the_old_secret_counts_for_a_day_after_a_new_one(self):
        old = self.place["signing_secret"]
        new = self.check(self.admin.post(f"/channels/{self.place['id']}/secret"), 201)["signing_secret"]
        for secret in (old, new):
            self.assertEqual(self.visitor(user="k", signature=sign(secret, "k")).show()["identity"], "signed")
        self.server.clock(25 * HOUR)
        self.assertEqual(self.visitor(user="k", signature=sign(old, "k")).show()["identity"], "refused")
        self.assertEqual(self.visitor(user="k", signature=sign(new, "k")).show()["identity"], "signed")

    def test_another_chats_secret_signs_nobody_here(self):
        other = self.chat("Anderer")
        self.assertEqual(self.visitor(user="k", signature=sign(other["signing_secret"], "k")).show()["identity"], "refused")

    def test_first_names_or_the_name_of_the_house(self):
        hidden = self.chat("Ohne Namen", settings={"anonymous_staff": True, "title": "Radladen"})
        jonas = self.visitor(chat=hidden)
        self.check(jonas.write("Wer da?"), 201)
        self.answer(self.case_of(hidden)["id"], "Wir.")
        self.assertEqual(jonas.talk()["items"][0]["name"], "Radladen")


class Hours(ChatTest):
    clock = "2026-11-07T09:00:00Z"  # a Saturday

    @classmethod
    def prepare(cls):
        answer = cls.check(cls.admin.post("/departments", {"name": "Laden", "hours": {
            "time_zone": "Europe/Berlin",
            "slots": [{"weekday": d, "from": "08:00", "until": "17:00"} for d in range(5)]}}), 201)
        cls.department = answer.json.get("department", answer.json)["id"]
        cls.place = cls.chat(department_id=cls.department, target_ms=30 * MINUTE * 1000)

    def test_on_saturday_the_chat_says_monday(self):
        shown = self.visitor().show()
        self.assertEqual(shown["hours"], {"open": False, "opens_at": "2026-11-09T07:00:00.000Z"})
        self.assertEqual(shown["expected"], {"by": "target", "ms": 30 * MINUTE * 1000})

    def test_without_hours_none_are_promised(self):
        shown = self.visitor(chat=self.chat("Ohne")).show()
        self.assertEqual(shown["hours"], {"open": None, "opens_at": None})

    def test_from_monday_the_time_is_what_was_measured(self):
        self.server.clock("2026-11-09T08:00:00Z")
        self.assertEqual(self.visitor().show()["hours"], {"open": True, "opens_at": None})
        # Nine waits of ten minutes and one of forty: nine of ten came within ten.
        for n in range(10):
            self.check(self.visitor(f"{n:043d}").write(f"Frage {n}"), 201)
        cases = {c["excerpt"]: c["id"] for c in self.conversations(self.place)}
        self.server.clock(10 * MINUTE)
        for n in range(4):
            self.answer(cases[f"Frage {n}"], "ja")
        self.assertEqual(self.visitor().show()["expected"]["by"], "target")
        for n in range(4, 9):
            self.answer(cases[f"Frage {n}"], "ja")
        self.assertEqual(self.visitor().show()["expected"], {"by": "measured", "ms": 10 * MINUTE * 1000, "n": 9})
        self.server.clock(30 * MINUTE)
        self.answer(cases["Frage 9"], "ja")
        self.assertEqual(self.visitor().show()["expected"], {"by": "measured", "ms": 10 * MINUTE * 1000, "n": 10})

    def test_who_waits_longer_right_now_counts_too(self):
        for n in (20, 21):
            self.check(self.visitor(f"{n:043d}").write(f"Frage {n}"), 201)
        self.assertEqual(self.visitor().show()["expected"]["ms"], 10 * MINUTE * 1000)
        self.server.clock(3 * HOUR)
        self.assertEqual(self.visitor().show()["expected"]["ms"], 3 * HOUR * 1000)

    def test_e_mail_is_offered_only_where_somebody_can_write_one(self):
        self.assertFalse(self.visitor().show()["mail"])


class ManyStreams(ChatTest):
    def test_an_address_holds_100_streams_and_another_one_gets_its_own(self):
        self.server.clock(HOUR)
        visitors = [self.visitor(f"{n:043d}") for n in range(11)]
        for visitor in visitors:
            self.check(visitor.write("Hallo"), 201)
        streams = [VisitorStream(self.server.address, visitors[n % 10]) for n in range(100)]
        one_more = VisitorStream(self.server.address, visitors[10])
        self.assertEqual(one_more.status, 429)
        visitors[10].headers["X-Forwarded-For"] = "192.0.2.77"
        streams.append(VisitorStream(self.server.address, visitors[10]))
        streams.pop(0).close()
        visitors[9].headers["X-Forwarded-For"] = "192.0.2.78"
        streams.append(VisitorStream(self.server.address, visitors[9]))
        self.assertEqual({stream.status for stream in streams}, {200})
        for stream in streams:
            stream.close()
        again = self.visitor(f"{10:043d}")
        eventually(lambda: VisitorStream(self.server.address, again).status == 200,
                   what="the places of those who left to be free")


    def test_a_network_of_ipv6_is_one_address(self):
        """Its lower half is for whoever lives there to choose."""
        self.server.clock(HOUR)
        visitors = [self.visitor(f"6{n:042d}") for n in range(11)]
        for n, visitor in enumerate(visitors):
            self.check(visitor.write("Hallo"), 201)
            visitor.headers["X-Forwarded-For"] = f"2001:db8:1:2:{n:x}::1"
        streams = [VisitorStream(self.server.address, visitors[n % 10]) for n in range(100)]
        self.assertEqual(VisitorStream(self.server.address, visitors[10]).status, 429)
        visitors[10].headers["X-Forwarded-For"] = "2001:db8:1:3::1"
        streams.append(VisitorStream(self.server.address, visitors[10]))
        self.assertEqual({stream.status for stream in streams}, {200})
        for stream in streams:
            stream.close()


class Live(ChatTest):
    def stream(self, visitor):
        stream = VisitorStream(self.server.address, visitor)
        self.assertEqual(stream.status, 200)
        return stream

    def test_an_answer_is_heard_and_the_stream_says_nothing_else(self):
        jonas, maria = self.visitor(), self.visitor(OTHER)
        self.assertEqual(jonas.send("GET", "/events").status, 404)
        self.check(jonas.write("Hallo"), 201)
        self.check(maria.write("Guten Tag"), 201)
        mine, hers = self.stream(jonas), self.stream(maria)
        case = next(c["id"] for c in self.conversations(self.place) if c["excerpt"] == "Hallo")
        self.act(self.anna, case, "notes", {"body": "Nur für uns"})
        self.check(self.admin.patch(f"/conversations/{case}", {"priority": 1}), 200)
        self.answer(case, "Guten Morgen")
        event = mine.wait(lambda kind, data: True)
        self.assertEqual((event["event"], event["data"]), ("changed", {}))
        self.assertNotIn("id", event)
        # The other heard nothing of it; and what she hears is her own.
        self.check(maria.write("Noch etwas"), 201)
        self.assertTrue(hers.wait(lambda kind, data: True))
        self.assertIsNone(hers.wait(lambda kind, data: True, seconds=0.3))
        mine.close()
        hers.close()

    def test_a_note_or_a_changed_priority_is_not_even_a_nudge(self):
        jonas = self.visitor("n" * 43)
        self.check(jonas.write("Stille?"), 201)
        stream = self.stream(jonas)
        case = next(c["id"] for c in self.conversations(self.place) if c["excerpt"] == "Stille?")
        self.act(self.anna, case, "notes", {"body": "Nur für uns"})
        self.check(self.admin.patch(f"/conversations/{case}", {"priority": 2}), 200)
        self.assertIsNone(stream.wait(lambda kind, data: True, seconds=1))
        stream.close()

    def test_a_restart_in_the_middle_loses_nothing_and_repeats_nothing(self):
        jonas = self.visitor("z" * 43)
        self.check(jonas.write("Vorher", "v"), 201)
        case = next(c["id"] for c in self.conversations(self.place) if c["excerpt"] == "Vorher")
        stream = self.stream(jonas)
        self.answer(case, "Antwort vorher")
        self.server.kill()
        self.assertTrue(stream.ended.wait(5))
        self.server.start()
        # The browser does not know whether it arrived, and sends it once more.
        self.check(jonas.write("Vorher", "v"), 201)
        self.check(jonas.write("Nachher", "n"), 201)
        self.answer(case, "Antwort nachher")
        self.assertEqual(jonas.words(), ["Vorher", "Antwort vorher", "Nachher", "Antwort nachher"])
        again = self.stream(jonas)
        self.answer(case, "Und noch eine")
        self.assertTrue(again.wait(lambda kind, data: kind == "changed"))
        again.close()

    def test_a_talk_has_ten_streams_and_the_oldest_ends_for_the_next(self):
        jonas = self.visitor("m" * 43)
        self.check(jonas.write("Viele Fenster"), 201)
        streams = [self.stream(jonas) for _ in range(11)]
        self.assertTrue(streams[0].ended.wait(5))
        self.assertFalse(streams[1].ended.is_set())
        for stream in streams[1:]:
            stream.close()
