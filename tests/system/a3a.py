"""a3a.py - from "Mein W-Lan geht nicht" to the check-back a week later.

The story runs once in full, its turns each once more. Everything happens on the
virtual clock; the program is stopped, or killed, between the days.
"""
import signal

from case import DrahtTest
from harness import DAY
from visitor import Visitor


class Story(DrahtTest):
    """One shop desk: Eva answers on "Service hilft"."""

    people = {"eva": "agent"}

    @classmethod
    def prepare(cls):
        cls.words("topic", "W-Lan", "WLAN", value="WLAN")
        cls.words("thanks", "danke", "super service")
        cls.words("opt_out", "bitte nicht mehr schreiben")
        cls.service = cls.channel("Service hilft", target_ms=3600_000)
        cls.check(cls.admin.patch("/public-pages", {"imprint": "Strom GmbH", "threads": True}), 200)

    def ask(self, who="Jonas", thread=None, **more):
        """Somebody's W-Lan is broken; gives the conversation's id."""
        thread = thread or "post of " + who
        self.say(self.service, thread, who, "Mein W-Lan geht nicht", **more)
        return self.conversation(self.service, who, thread)["id"]

    def solved(self, who, **more):
        """Asked, answered and solved at this moment; conversation and check-back."""
        conversation = self.ask(who, **more)
        self.reply(self.eva, conversation, "Bitte den Router neu starten",
                   more.get("visibility", "public"))
        self.act(self.eva, conversation, "solve")
        return conversation, self.check_backs(conversation)[-1]

    def check_backs(self, conversation):
        return self.open(conversation)["check_backs"]

    def states(self, conversation):
        return [c["state"] for c in self.check_backs(conversation)]

    def today(self):
        return [i["id"] for i in self.check(self.eva.get("/today"), 200)["check_backs"]["items"]]

    def bodies(self, conversation):
        return [m["body"] for m in self.open(conversation)["messages"]]


