"""settings.py - what the pages of settings ask for: trying words, the log from its end."""
from case import DrahtTest


class Words(DrahtTest):
    people = {"eva": "agent"}

    def attempt(self, text):
        return self.check(self.eva.post("/word-lists/try", {"text": text}), 200).json

    def test_a_text_is_tried_on_the_lists_and_nothing_is_stored(self):
        self.words("topic", "W-Lan", "Router", value="Netz")
        self.assertEqual(self.attempt("Mein Router geht nicht. Warum?")["topic"], "Netz")
        self.assertEqual(self.attempt("Wann kommt das Paket?")["intent"], "question")
        self.assertTrue(self.attempt("Vielen Dank!")["thanks"])
        found = self.attempt("xyz")
        self.assertEqual((found["intent"], found["topic"], found["thanks"], found["opt_out"]),
                         ("", "", False, False))
        self.assertEqual(self.admin.all("/conversations", view="all"), [])

    def test_competitors_and_order_numbers_are_found_as_the_workspace_names_them(self):
        self.words("competitor", "Möbel Rieger", "Rieger*", value="Rieger")
        self.words("order_number", "RL-00000", "00/0000")
        found = self.attempt("Bei Möbel RIEGER ging RL-47537 schneller.")["findings"]
        where = {(one["kind"], one["value"]): one for one in found}
        self.assertEqual(where["competitor", "Rieger"]["source"], "list")
        self.assertEqual(where["personal_data", "order"]["spans"], [{"from": 22, "to": 30}])
        self.assertNotIn("order", [one["value"] for one in self.attempt("Raum RL-4753 x")["findings"]])
        post = self.channel("Post")
        self.say(post, "Regal", "Ida", "Zum Auftrag 26/0815: Rieger hätte das geschafft.")
        self.say(post, "Tisch", "Jo", "Wann kommt der Tisch?")
        marked = [c["thread"]["title"] for c in self.conversations(post, mark="competitor")]
        self.assertEqual(marked, ["Regal"])

    def test_a_pattern_that_would_fit_everything_is_refused(self):
        make = lambda *words: self.admin.post("/word-lists", {"kind": "order_number", "value": "", "words": list(words)})
        for bad in ("AB", "AAAA", "A0AA", "0" * 41):
            self.problem(make(bad), 422, "words")
        self.problem(make(*[f"AB-00{n:02}" for n in range(21)]), 422, "words")
        self.words("order_number", *[f"AB-00{n:02}" for n in range(19)], "0" * 40)
        self.words("order_number", "0-0A")
        self.problem(self.admin.post("/word-lists", {"kind": "order_number", "value": "x", "words": ["AB-00"]}), 422, "value")
        self.problem(self.admin.post("/word-lists", {"kind": "competitor", "value": "", "words": ["Rieger"]}), 422, "value")

    def test_a_text_to_try_has_a_limit(self):
        self.check(self.eva.post("/word-lists/try", {"text": "x" * 5000}), 200)
        self.problem(self.eva.post("/word-lists/try", {"text": "x" * 5001}), 422, "text")
        self.problem(self.eva.post("/word-lists/try", {"text": ""}), 422, "text")

    def test_the_lists_that_come_along_can_be_read(self):
        lists = self.check(self.eva.get("/word-lists/defaults"), 200)["items"]
        kinds = {one["kind"] for one in lists}
        self.assertLessEqual({"intent", "thanks", "opt_out"}, kinds)
        self.assertTrue(all(one["words"] for one in lists))


