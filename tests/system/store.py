"""store.py - what was acknowledged is there, what was changed behind our back is named."""
import json
import os
import pty
import subprocess

import harness
from case import DrahtTest
from harness import Server, Store, iso


class Busy(DrahtTest):
    """A store with some talk in it."""

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

    def counts(self, store=None):
        store = store or self.store
        return {table: store.sql(f"SELECT COUNT(*) FROM {table}")[0][0] for table in (
            "workspace", "account", "channel", "person", "profile", "thread", "message",
            "message_version", "conversation", "wait", "outbox", "event")}


class Verify(Busy):
    def test_a_sound_store_verifies_while_the_server_runs(self):
        self.store.run("verify")
        said = self.store.run("verify", "--json").stdout
        self.assertTrue(json.loads(said))

    def test_one_changed_byte_of_an_event_is_found_and_its_place_named(self):
        workspace, seq = self.store.sql(
            "SELECT workspace_id, MAX(seq) - 5 FROM event GROUP BY workspace_id")[0]
        where = f"WHERE workspace_id = {workspace} AND seq = {seq}"
        kind = self.store.sql(f"SELECT kind FROM event {where}")[0][0]
        self.store.sql(f"UPDATE event SET kind = '{kind[:-1]}X' {where}")
        broken = self.store.run("verify", expect=1)
        self.assertIn(seq, broken.stderr + broken.stdout)
        self.store.sql(f"UPDATE event SET kind = '{kind}' {where}")
        self.store.run("verify")

    def test_one_changed_byte_of_a_payload_is_found(self):
        workspace, seq = self.store.sql(
            "SELECT workspace_id, MAX(seq) FROM event WHERE payload IS NOT NULL "
            "GROUP BY workspace_id")[0]
        where = f"WHERE workspace_id = {workspace} AND seq = {seq}"
        self.store.sql(f"UPDATE event SET payload = replace(payload, '\"', '''') {where}")
        broken = self.store.run("verify", expect=1)
        self.assertIn(seq, broken.stderr + broken.stdout)
        self.store.sql(f"UPDATE event SET payload = replace(payload, '''', '\"') {where}")
        self.store.run("verify")

    def test_a_removed_event_is_found(self):
        workspace, seq = self.store.sql(
            "SELECT workspace_id, MAX(seq) - 3 FROM event GROUP BY workspace_id")[0]
        where = f"WHERE workspace_id = {workspace} AND seq = {seq}"
        self.store.sql(f"CREATE TABLE aside AS SELECT * FROM event {where}")
        self.store.sql(f"DELETE FROM event {where}")
        broken = self.store.run("verify", expect=1)
        self.assertIn(seq, broken.stderr + broken.stdout)
        self.store.sql("INSERT INTO event SELECT * FROM aside; DROP TABLE aside")
        self.store.run("verify")

    def test_a_state_that_the_log_does_not_tell_is_found(self):
        case = self.conversations(self.place)[0]["id"]
        self.store.sql(f"UPDATE conversation SET priority = priority + 7 WHERE id = {case}")
        broken = self.store.run("verify", expect=1)
        self.assertIn(case, broken.stderr + broken.stdout)
        self.store.sql(f"UPDATE conversation SET priority = priority - 7 WHERE id = {case}")
        self.store.run("verify")


