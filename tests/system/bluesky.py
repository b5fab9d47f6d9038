"""bluesky.py - posts from Bluesky's own network: read, answered, seen by strangers.

The other end is the network that those who make Bluesky develop with (peers/bluesky_peer.py). What arrives there is
read with their own client. Where it cannot be installed all of this is skipped.
"""
import base64
import pathlib
import struct
import urllib.request

from harness import HERE, MINUTE, eventually
from walk import RealNetwork, Walk  # it knows the way to the peers
from between import Between
from bluesky_peer import Network
from visitor import Visitor

PIXEL = base64.b64encode(base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")).decode()


# What Bluesky calls its service of chat messages. That one is out of reach on loopback: `between` puts the name of ours
# in its place, and the real server of accounts looks that up and passes the call on.
CHAT = "did:web:api.bsky.chat#bsky_chat"


class Posts(RealNetwork):
    privileged, settings = False, {}

    @classmethod
    def prepare(cls):
        cls.world = Network(cls.store.folder)
        cls.us, cls.fan = cls.world.person("haus"), cls.world.person("fan")
        cls.password = cls.us.app_password(name="draht", privileged=cls.privileged)
        cls.between = Between(cls.world.url)
        cls.between.headers = {("atproto-proxy", CHAT): cls.world.chat + "#bsky_chat"}
        cls.place = cls.channel("Bluesky", network="bluesky", settings={
            "url": cls.between.url, "handle": "@haus.test", "app_password": cls.password, **cls.settings})
        cls.catch_up()

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "between"):
            cls.between.stop()
        if hasattr(cls, "world"):
            cls.world.stop()
        super().tearDownClass()

    def poll(self, minutes=2):
        self.world.settle()
        self.server.clock(minutes * MINUTE)

    def answer(self, case, text, **more):
        self.reply(self.eva, case["id"], text, **more)
        self.sent(case["id"])

    def sent(self, case):
        super().sent(case)
        self.world.settle()

    def seen(self, post, text):
        """What the stranger's own client shows below what they wrote."""
        found = [r for r in self.fan.thread(post)["below"] if text in r["text"]]
        self.assertEqual(len(found), 1)
        return found[0]

    def ref(self, seen):
        """{"uri", "cid"} of a post that a thread shows."""
        post = self.fan.thread(seen)["post"]
        return {"uri": post["uri"], "cid": post["cid"]}


PICTURES = pathlib.Path(HERE, "../fuzz/corpus/picture").resolve()


