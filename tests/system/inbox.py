"""inbox.py - the inbox: views, filters, jumping by date, walking both ways, kept views."""
from case import DrahtTest
from harness import DAY, HOUR, MINUTE, iso


class Inbox(DrahtTest):
    people = {"eva": "agent", "ben": "agent"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Posteingang", target_ms=HOUR * 1000)

    @classmethod
    def ask(cls, who, body="Frage", **more):
        cls.say(cls.place, "of " + who, who, body, **more)
        return cls.conversation(cls.place, who)["id"]

    def page(self, caller=None, **query):
        return self.check((caller or self.eva).get("/conversations", **query), 200)

    def names(self, **query):
        return [c["person"]["name"] for c in self.page(**query)["items"]]

    def change(self, case, **fields):
        self.check(self.eva.patch(f"/conversations/{case}", fields), 200)


class Views(Inbox):
    def test_overdue_is_what_waits_past_its_time_and_nothing_that_sleeps(self):
        late, asleep = self.ask("Spät"), self.ask("Schläft")
        self.server.clock(2 * HOUR)
        early = self.ask("Früh")
        self.change(asleep, snooze_until=iso(self.server.now.replace(year=2027)))
        seen = [c["id"] for c in self.page(view="overdue")["items"]]
        self.assertIn(late, seen)
        self.assertNotIn(early, seen)
        self.assertNotIn(asleep, seen)
        self.assertIn(asleep, [c["id"] for c in self.page(view="snoozed")["items"]])

    def test_unanswered_lists_the_longest_wait_first_and_no_answered_one(self):
        answered = self.ask("Beantwortet")
        self.reply(self.eva, answered, "Gern")
        names = self.names(view="unanswered")
        self.assertNotIn("Beantwortet", names)
        self.assertLess(names.index("Spät"), names.index("Früh"))

    def test_what_sleeps_is_listed_by_when_it_wakes(self):
        second = self.ask("Weckt später")
        self.change(second, snooze_until="2028-01-01T00:00:00Z")
        self.assertEqual(self.names(view="snoozed"), ["Schläft", "Weckt später"])

    def test_labels_in_use_are_filters(self):
        one, two = self.ask("Etikett eins"), self.ask("Etikett zwei")
        self.change(one, topic="Lieferung", tags=["presse", "kulanz"])
        self.change(two, topic="W-Lan", tags=["kulanz"])
        labels = self.check(self.eva.get("/conversations/labels"), 200)
        self.assertEqual(labels["tags"], ["kulanz", "presse"])
        self.assertEqual(labels["topics"], ["Lieferung", "W-Lan"])
        self.assertEqual(self.names(view="all", topic="W-Lan"), ["Etikett zwei"])
        self.assertEqual(self.names(view="all", tag="presse"), ["Etikett eins"])
        self.assertEqual(set(self.names(tag="kulanz")), {"Etikett eins", "Etikett zwei"})
        self.change(two, tags=[])
        self.assertEqual(self.names(tag="kulanz"), ["Etikett eins"])

    def test_nobody_is_an_assignee_to_filter_by(self):
        self.change(self.conversation(self.place, "Früh")["id"], assignee_id=self.accounts["ben"])
        self.assertNotIn("Früh", self.names(view="all", assignee_id="none"))
        self.assertIn("Spät", self.names(view="all", assignee_id="none"))
        self.assertEqual(self.names(view="all", assignee_id=self.accounts["ben"]), ["Früh"])

    def test_counts_say_what_the_views_list(self):
        counts = self.check(self.eva.get("/conversations/counts"), 200)
        for view, n in counts["views"].items():
            self.assertEqual(n, len(self.page(view=view, limit=200)["items"]), view)
        self.assertGreater(counts["views"]["overdue"], 0)
        tagged = self.check(self.eva.get("/conversations/counts", tag="presse"), 200)["views"]
        self.assertEqual(tagged["today"], 1)

    def test_some_rows_by_their_ids(self):
        ids = [c["id"] for c in self.page(view="all", limit=3)["items"]]
        got = self.page(ids=",".join(ids[::-1]) + ",999")["items"]
        self.assertEqual([c["id"] for c in got], ids[::-1])
        self.assertEqual(self.page(ids=",".join([ids[0]] * 50))["items"][49]["id"], ids[0])
        self.problem(self.eva.get("/conversations", ids=",".join([ids[0]] * 51)), 422, "ids")
        self.problem(self.eva.get("/conversations", ids="one"), 422, "ids")

    def test_words_are_looked_for_page_by_page(self):
        for n in range(7):
            self.ask(f"Wort {n}", "Wo ist der Schraubenzieher?")
        first = self.page(view="all", q="Schraubenzieher", limit=4)
        rest = self.page(view="all", q="Schraubenzieher", limit=4, cursor=first["next_cursor"])
        seen = [c["person"]["name"] for c in first["items"] + rest["items"]]
        self.assertEqual(seen, [f"Wort {n}" for n in range(6, -1, -1)])
        self.assertIsNone(rest["next_cursor"])


class Walking(Inbox):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.times = []
        for n in range(30):
            cls.say(cls.place, f"t{n}", f"P{n:02}", "Frage")
            cls.times.append(iso(cls.server.now))
            cls.server.clock(HOUR if n % 3 else 1)  # some at nearly the same time

    def down(self, page, **query):
        items = page["items"]
        while page["next_cursor"]:
            page = self.page(cursor=page["next_cursor"], **query)
            items = items + page["items"]
        return items

    def up(self, page, **query):
        items = page["items"]
        while page["previous_cursor"]:
            page = self.page(cursor=page["previous_cursor"], direction="up", **query)
            items = page["items"] + items
        return items

    def test_a_list_can_be_walked_both_ways_in_every_order(self):
        for sort in ("newest", "due", "waiting"):
            query = {"view": "open", "sort": sort, "limit": 7}
            whole = [c["id"] for c in self.page(**{**query, "limit": 200})["items"]]
            self.assertEqual(len(whole), 30)
            self.assertEqual([c["id"] for c in self.down(self.page(**query), **query)], whole)
            last = self.page(direction="up", **query)
            self.assertEqual([c["id"] for c in self.up(last, **query)], whole, sort)
            self.assertIsNone(last["next_cursor"])

    def test_a_list_begins_at_an_instant_and_goes_on_to_both_ends(self):
        for sort in ("newest", "waiting"):
            query = {"view": "open", "sort": sort, "limit": 4}
            whole = [c["id"] for c in self.page(**{**query, "limit": 200})["items"]]
            page = self.page(from_=self.times[17], **query)
            at = whole.index(page["items"][0]["id"])
            self.assertEqual(page["items"][0]["person"]["name"], "P17")
            below = [c["id"] for c in self.down(page, **query)]
            above = [c["id"] for c in self.up(page, **query)][: -len(page["items"])]
            self.assertEqual(below, whole[at:])
            self.assertEqual(above, whole[:at])

    def test_before_the_first_and_after_the_last_there_is_nothing(self):
        page = self.page(view="open", sort="newest", from_="2020-01-01T00:00:00Z")
        self.assertEqual(page["items"], [])
        page = self.page(view="open", sort="newest", from_="2030-01-01T00:00:00Z")
        self.assertEqual(page["items"][0]["person"]["name"], "P29")
        self.problem(self.eva.get("/conversations", from_="yesterday"), 422, "from")
        self.problem(self.eva.get("/conversations", direction="left"), 422, "direction")


class KeptViews(Inbox):
    def test_a_view_is_kept_changed_and_given_up_by_its_owner_alone(self):
        kept = self.check(self.eva.post("/views", {"name": " Presse ", "query": "tag=presse"}), 201)
        self.assertEqual(kept["name"], "Presse")
        self.assertEqual(self.eva.get("/views")["items"], [kept.json])
        self.assertEqual(self.ben.get("/views")["items"], [])
        self.problem(self.ben.patch(f"/views/{kept['id']}", {"name": "Meins"}), 404)
        self.problem(self.ben.delete(f"/views/{kept['id']}"), 404)
        changed = self.check(self.eva.patch(f"/views/{kept['id']}", {"name": "Medien"}), 200)
        self.assertEqual((changed["name"], changed["query"]), ("Medien", "tag=presse"))
        self.check(self.eva.delete(f"/views/{kept['id']}"), 204)
        self.assertEqual(self.eva.get("/views")["items"], [])
        self.problem(self.eva.delete(f"/views/{kept['id']}"), 404)

    def test_names_queries_and_their_number_have_a_limit(self):
        self.check(self.ben.post("/views", {"name": "n" * 60, "query": "q" * 1000}), 201)
        self.problem(self.ben.post("/views", {"name": "n" * 61, "query": ""}), 422, "name")
        self.problem(self.ben.post("/views", {"name": "n", "query": "q" * 1001}), 422, "query")
        for n in range(49):
            self.check(self.ben.post("/views", {"name": f"v{n}", "query": ""}), 201)
        self.problem(self.ben.post("/views", {"name": "one more", "query": ""}), 409)
