"""demo.py - the workspace to try things with: full, true to the books, gone without a trace."""
import collections
import datetime
import os
import re
import unittest

from harness import DAY, ENGINE, PASSWORD, Server, Store, iso, moment
from visitor import Visitor

NOW = "2026-11-05T10:30:00Z"  # Thursday, 11:30 in Berlin
ROLES = {"administrator", "manager", "coordinator", "agent", "trainee", "legal", "reader"}


def start(store, clock=NOW):
    server = Server(store, clock, flags=["--demo"])
    server.patience = 600  # filling is work, and the machine may be busy
    return server.start()


def days_ago(days):
    return moment(NOW) - datetime.timedelta(days=days)


def password_of(server):
    found = re.search(r"password\s+(\S+),", server.said)
    return found and found.group(1)


def tables(store):
    """Every table that has rows of workspaces, as the catalogue knows them."""
    if ENGINE == "postgres":
        rows = store.sql("SELECT table_name FROM information_schema.columns "
                         "WHERE table_schema = 'public' AND column_name = 'workspace_id'")
    else:
        # Not the index of words: only the program knows how to read it.
        rows = store.sql("SELECT t.name FROM (SELECT name FROM sqlite_master WHERE type = 'table' "
                         "AND sql NOT LIKE 'CREATE VIRTUAL%') t "
                         "JOIN pragma_table_info(t.name) c WHERE c.name = 'workspace_id'")
    return sorted(row[0] for row in rows)


def rows_of(store, workspace):
    found = {}
    for table in tables(store):
        found[table] = int(store.sql(f"SELECT COUNT(*) FROM {table} "
                                     f"WHERE workspace_id = {workspace}")[0][0])
    return {table: n for table, n in found.items() if n}


NETWORKS_COUNT = ("shareability", "shareability_reach", "interacting_followers")