class Pictures(Posts):
    """Pictures of strangers, from the AppView's own service; and ours, to our server."""

    def attach(self, data, text=""):
        file = self.check(self.eva.post("/attachments", {
            "name": "rad.jpg", "mime": "image/jpeg", "base64": base64.b64encode(data).decode()}), 201)
        if text:
            self.check(self.eva.patch(f"/attachments/{file['id']}", {"description": text}), 200)
        return file["id"]

    def test_1_a_picture_of_a_stranger_is_kept_with_what_it_shows(self):
        self.between.names = {"https://bsky.public.url/": self.world.view + "/"}
        plain = base64.b64encode((PICTURES / "plain.png").read_bytes()).decode()
        self.fan.post("@haus.test ist das euer Rad?", image={"base64": plain, "alt": "ein rotes Rad"})
        self.poll()
        case = self.case("euer Rad?")
        files = eventually(lambda: self.open(case["id"])["messages"][0]["attachments"], 20, "the picture")
        self.assertEqual([(f["name"], f["mime"], f["description"]) for f in files],
                         [("image-1.webp", "image/webp", "ein rotes Rad")])
        self.assertEqual(self.eva.get(f"/attachments/{files[0]['id']}").body[8:12], b"WEBP")

    def test_2_pictures_of_ours_are_seen_there_with_their_words_and_their_shape(self):
        case = self.case("euer Rad?")
        told, plain = ((PICTURES / name).read_bytes() for name in ("told.jpg", "plain.png"))
        ids = [self.attach(told, 'ein <b>blaues</b> Rad "X"'), self.attach(plain)]
        self.answer(case, "Nein, dieses hier:", attachment_ids=ids)
        post = next(r for r in self.us.posts() if "dieses hier" in r["value"]["text"])
        seen = self.fan.thread({"uri": post["uri"]})["post"]["embed"]["images"]
        self.assertEqual([(i["alt"], i["aspectRatio"]) for i in seen],
                         [('ein <b>blaues</b> Rad "X"', {"width": 2, "height": 3}), ("", {"width": 3, "height": 2})])
        blobs = [i["image"] for i in post["value"]["embed"]["images"]]
        self.assertEqual([b["mimeType"] for b in blobs], ["image/jpeg", "image/png"])
        url = f"{self.world.url}/xrpc/com.atproto.sync.getBlob?did={self.us.did}&cid={blobs[0]['ref']['$link']}"
        with urllib.request.urlopen(url) as answer:
            there = answer.read()
        self.assertEqual(there[:2], b"\xff\xd8")
        self.assertNotIn(b"GPS", there)

    def test_3_a_lost_answer_leaves_one_post_with_its_picture(self):
        post = self.fan.post("@haus.test und das?")
        self.poll()
        case = self.case("und das?")
        self.between.faults = ["", "lost"]  # the picture, then the post
        self.reply(self.eva, case["id"], "", attachment_ids=[self.attach((PICTURES / "plain.png").read_bytes(), "Rad")])
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.poll(3)
        self.sent(case["id"])
        self.assertEqual(len(self.fan.thread(post)["below"]), 1)

    def test_4_a_million_bytes_and_one_more(self):
        case = self.case("und das?")
        plain = (PICTURES / "plain.png").read_bytes()
        room = 1_000_000 - len(plain) - 12  # in a part that makes the picture, so that it stays
        filler = struct.pack(">I", room) + b"sPLT" + b"x" * room + b"crc."
        most = plain[:33] + filler + plain[33:]
        self.assertEqual(len(most), 1_000_000)
        self.answer(case, "Groß.", attachment_ids=[self.attach(most)])
        more = plain[:33] + struct.pack(">I", room + 1) + b"sPLT" + b"x" * (room + 1) + b"crc." + plain[33:]
        reply = {"body": "x", "visibility": "public", "attachment_ids": [self.attach(more)]}
        self.problem(self.eva.post(f"/conversations/{case['id']}/replies", reply), 422, "attachment_ids", "1000000 bytes")


class TheWalk(Walk, Posts):
    """What was posted can be taken back, and not changed."""

    def ask(self, text):
        post = self.fan.post("@haus.test " + text)
        return {k: post[k] for k in ("uri", "cid")}

    def answer_to(self, text):
        found = self.seen(self.asked, text)
        self.assertEqual(found["author"], "haus.test")
        self.assertEqual(found["record"]["reply"]["root"]["uri"], self.asked["uri"])
        self.assertTrue(self.fan.notified(found))
        return self.ref(found)

    def say(self, text, below):
        return self.fan.reply(below, text, root=self.asked)

    def take_back(self, said):
        self.fan.delete_post(uri=said["uri"])


