"""mastodon.py - mentions from a server that nobody here wrote: read, answered, seen by strangers.

The other end are two servers that speak to each other (peers/snac_peer.py): our account is on one, the people who
write to it are on the other. What arrives at them is read from their server, as their own program does. Without
the package all of this is skipped.
"""
import base64
import datetime
import pathlib
import urllib.parse
import urllib.request

from harness import HERE, MINUTE, eventually
from walk import AT_MOST as AT, RealNetwork, Walk  # it knows the way to the peers
from between import Between
from mastodon_client import Client
from snac_peer import Fediverse


class Mentions(RealNetwork):
    @classmethod
    def prepare(cls):
        cls.world = Fediverse(cls.store.folder)
        cls.us, cls.fan = cls.world.a.person("haus"), cls.world.b.person("fan")
        cls.between = Between(cls.world.a.url)
        cls.place = cls.channel("Fediverse", network="mastodon", settings={
            "url": cls.between.url, "access_token": cls.us.token})
        cls.catch_up()

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "between"):
            cls.between.stop()
        if hasattr(cls, "world"):
            cls.world.stop()
        super().tearDownClass()

    def ask(self, text, visibility="public", **more):
        """The stranger writes; gives the status when our server has it."""
        status = self.fan.post("@haus@a.localhost " + text, visibility, **more)
        eventually(lambda: [m for m in self.us.mentions() if m["uri"] == status["uri"]], AT, "the mention to arrive")
        return status

    def answer(self, case, text, **more):
        self.reply(self.eva, case["id"], text, **more)
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "sent", 20, "the reply to be sent")

    def seen(self, status, text):
        """What the stranger's own server shows below what they wrote."""
        return eventually(lambda: [r for r in self.fan.replies(status) if text in r["content"]], AT,
                          "the reply to be seen there")[0]


class TheWalk(Walk, Mentions):
    """The stranger's program is Mastodon.py; only a removal needs the server's own page (snac offers no other way)."""

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.phone = Client(cls.world.b.url, cls.fan.token)

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "phone"):
            cls.phone.stop()
        super().tearDownClass()

    def ask(self, text):
        said = self.say(text, None)
        # snac tells a removal to followers alone.
        self.us.api(f"accounts/{self.us.mentions()[0]['account']['id']}/follow", "POST")
        return said

    def say(self, text, below):
        said = self.phone.status_post(status="@haus@a.localhost " + text, in_reply_to_id=below and below["id"])
        eventually(lambda: [m for m in self.us.mentions() if text in m["content"]], AT, "the mention to arrive")
        return said

    def answer_to(self, text):
        """The stranger is told of it, and comes from there up to what they asked."""
        found = eventually(lambda: [n["status"] for n in self.phone.notifications(types=["mention"])
                                    if text in n.get("status", {}).get("content", "")], AT, "the answer to be told there")
        self.assertEqual(len(found), 1)
        self.assertEqual(found[0]["account"]["acct"], "haus@a.localhost")
        above = found[0]
        while above["uri"] != self.asked["uri"]:  # snac gives what was edited another id
            self.assertTrue(above["in_reply_to_id"], "it does not stand below what was asked")
            above = self.phone.status(id=above["in_reply_to_id"])
        return found[0]

    def edit(self, said, text):
        self.phone.status_update(id=said["id"], status="@haus@a.localhost " + text)
        eventually(lambda: [m for m in self.us.mentions() if text in m["content"]], AT, "the edit to arrive")

    def take_back(self, said):
        self.fan.delete(said)
        eventually(lambda: not [m for m in self.us.mentions() if m["uri"] == said["uri"]], AT, "the removal")


