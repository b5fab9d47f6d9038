"""failpoints.py - a slow, full or failing disk and a lost database, one at a time.

What is killed at each place stands in tests/campaign/. A program without failpoints (a
release build) skips what needs them, and says so.
"""
import concurrent.futures
import http.client
import re
import signal
import unittest

from case import DrahtTest
from harness import eventually
from public_pages import Public

BROKEN = (OSError, AssertionError, http.client.HTTPException)


class SharedFlush(DrahtTest):
    """Many senders, a slow disk: what a message costs is counted, not timed."""

    @classmethod
    def prepare(cls):
        if cls.server.client().send("GET", "/test/v1/failpoints").status != 200:
            raise unittest.SkipTest("the program has no failpoints: build it with -Dtest_hooks=true")
        cls.place = cls.channel("Leitung")

    def counters(self):
        text = self.server.client().send("GET", "/metrics").body.decode()
        return {name: int(value) for name, value in
                re.findall(r"^draht_(\w+_total) (\d+)$", text, re.MULTILINE)}

    def test_sixty_four_senders_share_a_flush_and_one_alone_does_not(self):
        answer = self.server.client().send("POST", "/test/v1/failpoints",
                                           {"plan": "disk.sync=delay:20,store.committing=delay:20"})
        self.assertEqual(answer.status, 204)
        many = self.cost(64, 512)
        alone = self.cost(1, 8)
        self.assertLessEqual(many, 1 / 8, "flushes of the disk per message")
        self.assertGreaterEqual(alone, 1, "the control: alone nothing can be shared")

    def cost(self, senders, messages):
        before = self.counters()
        items = [self.item(f"{senders} {n % 40}", f"P{n % 60}", f"{senders} {n}")
                 for n in range(messages)]
        with concurrent.futures.ThreadPoolExecutor(senders) as several:
            for answer in several.map(self.inbound, items):
                self.check(answer, 202)
        after = self.counters()
        return (after["flushes_total"] - before["flushes_total"]) / messages

    def inbound(self, item):
        return self.admin.post(f"/channels/{self.place['id']}/inbound", item)


class FormReplay(Public):
    """A comment and a contact that could not be understood, and can be a day later."""

    @classmethod
    def prepare(cls):
        if cls.server.client().send("GET", "/test/v1/failpoints").status != 200:
            raise unittest.SkipTest("the program has no failpoints: build it with -Dtest_hooks=true")
        super().prepare()
        cls.desk = cls.check(cls.admin.post("/channels", {
            "network": "form", "name": "Formular", "mode": "dialogue"}), 201)["channel"]

    def fail(self, channel, page, **values):
        """The program dies when it is kept; at the next start nobody knows the network."""
        self.server.client().send("POST", "/test/v1/failpoints", {"plan": "intake.kept=kill"})
        with self.assertRaises(BROKEN):
            self.visitor().submit(page, **values)
        self.server.kill()
        network = self.store.sql(f"SELECT network FROM channel WHERE id = {channel}")[0][0]
        self.store.sql(f"UPDATE channel SET network = 'none' WHERE id = {channel}")
        self.server.start()
        self.server.clock(3600)
        raw = self.admin.all(f"/channels/{channel}/raw", state="failed")[0]
        self.assertIn("does not speak none", raw["reason"])
        self.store.sql(f"UPDATE channel SET network = '{network}' WHERE id = {channel}")
        self.check(self.admin.post(f"/channels/{channel}/raw/{raw['id']}/replay"), 202)
        self.server.clock(3600)
        self.assertEqual(self.admin.all(f"/channels/{channel}/raw", state="failed"), [])

    def test_a_replayed_comment_still_waits_for_release(self):
        thread, _ = self.thread("Fria", "Frage")
        page = self.visitor().get(f"/p/{thread}")
        self.server.clock(5)
        self.fail(self.service["id"], page, text="spät verstanden", name="Max")
        self.assertEqual([i["message"]["body"] for i in self.held()], ["spät verstanden"])
        self.assertNotIn("spät verstanden", self.visitor().get(f"/p/{thread}").text)
        self.check(self.decide(self.held()[0]["message"]["id"]), 200)
        self.assertIn("spät verstanden", self.visitor().get(f"/p/{thread}").text)

    def test_a_replayed_contact_has_its_status_page_and_is_one_case(self):
        page = self.visitor().get(f"/contact/{self.desk['id']}")
        self.server.clock(5)
        self.fail(self.desk["id"], page, text="spät verstanden", name="Max")
        case = self.conversation(self.desk)
        self.assertEqual((case["thread"]["visibility"], case["person"]["name"]), ("private", "Max"))
        done = self.visitor().submit(page, text="spät verstanden", name="Max")
        at = [a for a in done.shape.links if a.startswith("/s/")][0]
        self.assertIn("spät verstanden", self.sound(self.visitor().get(at)).text)
        self.assertEqual(len(self.conversations(self.desk)), 1)