class RoundTrip(Posts):
    def test_1_verify_says_who_we_are_there(self):
        answer = self.check(self.admin.post(f"/channels/{self.place['id']}/verify"), 200)
        self.assertTrue(answer["ok"])
        self.assertEqual(answer["message"], "the server answers: we are @haus.test there")

    def test_2_a_mention_becomes_a_conversation_and_the_stranger_sees_the_answer(self):
        cls = type(self)
        cls.first = self.fan.post("@haus.test wo ist <b>mein</b> Paket? https://example.org/a?b=1 #paket", langs=["de"])
        self.poll()
        case = self.case("Paket?")
        self.assertEqual(case["messages"][0]["body"],
                         "@haus.test wo ist <b>mein</b> Paket? https://example.org/a?b=1 #paket")
        self.assertEqual((case["person"]["name"], case["thread"]["visibility"]), ("fan.test", "public"))
        self.assertEqual(case["thread"]["url"],
                         f"https://bsky.app/profile/{self.fan.did}/post/{self.first['uri'].rsplit('/', 1)[1]}")
        self.answer(case, "Für dich, @fan.test: es kommt morgen 📦 https://example.org/x?a=1. #Päckchen")
        reply = self.seen(self.first, "es kommt morgen")
        self.assertEqual(reply["author"], "haus.test")
        self.assertEqual(reply["record"]["reply"]["root"]["uri"], self.first["uri"])
        text = reply["text"].encode()
        facets = {text[f["index"]["byteStart"]:f["index"]["byteEnd"]].decode(): f["features"][0]
                  for f in reply["record"]["facets"]}
        self.assertEqual(facets["@fan.test"]["did"], self.fan.did)
        self.assertEqual(facets["https://example.org/x?a=1"]["uri"], "https://example.org/x?a=1")
        self.assertEqual(facets["#Päckchen"]["tag"], "Päckchen")
        self.assertTrue(self.fan.notified(reply))
        self.poll(15)
        again = self.open(case["id"])
        self.assertEqual([m["direction"] for m in again["messages"]], ["in", "out"])
        self.assertEqual(len(self.conversations(self.place)), 1)

    def test_3_thanks_below_the_answer_come_to_the_same_conversation(self):
        case = self.case("Paket?")
        reply = self.ref(self.seen(self.first, "es kommt morgen"))
        self.fan.reply(reply, "Danke, ist da!", root={k: self.first[k] for k in ("uri", "cid")})
        self.poll()
        found = [m["direction"] for m in self.open(case["id"])["messages"]]
        self.assertEqual(sorted(found), ["in", "in", "out"])  # Draht's virtual clock is ahead of the network's
        self.assertEqual(len(self.conversations(self.place)), 1)

    def test_3b_what_strangers_liked_and_shared_is_counted_at_our_answer(self):
        case = self.case("Paket?")
        ours = next(m for m in case["messages"] if m["direction"] == "out")
        there = self.ref(self.seen(self.first, "es kommt morgen"))
        self.fan.like(post=there)
        self.fan.repost(post=there)
        self.world.settle()
        self.poll(90)
        counted = next(m for m in self.open(case["id"])["messages"] if m["id"] == ours["id"])["measured"]
        self.assertEqual({k: counted[k] for k in ("likes", "shares", "quotes", "replies", "views")},
                         {"likes": 1, "shares": 1, "quotes": 0, "replies": 1, "views": None})
        series = self.check(self.admin.get(f"/channels/{self.place['id']}/measured"), 200).json
        self.assertEqual((series["error"], series["measured"]["followers"]), ("", 0))

    def test_4_who_answers_our_own_post_is_heard_at_every_depth(self):
        ours = self.us.post("Wir haben jetzt auch samstags offen.")
        ours = {k: ours[k] for k in ("uri", "cid")}
        at = ours
        for n in range(24):
            made = (self.fan if n % 2 == 0 else self.us).reply(at, f"Ebene {n:02d}", root=ours)
            at = {k: made[k] for k in ("uri", "cid")}
        self.poll(15)
        self.poll(15)
        found = sorted(m["body"] for c in self.conversations(self.place) for m in self.open(c["id"])["messages"]
                       if m["body"].startswith("Ebene"))
        self.assertEqual(found, [f"Ebene {n:02d}" for n in range(24)])

    def test_5_a_quotation_is_a_mention_and_shows_what_it_quotes(self):
        ours = self.us.post("Zitiert uns ruhig.")
        before = len(self.conversations(self.place))
        self.fan.post("Na, ob das stimmt?", quote={k: ours[k] for k in ("uri", "cid")})
        self.poll()
        self.assertEqual(len(self.conversations(self.place)), before)
        rows = self.store.sql("SELECT COUNT(*) FROM message_version WHERE body LIKE 'Na, ob das stimmt?%> @haus.test:%"
                              "> Zitiert uns ruhig.%https://bsky.app/profile/%'")
        self.assertEqual([int(count) for (count,) in rows], [1])

    def test_6_likes_reposts_pictures_warnings_and_languages_are_read(self):
        post = self.fan.post("@haus.test ein Bild", labels=["graphic-media"], langs=["de"],
                             image={"base64": PIXEL, "alt": "ein roter Punkt"})
        self.us.like(post=post)
        self.us.repost(post=post)
        self.poll()
        message = self.message("ein Bild")
        body = message["body"]
        self.assertTrue(body.startswith("CW: graphic-media\n\n@haus.test ein Bild\n[image: ein roter Punkt] http"), body)
        rows = self.store.sql(f"SELECT kind, number FROM reaction_count WHERE message_id = {message['id']} ORDER BY kind")
        self.assertEqual([(kind, int(number)) for kind, number in rows if int(number)], [("like", 1), ("share", 1)])

    def test_7_what_was_deleted_there_stays_here(self):
        post = self.fan.post("@haus.test das nehme ich zurück")
        self.poll()
        self.case("das nehme ich zurück")
        self.fan.delete_post(uri=post["uri"])
        self.poll(15)
        message = self.message("das nehme ich zurück")
        self.assertEqual(message["standing"], "gone")
        self.assertTrue(message["removed_at"])

    def test_8_a_person_is_the_same_under_another_handle(self):
        self.fan.rename(handle="fan-neu.test")
        self.fan.post("@haus.test ich heiße jetzt anders")
        self.poll()
        case = self.case("ich heiße jetzt anders")
        self.assertEqual(case["person"]["id"], self.case("das nehme ich zurück")["person"]["id"])
        rows = self.store.sql(f"SELECT handle FROM profile WHERE external_id = '{self.fan.did}'")
        self.assertEqual([handle for (handle,) in rows], ["fan-neu.test"])

    def test_9_the_password_is_shown_nowhere(self):
        shown = self.admin.get(f"/channels/{self.place['id']}")
        self.assertTrue(shown["credential_given"])
        self.assertNotIn(self.password, shown.body.decode())
        for row in self.store.sql("SELECT settings FROM channel"):
            self.assertNotIn(self.password, row[0])