class RoundTrip(Mentions):
    def test_1_verify_says_who_we_are_there(self):
        answer = self.check(self.admin.post(f"/channels/{self.place['id']}/verify"), 200)
        self.assertTrue(answer["ok"])
        self.assertIn("we are @haus", answer["message"])

    def test_2_a_mention_becomes_a_conversation_and_the_stranger_sees_the_answer(self):
        status = self.ask("wo ist <b>mein</b> Paket? https://example.org/a?b=1 #paket")
        self.poll()
        case = self.case("Paket?")
        self.assertEqual(case["messages"][0]["body"],
                         "@haus@a.localhost wo ist mein Paket? https://example.org/a?b=1 #paket")
        self.assertEqual((case["person"]["name"], case["thread"]["visibility"]), ("fan", "public"))
        self.answer(case, "Es kommt morgen.\n\nEva aus der Werkstatt")
        reply = self.seen(status, "Es kommt morgen.")
        self.assertEqual((reply["account"]["acct"], reply["visibility"]), ("haus@a.localhost", "public"))
        self.assertIn("@fan@b.localhost", reply["content"])
        self.poll(15)
        again = self.open(case["id"])
        self.assertEqual([m["direction"] for m in again["messages"]], ["in", "out"])
        self.assertEqual(len(self.conversations(self.place)), 1)

    def test_3_thanks_below_the_answer_come_to_the_same_conversation(self):
        case = self.case("Paket?")
        reply = eventually(lambda: [m for m in self.fan.mentions() if "Es kommt morgen" in m["content"]], AT,
                           "the reply")[0]
        self.ask("Danke, ist da!", in_reply_to_id=reply["id"])
        self.poll()
        found = [m["direction"] for m in self.open(case["id"])["messages"]]
        self.assertEqual(sorted(found), ["in", "in", "out"])  # Draht's virtual clock is ahead of the server's
        self.assertEqual(len(self.conversations(self.place)), 1)

    def test_3b_what_strangers_liked_and_boosted_is_counted_at_our_answer(self):
        case = self.case("Paket?")
        ours = next(m for m in case["messages"] if m["direction"] == "out")
        there = eventually(lambda: [m for m in self.fan.mentions() if "Es kommt morgen" in m["content"]], AT,
                           "the reply")[0]
        self.fan.api(f"statuses/{there['id']}/favourite", "POST")
        self.fan.api(f"statuses/{there['id']}/reblog", "POST")
        eventually(lambda: self.us.api(f"statuses/{ours['external_id']}").json()["reblogs_count"] == 1, AT, "the boost")
        self.poll(90)
        counted = next(m for m in self.open(case["id"])["messages"] if m["id"] == ours["id"])["measured"]
        self.assertEqual((counted["likes"], counted["shares"], counted["views"]), (1, 1, None))
        series = self.check(self.admin.get(f"/channels/{self.place['id']}/measured"), 200).json
        self.assertEqual(series["error"], "")
        self.assertEqual(series["measured"]["followers"],
                         self.us.api("accounts/verify_credentials").json().get("followers_count"))

    def test_4_what_was_said_in_private_is_answered_in_private(self):
        status = self.ask("ganz unter uns", "direct")
        self.poll()
        case = self.case("ganz unter uns")
        self.assertEqual(case["thread"]["visibility"], "private")
        self.answer(case, "Das bleibt unter uns.", visibility="private")
        reply = self.seen(status, "Das bleibt unter uns.")
        self.assertNotIn(reply["visibility"], ("public", "unlisted"))
        public = self.fan.api("timelines/public").text + self.world.a.raw("GET", "/haus", "")[2]
        self.assertNotIn("Das bleibt unter uns.", public)

    def test_5_a_warning_is_shown_and_our_answer_keeps_it(self):
        status = self.ask("der Mörder ist der Gärtner", spoiler_text="Ende des Films")
        self.poll()
        case = self.case("Gärtner")
        self.assertTrue(case["messages"][0]["body"].startswith("CW: Ende des Films\n\n"))
        self.assertEqual(case["messages"][0]["warning"], "Ende des Films")
        listed = next(c for c in self.admin.all("/conversations") if c["id"] == case["id"])
        self.assertEqual(listed["excerpt"], "CW: Ende des Films")
        self.answer(case, "Schade um den Gärtner.")
        self.assertEqual(self.seen(status, "Schade um")["spoiler_text"], "Ende des Films")

    def test_5a_who_empties_the_warning_answers_without_one(self):
        status = self.ask("und der Kommissar?", spoiler_text="Schon wieder der Film")
        self.poll()
        case = self.case("der Kommissar?")
        self.answer(case, "Der kommt im Juni wieder.", warning="")
        self.assertFalse(self.seen(status, "Der kommt im Juni").get("spoiler_text"))
        ours = [m for m in self.open(case["id"])["messages"] if m["direction"] == "out"]
        self.assertEqual([(m["warning"], m["body"]) for m in ours], [("", "Der kommt im Juni wieder.")])

    def test_5b_an_answer_warns_in_words_of_its_own_and_they_are_no_part_of_it(self):
        status = self.ask("und wer war das Opfer?", spoiler_text="Film")
        self.poll()
        case = self.case("das Opfer?")
        self.assertTrue(case["reply_rules"]["warning"])
        self.answer(case, "Der Graf.", warning=" Ende: der Film & mehr ")
        reply = self.seen(status, "Der Graf.")
        self.assertEqual(reply["spoiler_text"], "Ende: der Film & mehr")
        self.assertNotIn("CW", reply["content"])
        self.poll(15)
        ours = [m for m in self.open(case["id"])["messages"] if m["direction"] == "out"]
        self.assertEqual([(m["warning"], m["body"]) for m in ours],
                         [("Ende: der Film & mehr", "CW: Ende: der Film & mehr\n\nDer Graf.")])
        where, reply = f"/conversations/{case['id']}/replies", {"body": "x", "visibility": "public"}
        self.problem(self.eva.post(where, {**reply, "warning": "x\ny"}), 422, "warning")
        self.problem(self.eva.post(where, {**reply, "warning": "x" * 201}), 422, "warning")
        self.problem(self.eva.post(where, {**reply, "body": "x" * 450, "warning": "y" * 30}), 422, "body")

    def test_6_an_edit_is_a_version_and_what_was_deleted_stays_here(self):
        # snac tells a removal to followers alone.
        self.us.api(f"accounts/{self.us.mentions()[0]['account']['id']}/follow", "POST")
        status = self.ask("erste Fassung")
        self.poll()
        self.fan.edit(status, "@haus@a.localhost zweite Fassung")
        eventually(lambda: [m for m in self.us.mentions() if "zweite" in m["content"]], AT, "the edit to arrive")
        self.poll(15)
        message = self.case("zweite Fassung")["messages"][0]
        bodies = [v["body"] for v in self.admin.get(f"/messages/{message['id']}/versions")["items"]]
        self.assertEqual([b.split(" ", 1)[1] for b in bodies], ["erste Fassung", "zweite Fassung"])
        self.fan.delete(status)
        eventually(lambda: not [m for m in self.us.mentions() if "zweite" in m["content"]], AT, "the removal")
        self.poll(15)
        message = self.case("zweite Fassung")["messages"][0]
        self.assertEqual(message["standing"], "gone")
        self.assertTrue(message["removed_at"])

    def test_7_the_token_is_shown_nowhere(self):
        shown = self.admin.get(f"/channels/{self.place['id']}")
        self.assertTrue(shown["credential_given"])
        self.assertNotIn(self.us.token, shown.body.decode())
        for row in self.store.sql("SELECT settings FROM channel"):
            self.assertNotIn(self.us.token, row[0])

    def test_8_the_check_back_stands_behind_the_same_warning_whatever_its_words(self):
        status = self.ask("ist die Karte noch da?", spoiler_text="Gewinnspiel, Rabatt")
        self.poll()
        case = self.case("die Karte noch da?")
        self.answer(case, "Die liegt bei uns bereit.")
        self.act(self.eva, case["id"], "solve")
        self.server.stop()
        self.server.now += datetime.timedelta(days=7)
        self.server.start()
        self.poll(5)
        due = next(c for c in self.open(case["id"])["check_backs"] if c["state"] == "due")
        where = f"/check-backs/{due['id']}/send"
        self.problem(self.eva.post(where, {"body": "Nur heute mit Rabatt!"}), 422, "body")
        self.check(self.eva.post(where, {"body": "War die Karte da?"}), 201)
        self.assertEqual(self.seen(status, "War die Karte da?")["spoiler_text"], "Gewinnspiel, Rabatt")


