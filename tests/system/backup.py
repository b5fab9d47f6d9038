"""backup.py - a backup is whole, says so, and becomes a store again."""
import json
import os
import shutil
import threading

from case import DrahtTest
from harness import Peer, Server, Store, eventually, iso

TABLES = ("workspace", "account", "channel", "person", "profile", "thread", "message",
          "message_version", "conversation", "wait", "outbox", "event", "attachment_chunk")


class Copies(DrahtTest):
    people = {"eva": "agent"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Laden")
        for n in range(8):
            cls.say(cls.place, f"post {n}", f"P{n}", f"Straße {n}")
        for case in cls.conversations(cls.place)[:4]:
            cls.reply(cls.client("eva"), case["id"], "Antwort")

    def setUp(self):
        self.settled()
        self.other = Store()
        self.addCleanup(self.other.remove)

    def counts(self, store):
        return {table: store.sql(f"SELECT COUNT(*) FROM {table}")[0][0] for table in TABLES}

    def backup(self, name):
        folder = os.path.join(self.store.folder, name)
        self.store.run("backup", folder)
        return folder

    def restore(self, folder, *arguments, expect=0):
        key = os.path.join(self.store.data, "key")
        return self.other.run("restore", folder, *(arguments or ("--key", key)), expect=expect)

    def test_a_backup_taken_while_serving_becomes_a_store_elsewhere_with_equal_counts(self):
        folder = self.backup("backup")
        names = os.listdir(folder)
        self.assertIn("backup.json", names)
        self.assertNotIn("key", names, "the key must never lie beside what it locks")
        self.assertEqual([n for n in names if n.endswith(".part")], [])
        said = self.restore(folder).stdout
        self.assertIn("the books balance", said)
        self.assertEqual(self.counts(self.other), self.counts(self.store))
        server = Server(self.other, iso(self.server.now)).start()
        self.addCleanup(server.stop)
        found = server.client(self.tokens["eva"]).all("/search", q="Strasse", kind="message")
        self.assertEqual(len(found), 8)
        case = self.conversations(self.place)[0]["id"]
        self.assertEqual(server.client(self.tokens["eva"]).get(f"/conversations/{case}")["id"], case)

    def test_a_backup_taken_while_others_write_is_of_one_instant(self):
        place, stop = self.channel("Betrieb"), threading.Event()
        written = []

        def write():
            while not stop.is_set() and len(written) < 2000:
                n = len(written)
                self.say(place, f"b {n % 40}", f"B{n % 30}", f"Währenddessen {n}")
                written.append(n)
        writer = threading.Thread(target=write)
        writer.start()
        try:
            folder = self.backup("busy")
        finally:
            stop.set()
            writer.join()
        self.assertGreater(len(written), 0, "nothing was written meanwhile")
        self.restore(folder)  # verifies chain, tables and books
        self.assertEqual(self.other.sql("SELECT COUNT(*) FROM message")[0][0],
                         self.other.sql("SELECT COUNT(*) FROM message_version")[0][0])

    def test_a_backup_never_overwrites_another(self):
        folder = self.backup("twice")
        self.assertIn(folder, self.store.run("backup", folder, expect=1).stderr)

    def test_a_changed_byte_is_found_and_its_file_named_before_anything_is_restored(self):
        folder = self.backup("damaged")
        with open(os.path.join(folder, "backup.json"), encoding="utf-8") as file:
            largest = max(json.load(file)["files"], key=lambda f: f["bytes"])["name"]
        path = os.path.join(folder, largest)
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        refused = self.restore(folder, expect=1)
        self.assertIn(largest, refused.stderr)
        self.assertEqual(os.path.exists(os.path.join(self.other.data, "draht.db")), False)

    def test_a_shortened_file_and_a_lost_one_are_named(self):
        folder = self.backup("short")
        with open(os.path.join(folder, "backup.json"), encoding="utf-8") as file:
            name = json.load(file)["files"][-1]["name"]
        path = os.path.join(folder, name)
        os.truncate(path, os.path.getsize(path) - 1)
        self.assertIn(name, self.restore(folder, expect=1).stderr)
        os.unlink(path)
        self.assertIn(name, self.restore(folder, expect=1).stderr)

    def test_a_reply_that_left_after_the_backup_is_found_and_not_sent_again(self):
        peer = Peer(self.store.folder)
        self.addCleanup(peer.stop)
        place = self.channel("Leitung", settings={"outbound_url": peer.url, "quiet_ms": 30_000})
        peer.know(place["signing_secret"])
        peer.script(post=["429"])
        for who in ("Weg", "Blieb"):
            self.say(place, f"of {who}", who, "Frage")
        left, stayed = (self.conversation(place, who)["id"] for who in ("Weg", "Blieb"))
        for case in (left, stayed):
            self.reply(self.client("eva"), case, f"Antwort {case}")
        later = self.conversations(self.place)[-1]["id"]
        planned = self.reply(self.client("eva"), later, "Später",
                             send_after="2027-06-01T00:00:00Z")["outbox"]["id"]
        self.addCleanup(lambda: self.admin.post(f"/outbox/{planned}/cancel"))
        state = lambda api, case: api.get(f"/conversations/{case}")["outbox"][-1]["state"]
        self.server.clock(1)
        tries = lambda: [b["attempts"] for b in self.admin.all("/outbox", state="queued")]
        eventually(lambda: sum(tries()) >= 1 and len(tries()) == 3, what="a try that was refused")
        folder = self.backup("doubt")
        self.check(self.admin.post(f"/outbox/{self.open(stayed)['outbox'][-1]['id']}/cancel"), 200)
        self.settled_but(later)
        self.assertEqual([words for words, _ in peer.taken()], [f"Antwort {left}"])
        said = self.restore(folder).stdout
        self.assertIn("2 replies that waited may have left since", said)
        server = Server(self.other, iso(self.server.now), environment={}).start()
        self.addCleanup(server.stop)
        admin = server.client(self.other.token("admin@example.org"))
        self.assertEqual(state(admin, later), "queued", "its hour has not come")
        for _ in range(10):
            server.clock(60)
        self.assertEqual({state(admin, c) for c in (left, stayed)}, {"sent"})
        self.assertEqual(sorted(words for words, _ in peer.taken()),
                         sorted([f"Antwort {left}", f"Antwort {stayed}"]), "each once")
        self.other.run("verify")

    def settled_but(self, planned):
        for _ in range(20):
            self.server.clock(60)
            states = {b["conversation_id"]: b["state"] for b in self.admin.all("/outbox")}
            if all(s not in ("queued", "sending") for c, s in states.items() if c != planned):
                return

    def test_a_folder_without_its_list_is_no_backup(self):
        folder = self.backup("half")
        os.unlink(os.path.join(folder, "backup.json"))
        self.assertIn("no backup", self.restore(folder, expect=1).stderr)

    def test_a_list_that_leaves_its_folder_is_refused(self):
        folder = self.backup("escape")
        path = os.path.join(folder, "backup.json")
        with open(path, encoding="utf-8") as file:
            said = json.load(file)
        said["files"][0]["name"] = "../key"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(said, file)
        self.assertIn("outside", self.restore(folder, expect=1).stderr)

    def test_nothing_is_restored_over_a_store(self):
        folder = self.backup("onto")
        before = self.counts(self.store)
        refused = self.store.run("restore", folder, expect=1)
        self.assertRegex(refused.stderr, "already|not empty")
        self.assertEqual(self.counts(self.store), before)

    def test_the_key_is_asked_for_and_not_made_anew_in_silence(self):
        folder = self.backup("keyless")
        os.makedirs(self.other.data)
        refused = self.other.run("restore", folder, expect=1)
        self.assertIn("--key", refused.stderr)
        self.assertEqual(os.listdir(self.other.data), [])
        self.restore(folder, "--without-key")

    def test_a_backup_of_a_newer_program_is_refused_in_words(self):
        folder = self.backup("newer")
        path = os.path.join(folder, "backup.json")
        with open(path, encoding="utf-8") as file:
            said = json.load(file)
        said["schema"] = 9999
        with open(path, "w", encoding="utf-8") as file:
            json.dump(said, file)
        self.assertIn("newer", self.restore(folder, expect=1).stderr)

    def test_only_the_newest_are_kept_when_asked(self):
        parent = os.path.join(self.store.folder, "many")
        os.mkdir(parent)
        os.mkdir(os.path.join(parent, "draht-mine"))  # no backup: not ours to remove
        made = []
        for _ in range(4):
            self.store.run("backup", parent, "--keep", "2")
            made = sorted(n for n in os.listdir(parent) if n != "draht-mine") \
                if not made else sorted(set(made) | set(os.listdir(parent)) - {"draht-mine"})
        left = sorted(n for n in os.listdir(parent) if n != "draht-mine")
        self.assertEqual(left, made[-2:])
        self.assertTrue(os.path.isdir(os.path.join(parent, "draht-mine")))
        self.restore(os.path.join(parent, left[0]))
        self.store.run("backup", parent, "--keep", "0", expect=2)
        shutil.rmtree(parent)