class Hiding(Posts):
    """An answer below our own post, hidden and shown again for everybody who reads there."""

    def test_1_a_hidden_answer_is_hidden_there_and_nothing_is_deleted(self):
        cls = type(self)
        ours = self.us.post("Was haltet ihr davon?")
        cls.ours = {k: ours[k] for k in ("uri", "cid")}
        cls.bad = self.fan.reply(self.ours, "Ihr seid alle Idioten")
        self.fan.reply(self.ours, "Finde ich gut")
        self.poll(15)
        message = self.message("Idioten")
        self.check(self.admin.post(f"/messages/{message['id']}/moderation", {"action": "hide", "reason": "insult"}), 200)
        eventually(lambda: self.message("Idioten")["standing"] == "held", 20, "it to be hidden there")
        self.world.settle()
        thread = self.fan.thread(self.ours)
        self.assertEqual(thread["hidden"], [self.bad["uri"]])
        self.assertTrue(self.fan.thread(self.bad), "the post itself is there")
        self.poll(15)
        self.assertEqual(self.message("Idioten")["standing"], "held")

    def test_2_released_it_is_shown_again(self):
        message = self.message("Idioten")
        self.check(self.admin.post(f"/messages/{message['id']}/moderation", {"action": "release"}), 200)
        eventually(lambda: self.message("Idioten")["standing"] != "held", 20, "it to be shown there")
        self.world.settle()
        self.assertEqual(self.fan.thread(self.ours)["hidden"], [])

    def test_3_what_the_house_hides_with_the_networks_own_program_is_hidden_here(self):
        ours = self.us.post("Und was haltet ihr davon?")
        ours = {k: ours[k] for k in ("uri", "cid")}
        bad = self.fan.reply(ours, "Ihr seid alle Trottel")
        self.poll(15)
        self.assertNotEqual(self.message("Trottel")["standing"], "held")
        self.us.hide(root=ours["uri"], uri=bad["uri"])
        self.poll(15)
        self.assertEqual(self.message("Trottel")["standing"], "held")

    def test_4_below_a_post_of_others_nothing_can_be_hidden_and_that_is_said(self):
        self.fan.post("@haus.test mein eigener Beitrag")
        self.poll()
        message = self.message("mein eigener Beitrag")
        self.check(self.admin.post(f"/messages/{message['id']}/moderation", {"action": "hide", "reason": "spam"}), 200)
        eventually(lambda: "begun by somebody else" in self.health()["last_error"], 20, "the reason")