class Commands(Busy):
    def test_accounts_made_while_the_server_runs_can_work_at_once(self):
        self.store.add_user("spaet@example.org")
        token = self.store.token("spaet@example.org")
        self.assertRegex(token, r"^\S+$")
        self.assertTrue(self.server.client(token).get("/me")["account"]["trained"])

    def test_a_channel_made_by_command_is_there(self):
        said = self.store.run("channel", "add", "custom", "--name", "Vom Terminal", "--json")
        self.assertTrue(json.loads(said.stdout))
        self.assertIn("Vom Terminal", [c["name"] for c in self.admin.all("/channels")])
        listed = self.store.run("channel", "list", "--json").stdout
        self.assertIn("Vom Terminal", listed)

    def add_mailbox(self, name, *words, **more):
        return self.store.run("channel", "add", "email", "--name", name, "--set", "address=hilfe@example.org",
                              "--set", "imap_host=imap.example.org", "--set", "smtp_host=smtp.example.org",
                              "--set", "smtp_starttls=true", "--set", "smtp_port=587", *words, **more)

    def test_the_password_of_a_channel_comes_from_standard_input_or_a_file_and_is_sealed(self):
        path = os.path.join(self.store.folder, "password")
        with open(path, "w", encoding="utf-8") as file:
            file.write("g" * 4096 + "\n")
        said = self.add_mailbox("Postfach A", "--password-stdin", stdin="geheim & lang\n")
        self.assertNotIn("secret", said.stdout)
        self.add_mailbox("Postfach B", "--password-file", path)
        self.add_mailbox("Postfach C")
        found = {c["name"]: c for c in self.admin.all("/channels") if c["network"] == "email"}
        self.assertEqual([found[f"Postfach {x}"]["credential_given"] for x in "ABC"], [True, True, False])
        self.assertEqual(found["Postfach A"]["settings"]["smtp_starttls"], True)
        self.assertNotIn("geheim", str(self.store.sql("SELECT * FROM channel")) + str(self.store.sql("SELECT * FROM secret")))
        with open(path, "w", encoding="utf-8") as file:
            file.write("g" * 4097)
        for words in (["--password-file", path], ["--password-file", path + "-none"], ["--set", "password=geheim"],
                      ["--password-stdin"], ["--password-stdin", "--password-file", path]):
            self.assertNotEqual(self.add_mailbox("Postfach D", *words, expect=None).returncode, 0)
        self.assertNotEqual(self.store.run("channel", "add", "custom", "--name", "Ohne", "--password-stdin",
                                           stdin="x\n", expect=None).returncode, 0)

    def test_on_a_terminal_the_password_is_asked_for_and_not_shown(self):
        master, slave = pty.openpty()
        process = subprocess.Popen([harness.BIN, "channel", "add", "email", "--name", "Postfach T", "--set",
                                    "address=hilfe@example.org", "--set", "imap_host=imap.example.org", "--set",
                                    "smtp_host=smtp.example.org", *self.store.arguments()],
                                   stdin=slave, stdout=subprocess.PIPE, stderr=slave)
        os.close(slave)
        shown = b""
        while b"password:" not in shown:
            shown += os.read(master, 1000)
        os.write(master, b"ganz geheim\n")
        try:
            process.communicate(timeout=30)
        finally:
            process.kill()
        self.assertEqual(process.returncode, 0)
        try:
            shown += os.read(master, 1000)
        except OSError:
            pass
        os.close(master)
        self.assertNotIn(b"geheim", shown)
        self.assertTrue([c for c in self.admin.all("/channels") if c["name"] == "Postfach T"][0]["credential_given"])

    def test_an_import_is_repeatable_and_history_opens_no_conversation(self):
        place = self.channel("Archiv")
        path = os.path.join(self.store.folder, "history.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            for n in range(50):
                file.write(json.dumps(self.item(f"alt {n}", f"Q{n}", f"Damals {n}")) + "\n")
        for _ in range(2):
            self.store.run("import", path, "--channel", place["id"])
        found = self.admin.all("/search", q="Damals", kind="message")
        self.assertEqual(len(found), 50)
        self.assertEqual(self.conversations(place), [])

    def test_an_import_may_open_conversations_when_asked_to(self):
        place = self.channel("Archiv offen")
        path = os.path.join(self.store.folder, "open.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(self.item("alt", "Quinn", "Noch offen")) + "\n")
        self.store.run("import", path, "--channel", place["id"], "--open")
        self.assertEqual(len(self.conversations(place)), 1)

    def test_a_broken_line_is_named_by_its_number_and_harms_no_other(self):
        place = self.channel("Archiv kaputt")
        path = os.path.join(self.store.folder, "broken.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(self.item("k", "K1", "Zeile eins")) + "\n{kaputt\n")
            file.write(json.dumps(self.item("k", "K2", "Zeile drei")) + "\n")
        done = self.store.run("import", path, "--channel", place["id"], expect=1)
        self.assertRegex(done.stderr + done.stdout, r"\b2\b")
        self.assertEqual(len(self.admin.all("/search", q="Zeile", kind="message")), 2)

    def test_a_line_has_a_ceiling_and_no_more_of_a_file_is_held_in_memory(self):
        place = self.channel("Archiv lang")
        path = os.path.join(self.store.folder, "long.ndjson")
        for more in (0, 1):
            with open(path, "w", encoding="utf-8") as file:
                file.write(json.dumps(self.item("l", f"L{more}", "Vor der langen")) + "\n")
                file.write(" " * (12 * 1024 * 1024 + more) + "\n")
            done = self.store.run("import", path, "--channel", place["id"], expect=1)
            self.assertEqual("a line is longer than 12582912 bytes" in done.stderr, more == 1, done.stderr)
        with open(path, "wb") as file:
            file.truncate(1 << 40)  # one line of a terabyte, of which nothing is on the disk
        done = self.store.run("import", path, "--channel", place["id"], expect=1)
        self.assertIn("a line is longer than", done.stderr)

    def test_wrong_usage_ends_with_2_and_failure_with_1_and_one_line(self):
        self.assertEqual(self.store.run("dance", expect=2).stdout, "")
        self.store.run("user", "add", expect=2)
        failed = self.store.run("user", "add", "admin@example.org", "--name", "X", "--role",
                                "agent", "--password-stdin", stdin="Irgendein Satz\n", expect=1)
        self.assertEqual(len(failed.stderr.strip().splitlines()), 1, failed.stderr)
        self.assertIn("account", failed.stderr)
        self.store.run("token", "add", "niemand@example.org", "--name", "x", expect=1)

    def test_config_lists_each_setting_with_its_help(self):
        said = self.store.run("config").stdout
        for setting in ("listen", "data", "db"):
            self.assertIn(setting, said)


class Newer(Busy):
    def test_a_store_of_a_newer_program_is_refused_in_words(self):
        self.server.stop()
        try:
            self.store.sql("CREATE TABLE ahead AS SELECT * FROM migration WHERE version = 1;"
                           "UPDATE ahead SET version = 9999;"
                           "INSERT INTO migration SELECT * FROM ahead WHERE version = 9999")
            refused = self.store.run("verify", expect=1)
            self.assertIn("newer", refused.stderr)
            server = Server(self.store)
            server.start(expect_ready=False)
            self.assertEqual(server.process.wait(10), 1)
            server.stop()
        finally:
            self.store.sql("DELETE FROM migration WHERE version = 9999;DROP TABLE ahead")
            self.server.start()