PICTURES = pathlib.Path(HERE, "../fuzz/corpus/picture").resolve()


class Pictures(Mentions):
    """Pictures of strangers, from their server; and ours, to it."""

    def attach(self, name, text="", mime="image/png"):
        data = base64.b64encode((PICTURES / name).read_bytes()).decode()
        file = self.check(self.eva.post("/attachments", {"name": name, "mime": mime, "base64": data}), 201)
        if text:
            self.check(self.eva.patch(f"/attachments/{file['id']}", {"description": text}), 200)
        return file["id"]

    def test_1_a_picture_of_a_stranger_is_kept_with_what_it_shows(self):
        self.between.names = {"http://b.localhost/": self.world.b.url + "/"}
        bytes_ = (PICTURES / "plain.png").read_bytes()
        medium = self.fan.picture("rad.png", bytes_, "ein rotes Rad")
        self.ask("ist das euer Rad?", **{"media_ids[]": [medium]})
        self.poll()
        case = self.case("euer Rad?")
        files = eventually(lambda: self.open(case["id"])["messages"][0]["attachments"], 20, "the picture")
        self.assertEqual([(f["name"], f["mime"], f["size"], f["description"]) for f in files],
                         [("image-1.png", "image/png", len(bytes_), "ein rotes Rad")])
        self.assertEqual(self.eva.get(f"/attachments/{files[0]['id']}").body, bytes_)
        self.assertIn("[image: ein rotes Rad] http", case["messages"][0]["body"])
        self.poll(15)
        self.assertEqual(len(self.open(case["id"])["messages"][0]["attachments"]), 1)

    def test_2_pictures_of_ours_are_seen_there_with_their_words(self):
        case = self.case("euer Rad?")
        status = next(s for s in self.fan.api("accounts/%s/statuses" % self.fan.id).json() if "euer Rad" in s["content"])
        ids = [self.attach("told.jpg", "ein <b>blaues</b> Rad \"X\"", "image/jpeg"), self.attach("plain.png")]
        self.answer(case, "Nein, dieses hier:", attachment_ids=ids)
        reply = self.seen(status, "dieses hier")
        seen = [(m["type"], m.get("description") or "") for m in reply["media_attachments"]]
        self.assertEqual(seen, [("image", "ein <b>blaues</b> Rad \"X\""), ("image", "")])
        url = reply["media_attachments"][0]["url"].replace("http://a.localhost", self.world.a.url)
        with urllib.request.urlopen(url) as answer:
            there = answer.read()
        self.assertEqual(there[:2], b"\xff\xd8")
        self.assertNotIn(b"GPS", there)
        self.poll(15)
        self.assertEqual([m["direction"] for m in self.open(case["id"])["messages"]], ["in", "out"])

    def test_3_a_lost_answer_leaves_one_post_with_its_pictures(self):
        status = self.ask("und das?")
        self.poll()
        case = self.case("und das?")
        self.between.methods, self.between.faults = ("POST",), ["", "lost"]  # the picture, then the post
        self.reply(self.eva, case["id"], "", attachment_ids=[self.attach("plain.png", "nur ein Bild")])
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.poll(3)
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "sent", 20, "it to be found")
        eventually(lambda: self.fan.replies(status), AT, "the reply")
        self.assertEqual(len(self.fan.replies(status)), 1)

    def test_4_what_was_brought_is_not_brought_again(self):
        self.ask("noch eins?")
        self.poll()
        case = self.case("noch eins?")
        self.between.faults = ["", "429"]
        self.between.asked.clear()
        self.reply(self.eva, case["id"], "Bitte.", attachment_ids=[self.attach("plain.png")])
        eventually(lambda: ("POST", "/api/v1/statuses") in self.between.asked, 20, "the first try")
        self.poll(30)
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "sent", 20, "the second try")
        asked = [path for method, path in self.between.asked if path.startswith("/api/v1/media/")]
        self.assertTrue(asked, "it did not ask for what it had brought")

    def test_5_what_the_network_does_not_take_is_refused_before_it_leaves(self):
        case = self.case("noch eins?")
        rule = self.open(case["id"])["reply_rules"]["file_rule"]
        self.assertEqual(rule, {"most": 4, "most_bytes": 8 * 1024 * 1024, "pictures": True, "descriptions": True})
        reply = {"body": "x", "visibility": "public"}
        where = f"/conversations/{case['id']}/replies"
        text = self.check(self.eva.post("/attachments", {"name": "a.png", "mime": "image/png", "base64": "aGk="}), 201)
        self.assertEqual(text["mime"], "application/octet-stream")
        self.problem(self.eva.post(where, {**reply, "attachment_ids": [text["id"]]}), 422, "attachment_ids")
        five = [self.attach("plain.png") for _ in range(5)]
        self.problem(self.eva.post(where, {**reply, "attachment_ids": five}), 422, "attachment_ids")
        self.check(self.eva.patch(f"/attachments/{five[0]}", {"description": "ü" * 1500}), 200)
        self.problem(self.eva.patch(f"/attachments/{five[0]}", {"description": "ü" * 1501}), 422, "description")
        self.problem(self.admin.patch(f"/attachments/{five[0]}", {"description": "x"}), 404)

    def test_6_what_cannot_be_had_stays_where_it_is(self):
        for name, words in (("gone", "answered 404"), ("text", "no picture")):
            self.between.names = {"http://b.localhost/": self.world.b.url + ("/nowhere/" if name == "gone" else "/")}
            medium = self.fan.picture("a.png", (PICTURES / ("plain.png" if name == "gone" else "none.txt")).read_bytes())
            self.ask(f"Bild {name}", **{"media_ids[]": [medium]})
            self.poll()
            case = self.case(f"Bild {name}")
            found = eventually(lambda: [r for r in self.store.sql("SELECT state, reason FROM picture ORDER BY message_id")
                                        if r[0] == "left"], 20, "it to be left")
            self.assertIn(words, found[-1][1])
            self.assertEqual(case["messages"][0]["attachments"], [])
            self.assertIn("http", case["messages"][0]["body"])


