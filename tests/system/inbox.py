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


class Silence(Inbox):
    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Stundentakt", owner_id=cls.accounts["eva"], deputy_id=cls.accounts["ben"],
                                planned_minutes=300)

    def silent_since(self, hours):
        self.server.clock(hours * HOUR)
        alarms = self.check(self.eva.get("/today"), 200).json["alarms"]["items"]
        health = self.check(self.admin.get(f"/channels/{self.place['id']}/health"), 200).json
        self.assertEqual([a["silent_since_at"] for a in alarms],
                         [health["silent_since_at"]] if health["silent_since_at"] else [])
        return health["silent_since_at"], health["last_inbound_at"]

    def test_a_channel_that_is_silent_for_longer_than_ever_is_an_alarm(self):
        for n in range(19):
            self.ask(f"Person {n}")
            self.assertIsNone(self.silent_since(1)[0])
        self.assertIsNone(self.silent_since(23)[0])  # nineteen are no history
        self.ask("Person 20")
        self.assertIsNone(self.silent_since(36)[0])  # half as long again as that day
        since, last = self.silent_since(1)
        self.assertEqual(since, last)
        self.ask("Person 21")
        self.assertIsNone(self.silent_since(1)[0])


class TodayPage(Inbox):
    @classmethod
    def prepare(cls):
        week = [{"weekday": day, "from": "08:00", "until": "18:00"} for day in range(5)]
        cls.service = cls.check(cls.admin.post("/departments", {
            "name": "Service", "hours": {"time_zone": "Europe/Berlin", "slots": week,
                                         "holidays": []}}), 201)
        cls.place = cls.channel("Heute", target_ms=HOUR * 1000, owner_id=cls.accounts["eva"],
                                deputy_id=cls.accounts["ben"], planned_minutes=300,
                                department_id=cls.service["id"])
        cls.bare = cls.channel("Ohne alles", purpose="")
        cls.check(cls.admin.patch(f"/channels/{cls.bare['id']}", {"owner_id": None}), 200)

    def today(self, caller=None, **query):
        return self.check((caller or self.eva).get("/today", **query), 200).json

    def test_a_channel_without_what_it_needs_is_an_alarm_and_says_what(self):
        alarms = self.today()["alarms"]
        self.assertEqual([a["channel"]["name"] for a in alarms["items"]], ["Ohne alles"])
        self.assertEqual(set(alarms["items"][0]["missing"]),
                         {"owner", "deputy", "hours", "purpose"})
        self.assertEqual(alarms["count"], 1)

    def test_gaps_in_the_coverage_say_why_and_until_when(self):
        gaps = {g["channel"]["name"]: g for g in self.today()["coverage"]["items"]}
        self.assertEqual(list(gaps), ["Ohne alles"])  # Monday, 08:00: the others are there
        self.assertEqual(gaps["Ohne alles"]["reason"], "nobody")
        self.server.clock(11 * HOUR)
        gap = {g["channel"]["name"]: g for g in self.today()["coverage"]["items"]}["Heute"]
        self.assertEqual(gap["reason"], "closed")
        self.assertEqual(gap["opens_at"][:16], "2026-11-03T07:00")
        self.assertEqual(gap["department"]["name"], "Service")
        self.check(self.admin.patch(f"/channels/{self.bare['id']}",
                                    {"owner_id": self.accounts["eva"]}), 200)
        gap = {g["channel"]["name"]: g for g in self.today()["coverage"]["items"]}["Ohne alles"]
        self.assertEqual(gap["reason"], "no_hours")

    def test_what_is_overdue_is_not_listed_among_the_waiting(self):
        late = self.ask("Erst")
        self.server.clock(14 * HOUR)
        soon = self.ask("Dann")
        today = self.today()
        self.assertEqual([c["id"] for c in today["overdue"]["items"]], [late])
        self.assertEqual([c["id"] for c in today["waiting"]["items"]], [soon])
        self.assertEqual((today["overdue"]["count"], today["waiting"]["count"]), (1, 1))

    def test_mine_are_those_assigned_to_me(self):
        self.change(self.conversation(self.place, "Dann")["id"], assignee_id=self.accounts["ben"])
        self.assertEqual(self.today(whose="mine")["waiting"]["count"], 0)
        self.assertEqual(self.today(self.ben, whose="mine")["waiting"]["count"], 1)

    def test_a_mention_is_there_until_it_was_seen(self):
        case = self.conversation(self.place, "Erst")["id"]
        self.act(self.eva, case, "notes", {"body": "@Ben bitte ansehen"})
        mention = self.today(self.ben)["mentions"]
        self.assertEqual((mention["count"], mention["items"][0]["conversation"]["id"]), (1, case))
        self.assertEqual(self.today()["mentions"]["count"], 0)
        self.check(self.ben.post(f"/conversations/{case}/seen"), 204)
        self.assertEqual(self.today(self.ben)["mentions"]["count"], 0)


