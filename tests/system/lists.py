"""lists.py - every list gives each row once, page by page, and knows where it ends."""
from case import DrahtTest
from harness import DAY


class Paging(DrahtTest):
    people = {"eva": "agent", "ben": "agent", "tom": "trainee"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Laden")
        cls.channel("Markt")
        cls.channel("Messe")
        for n in range(5):
            cls.say(cls.place, f"post {n}", f"P{n}", f"Frage {n}")
            cls.check(cls.admin.post("/departments", {"name": f"Abteilung {n}"}), 201)
            cls.check(cls.admin.post("/tokens", {"name": f"Programm {n}"}), 201)
            cls.check(cls.admin.post("/word-lists", {"kind": "topic", "value": f"t{n}",
                                                     "words": [f"wort{n}"]}), 201)
            cls.admin.post(f"/channels/{cls.place['id']}/inbound", {"body": f"kaputt {n}"})
        cls.cases = [c["id"] for c in cls.conversations(cls.place)]
        for case in cls.cases:
            cls.reply(cls.client("eva"), case, "Antwort")
            cls.act(cls.client("eva"), case, "notes",
                    {"body": "Bitte ansehen", "mention_ids": [cls.accounts["admin"]]})
            cls.act(cls.client("eva"), case, "solve", {"check_back": True})
        cls.server.clock(8 * DAY)

    def walk(self, path, limit):
        items, cursor, pages = [], None, 0
        while True:
            answer = self.check(self.admin.get(path, limit=limit, cursor=cursor), 200)
            self.assertLessEqual(len(answer["items"]), limit)
            items += answer["items"]
            cursor, pages = answer["next_cursor"], pages + 1
            if not cursor:
                return items, pages

    def lists(self):
        return ("/users", "/departments", "/tokens", "/word-lists", "/channels", "/persons",
                "/outbox", "/check-backs", "/mentions", "/audit", "/conversations",
                f"/conversations/{self.cases[0]}/events", f"/channels/{self.place['id']}/raw")

    def test_small_pages_together_are_the_large_one(self):
        for path in self.lists():
            with self.subTest(path):
                whole = self.check(self.admin.get(path, limit=200), 200)["items"]
                self.assertGreaterEqual(len(whole), 3)
                for limit in (1, 2, len(whole) - 1):
                    self.assertEqual(self.walk(path, limit)[0], whole)

    def test_a_page_that_holds_all_is_the_last_one(self):
        for path in self.lists():
            with self.subTest(path):
                whole = self.check(self.admin.get(path, limit=200), 200)["items"]
                self.assertEqual(self.walk(path, len(whole)), (whole, 1))

    def test_a_cursor_that_no_list_gave_is_refused_by_name(self):
        for path in self.lists():
            for cursor in ("%%%", "eHl6", "MQ"):
                with self.subTest(f"{path} {cursor}"):
                    answer = self.problem(self.admin.get(path, cursor=cursor), 422, "cursor")
                    self.assertEqual(answer["errors"][0]["code"], "cursor")

    def test_commands_list_in_lines_for_people_and_in_json_for_programs(self):
        lines = self.store.run("user", "list").stdout.splitlines()
        self.assertEqual(len(lines), 4)
        self.assertRegex(lines[1], r"^\d+\teva@example\.org\tEva$")
        lines = self.store.run("channel", "list").stdout.splitlines()
        self.assertRegex(lines[0], r"^\d+\tcustom\tLaden\tdialogue$")