class Consent(Mentions):
    """Connected by the server's own page, as somebody in a browser does it."""

    BACK = "http://127.0.0.1:1/settings/channels/consent"

    @classmethod
    def prepare(cls):
        super().prepare()
        cls.place = cls.channel("Ohne Schlüssel", network="mastodon", settings={"url": cls.between.url})

    def begin(self, back=BACK):
        answer = self.admin.post(f"/channels/{self.place['id']}/consent", {"back": back})
        return self.check(answer, 201).json

    def agree(self, start):
        """The person logs in there and agrees; gives the code and the state with which they come back."""
        where = dict(self.world.a.consent(start["address"], "haus")[1].items())
        where = next(v for k, v in where.items() if k.lower() == "location")
        self.assertTrue(where.startswith(self.BACK))
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(where).query)
        return {"code": query["code"][0], "state": query["state"][0], "ticket": start["ticket"]}

    def finish(self, body):
        return self.admin.post(f"/channels/{self.place['id']}/consent/code", body)

    def test_1_until_somebody_agreed_nothing_is_read_and_that_is_said(self):
        self.poll()
        self.assertEqual(self.health()["polling"]["trouble"], "credential_missing")

    def test_2_what_was_made_for_another_way_is_refused(self):
        start = self.begin()
        body = {"code": "x", "state": start["state"], "ticket": start["ticket"]}
        for wrong in ({"state": "other"}, {"ticket": start["ticket"][:-4] + "AAAA"}, {"ticket": "x"}):
            self.problem(self.finish({**body, **wrong}), 422, "ticket")
        other = self.channel("Anderer", network="mastodon", settings={"url": self.between.url})
        self.problem(self.admin.post(f"/channels/{other['id']}/consent/code", body), 422, "ticket")
        self.server.clock(16 * MINUTE)
        self.problem(self.finish(body), 422, "ticket", "begin again")

    def test_3_a_code_that_is_none_changes_nothing(self):
        """snac gives a token for any code; that one is tried before it counts."""
        start = self.begin()
        answer = self.check(self.finish({"code": "nix", "state": start["state"], "ticket": start["ticket"]}), 200)
        self.assertFalse(answer["ok"])
        self.assertFalse(self.admin.get(f"/channels/{self.place['id']}")["credential_given"])

    def test_4_who_agreed_is_connected_and_is_heard(self):
        self.server.clock(30 * MINUTE)  # failures in a row: nobody knocks any more
        self.assertNotEqual(self.health()["sending"]["state"], "closed")
        answer = self.check(self.finish(self.agree(self.begin())), 200)
        self.assertTrue(answer["ok"])
        self.assertEqual(self.health()["sending"]["state"], "closed")
        self.assertTrue(self.admin.get(f"/channels/{self.place['id']}")["credential_given"])
        status = self.ask("seid ihr da?")
        self.poll(15)
        case = self.case("seid ihr da?")
        self.answer(case, "Ja, hier.")
        self.seen(status, "Ja, hier.")
        self.assertIn("channel.consented", [e["kind"] for e in self.admin.all("/audit")])

    def test_5_a_network_without_such_a_page_says_so(self):
        other = self.channel("Eigenes", network="custom")
        self.problem(self.admin.post(f"/channels/{other['id']}/consent", {"back": self.BACK}), 409)


