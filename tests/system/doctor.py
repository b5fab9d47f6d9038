"""doctor.py - draht doctor names what is wrong, and touches nothing."""
import json
import os

from case import DrahtTest
from harness import Store


class Doctor(DrahtTest):
    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Laden")
        cls.say(cls.place, "post", "P1", "Guten Tag")

    def setUp(self):
        self.settled()

    def look(self, expect=0, store=None):
        said = (store or self.store).run("doctor", "--json", expect=expect).stdout
        return {item["check"]: item for item in json.loads(said)["items"]}

    def test_a_sound_store_has_nothing_bad(self):
        found = self.look()
        self.assertEqual([n for n, f in found.items() if f["level"] == "bad"], [])
        for name in ("store", "key", "damage", "secrets", "outbox", "intake", "jobs"):
            self.assertEqual(found[name]["level"], "ok", found[name])
        self.assertEqual(found["clock"]["level"], "warning", "the clock of tests is virtual")

    def test_a_lost_key_and_a_wrong_one_are_told_apart_and_none_is_made(self):
        key = os.path.join(self.store.data, "key")
        os.rename(key, key + ".away")
        try:
            self.assertEqual(self.look(expect=1)["key"]["level"], "bad")
            self.assertFalse(os.path.exists(key))
            with open(key, "w", encoding="ascii") as file:
                file.write("ab" * 32 + "\n")
            os.chmod(key, 0o600)
            found = self.look(expect=1)
            self.assertEqual((found["key"]["level"], found["secrets"]["level"]), ("ok", "bad"))
            os.chmod(key, 0o644)
            self.assertIn("0600", self.look(expect=1)["key"]["text"])
        finally:
            os.rename(key + ".away", key)

    def test_an_open_folder_is_a_warning_with_the_command_that_mends_it(self):
        os.chmod(self.store.data, 0o755)
        try:
            found = self.look()["folder"]
            self.assertEqual(found["level"], "warning")
            self.assertIn("chmod 700", found["text"])
        finally:
            os.chmod(self.store.data, 0o700)

    def test_what_could_not_be_understood_is_named(self):
        token = self.admin.post(f"/channels/{self.place['id']}/inbound", {"thread": {}})
        self.assertEqual(token.status, 422)
        self.assertEqual(self.look()["intake"]["level"], "warning")

    def proxies(self, *settings, expect=0):
        said = self.store.run("doctor", "--json", *settings, expect=expect).stdout
        return next(i for i in json.loads(said)["items"] if i["check"] == "proxies")

    def test_whose_word_counts_about_senders_is_looked_at(self):
        self.assertEqual(self.proxies()["level"], "ok")
        beyond = ("--listen", "0.0.0.0:8080", "--public-url", "https://hilfe.example.org")
        found = self.proxies(*beyond)
        self.assertEqual(found["level"], "warning")
        self.assertIn("trusted_proxy", found["text"])
        self.assertEqual(self.proxies(*beyond, "--trusted-proxy", "10.0.0.7")["level"], "ok")
        for wrong in ("0.0.0.0/0", "::/0", "nobody"):
            self.assertEqual(self.proxies("--trusted-proxy", wrong, expect=1)["level"], "bad", wrong)

    def test_an_empty_place_stays_empty(self):
        other = Store()
        self.addCleanup(other.remove)
        self.assertEqual(self.look(expect=1, store=other)["store"]["level"], "note")
        self.assertFalse(os.path.exists(other.data))
        if other.url:
            self.assertEqual(other.sql("SELECT relname FROM pg_class WHERE relname = 'migration'"), [])

    def test_it_says_the_same_to_people_and_exits_with_1_when_something_is_bad(self):
        self.assertIn("nothing is bad", self.store.run("doctor").stdout)
        self.store.run("doctor", "now", expect=2)