class Filled(unittest.TestCase):
    """One demo for all of these; nobody changes it."""

    @classmethod
    def setUpClass(cls):
        cls.store = Store()
        cls.server = None
        try:
            cls.server = start(cls.store)
            cls.password = password_of(cls.server)
            cls.api = cls.server.client(cls.store.token("anna@example.org"))
            cls.ws = cls.api.get("/workspace").json
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        if cls.server:
            cls.server.stop()
        cls.store.remove()

    def count(self, table, where="1 = 1"):
        return int(self.store.sql(f"SELECT COUNT(*) FROM {table} WHERE {where}")[0][0])

    def test_the_login_is_printed_and_every_role_has_somebody(self):
        self.assertRegex(self.server.said, r"log in at (http://\S+|the address below)\n")
        self.assertIn("draht demo remove", self.server.said)
        login = self.server.client().login("anna@example.org", self.password)
        self.assertEqual(login.status, 201)
        users = self.api.all("/users")
        self.assertEqual({u["role"]["slug"] for u in users}, ROLES)
        for user in users:
            self.assertEqual(self.server.client().login(user["email"], self.password).status, 201)

    def test_a_public_thread_has_a_picture_that_everybody_can_fetch(self):
        rows = self.store.sql("SELECT m.thread_id, a.id FROM attachment a JOIN message m "
                              "ON m.id = a.message_id WHERE m.visibility = 'public'")
        self.assertTrue(rows)
        answers = [Visitor(self.server.address).get(f"/p/{thread}/files/{file}")
                   for thread, file in rows]
        self.assertIn((200, "image/png"), [(a.status, a.headers["Content-Type"]) for a in answers])

    def test_it_says_that_it_is_a_demo(self):
        self.assertTrue(self.ws["demo"])
        self.assertTrue(self.api.get("/me")["workspace"]["demo"])
        self.assertIn("Demo", self.ws["name"])

    def test_there_is_as_much_as_was_promised(self):
        self.assertGreaterEqual(self.count("message"), 2000)
        self.assertGreaterEqual(self.count("person", "merged_into IS NULL"), 300)
        self.assertEqual(len(self.api.all("/departments")), 4)
        bodies = self.store.sql("SELECT COUNT(DISTINCT body) FROM message_version")[0][0]
        self.assertGreaterEqual(int(bodies), 800)
        first = self.store.sql("SELECT MIN(at), MAX(at) FROM event")[0]
        now = moment(NOW).timestamp() * 1000
        self.assertAlmostEqual((now - int(first[0])) / 1000 / DAY, 90, delta=1)
        self.assertLessEqual(int(first[1]), now)

    def test_chain_tables_and_books_verify(self):
        said = self.store.run("verify").stdout
        self.assertIn("unbroken", said)
        self.assertIn("the books balance", said)

    def test_every_figure_has_something_to_show(self):
        since = iso(days_ago(90))
        slugs = [m["metric"] for m in self.api.get("/reports")["items"]]
        self.assertGreaterEqual(len(slugs), 8)
        for slug in slugs:
            figure = self.api.get(f"/reports/{slug}", from_=since, to=NOW)
            self.assertEqual(figure.status, 200, slug)
            if slug in NETWORKS_COUNT:  # no network counts the demo's posts, and what is not told is not 0
                self.assertIsNone(figure["value"], slug)
                continue
            self.assertIsNotNone(figure["value"], slug)
        books = self.api.get("/reports/books_balance", from_=since, to=NOW)
        self.assertEqual(books["value"], 0)

    def test_the_answers_come_faster_in_the_end_than_in_the_beginning(self):
        def median(first, last):
            return self.api.get("/reports/reaction_time", from_=iso(days_ago(first)),
                                to=iso(days_ago(last)))["value"]
        self.assertLess(median(30, 0), median(90, 60))

    def test_every_view_of_the_inbox_has_rows(self):
        for view in ("today", "mine", "unassigned", "all", "open", "waiting", "solved",
                     "third_parties"):
            items = self.api.get("/conversations", view=view)["items"]
            self.assertTrue(items, view)

    def test_somebody_is_overdue_and_a_check_back_is_due_today(self):
        overdue = self.count("conversation", f"due_at < {int(moment(NOW).timestamp() * 1000)} "
                             "AND state IN ('new', 'open')")
        self.assertGreaterEqual(overdue, 4)
        due = self.api.get("/check-backs", state="due")["items"]
        self.assertIn(NOW[:10], [cb["due_at"][:10] for cb in due])
        for cb in due:
            self.assertLessEqual(cb["due_at"], iso(moment(NOW)))
        self.assertTrue(self.api.get("/check-backs", state="planned")["items"])

    def test_what_needs_a_person_is_there(self):
        states = {box["state"] for box in self.api.all("/outbox")}
        self.assertLessEqual({"sent", "held", "queued", "failed", "uncertain"}, states)
        self.assertTrue(self.api.get("/mentions")["items"])
        for table, where in (
                ("draft", "body <> ''"), ("note", "1 = 1"), ("conversation_tag", "1 = 1"),
                ("attachment", "mime = 'image/png'"), ("attachment", "mime = 'application/pdf'"),
                ("message", "edited_at IS NOT NULL"), ("message", "removed_at IS NOT NULL"),
                ("message", "third_party = 'helper' AND confirmed_at IS NOT NULL"),
                ("message", "third_party = 'satire'"), ("message", "third_party = 'impostor'"),
                ("message", "language = 'en'"), ("raw_item", "source = 'import'"),
                ("person", "outreach_locked_at IS NOT NULL"), ("person", "merged_into IS NOT NULL"),
                ("conversation", "merged_into IS NOT NULL"), ("conversation", "reopened_count > 0"),
                ("conversation", "snooze_until_at IS NOT NULL"),
                ("conversation", "suggestion = 'probably_solved'"),
                ("conversation", "waiting_for = 'department'"),
                ("conversation", "close_reason = 'hidden'"),
                ("conversation", "close_reason = 'spam'")):
            self.assertGreater(self.count(table, where), 0, (table, where))

    def test_one_person_was_met_in_three_places(self):
        most = self.store.sql("SELECT COUNT(*) FROM profile GROUP BY person_id "
                              "ORDER BY COUNT(*) DESC LIMIT 1")[0][0]
        self.assertEqual(int(most), 3)

    def test_one_loud_voice_and_a_wave_can_be_told_apart(self):
        talks = self.store.sql(
            "SELECT t.external_id, COUNT(*), COUNT(DISTINCT m.person_id) FROM message m "
            "JOIN thread t ON t.workspace_id = m.workspace_id AND t.id = m.thread_id "
            "WHERE m.direction = 'in' AND t.external_id IN ('post-der-laute', 'post-die-welle') "
            "GROUP BY t.external_id ORDER BY t.external_id")
        loud, wave = ([int(n) for n in row[1:]] for row in talks)
        self.assertGreaterEqual(loud[0] / loud[1], 3)
        self.assertLess(wave[0] / wave[1], 2)
        self.assertGreaterEqual(wave[1], 30)

    def test_channels_one_red_and_one_that_listens_and_none_with_a_way_out(self):
        channels = self.api.all("/channels")
        self.assertEqual([c["name"] for c in channels if c["warnings"]], ["Bewertungsportal"])
        self.assertEqual([c["mode"] for c in channels].count("listen"), 1)
        self.assertEqual(self.count("channel", "settings LIKE '%outbound%'"), 0)
        self.assertEqual(self.count("secret"), 0)

    def test_public_pages_are_on_and_something_waits_for_release(self):
        for path in ("/contact", "/transparency"):
            self.assertEqual(Visitor(self.server.address).get(path).status, 200, path)
        self.assertGreaterEqual(self.count("moderation", "state = 'held'"), 3)
        self.assertEqual(self.count("page_report", "state = 'open'"), 1)
        self.assertGreaterEqual(self.count("status_link"), 10)
        self.assertEqual({c["network"] for c in self.api.all("/channels")},
                         {"custom", "webchat", "form"})

    def test_every_address_and_number_is_reserved_for_examples(self):
        texts = [row[0] for row in self.store.sql(
            "SELECT replace(replace(body, '|', ' '), chr(10), ' ') FROM message_version"
            if ENGINE == "postgres" else "SELECT body FROM message_version")]
        texts += [row[0] for row in self.store.sql("SELECT handle FROM profile")]
        texts += [row[0] for row in self.store.sql("SELECT email FROM account")]
        for text in texts:
            for host in re.findall(r"\w@([\w.-]+\.\w+)", text):
                self.assertRegex(host, r"(^|\.)example\.(org|com|net)$", text)
            for number in re.findall(r"\b0\d{2,4}[ /]\d{4,}[ \d]*", text):
                self.assertTrue(number.startswith("030 23125"), text)
            self.assertNotRegex(text, r"\{\w+\}|\\n| => ")
        for title, in self.store.sql("SELECT title FROM thread"):
            self.assertNotRegex(title, r"\{\w+\}")

    def test_starting_again_serves_what_is_there(self):
        before = rows_of(self.store, self.ws["id"])
        self.server.restart()
        self.assertIn("is there already", self.server.said)
        after = rows_of(self.store, self.ws["id"])
        for table in ("message", "conversation", "person", "channel", "account"):
            self.assertEqual(before[table], after[table], table)