class Killed(Posts):
    """The servers of accounts and of posts die without a word and come back with what is on their disks; the directory of
    identities, which is neither's, stays."""

    def test_nothing_is_missed_and_nothing_is_there_twice(self):
        self.fan.post("@haus.test vor dem Ausfall")
        self.poll()
        first = self.case("vor dem Ausfall")
        words = [f"@haus.test kurz vor dem Ausfall {n:02d}" for n in range(5)]
        for text in words:  # they are on the disk there, and nobody has heard of them
            self.fan.post(text)
        self.world.kill()
        self.reply(self.eva, first["id"], "Diese Antwort wartet auf den Server.")
        self.server.clock(3 * MINUTE)
        self.assertTrue(self.health()["polling"]["error"])
        self.assertIn(self.open(first["id"])["outbox"][-1]["state"], ("queued", "unknown"))
        self.world.restart()
        self.poll(30)
        self.sent(first["id"])
        self.fan.post("@haus.test nach dem Ausfall")
        self.poll(15)
        bodies = [m["body"] for c in self.conversations(self.place) for m in self.open(c["id"])["messages"]]
        self.assertEqual(sorted(bodies), sorted([*words, "@haus.test vor dem Ausfall", "@haus.test nach dem Ausfall",
                                                 "Diese Antwort wartet auf den Server."]))
        self.fetched_late(5)
        self.assertEqual(self.health()["polling"]["error"], "")
        posts = [p["value"]["text"] for p in self.us.posts()]
        self.assertEqual(posts, ["Diese Antwort wartet auf den Server."])