class Log(DrahtTest):
    people = {"eva": "agent"}

    def log(self, **query):
        return self.check(self.admin.get("/audit", order="newest", **query), 200)

    def test_the_log_is_read_from_its_end_page_by_page(self):
        self.channel("Protokoll")
        log = self.log(limit=3)
        seqs = [e["seq"] for e in log["items"]]
        self.assertEqual(seqs, sorted(seqs, reverse=True))
        self.assertEqual(seqs[0], log["last_seq"])
        self.assertRegex(log["last_hash"], "^[0-9a-f]{64}$")
        while log["next_cursor"]:
            log = self.log(limit=3, cursor=log["next_cursor"])
            seqs += [e["seq"] for e in log["items"]]
        self.assertEqual(seqs, list(range(seqs[0], 0, -1)))

    def test_the_log_is_narrowed_to_a_subject_and_to_who_did_it(self):
        kinds = {e["kind"].split(".")[0] for e in self.log(subject="channel")["items"]}
        self.assertEqual(kinds, {"channel"})
        mine = self.log(actor_id=self.accounts["admin"])["items"]
        self.assertTrue(mine)
        self.assertEqual({e["actor"]["id"] for e in mine}, {self.accounts["admin"]})
        self.assertEqual(self.log(actor_id=self.accounts["eva"])["items"], [])

    def test_only_those_with_the_right_read_it(self):
        self.problem(self.eva.get("/audit", order="newest"), 403)
        self.problem(self.admin.get("/audit", order="upwards"), 422, "order")
        self.problem(self.admin.get("/audit", order="newest", subject="%"), 422, "subject")


class CheckBackDays(DrahtTest):
    people = {"eva": "agent"}

    def test_whoever_solves_is_told_when_the_question_will_be_due(self):
        eva = self.client("eva")
        self.assertEqual(eva.get("/me")["workspace"]["check_back_days"], 7)
        self.check(self.admin.patch("/workspace", {"check_back_days": 10}), 200)
        self.assertEqual(eva.get("/me")["workspace"]["check_back_days"], 10)


class PlannedHours(DrahtTest):
    """Hours from a day to come on: the clock stands at 2 November 2026, 08:00 in Berlin."""

    week = [{"weekday": day, "from": "09:00", "until": "17:00"} for day in range(5)]

    def hours(self, department, day, expect=200, **more):
        hours = {"time_zone": "Europe/Berlin", "slots": self.week, "holidays": [], "valid_from": day}
        return self.check(self.admin.patch(f"/departments/{department['id']}",
                                           {"hours": {**hours, **more}}), expect)

    def department(self, name):
        return self.check(self.admin.post("/departments", {"name": name}), 201).json

    def test_hours_of_a_day_to_come_are_listed_and_become_valid_then(self):
        service = self.department("Service")
        self.hours(service, None)
        planned = self.hours(service, "2026-11-09", slots=self.week[:1])
        self.assertEqual([h["valid_from"] for h in planned["planned_hours"]], ["2026-11-09"])
        self.assertEqual(len(planned["hours"]["slots"]), 5)
        self.server.clock("2026-11-08T22:59:00Z")
        self.assertEqual(len(self.shown(service)["hours"]["slots"]), 5)
        self.server.clock("2026-11-08T23:00:00Z")  # midnight in Berlin
        self.assertEqual(len(self.shown(service)["hours"]["slots"]), 1)
        self.assertEqual(self.shown(service)["planned_hours"], [])

    def shown(self, department):
        return self.admin.get(f"/departments/{department['id']}")

    def test_planned_hours_can_be_given_up_and_those_that_hold_cannot(self):
        service = self.department("Zweite")
        now = self.hours(service, None)["hours"]["id"]
        planned = self.hours(service, "2026-12-24")["planned_hours"][0]["id"]
        path = f"/departments/{service['id']}"
        self.problem(self.admin.patch(path, {"drop_planned": now}), 422, "drop_planned")
        self.assertEqual(self.check(self.admin.patch(path, {"drop_planned": planned}), 200)["planned_hours"], [])

    def test_a_day_that_is_over_or_none_is_refused(self):
        service = self.department("Dritte")
        for day in ("2026-10-30", "2026-13-01", "morgen", "2031-01-01"):
            self.problem(self.hours(service, day, 422), 422, "hours.valid_from")
