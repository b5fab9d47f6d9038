"""nodes.py - several processes on one PostgreSQL are one Draht.

Each node has a data folder of its own and the same key. The clock is the machine's, since
a virtual one belongs to one process; the lease is two seconds.
"""
import os
import shutil
import signal
import threading
import unittest

import harness
from case import DrahtTest
from harness import PASSWORD, Server, Store, eventually
from networks import Network

LEASE = 2


class Node(Server):
    """One of several servers on a store."""

    def __init__(self, store, number, plan=None, key=True, lease=LEASE):
        self.folder = os.path.join(store.folder, f"node-{number}")
        if not os.path.exists(self.folder):
            os.makedirs(self.folder, mode=0o700)
        if key and os.path.exists(os.path.join(store.data, "key")):
            shutil.copy(os.path.join(store.data, "key"), self.folder)
        environment = {"DRAHT_FAILPOINTS": plan} if plan else None
        super().__init__(store, environment=environment,
                         flags=["--data", self.folder, "--lease-seconds", str(lease)])
        self.log_path = os.path.join(self.folder, "server.log")

    def signal(self, what):
        os.kill(self.process.pid, what)

    def is_stopped(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"


class Nodes(DrahtTest):
    """Three nodes; self.server is the first, so that everything of DrahtTest works."""

    people = {"eva": "agent"}
    count, plans = 3, {}

    @classmethod
    def setUpClass(cls):
        if harness.ENGINE != "postgres":
            raise unittest.SkipTest("several processes need PostgreSQL")
        cls.store, cls.nodes = Store(), []
        try:
            cls.start_all()
            cls.server = cls.nodes[0]
            cls.store.add_user("admin@example.org", "administrator", "Ada Admin")
            for name, role in cls.people.items():
                cls.store.add_user(f"{name}@example.org", role, name.title())
            cls.tokens = {n: cls.store.token(f"{n}@example.org") for n in ("admin", *cls.people)}
            cls.admin = cls.client("admin")
            cls.prepare()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def make_key(cls):
        os.makedirs(cls.store.data, mode=0o700)
        with open(os.path.join(cls.store.data, "key"), "w", encoding="ascii") as file:
            file.write("5a" * 32 + "\n")
        os.chmod(file.name, 0o600)

    @classmethod
    def start_all(cls):
        cls.make_key()
        cls.nodes = [Node(cls.store, n, cls.plans.get(n)) for n in range(cls.count)]
        for node in cls.nodes:
            node.start()

    @classmethod
    def tearDownClass(cls):
        try:
            for node in cls.nodes:
                if node.process and node.process.poll() is None:
                    node.signal(signal.SIGCONT)
                status = node.stop()
                assert status in (0, None), f"{node.folder}: {status}\n{node.log()}"
            if cls.nodes:
                cls.store.run("verify")
        finally:
            for node in cls.nodes:
                node.stop()
            cls.store.remove()

    def at(self, number, name="admin"):
        return self.nodes[number].client(self.tokens[name])

    @classmethod
    def item(cls, thread, who, body, **more):
        cls.server.now = harness.moment("2026-11-02T07:00:00Z")
        item = super().item(thread, who, body, **more)
        cls.server.now = None
        del item["sent_at"]
        return item

    def say_at(self, number, channel, thread, who, body):
        return self.check(self.at(number).post(f"/channels/{channel['id']}/inbound",
                                               self.item(thread, who, body)), 202)


class Together(Nodes):
    @classmethod
    def start_all(cls):
        """All at the same time, on a data base that is empty."""
        cls.make_key()
        cls.nodes = [Node(cls.store, n) for n in range(cls.count)]
        threads = [threading.Thread(target=node.start) for node in cls.nodes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Laden")

    def test_the_schema_was_made_once_and_each_has_a_number_of_its_own(self):
        versions = [row[0] for row in self.store.sql("SELECT version FROM migration")]
        self.assertEqual(sorted(versions), sorted(set(versions)))
        for node in self.nodes:
            self.assertEqual(node.client().get("/readyz").status, 200)
        alive = self.store.sql("SELECT node_id FROM node WHERE node_id >= 0 AND "
                               "leased_until_at > extract(epoch FROM now()) * 1000")
        self.assertEqual(len(alive), 3)

    def test_a_node_with_another_key_is_refused_before_it_seals_anything(self):
        other = Node(self.store, "other", key=False)
        other.start(expect_ready=False)
        self.assertEqual(other.process.wait(20), 1)
        self.assertIn("key", other.log())
        other.stop()

    def test_what_comes_in_at_one_is_told_by_the_streams_of_all(self):
        streams = [self.at(n).events() for n in range(3)]
        self.addCleanup(lambda: [s.close() for s in streams])
        for n in range(3):
            self.say_at(n, self.place, f"post {n}", "Anna", f"Gruß {n}")
        for stream in streams:
            for _ in range(3):
                self.assertIsNotNone(stream.wait(lambda kind, _: kind == "message.received"))
        told = [[e["id"] for e in stream.seen] for stream in streams]
        common = max(ids[0] for ids in told)
        told = [[i for i in ids if int(i) >= int(common)] for ids in told]
        self.assertEqual(told[0], told[1])
        self.assertEqual(told[1], told[2])

    def test_a_browser_that_comes_back_at_another_node_misses_and_repeats_nothing(self):
        stream = self.at(0).events()
        seen = []
        for turn in range(6):
            for n in range(4):
                self.say_at((turn + n) % 3, self.place, f"weg {turn} {n}", "Bo", f"Wort {turn} {n}")
            for _ in range(2):  # and leaves in the middle of what is told
                self.assertIsNotNone(stream.wait(lambda kind, _: kind == "message.received"))
            seen += [int(e["id"]) for e in stream.seen]
            stream.close()
            stream = self.at((turn + 1) % 3).events(last=seen[-1])
        newest = int(self.store.sql("SELECT last_seq FROM chain")[0][0])
        eventually(lambda: stream.wait(lambda *_: True) and
                   int(stream.seen[-1]["id"]) == newest)
        seen += [int(e["id"]) for e in stream.seen]
        stream.close()
        self.assertEqual(seen, list(range(seen[0], newest + 1)))

    def test_what_one_node_is_told_to_hold_holds_at_once_on_the_others(self):
        self.check(self.at(0).post("/word-lists", {
            "kind": "topic", "value": "Lieferung", "words": ["Paketdings"]}), 201)
        self.say_at(1, self.place, "neu", "Cem", "Wo ist mein Paketdings")
        case = self.conversation(self.place, "Cem")
        self.assertEqual(case["topic"], "Lieferung")
        words = next(w for w in self.at(2).all("/word-lists") if w["value"] == "Lieferung")
        self.check(self.at(2).patch(f"/word-lists/{words['id']}", {"words": ["Frachtdings"]}), 200)
        self.say_at(1, self.place, "neu 2", "Dora", "Wo ist mein Paketdings")
        self.assertNotEqual(self.conversation(self.place, "Dora")["topic"], "Lieferung")
        self.check(self.at(1).patch("/workspace", {"name": "Drei Knoten"}), 200)
        self.assertEqual(self.at(2).get("/workspace")["name"], "Drei Knoten")

    def test_a_login_counts_everywhere_and_ends_everywhere(self):
        browser = self.nodes[0].client()
        self.check(browser.login("eva@example.org", PASSWORD), 201)
        browser.host, browser.port = self.nodes[1].address
        self.assertEqual(browser.get("/me").status, 200)
        self.check(browser.delete("/sessions/current"), 204)
        browser.host, browser.port = self.nodes[2].address
        self.assertEqual(browser.get("/me").status, 401)

    def test_a_repeated_request_is_known_at_another_node(self):
        self.say_at(0, self.place, "schlüssel", "Fee", "Bitte antworten")
        case = self.conversation(self.place, "Fee")["id"]
        answers = [self.at(n, "eva").post(f"/conversations/{case}/replies",
                                          {"body": "Einmal", "visibility": "public"},
                                          {"Idempotency-Key": "einmal-nur"}) for n in (0, 1, 2)]
        self.assertEqual([a.status for a in answers], [201, 201, 201])
        self.assertEqual(len({a["message"]["id"] if "message" in a.json else a.body
                              for a in answers}), 1)
        self.assertEqual(self.store.sql("SELECT COUNT(*) FROM message WHERE account_id IS NOT NULL"
                                        f" AND conversation_id = {case}"), [["1"]])

    def test_that_somebody_is_answering_is_seen_at_another_node(self):
        self.say_at(0, self.place, "gleich", "Gül", "Ist da jemand")
        case = self.conversation(self.place, "Gül")["id"]
        stream = self.at(2).events()
        self.check(self.at(1, "eva").post(f"/conversations/{case}/answering", {"active": True}),
                   200)
        told = stream.wait(lambda kind, _: kind.startswith("answering."))
        stream.close()
        self.assertIsNotNone(told)
        shown = self.at(0).get(f"/conversations/{case}").json
        self.assertEqual([a["account"]["name"] if "account" in a else a.get("name")
                          for a in shown["answering"]], ["Eva"])


class Zombie(Nodes):
    """The first node stops between the claim and the call, and wakes after its lease."""

    plans = {0: "outbox.claimed=stop@1"}

    @classmethod
    def prepare(cls):
        names = [n["network"] for n in cls.check(cls.admin.get("/networks"), 200)["items"]]
        if "mock_c" not in names:
            raise unittest.SkipTest("the program has no mock networks: build it with -Dtest_hooks=true")
        cls.net = Network(cls.store.folder)
        cls.place = cls.channel("Netz", network="mock_c",
                                settings={"url": cls.net.url, "quiet_ms": 100})

    @classmethod
    def tearDownClass(cls):
        if hasattr(cls, "net"):
            cls.net.stop()
        super().tearDownClass()

    def state(self, box):
        return next(b["state"] for b in self.at(1).all("/outbox") if b["id"] == box)

    def test_its_work_is_taken_over_and_it_sends_nothing_when_it_wakes(self):
        first = self.nodes[0]
        for n in range(3):
            self.say_at(1, self.place, f"post {n}", f"P{n}", "Frage")
        try:  # its own worker is the first to know, and stops the process
            self.at(0, "eva").send("POST", f"/conversations/{self.conversation_at(1, 'P0')}/replies",
                                   {"body": "Antwort 0", "visibility": "public"}, timeout=3)
        except OSError:
            pass
        eventually(first.is_stopped)
        for n in (1, 2):
            self.check(self.at(n, "eva").post(
                f"/conversations/{self.conversation_at(1, f'P{n}')}/replies",
                {"body": f"Antwort {n}", "visibility": "public"}), 201)
        eventually(lambda: not self.under_way(), 25, "the others to take it over")
        sent = len(self.net.ledger("post"))
        first.signal(signal.SIGCONT)
        eventually(lambda: self.at(0).get("/readyz").status == 200)
        self.say_at(0, self.place, "danach", "Zoe", "Noch da?")
        texts = [line["text"] for line in self.net.ledger("post")]
        self.assertEqual(len(texts), sent)
        self.assertEqual(sorted(texts), [f"Antwort {n}" for n in range(3)])
        self.assertEqual({b["state"] for b in self.at(1).all("/outbox")}, {"sent"})

    def under_way(self):
        return [b for b in self.at(1).all("/outbox")
                if b["state"] in ("queued", "sending", "unknown")]

    def conversation_at(self, number, person):
        return next(c["id"] for c in self.at(number).all("/conversations", view="all",
                                                         channel_id=self.place["id"])
                    if c["person"]["name"] == person)


class Away(Nodes):
    count = 2

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Laden")

    def test_a_lost_connection_costs_nobody_anything(self):
        for n in range(5):
            self.store.elsewhere("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                                 f"WHERE datname = '{self.store.name}'")
            self.say_at(n % 2, self.place, f"post {n}", f"P{n}", "Trotzdem da")
        self.assertEqual(len(self.conversations(self.place)), 5)

    def test_while_the_data_base_takes_no_one_answers_are_503_and_it_recovers_by_itself(self):
        name = self.store.name
        self.store.elsewhere(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        self.store.elsewhere("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                             f"WHERE datname = '{name}'")
        try:
            for n in range(2):
                self.assertEqual(self.at(n).get("/readyz").status, 503)
                for answer in (self.at(n).get("/conversations"),
                               self.at(n).post(f"/channels/{self.place['id']}/inbound",
                                               self.item("weg", "W", "Verloren?"))):
                    self.problem(answer, 503)
                    self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        finally:
            self.store.elsewhere(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        for n in range(2):
            eventually(lambda: self.at(n).get("/readyz").status == 200)
            self.say_at(n, self.place, f"wieder {n}", f"Q{n}", "Wieder da")