class TheWholeStory(Story):
    def test_one_message_is_answered_thanked_for_solved_and_asked_about_a_week_later(self):
        """Steps 1 to 6, with restarts between the days."""
        self.server.clock("2026-11-02T08:00:00Z")
        conversation = self.ask()
        self.step_1_a_case_with_topic_and_due_time(conversation)
        self.step_2_answered_is_not_solved(conversation)
        self.step_3_a_third_party_is_confirmed_and_closes_nothing(conversation)
        self.step_4_thanks_suggest_and_eva_solves(conversation)
        self.step_5_due_and_drafted_but_not_sent(conversation)
        self.step_6_sent_by_eva_and_answered(conversation)

    def step_1_a_case_with_topic_and_due_time(self, conversation):
        case = self.open(conversation)
        self.assertEqual((case["state"], case["topic"]), ("new", "WLAN"))
        self.assertEqual(case["thread"]["visibility"], "public")
        self.assertEqual(case["waiting_since_at"], "2026-11-02T08:00:00.000Z")
        self.assertEqual(case["due_at"], "2026-11-02T09:00:00.000Z")
        self.assertTrue(case["permalink"])

    def step_2_answered_is_not_solved(self, conversation):
        self.server.clock("2026-11-02T08:14:00Z")
        answer = self.reply(self.eva, conversation, "Bitte den Router neu starten")
        self.assertEqual(answer["message"]["author"]["account_id"], self.accounts["eva"])
        self.act(self.eva, conversation, "notes", {"body": "Kollege sah das gestern schon"})
        case = self.open(conversation)
        self.assertEqual((case["state"], case["waiting_for"]), ("waiting", "customer"))
        self.assertEqual(case["first_reaction_at"], "2026-11-02T08:14:00.000Z")
        self.assertIsNone(case["waiting_since_at"])
        self.assertIsNone(case["solved_at"])
        report = self.report("reaction_time", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z")
        self.assertEqual((report["n"], report["median_ms"]), (1, 14 * 60_000))

    def step_3_a_third_party_is_confirmed_and_closes_nothing(self, conversation):
        """Max reads the public page without a login and comments there."""
        self.server.clock("2026-11-02T08:30:00Z")
        thread = self.open(conversation)["thread"]["id"]
        maxi = Visitor(self.server.address)
        page = maxi.get(f"/p/{thread}")
        for said in ("Mein W-Lan geht nicht", "Bitte den Router neu starten", "Offizielle Antwort"):
            self.assertIn(said, page.text)
        for secret in ("Kollege sah", "example.org\"", "eva@", "@example"):
            self.assertNotIn(secret, page.html)
        self.assertIn("1 Person hat mitgelesen", page.text)
        self.assertEqual(self.eva.get(f"/threads/{thread}/public-page")["readers"], 1)
        self.server.clock(30)
        maxi.submit(page, text="bei mir half Neustart", name="Max", email="max@firm.example")
        held = self.admin.get("/moderation")["items"][0]["message"]
        self.check(self.admin.post(f"/messages/{held['id']}/moderation", {"action": "release"}), 200)
        page = maxi.get(f"/p/{thread}")
        self.assertIn("Max Dritter", page.text)
        self.assertNotIn("Von uns bestätigt", page.text)
        self.assertNotIn("firm.example", page.html)
        tree = self.check(self.eva.get(f"/threads/{thread}"), 200)
        max_said = [m for m in tree["messages"] if m["body"] == "bei mir half Neustart"]
        self.assertEqual([m["direction"] for m in max_said], ["other"])
        self.assertFalse(max_said[0]["confirmed"])
        self.assertNotIn("Kollege sah", tree.body.decode())
        self.check(self.eva.post(f"/messages/{max_said[0]['id']}/confirm"), 200)
        self.assertTrue(self.eva.get(f"/messages/{max_said[0]['id']}")["confirmed"])
        page = maxi.get(f"/p/{thread}")
        self.assertIn("Max Dritter Von uns bestätigt", page.text)
        self.assertIn("1 Person hat mitgelesen", page.text)
        self.assertEqual(self.open(conversation)["state"], "waiting")
        self.assertEqual(len(self.conversations(self.service)), 1)

    def step_4_thanks_suggest_and_eva_solves(self, conversation):
        self.server.clock("2026-11-02T09:00:00Z")
        self.say(self.service, "post of Jonas", "Jonas", "Danke, geht wieder!")
        case = self.open(conversation)
        self.assertEqual(case["suggestion"], "probably_solved")
        self.assertIsNone(case["solved_at"], "a person confirms, the program does not")
        self.act(self.eva, conversation, "solve")
        self.server.restart()
        case = self.open(conversation)
        self.assertEqual((case["state"], case["solved_at"]), ("solved", "2026-11-02T09:00:00.000Z"))
        self.assertEqual(self.states(conversation), ["planned"])
        self.assertEqual(self.check_backs(conversation)[0]["due_at"], "2026-11-09T09:00:00.000Z")
        everybody = Visitor(self.server.address).get(f"/p/{case['thread']['id']}")
        self.assertIn("Gelöst 02.11.2026, 10:00 Uhr", everybody.text)
        page = self.eva.get(f"/threads/{case['thread']['id']}")
        self.assertEqual(len(page["messages"]), 4, "the thread remains readable")

    def step_5_due_and_drafted_but_not_sent(self, conversation):
        self.server.restart(signal.SIGKILL)
        self.server.clock("2026-11-09T08:59:59Z")
        self.assertEqual((self.states(conversation), self.today()), (["planned"], []))
        self.server.clock("2026-11-09T09:00:00Z")
        due = self.check_backs(conversation)[0]
        self.assertEqual(due["state"], "due")
        self.assertEqual(self.today(), [due["id"]])
        listed = self.eva.all("/check-backs", state="due")
        self.assertEqual([c["id"] for c in listed], [due["id"]])
        self.assertIn("Jonas", listed[0]["draft"])
        self.assertIn("WLAN", listed[0]["draft"])
        self.assertEqual(len(self.bodies(conversation)), 3, "it was sent by itself")
        self.assertEqual(len(self.open(conversation)["outbox"]), 1)

    def step_6_sent_by_eva_and_answered(self, conversation):
        check_back = self.check_backs(conversation)[0]["id"]
        text = "Hallo Jonas, wie sieht's aus? Konnte der Fehlerteufel gefunden werden?"
        sent = self.check(self.eva.post(f"/check-backs/{check_back}/send", {"body": text}), 201)
        self.assertEqual(sent["message"]["visibility"], "public")
        self.assertEqual(sent["message"]["thread_id"], self.open(conversation)["thread"]["id"])
        self.assertTrue(sent["message"]["check_back"])
        again = self.eva.post(f"/check-backs/{check_back}/send", {"body": text})
        self.problem(again, 409)
        self.assertEqual(self.bodies(conversation).count(text), 1)
        self.server.clock("2026-11-09T10:00:00Z")
        self.say(self.service, "post of Jonas", "Jonas", "Ja, super Service!")
        answered = self.check_backs(conversation)
        self.assertEqual([(c["state"], c["outcome"]) for c in answered], [("answered", "held")])


class TheTurns(Story):
    """Step 7. The clock only moves on, so the tests are indifferent to the day."""

    def test_leider_wieder_weg_reopens_the_same_case_at_top_priority(self):
        conversation, check_back = self.solved("Karla")
        self.server.clock(7 * DAY)
        self.check(self.eva.post(f"/check-backs/{check_back['id']}/send",
                                 {"body": "Hallo Karla, hat es gehalten?"}), 201)
        self.say(self.service, "post of Karla", "Karla", "leider wieder weg")
        case = self.conversation(self.service, "Karla")
        self.assertEqual(case["id"], conversation)
        self.assertEqual((case["state"], case["reopened_count"], case["priority"]), ("open", 1, 2))
        self.assertEqual([m["body"] for m in case["messages"]],
                         ["Mein W-Lan geht nicht", "Bitte den Router neu starten",
                          "Hallo Karla, hat es gehalten?", "leider wieder weg"])
        self.assertEqual([(c["state"], c["outcome"]) for c in case["check_backs"]],
                         [("answered", "came_back")])
        self.reply(self.eva, conversation, "Der Techniker war da")
        self.assertEqual(self.states(conversation), ["answered"], "a new one came too early")
        self.act(self.eva, conversation, "solve")
        self.assertEqual(sorted(self.states(conversation)), ["answered", "planned"])

    def test_reopened_on_day_three_cancels_and_only_the_new_solution_plans_again(self):
        conversation, _ = self.solved("Lea")
        self.server.clock(3 * DAY)
        self.say(self.service, "post of Lea", "Lea", "Jetzt ist es wieder kaputt")
        old = self.check_backs(conversation)
        self.assertEqual([(c["state"], c["cancel_reason"]) for c in old],
                         [("cancelled", "reopened")])
        self.server.clock(4 * DAY)
        self.assertEqual(self.states(conversation), ["cancelled"], "the old one came due")
        self.act(self.eva, conversation, "solve")
        new = [c for c in self.check_backs(conversation) if c["state"] == "planned"]
        self.assertEqual(len(new), 1)
        self.server.clock(7 * DAY)
        self.assertEqual(sorted(self.states(conversation)), ["cancelled", "due"])

    def test_reopened_by_hand_cancels_too(self):
        conversation, _ = self.solved("Moritz")
        self.act(self.eva, conversation, "reopen")
        self.assertEqual(self.open(conversation)["state"], "open")
        self.assertEqual(self.states(conversation), ["cancelled"])

    def test_please_write_no_more_cancels_locks_and_is_visible(self):
        conversation, check_back = self.solved("Nora")
        self.server.clock(DAY)
        self.say(self.service, "post of Nora", "Nora", "Bitte nicht mehr schreiben.")
        case = self.open(conversation)
        self.assertTrue(case["person"]["outreach_locked"])
        self.assertEqual([(c["state"], c["cancel_reason"]) for c in case["check_backs"]],
                         [("cancelled", "opted_out")])
        self.problem(self.eva.post(f"/check-backs/{check_back['id']}/send", {"body": "Und?"}), 409)
        self.reply(self.eva, conversation, "Verstanden, alles Gute")  # an answer is allowed
        self.act(self.eva, conversation, "reopen")
        self.act(self.eva, conversation, "solve")
        self.assertNotIn("planned", self.states(conversation))
        self.server.clock(8 * DAY)
        self.assertNotIn("due", self.states(conversation))

    def test_a_lock_set_by_hand_stops_a_check_back_that_is_due(self):
        conversation, check_back = self.solved("Olaf")
        self.server.clock(7 * DAY)
        self.assertEqual(self.states(conversation), ["due"])
        person = self.open(conversation)["person"]["id"]
        self.check(self.eva.patch(f"/persons/{person}", {
            "outreach_locked": True, "outreach_lock_reason": "am Telefon gebeten"}), 200)
        self.assertEqual(self.states(conversation), ["cancelled"])
        self.problem(self.eva.post(f"/check-backs/{check_back['id']}/send", {"body": "Und?"}), 409)
        self.assertNotIn(check_back["id"], self.today())

    def test_solved_in_private_is_asked_in_private(self):
        conversation, check_back = self.solved("Paula", visibility="private", kind="chat")
        self.server.clock(7 * DAY)
        sent = self.check(self.eva.post(f"/check-backs/{check_back['id']}/send",
                                        {"body": "Hat es gehalten?"}), 201)
        self.assertEqual(sent["message"]["visibility"], "private")
        self.assertEqual(sent["message"]["thread_id"], self.open(conversation)["thread"]["id"])

    def test_a_public_thread_that_ended_in_private_is_asked_in_private(self):
        conversation = self.ask("Quentin")
        self.reply(self.eva, conversation, "Ich schreibe Ihnen privat")
        self.reply(self.eva, conversation, "Ihr Passwort war abgelaufen", "private")
        self.act(self.eva, conversation, "solve")
        self.server.clock(7 * DAY)
        check_back = self.check_backs(conversation)[0]["id"]
        sent = self.check(self.eva.post(f"/check-backs/{check_back}/send",
                                        {"body": "Hat es gehalten?"}), 201)
        self.assertEqual(sent["message"]["visibility"], "private")

    def test_it_is_never_sent_by_itself(self):
        conversation, _ = self.solved("Rosa")
        self.server.clock(7 * DAY)
        self.server.clock(90 * DAY)
        self.assertEqual(len(self.bodies(conversation)), 2)
        self.assertEqual(len(self.open(conversation)["outbox"]), 1)
        self.assertNotIn("sent", self.states(conversation))

    def test_one_solution_has_one_check_back(self):
        conversation, _ = self.solved("Sven")
        self.eva.post(f"/conversations/{conversation}/solve", {})
        self.assertEqual(self.states(conversation), ["planned"])

    def test_a_person_may_solve_without_and_may_cancel(self):
        conversation = self.ask("Tom")
        self.act(self.eva, conversation, "solve", {"check_back": False})
        self.assertEqual(self.states(conversation), [])
        conversation, check_back = self.solved("Ute")
        self.check(self.eva.post(f"/check-backs/{check_back['id']}/cancel",
                                 {"reason": "war am Telefon zufrieden"}), 200)
        self.assertEqual([(c["state"], c["cancel_reason"]) for c in self.check_backs(conversation)],
                         [("cancelled", "by_person")])


class TheCalendar(Story):
    """Seven calendar days later, at the same time on the wall in Berlin."""

    clock = "2026-10-18T00:00:00Z"

    def test_the_same_local_time_across_daylight_saving_and_29_february(self):
        # solved at, due at (each UTC; several where the wall shows a time twice or never)
        for who, solved, due in (
                ("twice", "2026-10-18T00:30:00", ("2026-10-25T00:30:00", "2026-10-25T01:30:00")),
                ("autumn", "2026-10-19T08:00:00", ("2026-10-26T09:00:00",)),
                ("never", "2027-03-21T01:30:00", ("2027-03-28T01:00:00", "2027-03-28T01:30:00")),
                ("spring", "2027-03-24T09:00:00", ("2027-03-31T08:00:00",)),
                ("before", "2028-02-22T09:00:00", ("2028-02-29T09:00:00",)),
                ("over it", "2028-02-26T22:30:00", ("2028-03-04T22:30:00",)),
                ("leap day", "2028-02-29T09:00:00", ("2028-03-07T09:00:00",))):
            with self.subTest(who):
                self.server.clock(solved + "Z")
                _, check_back = self.solved(who)
                self.assertIn(check_back["due_at"][:19], due)