class Removed(unittest.TestCase):
    def setUp(self):
        self.store = Store()
        self.addCleanup(self.store.remove)
        self.server = start(self.store)
        self.addCleanup(self.server.stop)
        self.demo = self.store.sql("SELECT workspace_id FROM workspace")[0][0]

    def test_nothing_is_left_and_set_up_begins_anew(self):
        self.assertGreater(len(rows_of(self.store, self.demo)), 25)
        size = ENGINE == "sqlite" and os.path.getsize(self.store.database())
        said = self.store.run("demo", "remove").stdout
        self.assertIn("Radwerk Lindenau (Demo)", said)
        self.assertEqual(rows_of(self.store, self.demo), {})
        if size:
            self.assertEqual(self.store.sql("SELECT COUNT(*) FROM search_entry_content"), [["0"]])
            self.server.stop()
            self.assertLess(os.path.getsize(self.store.database()), size / 4)
            self.server.flags = []
            self.server.start()
        client = self.server.client()
        self.assertEqual(client.get("/setup")["needed"], True)
        token = re.search(r"/setup\?token=(\S+)", self.server.said + said).group(1)
        made = client.post("/setup", {
            "token": token, "workspace_name": "Laden", "email": "ich@example.org", "name": "Ich",
            "password": PASSWORD, "language": "de", "time_zone": "Europe/Berlin"})
        self.assertEqual(made.status, 201, repr(made))
        self.assertEqual(self.store.run("demo", "remove", expect=1).stdout, "")
        self.store.run("verify")

    def test_what_was_interrupted_in_its_making_is_made_anew(self):
        self.server.kill()
        self.store.sql("UPDATE workspace SET slug = 'demo-begun'")
        first = password_of(self.server)
        self.server.start()
        self.assertRegex(self.server.said, r"\d{4} messages in")
        self.assertNotEqual(password_of(self.server), first)
        self.assertEqual(self.store.sql("SELECT slug FROM workspace"), [["demo"]])
        self.assertEqual(rows_of(self.store, self.demo), {})
        self.store.run("verify")

    def test_another_workspace_keeps_every_row(self):
        self.store.run("user", "add", "ich@example.org", "--name", "Ich", "--role",
                       "administrator", "--password-stdin", "--new-workspace", "--workspace",
                       "anderer-laden", stdin=PASSWORD + "\n")
        token = self.store.run("token", "add", "ich@example.org", "--name", "test",
                               "--workspace", "anderer-laden").stdout.strip()
        mine = self.server.client(token)
        channel = mine.post("/channels", {"network": "custom", "name": "Theke", "settings": {},
                                          "mode": "dialogue", "purpose": "Service"})["channel"]
        said = mine.post(f"/channels/{channel['id']}/inbound", {
            "external_id": "1", "body": "Wo bleibt mein Glühwürmchen?",
            "thread": {"external_id": "post", "kind": "post"},
            "author": {"external_id": "u-rosa", "name": "Rosa"}})
        self.assertEqual(said.status, 202, repr(said))
        other = mine.get("/workspace")["id"]
        before = rows_of(self.store, other)
        refused = self.store.run("demo", "remove", "--workspace", "anderer-laden", expect=1)
        self.assertIn("is no demo", refused.stderr)
        self.store.run("demo", "remove")
        self.assertEqual(rows_of(self.store, self.demo), {})
        self.assertEqual(rows_of(self.store, other), before)
        found = mine.get("/search", q="Glühwürmchen", kind="message")["items"]
        self.assertEqual(len(found), 1)
        self.assertEqual(mine.get("/setup")["needed"], False)
        self.store.run("verify")


