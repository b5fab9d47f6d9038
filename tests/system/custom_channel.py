"""custom_channel.py - the custom channel against a peer with a ledger of its own (peer.py)."""
import concurrent.futures
import datetime
import json
import random
import tempfile

from case import DrahtTest
from harness import DAY, HOUR, MINUTE, Peer, eventually, iso

SEED = 20261102


class Campaign(DrahtTest):
    people = {"eva": "agent"}

    def settled(self, steps=400):
        """Step the clock until nothing is on its way; gives the outbox."""
        for n in range(steps):
            boxes = self.admin.all("/outbox")
            if not [b for b in boxes if b["state"] in ("queued", "sending", "unknown")]:
                return boxes
            self.server.clock(min(30 * (1 + n // 10), 2 * HOUR))
        self.fail(f"not settled after {steps} steps: "
                  f"{[b for b in boxes if b['state'] not in ('sent', 'uncertain')][:5]}")


class Inbound(Campaign):
    def test_a_thousand_in_random_order_with_repeats_are_exactly_the_distinct_ones(self):
        print(f"seed {SEED}", flush=True)
        dice = random.Random(SEED)
        place = self.channel("Sturm")
        items = [self.item(f"post {dice.randrange(20)}", f"P{dice.randrange(30)}", f"Satz {n}")
                 for n in range(1000)]
        wire = items + dice.choices(items, k=400)
        dice.shuffle(wire)
        batches = []
        while wire:
            size = dice.choice((1, 1, 7, 40, 120))
            batches.append(wire[:size] if size > 1 else wire[0])
            wire = wire[size:]
        with concurrent.futures.ThreadPoolExecutor(4) as several:
            answers = list(several.map(lambda b: self.deliver(place, b), batches))
        self.assertEqual(sum(a["accepted"] for a in answers), 1000)
        self.assertEqual(sum(a["duplicates"] for a in answers), 400)
        self.assertEqual([a["rejected"] for a in answers if a["rejected"]], [])
        self.assertEqual(self.stored(place), {i["external_id"]: i["body"] for i in items})
        health = self.admin.get(f"/channels/{place['id']}/health")
        self.assertEqual((health["accepted"], health["duplicates"]), (1000, 400))
        people = {c["person"]["name"] for c in self.conversations(place)}
        self.assertEqual(people, {i["author"]["name"] for i in items})

    def deliver(self, place, batch):
        return self.check(self.signed(place, batch), 202).json

    def stored(self, place):
        """What every thread of the channel holds; fails when something is there twice."""
        held = {}
        for thread in {c["thread"]["id"] for c in self.conversations(place)}:
            for message in self.admin.get(f"/threads/{thread}")["messages"]:
                self.assertNotIn(message["external_id"], held)
                held[message["external_id"]] = message["body"]
        return held


class Outbound(Campaign):
    def test_two_hundred_replies_through_a_failing_peer_arrive_once_or_say_uncertain(self):
        print(f"seed {SEED}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            peer = Peer(folder, SEED, 0.4)
            try:
                self.replies_through(peer)
            finally:
                peer.stop()

    def replies_through(self, peer):
        place = self.channel("Wackelkontakt", settings={"outbound_url": peer.url})
        peer.know(place["signing_secret"])
        for n in range(40):
            self.say(place, f"post {n}", f"P{n}", "Frage")
        for case in self.conversations(place):
            for n in range(5):
                self.reply(self.eva, case["id"], f"{case['id']} Antwort {n}")
        boxes = self.settled()
        self.assertEqual(len(boxes), 200)
        times = {}
        for words, _ in peer.taken():
            times[words] = times.get(words, 0) + 1
        for box in boxes:
            words = self.eva.get(f"/messages/{box['message_id']}")["body"]
            self.assertIn(box["state"], ("sent", "uncertain"), box)
            if box["state"] == "sent":
                self.assertEqual(times.get(words, 0), 1, box)
            else:
                self.assertLessEqual(times.get(words, 0), 1, box)
        self.assertGreater(len(peer.ledger("find")), 20, "the peer was too kind to prove much")
        self.the_ledger_is_in_order(peer)

    def the_ledger_is_in_order(self, peer):
        """Each conversation's replies came in their order, the same bytes at each try."""
        last, bytes_ = {}, {}
        for line in peer.ledger("post"):
            self.assertTrue(line.get("genuine", True), "a signature did not fit")
            if "body" in line:
                self.assertEqual(bytes_.setdefault(line["key"], line["body"]), line["body"])
        for words, _ in peer.taken():
            case, _, n = words.split()
            self.assertGreater(int(n), last.get(case, -1), words)
            last[case] = int(n)


class Faults(Campaign):
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
