"""security.py - what an attacker tries: to get more than was given, to stay, to listen in."""
import base64
import csv
import io
import os
import stat
import subprocess
import threading
import unittest

from case import DrahtTest
from harness import BIN, PASSWORD, Store


class Rights(DrahtTest):
    people = {"eva": "agent", "mia": "manager"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Rechte")
        cls.say(cls.place, "post", "Anna", "Frage")
        cls.case = cls.conversation(cls.place)["id"]

    def browser(self, email):
        client = self.server.client()
        self.check(client.login(email, PASSWORD), 201)
        return client

    def powerless(self):
        """A token with a scope that its owner has no right to: it may nothing."""
        made = self.check(self.browser("eva@example.org").post("/tokens", {
            "name": "nichts", "scopes": ["channels"]}), 201)
        return self.server.client(made["token"])

    def test_a_token_that_may_nothing_makes_none_that_may_more(self):
        poor = self.powerless()
        self.problem(poor.get("/conversations"), 403)
        for body in ({"name": "mehr"}, {"name": "mehr", "scopes": []},
                     {"name": "mehr", "scopes": [""]}, {"name": "mehr", "scopes": ["all"]}):
            with self.subTest(body):
                answer = poor.post("/tokens", body)
                self.assertIn(answer.status, (403, 422), repr(answer))

    def test_an_empty_scope_is_no_word_for_all(self):
        eva = self.browser("eva@example.org")
        self.problem(eva.post("/tokens", {"name": "leer", "scopes": [""]}), 422, "scopes")

    def test_a_token_does_not_change_the_password(self):
        self.problem(self.eva.patch("/me", {"password": "Ein ganz neuer Satz",
                                            "current_password": PASSWORD}), 403)
        self.browser("eva@example.org")
        self.check(self.eva.patch("/me", {"name": "Eva"}), 200)

    def test_mentions_are_for_those_who_may_read(self):
        self.check(self.eva.get("/mentions"), 200)
        self.problem(self.powerless().get("/mentions"), 403)

    def test_nobody_approves_what_they_wrote_themselves(self):
        self.check(self.admin.patch(f"/users/{self.accounts['mia']}", {"trained": False}), 200)
        box = self.reply(self.mia, self.case, "ungeprüft")["outbox"]
        self.assertEqual(box["state"], "held")
        self.problem(self.mia.post(f"/outbox/{box['id']}/approve"), 403)
        self.check(self.admin.post(f"/outbox/{box['id']}/approve"), 200)

    def test_a_message_goes_with_its_conversation_to_the_next_department(self):
        made = [self.check(self.admin.post("/departments", {"name": name}), 201)["id"]
                for name in ("Service", "Rechnung")]
        place = self.channel("Abgabe", department_id=made[0])
        self.say(place, "post", "Berta", "Frage")
        case = self.conversation(place)
        address = f"/messages/{case['messages'][0]['id']}"
        for department in made:
            self.check(self.admin.patch(f"/conversations/{case['id']}",
                                        {"department_id": department}), 200)
            for mine in made:
                self.check(self.admin.patch(f"/users/{self.accounts['eva']}",
                                            {"department_ids": [mine]}), 200)
                answer = self.eva.patch(address, {"third_party": "advocate"})
                self.assertEqual(answer.status, 200 if mine == department else 403)
        self.check(self.admin.patch(f"/users/{self.accounts['eva']}",
                                    {"department_ids": []}), 200)

    def test_the_log_names_no_address_of_a_person(self):
        body = {"email": "kanarienvogel@example.org", "name": "K", "role": "agent"}
        self.check(self.admin.post("/users", body), 201)
        self.problem(self.admin.post("/users", body), 409)
        self.server.client().login(body["email"], "falsch falsch")
        self.assertNotIn("kanarienvogel", self.server.log(100000))

    def test_a_cursor_that_was_never_given_is_refused(self):
        for text in ("-1:0", "-9223372036854775808:0", "x", "1"):
            cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
            self.problem(self.admin.get("/reports/reaction_time/cases", cursor=cursor),
                         422, "cursor")


class Sessions(DrahtTest):
    def test_no_login_by_the_old_password_outlives_its_change(self):
        """Whoever knows the old password logs in again and again while it is changed."""
        password = PASSWORD
        for number in range(6):
            owner, thieves = self.server.client(), []
            self.check(owner.login("admin@example.org", password), 201)

            def steal(old=password, thieves=thieves):
                thief = self.server.client()
                if thief.login("admin@example.org", old).status == 201:
                    thieves.append(thief)

            threads = [threading.Thread(target=steal) for _ in range(6)]
            for thread in threads[:3]:
                thread.start()
            new = f"Satz Nummer {number} hält"
            change = threading.Thread(target=lambda: self.check(owner.patch(
                "/me", {"password": new, "current_password": password}), 200))
            change.start()
            for thread in threads[3:]:
                thread.start()
            for thread in (change, *threads):
                thread.join()
            password = new
            for thief in thieves:
                self.assertEqual(thief.get("/me").status, 401, f"round {number}")


class Exports(DrahtTest):
    def test_no_cell_begins_as_a_formula(self):
        place = self.channel("Tabelle")
        for number, sign in enumerate("=+-@\t\r\n＝＋－＠"):
            self.say(place, "csv", None, "Frage",
                     author={"external_id": f"u{number}", "name": sign + "1+1|cmd"})
        text = self.check(self.admin.get(
            "/reports/reaction_time/cases.csv", from_="2026-01-01T00:00:00Z",
            to="2027-01-01T00:00:00Z"), 200).body.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))
        self.assertEqual(sum("1+1|cmd" in cell for row in rows for cell in row), 11)
        for cell in (cell for row in rows for cell in row if cell):
            self.assertNotIn(cell[0], "=+-@\t\r\n＝＋－＠", repr(cell))


class Files(unittest.TestCase):
    def test_the_store_and_its_backup_are_for_the_owner_alone(self):
        store = Store("sqlite")
        self.addCleanup(store.remove)
        os.mkdir(store.data)
        os.chmod(store.data, 0o755)
        backup = os.path.join(store.folder, "copy")
        os.mkdir(backup)
        os.chmod(backup, 0o755)
        old = os.umask(0o022)
        try:
            store.add_user("admin@example.org", "administrator")
            subprocess.run([BIN, "backup", backup, *store.arguments()], check=True,
                           capture_output=True, timeout=60)
        finally:
            os.umask(old)
        found = [os.path.join(folder, name) for folder in (store.data, backup)
                 for name in os.listdir(folder)]
        self.assertGreaterEqual(len(found), 3)
        for path in found:
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0, path)