class Refused(unittest.TestCase):
    def test_a_store_that_belongs_to_somebody_is_left_alone(self):
        store = Store()
        self.addCleanup(store.remove)
        store.add_user("ich@example.org", "administrator")
        said = store.run("serve", "--demo", "--listen", "127.0.0.1:0", expect=1)
        self.assertIn("already has the workspace", said.stderr)
        self.assertEqual(store.sql("SELECT COUNT(*) FROM message")[0][0], "0")
        said = store.run("demo", "remove", expect=1)
        self.assertIn("no demo workspace", said.stderr)


class Again(unittest.TestCase):
    def test_a_demo_that_is_made_later_in_the_hour_has_the_same_persons_and_words(self):
        made = []
        for clock in ("2026-11-05T10:07:11Z", "2026-11-05T10:52:48Z"):
            store = Store()
            self.addCleanup(store.remove)
            server = start(store, clock)
            self.addCleanup(server.stop)
            made.append(collections.Counter(tuple(row) for row in store.sql(
                "SELECT p.name, v.body FROM message m JOIN message_version v "
                "ON v.workspace_id = m.workspace_id AND v.message_id = m.id "
                "LEFT JOIN person p ON p.workspace_id = m.workspace_id AND p.id = m.person_id")))
            server.stop()
        self.assertEqual(made[0] - made[1], collections.Counter(), "what was said before the clock went on")
        self.assertLessEqual((made[1] - made[0]).total(), 20, "and in three quarters of an hour little comes")

    def test_the_same_day_gives_the_same_demo_with_another_password(self):
        found = []
        for _ in range(2):
            store = Store()
            self.addCleanup(store.remove)
            server = start(store)
            self.addCleanup(server.stop)
            found.append((password_of(server), store.sql(
                "SELECT v.body FROM message m JOIN message_version v "
                "ON v.workspace_id = m.workspace_id AND v.message_id = m.id "
                "ORDER BY m.sent_at, m.id, v.version")))
            server.stop()
        self.assertNotEqual(found[0][0], found[1][0])
        self.assertEqual(found[0][1], found[1][1])