class Search(Inbox):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.other = cls.channel("Anderswo")
        for n in range(6):
            place = cls.other if n % 3 == 0 else cls.place
            cls.say(place, f"t{n}", f"Sucher {n}", "Mein Schraubenzieher fehlt")
            cls.server.clock(DAY)
        case = cls.conversation(cls.place, "Sucher 1")["id"]
        cls.reply(cls.admin, case, "Der Schraubenzieher liegt bereit")

    def found(self, **query):
        items = self.check(self.eva.get("/search", q="schraubenzieher", **query), 200)["items"]
        return [i["message"]["author"]["name"] for i in items if i["kind"] == "message"]

    def test_hits_say_where_they_are_and_how_it_stands_there(self):
        hit = self.check(self.eva.get("/search", q="schraubenzieher"), 200)["items"][-1]
        self.assertEqual(hit["channel"]["name"], "Anderswo")
        self.assertEqual((hit["conversation"]["state"], hit["conversation"]["person"]["name"]),
                         ("new", "Sucher 0"))

    def test_hits_can_be_narrowed_down(self):
        self.assertEqual(self.found(), ["Ada Admin"] + [f"Sucher {n}" for n in range(5, -1, -1)])
        self.assertEqual(self.found(channel_id=self.other["id"]), ["Sucher 3", "Sucher 0"])
        self.assertEqual(self.found(direction="out"), ["Ada Admin"])
        self.assertEqual(self.found(from_="2026-11-04T00:00:00Z", to="2026-11-06T00:00:00Z"),
                         ["Sucher 3", "Sucher 2"])
        person = self.conversation(self.place, "Sucher 2")["person"]["id"]
        self.assertEqual(self.found(person_id=person), ["Sucher 2"])
        self.problem(self.eva.get("/search", q="x", direction="sideways"), 422, "direction")

    def test_narrowed_hits_are_read_page_by_page(self):
        query = {"q": "schraubenzieher", "channel_id": self.place["id"], "limit": 2}
        page = self.check(self.eva.get("/search", **query), 200)
        seen = page["items"]
        while page["next_cursor"]:
            page = self.check(self.eva.get("/search", cursor=page["next_cursor"], **query), 200)
            seen = seen + page["items"]
        self.assertEqual(len([i for i in seen if i["kind"] == "message"]), 5)