class FullDisk(DrahtTest):
    """The disk is full, or fails, and then is not any more."""

    @classmethod
    def prepare(cls):
        if cls.server.client().send("GET", "/test/v1/failpoints").status != 200:
            raise unittest.SkipTest("the program has no failpoints: build it with -Dtest_hooks=true")
        if cls.store.engine != "sqlite":
            raise unittest.SkipTest("the disk of PostgreSQL is not ours to fill")
        cls.place = cls.channel("Leitung")

    def plan(self, text):
        answer = self.server.client().send("POST", "/test/v1/failpoints", {"plan": text})
        self.assertEqual(answer.status, 204, answer.body)

    def inbound(self, item):
        return self.admin.post(f"/channels/{self.place['id']}/inbound", item)

    def test_a_full_disk_is_answered_503_and_nothing_is_lost_and_it_recovers_by_itself(self):
        for fault in ("disk.write", "disk.io"):
            for n in range(3):
                item = self.item(f"{fault} {n}", f"P{n}", f"{fault} {n}")
                self.plan(fault + "=fail@1+")
                refused = self.problem(self.inbound(item), 503)
                self.assertGreater(int(refused.headers["Retry-After"]), 0)
                self.assertEqual(self.admin.get("/conversations", view="all").status, 200)
                self.plan("")
                self.check(self.inbound(item), 202)
                self.server.clock(40)
                self.assertEqual(
                    len([c for c in self.conversations(self.place)
                         if c["thread"]["title"] == f"{fault} {n}"]), 1)
        self.check(self.admin.get("/channels"), 200)

    def test_little_room_refuses_files_and_less_refuses_what_comes_in_and_both_recover(self):
        picture = {"name": "a.png", "mime": "image/png", "base64": "aGk="}
        inbound = lambda n: self.inbound(self.item(f"Raum {n}", f"R{n}", "Frage"))
        self.check(self.admin.post("/attachments", picture), 201)
        self.assertIsNone(self.admin.get("/today")["disk"])

        self.plan("space.low=fail@1+")
        eventually(lambda: self.admin.get("/today")["disk"], what="today to tell")
        self.assertEqual(self.admin.get("/today")["disk"]["level"], "low")
        refused = self.problem(self.admin.post("/attachments", picture), 503)
        self.assertEqual(refused.headers["Retry-After"], "30")
        self.check(inbound(1), 202)
        self.assertIn(b"disk low", self.admin.get("/readyz").body)

        self.plan("space.out=fail@1+")
        eventually(lambda: b"disk out" in self.admin.get("/readyz").body, what="readyz to tell")
        self.assertEqual(self.problem(inbound(2), 503).headers["Retry-After"], "30")
        metrics = self.server.client().send("GET", "/metrics").body.decode()
        self.assertIn("draht_disk_level 2", metrics)
        self.assertIn("level=out", self.server.log(400))

        self.plan("")
        eventually(lambda: b"disk fine" in self.admin.get("/readyz").body, what="room again")
        self.check(inbound(2), 202)
        self.check(self.admin.post("/attachments", picture), 201)

    def test_a_flush_that_fails_ends_the_program_and_what_was_acknowledged_is_there(self):
        kept = self.item("Vorher", "Anna", "vorher")
        self.check(self.inbound(kept), 202)
        self.plan("disk.sync=fail")
        try:
            status = self.inbound(self.item("Dabei", "Bernd", "dabei")).status
        except BROKEN:
            status = 0
        self.assertNotEqual(status, 202, "it acknowledged what no disk holds")
        process = self.server.process
        eventually(lambda: process.poll() is not None, what="the program to end")
        self.assertEqual(self.server.stop(), -signal.SIGABRT)
        self.server.start()
        self.conversation(self.place, "Anna")
        self.check(self.inbound(self.item("Danach", "Clara", "danach")), 202)


class LostDatabase(DrahtTest):
    """PostgreSQL goes away in the middle, and comes back."""

    @classmethod
    def prepare(cls):
        if cls.store.engine != "postgres":
            raise unittest.SkipTest("SQLite cannot be lost")
        cls.place = cls.channel("Leitung")

    def inbound(self, item):
        return self.admin.post(f"/channels/{self.place['id']}/inbound", item)

    def cut(self):
        """Every connection of the program ends."""
        self.store.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                       "WHERE datname = current_database() AND pid <> pg_backend_pid()")

    def test_connections_that_end_are_made_anew_and_nothing_acknowledged_is_lost(self):
        for n in range(5):
            item = self.item(f"Weg {n}", f"P{n}", "Frage")
            self.cut()
            first = self.inbound(item)
            self.assertIn(first.status, (202, 503))
            if first.status == 503:
                self.assertTrue(first.headers["Retry-After"])
            eventually(lambda i=item: self.inbound(i).status == 202, what="the database again")
            self.server.clock(40)
            self.assertEqual(len([c for c in self.conversations(self.place)
                                  if c["thread"]["title"] == f"Weg {n}"]), 1)

    def let_in(self, whom):
        """From the server's own database: nobody gets into ours, or everybody again."""
        self.store.elsewhere(f"ALTER DATABASE {self.store.name} ALLOW_CONNECTIONS {whom}")
        self.store.elsewhere("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                             f"WHERE datname = '{self.store.name}'")

    def test_while_the_database_is_away_it_is_said_and_then_goes_on_by_itself(self):
        self.let_in("false")
        try:
            refused = self.problem(self.inbound(self.item("Fort", "Fritz", "Frage")), 503)
            self.assertTrue(refused.headers["Retry-After"])
            self.assertEqual(self.server.client().send("GET", "/readyz").status, 503)
            self.assertEqual(self.server.client().send("GET", "/healthz").status, 200)
        finally:
            self.let_in("true")
        eventually(lambda: self.inbound(self.item("Da", "Dora", "Frage")).status == 202,
                   what="the database again")
        self.assertEqual(self.server.client().send("GET", "/readyz").status, 200)


if __name__ == "__main__":
    unittest.main()
