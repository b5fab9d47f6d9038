"""custom_channel.py - the custom channel against a peer with a ledger of its own (peer.py)."""
import concurrent.futures
import json
import random
import tempfile
import unittest
import urllib.error
import urllib.request

from case import DrahtTest
from client import sign
from harness import Peer

SEED = 20261102


def times_taken(peer):
    """How often the peer took which words: the one look at the ledger that decides."""
    times = {}
    for words, _ in peer.taken():
        times[words] = times.get(words, 0) + 1
    return times


class Inbound(DrahtTest):
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
        self.server.clock(60)  # what was not yet interpreted is now
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


class Outbound(DrahtTest):
    people = {"eva": "agent"}

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
        times = times_taken(peer)
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


class Length(DrahtTest):
    """How long a reply may be is the network's rule: told, and checked before anything leaves."""

    people = {"eva": "agent"}

    def case_at(self, **settings):
        place = self.channel(f"Kurz {len(self.admin.all('/channels'))}", settings=settings)
        self.say(place, f"Frage an {place['name']}", "Jonas", "Wann?")
        return self.conversation(place)

    def test_without_a_limit_the_rule_is_what_draht_takes(self):
        rules = self.case_at()["reply_rules"]
        whole = {"most": 0, "unit": "graphemes", "link": 0, "most_bytes": 65536}
        files = {"most": 10, "most_bytes": 8 * 1024 * 1024, "pictures": False, "descriptions": False}
        self.assertEqual(rules, {"closed": "", "files": True, "file_rule": files, "warning": False,
                                 "public": whole, "private": whole})

    def test_a_reply_at_the_limit_is_taken_and_one_past_it_is_refused_with_the_limit(self):
        case = self.case_at(max_length=30, link_length=10)
        self.assertEqual(case["reply_rules"]["public"]["most"], 30)
        fits = "👩‍👩‍👧" * 20 + "https://example.org/" + "x" * 400
        reply = {"body": fits + " z", "visibility": "public"}
        answer = self.eva.post(f"/conversations/{case['id']}/replies", reply)
        self.problem(answer, 422, "body", "longer than 30 graphemes")
        self.assertEqual(answer["errors"][0]["max"], 30)
        self.reply(self.eva, case["id"], fits)

    def test_a_network_that_counts_bytes_is_asked_in_bytes(self):
        case = self.case_at(max_length=10, length_unit="bytes")
        for words, status in (("äöüßä", 201), ("äöüßäx", 422)):
            reply = {"body": words, "visibility": "public"}
            answer = self.eva.post(f"/conversations/{case['id']}/replies", reply)
            self.assertEqual(answer.status, status, words)

    def test_a_check_back_is_held_to_the_rule_of_its_place(self):
        case = self.case_at(max_length=20)
        self.reply(self.eva, case["id"], "Morgen.")
        self.act(self.eva, case["id"], "solve")
        self.server.clock(8 * 86400)
        due = self.open(case["id"])["check_backs"][0]["id"]
        self.problem(self.eva.post(f"/check-backs/{due}/send", {"body": "Hat das wirklich gehalten?"}), 422, "body")
        self.check(self.eva.post(f"/check-backs/{due}/send", {"body": "Hat das gehalten?"}), 201)

    def test_a_unit_that_is_none_is_refused(self):
        answer = self.admin.post("/channels", {"network": "custom", "name": "Wörter", "mode": "listen",
                                               "settings": {"length_unit": "words"}})
        self.problem(answer, 422, "settings.length_unit")

    def test_whoever_writes_where_nothing_leaves_is_told(self):
        place = self.channel("Nur Ohr", mode="listen")
        self.say(place, "Gehört", "Jonas", "Wann?")
        self.assertEqual(self.conversation(place)["reply_rules"]["closed"], "listens")


class Control(unittest.TestCase):
    """The same peer and the same look at its ledger, with a sender that is broken."""

    def test_a_sender_that_repeats_without_asking_is_seen_to_send_twice(self):
        secret = "whsec_" + "QUFB" * 8
        with tempfile.TemporaryDirectory() as folder:
            peer = Peer(folder, SEED, 0.4)
            try:
                peer.know(secret)
                for n in range(60):
                    self.send_until_answered(peer, secret, n)
                times = times_taken(peer)
            finally:
                peer.stop()
        self.assertEqual(len(times), 60)
        self.assertGreater(max(times.values()), 1, "no fault of the peer could show a double")

    def send_until_answered(self, peer, secret, n):
        body = json.dumps({"body": f"Antwort {n}"}).encode()
        for _ in range(50):
            request = urllib.request.Request(peer.url, body, sign(secret, f"key-{n}", 1, body))
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return json.loads(answer.read())["external_id"]
            except (OSError, ValueError, urllib.error.URLError):
                continue
        return self.fail("the peer never answered")