class Chats(Posts):
    """Private messages. Real are the server of accounts, which passes the calls on and vouches for who asks, the
    stranger's client and the lexicons that all of it is held to; the service itself is scripted
    (peers/bluesky_chat.mjs), since Bluesky's own is not published."""

    privileged, settings, visibility = True, {"chat": True}, "private"

    def seen(self, text=None):
        """What the stranger sees, all or that one."""
        messages = self.fan.chat_seen(of="haus")["messages"]
        return messages if text is None else [m for m in messages if text in m["text"]]

    def asked(self, method):
        return len([m for m, who in self.world.call("chat_asked") if m.endswith(method) and who == "haus.test"])

    def answer(self, case, text, **more):
        self.reply(self.eva, case["id"], text, "private", **more)
        self.sent(case["id"])

    def test_1_verify_says_that_chat_messages_can_be_read(self):
        answer = self.verify()
        self.assertTrue(answer["ok"])
        self.assertEqual(answer["message"],
                         "the server answers: we are @haus.test there; chat messages can be read")
        self.assertIn(("atproto-proxy", CHAT), self.between.replaced)

    def test_2_what_a_stranger_writes_in_private_is_answered_there_and_nowhere_else(self):
        cls = type(self)
        cls.first = self.fan.chat_say(to="haus", text="Meine Kundennummer ist canary-chat 4711 <b>")
        self.fan.post("@haus.test und öffentlich?")
        self.poll()
        case = self.case("canary-chat")
        self.assertEqual((case["state"], case["thread"]["visibility"], case["person"]["name"]),
                         ("new", "private", "fan.test"))
        self.assertEqual(case["messages"][0]["body"], "Meine Kundennummer ist canary-chat 4711 <b>")
        self.assertTrue(case["thread"]["url"].startswith("https://bsky.app/messages/"))
        public = self.case("öffentlich?")
        self.assertNotEqual(case["id"], public["id"])
        self.assertEqual(case["person"]["id"], public["person"]["id"])
        there = self.us.chat_seen(of="fan")
        self.assertEqual((there["unread"], there["status"]), (1, "request"))
        self.answer(case, "Danke, @fan.test: https://example.org/a?b=1 hilft. canary-answer")
        (reply,) = self.seen("canary-answer")
        self.assertEqual(reply["by"], "haus.test")
        text = reply["text"].encode()
        links = {text[f["index"]["byteStart"]:f["index"]["byteEnd"]].decode(): f["features"][0] for f in reply["facets"]}
        self.assertEqual(links["https://example.org/a?b=1"]["uri"], "https://example.org/a?b=1")
        self.assertEqual(links["@fan.test"]["did"], self.fan.did)
        there = self.us.chat_seen(of="fan")
        self.assertEqual((there["unread"], there["status"]), (0, "accepted"), "what was answered was read")
        self.poll(15)
        self.assertEqual(self.directions(case["id"]), ["in", "out"])
        self.assertEqual(self.us.posts(), [])

    def test_3_thanks_come_to_the_same_conversation_and_so_does_what_we_say_with_another_program(self):
        case = self.case("canary-chat")
        self.fan.chat_say(to="haus", text="Danke dir, canary-chat!")
        self.us.chat_say(to="fan", text="Von unterwegs: gern. canary-phone")
        self.fan.chat_react(of="haus", id=self.first, value="❤️")
        self.poll()
        again = self.open(case["id"])
        self.assertEqual([m["direction"] for m in again["messages"] if m["body"].startswith("Danke dir")], ["in"])
        self.assertEqual([m["direction"] for m in again["messages"] if "canary-phone" in m["body"]], ["out"])
        self.assertEqual(len(again["messages"]), 4)
        rows = self.store.sql("SELECT kind, number FROM reaction_count r JOIN message m ON m.id = r.message_id "
                              f"WHERE m.external_id LIKE '%/{self.first}'")
        self.assertEqual([(kind, int(number)) for kind, number in rows], [("❤️", 1)])

    def test_4_no_page_that_anybody_may_see_shows_a_word_of_it(self):
        self.check(self.admin.patch("/public-pages", {"imprint": "Beispiel GmbH, Musterweg 1", "threads": True,
                                                      "transparency": True}), 200)
        case, visitor = self.case("canary-chat"), Visitor(self.server.address)
        public = self.case("öffentlich?")["thread"]["id"]
        self.assertIn("und öffentlich?", visitor.get(f"/p/{public}").text)
        paths = [f"/p/{case['thread']['id']}", f"/p/{public}", "/transparency", "/contact", "/"]
        for path in paths:
            page = visitor.get(path)
            for word in ("canary-", "4711", case["thread"]["url"]):
                self.assertNotIn(word, page.html, path)
        self.assertEqual(visitor.get(paths[0]).status, 404)
        self.problem(self.eva.post(f"/conversations/{case['id']}/replies", {"body": "x", "visibility": "public"}), 422,
                     "visibility")

    def test_5_how_much_a_chat_message_may_have_and_that_it_has_no_pictures(self):
        case = self.case("canary-chat")
        rules = case["reply_rules"]
        self.assertEqual((rules["files"], rules["private"]["most"], rules["private"]["most_bytes"]), (False, 1000, 10000))
        self.problem(self.eva.post(f"/conversations/{case['id']}/replies", {
            "body": "ä" * 1001, "visibility": "private"}), 422, "body")
        self.answer(case, "👍" * 1000)
        self.assertEqual(len(self.seen("👍" * 1000)), 1)
        public = self.case("öffentlich?")
        self.problem(self.eva.post(f"/conversations/{public['id']}/replies", {"body": "x", "visibility": "private"}), 422,
                     "visibility", "no private messages")

    def test_6_what_is_deleted_there_is_deleted_for_one_pair_of_eyes_and_stays_here(self):
        self.us.chat_delete(of="fan", id=self.first)
        self.fan.chat_say(to="haus", text="noch etwas")
        self.poll()
        self.case("noch etwas")
        message = self.message("4711")
        self.assertEqual((message["removed_at"], message["standing"]), (None, ""))
        self.assertEqual(len(self.seen("4711")), 1)

    def test_7_an_answer_that_was_lost_is_found_by_reading_back_and_is_there_once(self):
        case = self.case("canary-chat")
        self.world.call("chat_fault", method="sendMessage", what="lost")
        self.reply(self.eva, case["id"], "Nur einmal, bitte.", "private")
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.poll(3)
        self.sent(case["id"])
        self.poll(15)
        self.assertEqual(len(self.seen("Nur einmal")), 1)
        self.assertEqual(len([m for m in self.open(case["id"])["messages"] if "Nur einmal" in m["body"]]), 1)

    def test_8_what_may_have_arrived_and_is_not_there_is_for_a_person_to_decide(self):
        case = self.case("canary-chat")
        self.assertEqual({k: self.health()["sending"][k] for k in ("class", "chat_class")},
                         {"class": "A", "chat_class": "D"})
        self.world.call("chat_fault", method="sendMessage", what="503")
        self.reply(self.eva, case["id"], "Ist das angekommen?", "private")
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.poll(3)
        box = eventually(lambda: [b for b in self.open(case["id"])["outbox"] if b["state"] == "uncertain"], 20,
                         "a person to be asked")[0]
        self.assertEqual(self.seen("Ist das angekommen?"), [])
        self.check(self.admin.post(f"/outbox/{box['id']}/retry"), 200)
        self.sent(case["id"])
        self.assertEqual(len(self.seen("Ist das angekommen?")), 1)

    def test_9_a_refusal_is_told_in_words_and_a_429_is_obeyed(self):
        case = self.case("canary-chat")
        self.world.call("chat_fault", method="sendMessage", what="closed")
        self.reply(self.eva, case["id"], "An eine geschlossene Tür.", "private")
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "failed", 20, "the refusal")
        self.assertIn("recipient has disabled incoming messages", self.open(case["id"])["outbox"][-1]["reason"])
        self.world.call("chat_fault", method="listConvos", what="429")
        before = self.asked("listConvos")
        self.poll()
        self.assertEqual(self.asked("listConvos"), before + 1)
        self.assertEqual(self.health()["polling"]["part_trouble"], "busy")
        self.fan.post("@haus.test geht das noch?")
        self.fan.chat_say(to="haus", text="und das?")
        self.poll(5)
        self.case("geht das noch?")
        self.assertEqual(self.asked("listConvos"), before + 1, "it asked although it was told to wait")
        self.poll(12)
        self.case("und das?")
        self.assertEqual(self.health()["polling"]["part_error"], "")


