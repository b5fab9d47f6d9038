"""metrics.py - the figures are exact, open their cases, and say when they know nothing."""
import csv
import datetime
import io

from case import DrahtTest
from harness import DAY, HOUR, MINUTE, iso

MS = 60_000  # a minute in milliseconds
MOMENT = datetime.timedelta(milliseconds=1)


class Figures(DrahtTest):
    people = {"eva": "agent"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Service hilft")

    def ask(self, who, body="Frage", **more):
        """A new thread of `who`; gives the conversation's id."""
        self.say(self.place, "of " + who, who, body, **more)
        return self.conversation(self.place, who)["id"]

    def answer_at(self, conversation, when):
        self.server.clock(when)
        return self.reply(self.eva, conversation, "Antwort")


class Marks(Figures):
    def test_each_mark_of_a_series_opens_its_own_cases(self):
        """A day, an hour of the week, an intent: the cases behind it, with names."""
        since = "2026-11-02T00:00:00Z"
        self.server.clock("2026-11-02T08:30:00Z")
        monday = self.ask("Montag")
        self.server.clock("2026-11-03T08:30:00Z")
        tuesday = self.ask("Dienstag")
        self.server.clock(1)
        for by, key in (("day", "2026-11-03"), ("weekday_hour", "1 09")):
            series = self.report("contact_frequency", since, by=by)["series"]
            self.assertIn((key, 1), [(s["key"], s["n"]) for s in series])
            cases = self.cases("contact_frequency", since, by=by, key=key)
            self.assertEqual([c["conversation_id"] for c in cases], [tuesday])
        self.assertEqual((cases[0]["person_name"], cases[0]["channel"]["name"]),
                         ("Dienstag", "Service hilft"))
        week = self.cases("contact_frequency", since, by="week", key="2026-11-02")
        self.assertEqual([c["conversation_id"] for c in week], [monday, tuesday])
        none = self.cases("contact_frequency", since, by="intent", key="none")
        self.assertEqual(len(none), 2)
        self.assertEqual(self.cases("contact_frequency", since, by="intent", key="praise"), [])
        table = self.admin.get("/reports/contact_frequency/cases.csv", from_=since,
                               to="2026-11-04T00:00:00Z", by="day", key="2026-11-03")
        self.assertEqual(len(table.body.decode().strip().splitlines()), 2)


class WithoutCalendar(Figures):
    def test_without_hours_the_time_in_service_is_unknown_and_not_zero(self):
        case = self.ask("Rund um die Uhr")
        self.answer_at(case, "2026-11-02T09:00:00Z")
        report = self.report("reaction_time", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z")
        self.assertEqual((report["n"], report["service_median_ms"], report["service_p90_ms"]),
                         (1, None, None))
        cases = self.cases("reaction_time", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z")
        self.assertIsNone(cases[0]["service_ms"])


class ReactionTime(Figures):
    def test_median_20_p90_shown_and_one_open_since_120_minutes(self):
        """S0-28, with an acknowledgement, a stranger and an impostor who stop no clock."""
        self.server.clock("2026-11-02T08:00:00Z")
        ids = {who: self.ask(who) for who in ("Anna", "Bert", "Cleo", "Dora")}
        self.server.clock("2026-11-02T08:01:00Z")
        for who in ids:
            self.say(self.place, "of " + who, None, "Wir haben Ihre Nachricht erhalten",
                     author={"external_id": "us", "name": "Service", "is_us": True},
                     automatic=True)
        self.server.clock("2026-11-02T08:05:00Z")
        question = self.open(ids["Dora"])["messages"][0]["external_id"]
        self.say(self.place, "of Dora", "Max", "bei mir half Neustart",
                 parent_external_id=question)
        self.say(self.place, "of Dora", "Service", "Guten Tag, nein!",
                 parent_external_id=question)
        self.answer_at(ids["Anna"], "2026-11-02T08:10:00Z")
        self.answer_at(ids["Bert"], "2026-11-02T08:20:00Z")
        self.answer_at(ids["Cleo"], "2026-11-02T09:00:00Z")
        self.server.clock("2026-11-02T10:00:00Z")
        report = self.report("reaction_time", "2026-11-02T00:00:00Z")
        self.assertEqual((report["n"], report["median_ms"], report["p90_ms"]),
                         (3, 20 * MS, 60 * MS))
        self.assertEqual([i["conversation_id"] for i in report["open_items"]], [ids["Dora"]])
        self.assertIn(120 * MS, report["open_items"][0].values())
        self.assertTrue(report["definition"])
        cases = self.cases("reaction_time", "2026-11-02T00:00:00Z")
        self.assertEqual({c["conversation_id"] for c in cases} - {ids["Dora"]},
                         {ids["Anna"], ids["Bert"], ids["Cleo"]})
        self.answer_at(ids["Dora"], "2026-11-02T10:00:00Z")

    def test_a_chaser_counts_from_the_first_message_and_each_turn_counts(self):
        self.server.clock("2026-11-03T08:00:00Z")
        conversation = self.ask("Emil")
        self.server.clock("2026-11-03T09:00:00Z")
        self.say(self.place, "of Emil", "Emil", "Hallo?")
        self.answer_at(conversation, "2026-11-03T09:30:00Z")
        self.server.clock("2026-11-03T10:00:00Z")
        self.say(self.place, "of Emil", "Emil", "Noch etwas")
        self.answer_at(conversation, "2026-11-03T10:10:00Z")
        report = self.report("reaction_time", "2026-11-03T00:00:00Z", "2026-11-04T00:00:00Z")
        self.assertEqual((report["n"], report["median_ms"], report["p90_ms"]),
                         (2, 50 * MS, 90 * MS))

    def test_the_median_of_two_is_their_mean_rounded_half_up(self):
        self.server.clock("2026-11-04T08:00:00Z")
        first, second = self.ask("Fritz"), self.ask("Gerda")
        self.answer_at(first, 1.0)
        self.answer_at(second, 1.001)
        report = self.report("reaction_time", "2026-11-04T00:00:00Z", "2026-11-05T00:00:00Z")
        self.assertEqual((report["n"], report["median_ms"]), (2, 1501))

    def test_ignoring_people_shows_in_the_survival_estimate(self):
        self.server.clock("2026-11-05T08:00:00Z")
        ids = [self.ask(who) for who in ("Hans", "Ida", "Jan", "Kim")]
        self.answer_at(ids[0], "2026-11-05T08:10:00Z")
        self.server.clock("2026-11-05T12:00:00Z")
        report = self.report("reaction_time", "2026-11-05T00:00:00Z")
        self.assertEqual((report["n"], report["median_ms"]), (1, 10 * MS))
        self.assertEqual(len(report["open_items"]), 3)
        self.assertIsNone(report["survival_median_ms"], "three of four still wait")
        for conversation in ids[1:]:
            self.answer_at(conversation, "2026-11-05T12:00:00Z")

    def test_service_hours_count_beside_the_wall_clock(self):
        self.server.clock("2026-11-06T07:00:00Z")
        desk = self.check(self.admin.post("/departments", {"name": "Laden", "hours": {
            "time_zone": "Europe/Berlin", "holidays": [],
            "slots": [{"weekday": d, "from": "08:00", "until": "18:00"} for d in range(5)]}}), 201)
        shop = self.channel("Laden", department_id=(desk.json.get("department") or desk.json)["id"])
        self.server.clock("2026-11-06T16:50:00Z")  # Friday 17:50 in Berlin
        self.say(shop, "shop", "Lena", "Haben Sie noch offen?")
        self.answer_at(self.conversation(shop)["id"], "2026-11-09T07:10:00Z")  # Monday 08:10
        report = self.report("reaction_time", "2026-11-06T00:00:00Z", "2026-11-10T00:00:00Z")
        self.assertEqual(report["median_ms"], (2 * DAY + 14 * HOUR + 20 * MINUTE) * 1000)
        self.assertEqual(report["service_median_ms"], 20 * MS)

    def test_an_empty_period_has_no_data_and_no_zero(self):
        report = self.report("reaction_time", "2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z")
        self.assertTrue(report["no_data"])
        self.assertEqual(report["n"], 0)
        for member in ("median_ms", "p90_ms", "value"):
            self.assertIsNone(report[member])

    def test_figures_of_single_people_stay_off_until_switched_on_with_a_reason(self):
        since = {"from_": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z", "by": "agent"}
        refused = self.admin.get("/reports/reaction_time", **since)
        self.assertIn(refused.status, (403, 409, 422))
        self.problem(self.admin.patch("/workspace", {"figures_by_agent": True,
                                                     "figures_by_agent_reason": ""}),
                     422, "figures_by_agent_reason")
        self.check(self.admin.patch("/workspace", {"figures_by_agent": True,
                   "figures_by_agent_reason": "mit dem Betriebsrat vereinbart"}), 200)
        self.check(self.admin.get("/reports/reaction_time", **since), 200)


class Single(Figures):
    people = {"eva": "agent", "ben": "agent"}

    def test_of_single_people_each_sees_the_own_figures_and_who_manages_accounts_all(self):
        self.server.clock("2026-12-07T08:00:00Z")
        for who in ("eva", "ben"):
            self.say(self.place, f"von {who}", f"{who.title()}s Kundin", "Frage")
            self.reply(self.client(who), self.conversation(self.place, f"{who.title()}s Kundin")["id"],
                       "Antwort")
        self.check(self.admin.patch("/workspace", {"figures_by_agent": True,
                   "figures_by_agent_reason": "vereinbart"}), 200)
        since = {"from_": "2026-12-07T00:00:00Z", "to": "2026-12-08T00:00:00Z", "by": "agent"}
        ids = lambda who: {m["key"] for m in self.check(
            who.get("/reports/reaction_time", **since), 200)["series"]}
        both = {self.accounts["eva"], self.accounts["ben"]}
        self.assertEqual(ids(self.admin), both)
        self.assertEqual(ids(self.eva), {self.accounts["eva"]})
        cases = "/reports/reaction_time/cases"
        self.check(self.eva.get(cases, **since, key=self.accounts["eva"]), 200)
        self.problem(self.eva.get(cases, **since, key=self.accounts["ben"]), 403)
        self.problem(self.eva.get(cases + ".csv", **since, key=self.accounts["ben"]), 403)


class Contacts(Figures):
    def test_twelve_contacts_of_five_persons_are_2_4_each_and_open_the_twelve(self):
        """S0-27; a repeat, our own words and last week's contact are not counted."""
        self.server.clock("2026-11-02T08:00:00Z")
        self.say(self.place, "of Old", "Old", "vorige Woche")
        self.server.clock("2026-11-09T08:00:00Z")
        for who, times in (("A", 4), ("B", 3), ("C", 2), ("D", 2), ("E", 1)):
            for n in range(times):
                item = self.item("of " + who, who, f"{who} {n}")
                for _ in range(2):
                    self.check(self.admin.post(f"/channels/{self.place['id']}/inbound", item), 202)
        self.reply(self.eva, self.conversation(self.place, "A")["id"], "Antwort")
        report = self.report("contact_frequency", "2026-11-09T00:00:00Z", "2026-11-10T00:00:00Z")
        self.assertAlmostEqual(float(report["value"]), 2.4)
        cases = self.cases("contact_frequency", "2026-11-09T00:00:00Z", "2026-11-10T00:00:00Z")
        self.assertEqual(len(cases), 12)
        self.assertEqual(len({c["message_id"] for c in cases}), 12)

    def test_a_case_that_looks_like_a_formula_is_only_text_in_a_spreadsheet(self):
        self.server.clock("2026-12-01T08:00:00Z")
        for n, name in enumerate(("=HYPERLINK(\"http://x\")", "+491234", "-2+3", "@SUM(1)",
                                  "\t=1", "a\n=1", '"quoted", comma')):
            self.say(self.place, f"=thread {n}", None, "=1+1",
                     author={"external_id": f"f{n}", "handle": name, "name": name})
        answer = self.check(self.admin.get("/reports/contact_frequency/cases.csv",
                            from_="2026-12-01T00:00:00Z", to="2026-12-02T00:00:00Z"), 200)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/csv"))
        rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
        self.assertEqual(len(rows), 8, "a head and seven rows")
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})
        for cell in sum(rows, []):
            self.assertFalse(cell[:1] in "=+-@\t\r" and cell != "", repr(cell))


class Outcomes(Figures):
    def test_resolution_time_adds_only_the_new_segment_of_a_reopened_case(self):
        self.server.clock("2026-11-02T08:00:00Z")
        conversation = self.ask("Mia")
        self.answer_at(conversation, "2026-11-02T09:00:00Z")
        self.server.clock("2026-11-02T10:00:00Z")
        self.act(self.eva, conversation, "solve")
        self.server.clock("2026-11-03T08:00:00Z")
        self.say(self.place, "of Mia", "Mia", "wieder kaputt")
        self.answer_at(conversation, "2026-11-03T08:30:00Z")
        self.act(self.eva, conversation, "solve")
        report = self.report("resolution_time", "2026-11-02T00:00:00Z", "2026-11-04T00:00:00Z")
        self.assertEqual((report["n"], report["median_ms"], report["p90_ms"]),
                         (2, 75 * MS, 120 * MS))

    def test_solved_for_good_waits_fourteen_days_before_it_counts(self):
        self.server.clock("2026-12-01T08:00:00Z")
        ids = [self.ask(who) for who in ("Nele", "Otto", "Pia")]
        for conversation in ids:
            self.act(self.eva, conversation, "solve")
        period = ("2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z")
        self.assertTrue(self.report("solved_for_good", *period)["no_data"])
        self.server.clock("2026-12-08T08:00:00Z")
        self.say(self.place, "of Pia", "Pia", "leider wieder weg")
        self.assertTrue(self.report("solved_for_good", *period)["no_data"])
        self.server.clock("2026-12-15T08:00:01Z")
        report = self.report("solved_for_good", *period)
        self.assertEqual(report["n"], 3)
        self.assertAlmostEqual(float(report["value"]), 2 / 3, places=3)

    def test_the_answer_quota_counts_those_who_deserve_an_answer(self):
        self.server.clock("2027-01-04T08:00:00Z")
        for who, intent in (("Q1", "question"), ("Q2", "complaint"), ("Q3", "order"),
                            ("Q4", None), ("Q5", "praise"), ("Q6", "suggestion")):
            conversation = self.ask(who)
            self.check(self.eva.patch(f"/conversations/{conversation}", {"intent": intent}), 200)
            if who in ("Q1", "Q2", "Q4", "Q5"):
                self.reply(self.eva, conversation, "Antwort")
        report = self.report("answer_quota", "2027-01-04T00:00:00Z", "2027-01-05T00:00:00Z")
        self.assertEqual(report["n"], 5, "praise needs no answer; unclassified does")
        self.assertAlmostEqual(float(report["value"]), 3 / 5)
        by_intent = self.report("answer_quota", "2027-01-04T00:00:00Z", "2027-01-05T00:00:00Z",
                                by="intent")["series"]
        self.assertEqual(sum(s["n"] for s in by_intent), 5)

    def test_the_mix_says_what_is_unsure_and_what_was_hidden_and_opens_each(self):
        self.server.clock("2027-01-20T08:00:00Z")
        period = ("2027-01-20T00:00:00Z", "2027-01-21T00:00:00Z")
        self.assertTrue(self.report("intent_mix", *period)["no_data"])
        made = {}
        for n, intent in enumerate(("praise", "praise", "question", "complaint", None, None)):
            made[n] = self.ask(f"M{n}")
            self.check(self.eva.patch(f"/conversations/{made[n]}", {"intent": intent}), 200)
        kept = {n: self.store.sql(f"SELECT marks FROM conversation WHERE id = {made[n]}")[0][0] for n in (4, 5)}
        self.store.sql(f"UPDATE conversation SET marks = ' negative unsure ' WHERE id = {made[4]}")
        self.store.sql(f"UPDATE conversation SET marks = '' WHERE id = {made[5]}")
        message = self.open(made[3])["messages"][0]
        self.check(self.admin.post(f"/messages/{message['id']}/moderation", {"action": "hide", "reason": "insult"}), 200)
        report = self.report("intent_mix", *period)
        self.assertEqual((report["n"], float(report["value"]), report["hidden"]), (6, 6, 1))
        self.assertEqual({p["key"]: (p["n"], p["hidden"]) for p in report["parts"]},
                         {"praise": (2, 0), "question": (1, 0), "complaint": (1, 1), "unsure": (1, 0),
                          "unclassified": (1, 0)})
        def opened(by, key):
            return [c["conversation_id"] for c in self.admin.all("/reports/intent_mix/cases", from_=period[0],
                                                                to=period[1], by=by, key=key)]
        self.assertEqual(opened("part", "unsure"), [made[4]])
        self.assertEqual(opened("part", "praise"), [made[0], made[1]])
        self.assertEqual(opened("hidden", "hidden"), [made[3]])
        self.check(self.admin.post(f"/messages/{message['id']}/moderation", {"action": "unhide"}), 200)
        self.assertEqual(self.report("intent_mix", *period)["hidden"], 0)
        for n, marks in kept.items():
            self.store.sql(f"UPDATE conversation SET marks = '{marks}' WHERE id = {made[n]}")

    def test_the_books_balance(self):
        self.server.clock("2027-02-01T08:00:00Z")
        ids = [self.ask(f"B{n}") for n in range(6)]
        self.reply(self.eva, ids[0], "Antwort")
        self.reply(self.eva, ids[1], "Antwort")
        self.act(self.eva, ids[1], "solve")
        for conversation, reason in zip(ids[2:], ("no_answer_needed", "spam", "hidden")):
            self.act(self.eva, conversation, "close", {"reason": reason, "note": "Begründung"})
        report = self.report("books_balance", "2027-02-01T00:00:00Z", "2027-02-02T00:00:00Z")
        self.assertEqual(report["n"], 6)
        counted = {s["key"]: s["n"] for s in report["series"] if s["n"]}
        self.assertEqual(counted, {"answered": 2, "open": 1, "no_answer_needed": 1,
                                   "spam": 1, "hidden": 1})
        self.assertEqual(float(report["value"]), 0, "the difference")
        cases = self.cases("books_balance", "2027-02-01T00:00:00Z", "2027-02-02T00:00:00Z")
        self.assertEqual({c["conversation_id"] for c in cases}, set(ids))


class Shareability(Figures):
    US = {"external_id": "us", "name": "Service", "is_us": True}

    def post(self, name, shares, views=None, **more):
        counted = {"share": shares} | ({"view": views} if views is not None else {})
        self.say(self.place, "post " + name, None, name, author=self.US, reactions=counted, **more)

    def test_6_posts_with_30_shares_among_15000_are_5_each_and_2_of_a_thousand(self):
        """S0-29: and which of them, the most shared first."""
        since = "2026-11-02T08:00:00Z"
        self.server.clock(since)
        self.assertTrue(self.report("shareability", since, iso(self.server.now + MOMENT))["no_data"])
        for n, shares in enumerate((4, 9, 0, 7, 2, 8)):
            self.post(f"Beitrag {n}", shares, 2500)
        self.say(self.place, "post Beitrag 0", "Anna", "Schön")
        self.say(self.place, "post Beitrag 0", None, "Eine Antwort ist kein Beitrag", author=self.US,
                 reactions={"share": 100}, parent_external_id=self.conversation(self.place, "Anna")["messages"][0]["external_id"])
        self.say(self.place, "post leise", None, "Niemand zählt", author=self.US)
        self.server.clock(1)
        report = self.report("shareability", since)
        self.assertEqual((report["value"], report["n"], report["sum"], report["base"], report["unit"]), (5.0, 6, 30, 6, "number"))
        reach = self.report("shareability_reach", since)
        self.assertEqual((reach["value"], reach["sum"], reach["base"], reach["unit"]), (0.002, 30, 15000, "permille"))
        self.assertEqual([(p["key"], p["n"]) for p in reach["parts"]], [("measured", 6)])
        ranking = self.cases("shareability", since)
        self.assertEqual([(c["words"], c["number"], c["reach"]) for c in ranking],
                         [(f"Beitrag {n}", shares, 2500) for n, shares in ((1, 9), (5, 8), (3, 7), (0, 4), (4, 2), (2, 0))])
        self.assertTrue(all(c["thread_id"] and c["message_id"] for c in ranking))
        table = self.admin.get("/reports/shareability/cases.csv", from_=since, to=iso(self.server.now)).body.decode()
        self.assertEqual(list(csv.DictReader(io.StringIO(table.lstrip("\ufeff"))))[0]["number"], "9")

    def test_a_post_whose_reach_nobody_knows_is_in_one_figure_and_not_in_the_other(self):
        since = "2026-11-05T08:00:00Z"
        self.server.clock(since)
        self.post("Ungesehen", 12)
        self.server.clock(1)
        self.assertEqual(self.report("shareability", since)["value"], 12.0)
        self.assertTrue(self.report("shareability_reach", since)["no_data"])
        self.assertEqual([c["reach"] for c in self.cases("shareability", since)], [None])

    def test_where_no_network_counts_followers_nobody_says_how_many_take_part(self):
        self.ask("Gerda")
        self.server.clock(1)
        report = self.report("interacting_followers", "2026-11-01T00:00:00Z")
        self.assertEqual((report["no_data"], report["value"], report["n"]), (True, None, 0))