class Restraints(Mentions):
    """This server blocks and lifts blocks for programs, and knows neither their mutes nor their reports."""

    people = {"eva": "agent", "ben": "manager"}

    def asked(self, by, text, kind, **more):
        """The restraint as the network made it, and the message that it is for."""
        message = self.case(text)["messages"][0]
        made = self.check(by.post(f"/messages/{message['id']}/restraints", {
            "kind": kind, "reason": "insult", "note": "Schimpft nur.", **more}), 201)
        return eventually(lambda: self.of(message["id"], made["id"], "waiting"), 20, "the network to answer"), message

    def of(self, message, restraint, *other_than):
        rows = self.check(self.admin.get(f"/messages/{message}"), 200)["restraints"]
        return next((r for r in rows if r["id"] == restraint and r["state"] not in other_than), None)

    def blocks(self):
        """Whom our account blocks, as its server tells."""
        account = self.us.mentions()[0]["account"]["id"]
        return self.us.api(f"accounts/relationships?id[]={account}").json()[0]["blocking"]

    def test_1_what_the_server_does_not_offer_is_said_and_is_not_in_force(self):
        self.ask("ihr seid alle unfähig")
        self.poll()
        for kind, more in (("report", {"forward": True}), ("mute", {"days": 7})):
            row, _ = self.asked(self.eva, "alle unfähig", kind, **more)
            self.assertEqual((row["state"], row["trouble"]), ("refused", "not_offered"))
            self.assertIn("does not offer", row["answer"])
        self.assertEqual(self.health()["polling"]["error"], "")
        self.assertEqual(self.admin.all("/restraints"), [])

    def test_2_a_block_needs_its_right_a_reason_and_an_end(self):
        where = f"/messages/{self.case('alle unfähig')['messages'][0]['id']}/restraints"
        block = {"kind": "block", "reason": "insult", "days": 7}
        self.problem(self.eva.post(where, block), 403)
        self.problem(self.ben.post(where, {**block, "reason": "image"}), 422, "reason")
        self.problem(self.ben.post(where, {**block, "days": 31}), 422, "days")
        self.problem(self.ben.post(where, {"kind": "block", "reason": "insult"}), 422, "days")
        self.problem(self.ben.post(where, {"kind": "report", "reason": "spam"}), 422, "note")
        self.assertIn("restraint.refused", [e["kind"] for e in self.admin.all("/audit")])
        self.assertFalse(self.blocks())
        other = self.channel("Eigenes", network="custom")
        self.say(other, "post", "Kim", "Idioten!")
        case = eventually(lambda: self.conversations(other), 20, "the message to be understood")[0]
        said = self.open(case["id"])["messages"][0]
        self.assertEqual(said["restraint_offers"], [])
        self.problem(self.ben.post(f"/messages/{said['id']}/restraints", block), 422, "kind")

    def test_3_a_block_stands_there_is_taken_back_and_somebody_is_heard_again(self):
        row, message = self.asked(self.ben, "alle unfähig", "block", days=7)
        self.assertEqual((row["state"], row["trouble"]), ("stands", ""))
        self.assertTrue(row["asked_by"])
        self.assertTrue(self.blocks())
        self.problem(self.ben.post(f"/messages/{message['id']}/restraints", {
            "kind": "block", "reason": "insult", "days": 1}), 409)
        self.assertEqual([r["restraint"]["id"] for r in self.admin.all("/restraints")], [row["id"]])
        self.fan.post("@haus@a.localhost hört mich noch jemand?")
        self.poll(5)
        self.check(self.eva.post(f"/restraints/{row['id']}/end"), 200)
        eventually(lambda: not self.blocks(), 20, "the block to be lifted")
        eventually(lambda: self.of(message["id"], row["id"], "lifting"), 20, "the network to say so")
        self.ask("jetzt wieder freundlich")
        self.poll()
        self.assertEqual(self.case("wieder freundlich")["state"], "new")

    def test_4_its_end_comes_by_itself(self):
        row, message = self.asked(self.ben, "alle unfähig", "block", days=1)
        self.assertTrue(self.blocks())
        self.server.stop()
        self.server.now += datetime.timedelta(days=1)
        self.server.start()
        self.poll(2)
        eventually(lambda: self.of(message["id"], row["id"], "stands", "lifting"), 20, "the network to say so")
        over = self.of(message["id"], row["id"])
        self.assertEqual((over["state"], over["ended_by"]), ("lifted", None))
        self.assertFalse(self.blocks())
        person = message["author"]["person_id"]
        self.assertEqual(len(self.check(self.admin.get(f"/persons/{person}/restraints"), 200)["restraints"]), 4)