class ChatsRefused(Posts):
    """An app password without access to direct messages, refused by the real server of accounts."""

    settings = {"chat": True}

    def test_1_it_is_said_in_words_and_posts_go_on(self):
        self.fan.post("@haus.test öffentlich geht es")
        self.fan.chat_say(to="haus", text="und so?")
        self.poll()
        polling = self.health()["polling"]
        self.assertEqual((polling["error"], polling["part_trouble"]), ("", "chat_refused"))
        self.assertIn("no access to direct messages", polling["part_error"])
        self.answer(self.case("öffentlich geht es"), "Ja.")
        self.between.asked.clear()
        self.poll(12)
        self.assertTrue([p for m, p in self.between.asked if "listConvos" in p])
        self.assertEqual([p for m, p in self.between.asked if "Session" in p], [], "the session is as good as before")
        self.assertIn("no access", self.verify()["message"])

    def test_2_with_another_password_nothing_is_lost(self):
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {
            "settings": {"app_password": self.us.app_password(name="mehr", privileged=True)}}), 200)
        self.poll(3)
        self.case("und so?")
        polling = self.health()["polling"]
        self.assertEqual((polling["part_error"], polling["part_trouble"]), ("", ""))

    def test_3_a_server_that_passes_nothing_on_is_said_in_words(self):
        self.between.headers = {("atproto-proxy", CHAT): self.us.did + "#bsky_chat"}
        self.fan.post("@haus.test öffentlich geht es immer")
        self.poll()
        self.case("geht es immer")
        polling = self.health()["polling"]
        self.assertEqual((polling["error"], polling["part_trouble"]), ("", "chat_none"))
        case = self.case("und so?")["id"]
        self.reply(self.eva, case, "Wartet.", "private")
        eventually(lambda: self.open(case)["outbox"][-1]["reason"], 20, "the refusal")
        self.assertEqual(self.health()["sending"]["state"], "closed", "posts still leave")
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {"settings": {"chat": False}}), 200)
        self.poll()
        self.assertEqual(self.health()["polling"]["part_error"], "")