class TodayOrder(Inbox):
    """What is raised stands first in each part; what is doubted raises nothing."""

    LEAVES = "Seit drei Wochen keine Antwort!!! Ich bin stinksauer und kündige meinen Vertrag."
    CALM = "Wann öffnet die Filiale am Montag?"

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Reihenfolge", target_ms=HOUR * 1000, owner_id=cls.accounts["eva"])

    def setUp(self):
        for case in self.eva.all("/conversations", view="open"):
            self.act(self.eva, case["id"], "close", {"reason": "no_answer_needed"})

    def write(self, who, body):
        self.say(self.place, "of " + who, who, body)
        return self.conversation(self.place, who)["id"]

    def part(self, name, **query):
        return [c["id"] for c in self.check(self.eva.get("/today", **query), 200)[name]["items"]]

    def minute(self):
        self.server.clock(60)

    def test_at_the_top_stands_what_presses_and_both_halves_keep_their_order(self):
        made = {}
        for n, body in enumerate((self.CALM, self.LEAVES, self.CALM, self.LEAVES)):
            made[n] = self.write(f"Gast {n}", body)
            self.minute()
        self.assertEqual(self.part("waiting"), [made[1], made[3], made[0], made[2]])
        self.assertEqual(self.part("new"), [made[3], made[1], made[2], made[0]])
        self.server.clock(2 * HOUR)
        self.assertEqual(self.part("overdue"), [made[1], made[3], made[0], made[2]])
        self.assertEqual(self.part("waiting"), [])
        inbox = [c["id"] for c in self.eva.all("/conversations", view="overdue")]
        self.assertEqual(inbox, [made[0], made[1], made[2], made[3]], "the list keeps its own order")
        for n in made:
            self.reply(self.eva, made[n], "Wir kümmern uns.")
        self.assertEqual(self.part("overdue"), [])
        self.assertEqual(self.part("waiting_on_others"), [made[3], made[1], made[2], made[0]])

    def test_a_person_takes_it_down_and_a_doubt_raises_nothing(self):
        calm = self.write("Ruhig", self.CALM)
        self.minute()
        pressing = self.write("Eilig", self.LEAVES)
        self.assertEqual(self.part("waiting"), [pressing, calm])
        message = self.open(pressing)["messages"][0]
        self.assertEqual(self.open(pressing)["raised_by"][0], "at_risk")
        denied = set(self.open(pressing)["raised_by"]) - {"complaint"}
        for mark in denied:
            self.check(self.eva.post(f"/messages/{message['id']}/findings", {"kind": mark, "holds": False}), 200)
        self.check(self.eva.post(f"/messages/{message['id']}/findings", {"kind": "intent", "value": "question"}), 200)
        self.assertEqual(self.open(pressing)["raised_by"], [])
        self.assertEqual(self.part("waiting"), [calm, pressing])
        for mark in denied:
            self.check(self.eva.delete(f"/messages/{message['id']}/findings/{mark}"), 200)
        doubted = self.open(calm)["messages"][0]["id"]
        self.store.sql("UPDATE message_version SET findings = 'urgent m 550? - \nat_risk m 590? - \nfrustrated m 540? - ', "
                       f"model = 'older' WHERE message_id = {doubted}")
        self.check(self.eva.post(f"/messages/{doubted}/findings", {"kind": "call_back"}), 200)  # it is summed up again
        self.assertEqual(self.open(calm)["marks"], ["call_back"])
        self.assertEqual(self.part("waiting"), [pressing, calm])

    def test_more_than_a_part_holds_is_cut_from_the_calm_ones(self):
        calm = [self.write(f"Viele {n}", self.CALM) for n in range(22)]
        self.minute()
        last = self.write("Zuletzt", self.LEAVES)
        self.assertEqual(self.part("waiting"), [last] + calm[:19])
        self.assertEqual(self.eva.get("/today")["waiting"]["count"], 23)
        self.server.clock(2 * HOUR)
        self.assertEqual(self.part("overdue"), [last] + calm[:19])
        self.assertEqual(self.part("overdue", whose="mine"), [])
        self.change(last, assignee_id=self.accounts["eva"])
        self.assertEqual(self.part("overdue", whose="mine"), [last])

    def test_three_degrees_each_in_the_order_of_the_view_and_who_waits_longest_apart(self):
        made = {}
        for name in ("ruhig", "Beschwerde", "von Hand", "ruhig 2", "geht", "Beschwerde 2", "zuerst"):
            made[name] = self.write(name, self.LEAVES if name == "geht" else self.CALM)
            self.minute()
        for name in ("Beschwerde", "Beschwerde 2"):
            self.change(made[name], intent="complaint")
        self.change(made["von Hand"], priority=1)
        self.change(made["zuerst"], priority=2)
        order = ("geht", "zuerst", "Beschwerde", "von Hand", "Beschwerde 2", "ruhig", "ruhig 2")
        self.assertEqual(self.part("waiting"), [made[name] for name in order])
        for name, reasons in (("zuerst", ["priority"]), ("Beschwerde", ["complaint"]), ("von Hand", ["priority"]), ("ruhig", [])):
            self.assertEqual(self.open(made[name])["raised_by"], reasons)
        today = self.check(self.eva.get("/today"), 200)
        self.assertEqual(today["longest"]["id"], made["ruhig"])
        self.assertIsNone(self.check(self.eva.get("/today", whose="mine"), 200)["longest"])
        self.reply(self.eva, made["ruhig"], "Um neun.")
        self.assertEqual(self.check(self.eva.get("/today"), 200)["longest"]["id"], made["Beschwerde"])

    def test_a_concern_that_came_back_stands_at_the_top(self):
        self.write("Neu hier", self.CALM)
        self.minute()
        back = self.write("Wieder da", self.CALM)
        self.reply(self.eva, back, "Um neun.")
        self.act(self.eva, back, "solve")
        self.minute()
        self.say(self.place, "of Wieder da", "Wieder da", "Und wann am Dienstag?")
        self.assertEqual(self.open(back)["raised_by"], ["reopened", "priority"], self.open(back))
        self.assertEqual(self.part("waiting")[0], back)

    def test_many_that_press_fill_the_part_without_a_repeat(self):
        for n in range(25):
            self.write(f"Alle {n}", self.LEAVES)
        listed = self.part("waiting")
        self.assertEqual((len(listed), len(set(listed))), (20, 20))