class Faults(Mentions):
    def bodies(self):
        return [m["body"] for c in self.conversations(self.place) for m in self.open(c["id"])["messages"]]

    def test_1_an_answer_that_was_lost_leaves_one_post_and_is_found(self):
        status = self.ask("verloren?")
        self.poll()
        case = self.case("verloren?")
        self.between.faults = ["lost"]
        self.reply(self.eva, case["id"], "Nur einmal, bitte: https://example.org/x?a=1&b=2 <3")
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.poll(3)
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "sent", 20, "it to be found")
        self.poll(15)
        self.assertEqual([m["direction"] for m in self.open(case["id"])["messages"]], ["in", "out"])
        self.seen(status, "Nur einmal")
        self.assertEqual(len(self.fan.replies(status)), 1)

    def test_2_what_was_not_taken_is_sent_again_once_it_is_proved_absent(self):
        status = self.ask("abgelehnt?")
        self.poll()
        case = self.case("abgelehnt?")
        self.between.faults = ["503"]
        self.reply(self.eva, case["id"], "Beim zweiten Versuch.")
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "unknown", 20, "the doubt")
        self.assertEqual(self.fan.replies(status), [])
        self.poll(10)
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "sent", 20, "the second try")
        self.seen(status, "Beim zweiten Versuch.")
        self.assertEqual(len(self.fan.replies(status)), 1)

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
        status = self.ask("und später?")
        self.poll()
        self.a_reply_obeys(self.case("und später?")["id"], "429", lambda: len(self.fan.replies(status)))
        self.seen(status, "Später, bitte.")

    def test_4_what_was_said_while_the_server_was_gone_is_here_once_when_it_is_back(self):
        before = len(self.bodies())
        self.world.a.kill()
        self.poll(3)
        self.assertTrue(self.health()["polling"]["error"])
        words = [f"Frage Nummer {n:02d}" for n in range(5)]
        for text in words:
            self.fan.post("@haus@a.localhost " + text)
        self.world.a.start()
        eventually(lambda: len([m for m in self.us.mentions() if "Frage Nummer" in m["content"]]) == 5, 120,
                   "the servers to find each other again")
        self.poll(30)
        found = sorted(b for b in self.bodies() if "Frage Nummer" in b)
        self.assertEqual(found, ["@haus@a.localhost " + text for text in words])
        self.assertEqual(len(self.bodies()), before + 5)
        self.fetched_late(5)
        self.assertEqual(self.health()["polling"]["error"], "")

    def test_5_a_token_that_ended_is_said_in_words_and_nothing_is_lost(self):
        case = self.case("verloren?")
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {
            "settings": {"access_token": "gone"}}), 200)
        self.ask("hört mich jemand?")
        self.poll()
        polling = self.health()["polling"]
        self.assertEqual(polling["trouble"], "credential_refused")
        self.assertIn("does not accept the access token", polling["error"])
        self.reply(self.eva, case["id"], "Diese Antwort wartet.")
        self.poll(3)
        self.assertEqual(self.open(case["id"])["outbox"][-1]["state"], "queued")
        self.check(self.admin.patch(f"/channels/{self.place['id']}", {
            "settings": {"access_token": self.us.token}}), 200)
        self.poll(30)
        self.case("hört mich jemand?")
        eventually(lambda: self.open(case["id"])["outbox"][-1]["state"] == "sent" or print(self.open(case["id"])["outbox"][-1], self.between.asked[-3:]), 20, "the reply to be sent")