class Faults(Posts):
    def bodies(self):
        return [m["body"] for c in self.conversations(self.place) for m in self.open(c["id"])["messages"]]

    def test_1_an_answer_that_was_lost_leaves_one_post_and_is_found(self):
        cls = type(self)
        cls.post = self.fan.post("@haus.test verloren?")
        self.poll()
        case = self.case("verloren?")
        self.between.faults = ["lost"]
        self.reply(self.eva, case["id"], "Nur einmal, bitte: https://example.org/x?a=1&b=2 <3")
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.poll(3)
        self.sent(case["id"])
        self.poll(15)
        self.assertEqual([m["direction"] for m in self.open(case["id"])["messages"]], ["in", "out"])
        self.seen(self.post, "Nur einmal")

    def test_2_what_was_not_taken_is_sent_again_under_the_same_key(self):
        post = self.fan.post("@haus.test abgelehnt?")
        self.poll()
        case = self.case("abgelehnt?")
        self.between.faults = ["503"]
        self.reply(self.eva, case["id"], "Beim zweiten Versuch.")
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.world.settle()
        self.assertEqual(self.fan.thread(post)["below"], [])
        self.poll(10)
        self.sent(case["id"])
        self.seen(post, "Beim zweiten Versuch.")

    def test_3_a_429_is_obeyed(self):
        self.between.methods, self.between.faults = ("GET",), ["429"]
        self.poll()
        asked = len(self.between.asked)
        self.poll(8)
        self.assertEqual(len(self.between.asked), asked, "it asked although it was told to wait")
        self.poll(5)
        self.assertGreater(len(self.between.asked), asked)
        self.between.methods = ("POST",)

    def test_3b_a_429_to_a_reply_is_obeyed_and_leaves_one_post(self):
        post = self.fan.post("@haus.test und später?")
        self.poll()

        def seen():
            self.world.settle()
            return len(self.fan.thread(post)["below"])
        self.a_reply_obeys(self.case("und später?")["id"], "429", seen)

    def test_4_what_was_said_while_the_server_was_out_of_reach_is_here_once(self):
        self.poll()
        before = len(self.bodies())
        self.between.cut = True
        self.poll(3)
        self.assertTrue(self.health()["polling"]["error"])
        words = [f"@haus.test Frage Nummer {n:02d}" for n in range(5)]
        for text in words:
            self.fan.post(text)
        self.between.cut = False
        self.poll(30)
        self.assertEqual(sorted(b for b in self.bodies() if "Frage Nummer" in b), words)
        self.assertEqual(len(self.bodies()), before + 5)
        self.fetched_late(5)
        self.assertEqual(self.health()["polling"]["error"], "")

    def test_5_a_session_that_ended_is_renewed_and_nobody_notices(self):
        self.between.methods, self.between.faults = ("GET",), ["expired"]
        self.between.asked.clear()
        self.fan.post("@haus.test abgelaufen?")
        self.poll()
        self.case("abgelaufen?")
        self.assertEqual([p for m, p in self.between.asked if "createSession" in p], [])
        self.assertEqual(len([p for m, p in self.between.asked if "refreshSession" in p]), 1)
        self.assertEqual(self.health()["polling"]["error"], "")
        self.between.methods = ("POST",)

    def test_6_a_password_that_was_revoked_is_said_in_words_and_nothing_is_lost(self):
        case = self.case("verloren?")
        self.us.revoke(name="draht")
        self.between.methods, self.between.faults = ("GET",), ["expired"]
        self.fan.post("@haus.test hört mich jemand?")
        self.poll()
        polling = self.health()["polling"]
        self.assertEqual(polling["trouble"], "credential_refused")
        self.assertIn("does not accept the app password", polling["error"])
        self.reply(self.eva, case["id"], "Diese Antwort wartet.")
        self.poll(3)
        self.assertEqual(self.open(case["id"])["outbox"][-1]["state"], "queued")
        self.between.methods = ("POST",)
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {
            "settings": {"app_password": self.us.app_password(name="wieder")}}), 200)
        self.poll(30)
        self.case("hört mich jemand?")
        self.sent(case["id"])
        self.assertEqual(len([r for r in self.fan.thread(self.post)["below"] if "Diese Antwort" in r["text"]]), 1)
