"""faults.py - one fault of the other end at a time, by script, and what becomes of the reply."""
import datetime
import json

from case import DrahtTest
from harness import DAY, HOUR, MINUTE, Peer, eventually, iso


class Faults(DrahtTest):
    """One fault each, by script."""

    people = {"eva": "agent", "tim": "trainee", "chief": "manager"}

    @classmethod
    def prepare(cls):
        cls.peer = Peer(cls.store.folder)
        cls.place = cls.channel("Leitung", settings={"outbound_url": cls.peer.url,
                                                     "quiet_ms": 30_000})
        cls.peer.know(cls.place["signing_secret"])

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "peer"):
            cls.peer.stop()
        super().tearDownClass()

    def sent_to(self, who, post=(), find=(), **more):
        """Somebody asks and is answered while the peer follows that script."""
        self.peer.script(post, find)
        self.say(self.place, "of " + who, who, "Frage")
        self.case = self.conversation(self.place, who)["id"]
        box = self.reply(self.eva, self.case, "Antwort an " + who, **more)["outbox"]
        return box["id"]

    def box(self):
        return self.open(self.case)["outbox"][-1]

    def state(self, *wanted):
        return eventually(lambda: self.box()["state"] in wanted and self.box(),
                          what=f"{' or '.join(wanted)}, not {self.box()}")

    def lines(self, kind=None):
        """What the ledger says of the newest reply; its key is the outbox's."""
        return self.peer.ledger(kind, self.key())

    def key(self):
        """The newest key in the ledger: one reply is under way at a time."""
        return self.peer.ledger()[-1]["key"] if self.peer.ledger() else ""

    def took(self, who):
        return [words for words, _ in self.peer.taken()].count("Antwort an " + who)

    def test_a_good_peer_gets_the_documented_object_once(self):
        self.sent_to("Gut")
        box = self.state("sent")
        line = self.lines("post")[0]
        body = json.loads(line["body"])
        self.assertEqual(sorted(body), sorted((
            "idempotency_key", "conversation_id", "thread_external_id", "parent_external_id",
            "visibility", "body", "author_name", "attachments")))
        self.assertEqual((body["idempotency_key"], body["conversation_id"]),
                         (line["key"], self.case))
        self.assertEqual((body["thread_external_id"], body["author_name"], body["visibility"]),
                         ("of Gut", "Eva", "public"))
        message = self.open(self.case)["messages"][-1]
        self.assertEqual((message["external_id"], message["outbox"]["state"]),
                         (line["taken"], "sent"))
        self.assertEqual(box["id"], message["outbox"]["id"])

    def test_what_comes_back_from_the_network_as_ours_is_not_a_second_message(self):
        self.sent_to("Echo")
        self.state("sent")
        ours = self.open(self.case)["messages"][-1]
        answer = self.say(self.place, "of Echo", None, ours["body"],
                          external_id=ours["external_id"],
                          author={"external_id": "us", "name": "Wir", "is_us": True})
        self.assertEqual(answer["rejected"], [])
        self.assertEqual(len(self.open(self.case)["messages"]), 2)

    def test_a_500_is_tried_again_later(self):
        self.sent_to("Fünfhundert", post=["500"])
        self.settled()
        self.assertEqual((self.box()["state"], self.took("Fünfhundert")), ("sent", 1))

    def test_a_429_is_obeyed_to_the_second(self):
        self.sent_to("Langsam", post=["429"])
        eventually(lambda: len(self.lines("post")) == 1, what="the first try")
        self.state("queued")
        self.server.clock(89)
        self.assertEqual(len(self.lines("post")), 1, "it came back before Retry-After")
        self.settled()
        self.assertEqual((self.box()["state"], self.took("Langsam")), ("sent", 1))

    def test_a_reply_whose_answer_was_lost_is_found_by_reading_back(self):
        self.sent_to("Verloren", post=["lost"])
        self.state("unknown")
        self.server.clock(29)
        self.assertEqual(self.lines("find"), [], "the quiet time was not kept")
        self.settled()
        box = self.box()
        self.assertEqual((box["state"], self.took("Verloren")), ("sent", 1))
        self.assertEqual(len(self.lines("post")), 1)
        self.assertEqual(len(self.lines("find")), 1)
        self.assertTrue(self.open(self.case)["messages"][-1]["external_id"].startswith("peer-"))

    def test_a_hang_up_before_reading_is_proved_absent_and_sent_again(self):
        self.sent_to("Aufgelegt", post=["close"])
        self.settled()
        self.assertEqual((self.box()["state"], self.took("Aufgelegt")), ("sent", 1))
        kinds = [x["kind"] for x in self.peer.ledger(key=self.lines("post")[-1]["key"])]
        self.assertEqual(kinds, ["post", "find", "post"], "asked before repeating")

    def test_what_cannot_be_told_is_shown_as_uncertain_until_a_person_decides(self):
        box = self.sent_to("Zweifel", post=["lost"], find=["odd"] * 200)
        self.settled()
        self.assertEqual(self.box()["state"], "uncertain")
        self.assertEqual(self.took("Zweifel"), 1)
        listed = self.eva.get("/today")["uncertain"]
        self.assertIn(box, [i["id"] for i in listed["items"]])
        self.server.clock(3 * DAY)
        self.assertEqual((self.box()["state"], len(self.lines("post"))), ("uncertain", 1))
        self.check(self.eva.post(f"/outbox/{box}/mark-sent"), 200)
        self.assertEqual((self.box()["state"], self.took("Zweifel")), ("sent", 1))

    def test_a_refusal_fails_with_a_reason_and_the_customer_waits_since_the_old_start(self):
        self.server.clock(MINUTE)
        box = self.sent_to("Nein", post=["400"] * 50)
        asked_at = self.open(self.case)["opened_at"]
        self.server.clock(10 * MINUTE)
        failed = self.state("failed")
        self.assertTrue(failed["reason"])
        self.assertEqual(self.open(self.case)["messages"][-1]["outbox"]["reason"],
                         failed["reason"])
        self.assertEqual(self.open(self.case)["waiting_since_at"], asked_at)
        self.peer.script()
        self.check(self.eva.post(f"/outbox/{box}/retry"), 200)
        self.settled()
        self.assertEqual((self.box()["state"], self.took("Nein")), ("sent", 1))
        self.assertIsNone(self.open(self.case)["waiting_since_at"])

    def test_a_slow_peer_and_a_kill_in_between_do_not_double_it(self):
        self.sent_to("Abgewürgt", post=["slow"])
        eventually(lambda: self.took("Abgewürgt"), what="the peer to take it")
        self.server.kill()
        self.server.start()
        self.server.clock(3 * MINUTE)
        self.settled()
        self.assertEqual((self.box()["state"], self.took("Abgewürgt")), ("sent", 1))

    def test_send_after_is_kept(self):
        self.sent_to("Später", send_after=iso(self.server.now + datetime.timedelta(hours=1)))
        self.server.clock(HOUR - 1)
        self.assertEqual(self.took("Später"), 0)
        self.server.clock(1)
        self.state("sent")
        self.assertEqual(self.took("Später"), 1)

    def test_a_trainees_reply_waits_for_approval_and_is_no_reaction_until_then(self):
        self.peer.script()
        self.say(self.place, "of Azubi", "Azubi", "Frage")
        self.case = self.conversation(self.place, "Azubi")["id"]
        box = self.reply(self.tim, self.case, "Antwort an Azubi")["outbox"]
        self.assertEqual(box["state"], "held")
        self.server.clock(HOUR)
        self.assertEqual((self.took("Azubi"), self.box()["state"]), (0, "held"))
        self.assertTrue(self.open(self.case)["waiting_since_at"])
        self.problem(self.tim.post(f"/outbox/{box['id']}/approve"), 403)
        self.check(self.chief.post(f"/outbox/{box['id']}/approve"), 200)
        self.state("sent")
        self.assertEqual(self.took("Azubi"), 1)
        self.assertIsNone(self.open(self.case)["waiting_since_at"])
