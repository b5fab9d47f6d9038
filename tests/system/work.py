"""work.py - lists, notes, files, persons: what the desk works with all day."""
import base64

from case import DrahtTest
from harness import DAY, HOUR, MINUTE


class Work(DrahtTest):
    people = {"eva": "agent", "ben": "agent"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Werkbank", target_ms=HOUR * 1000)

    def ask(self, who, body="Frage", thread=None):
        self.say(self.place, thread or "of " + who, who, body)
        return self.conversation(self.place, who)["id"]

    def view(self, name, caller=None, **query):
        return [c["id"] for c in (caller or self.eva).all("/conversations", view=name, **query)]


class Lists(Work):
    def test_each_view_shows_its_conversations(self):
        mine, free, solved = self.ask("V1"), self.ask("V2"), self.ask("V3")
        self.check(self.eva.patch(f"/conversations/{mine}",
                                  {"assignee_id": self.accounts["eva"]}), 200)
        self.act(self.eva, solved, "solve")
        self.assertIn(mine, self.view("mine"))
        self.assertNotIn(mine, self.view("mine", self.ben))
        self.assertNotIn(mine, self.view("unassigned"))
        self.assertIn(free, self.view("unassigned"))
        self.assertNotIn(solved, self.view("open"))
        self.assertIn(solved, self.view("solved"))
        self.assertLessEqual({mine, free, solved}, set(self.view("all")))
        self.assertIn(free, self.view("all", state="new"))
        self.assertNotIn(solved, self.view("all", state="new"))

    def test_a_list_read_page_by_page_is_whole_while_others_write(self):
        place = self.channel("Blättern")
        for n in range(25):
            self.say(place, f"t{n}", f"B{n}", "Frage")
            self.server.clock(1)
        seen, cursor = [], None
        while True:
            page = self.check(self.eva.get("/conversations", view="all", sort="newest", limit=7,
                                           channel_id=place["id"], cursor=cursor), 200)
            self.assertLessEqual(len(page["items"]), 7)
            seen += [c["person"]["name"] for c in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
            self.server.clock(1)
            self.say(place, f"later {cursor}", "Neu", "dazwischen")
        self.assertEqual(seen, [f"B{n}" for n in range(24, -1, -1)])

    def test_due_first_and_longest_waiting_first(self):
        place = self.channel("Reihenfolge", target_ms=HOUR * 1000)
        fast = self.channel("Reihenfolge schnell", target_ms=MINUTE * 1000)
        self.say(place, "a", "Erst", "Frage")
        self.server.clock(MINUTE)
        self.say(fast, "b", "Dann", "Frage")
        wanted = [self.conversation(place)["id"], self.conversation(fast)["id"]]
        order = lambda sort: [i for i in self.view("open", sort=sort) if i in wanted]
        self.assertEqual(order("waiting"), wanted)
        self.assertEqual(order("due"), wanted[::-1])

    def test_a_snoozed_conversation_comes_back_and_a_customers_word_wakes_it(self):
        case = self.ask("Schlummer")
        self.reply(self.eva, case, "Ich frage nach")
        until = "2027-06-01T08:00:00.000Z"
        self.check(self.eva.patch(f"/conversations/{case}", {"snooze_until": until}), 200)
        self.assertEqual(self.open(case)["snooze_until_at"], until)
        self.say(self.place, "of Schlummer", "Schlummer", "Hallo?")
        self.assertIsNone(self.open(case)["snooze_until_at"])

    def test_solved_is_closed_fourteen_days_after_the_last_solution(self):
        case = self.ask("Zweimal")
        self.act(self.eva, case, "solve")
        self.server.clock(5 * DAY)
        self.act(self.eva, case, "reopen")
        self.act(self.eva, case, "solve")
        self.server.clock(10 * DAY)
        self.assertEqual(self.open(case)["state"], "solved", "the first solution counted on")
        self.server.clock(5 * DAY)
        closed = self.open(case)
        self.assertEqual((closed["state"], closed["close_reason"]), ("closed", "time"))

    def test_tags_topic_intent_and_priority_are_set_and_cleared(self):
        case = self.ask("Marken")
        path = f"/conversations/{case}"
        self.check(self.eva.patch(path, {"tags": ["vip", "netz"], "topic": "Vertrag",
                                         "intent": "complaint", "priority": 2}), 200)
        now = self.open(case)
        self.assertEqual((sorted(now["tags"]), now["topic"], now["intent"], now["intent_by"],
                          now["priority"]), (["netz", "vip"], "Vertrag", "complaint", "person", 2))
        self.assertIn(case, self.view("all", intent="complaint"))
        self.check(self.eva.patch(path, {"tags": [], "topic": None, "intent": None}), 200)
        now = self.open(case)
        self.assertEqual((now["tags"], now["topic"] or "", now["intent"] or ""), ([], "", ""))


class Today(Work):
    def test_today_names_what_is_overdue_new_and_waiting(self):
        late = self.ask("Heute")
        self.server.clock(2 * HOUR)
        fresh = self.ask("Eben")
        today = self.check(self.eva.get("/today"), 200).json
        for group in ("overdue", "waiting", "check_backs", "new", "waiting_on_others",
                      "approvals", "uncertain"):
            self.assertGreaterEqual(today[group]["count"], len(today[group]["items"]))
        self.assertIn(late, [c["id"] for c in today["overdue"]["items"]])
        self.assertNotIn(fresh, [c["id"] for c in today["overdue"]["items"]])
        self.assertIn(fresh, [c["id"] for c in today["new"]["items"]])


class Colleagues(Work):
    def test_a_note_mentions_a_colleague_and_never_leaves(self):
        case = self.ask("Notiz")
        self.act(self.eva, case, "notes", {"body": "@Ben schaust du? Kunde ist nett"})
        mentioned = self.check(self.ben.get("/mentions"), 200)["items"]
        self.assertIn(case, [m["conversation"]["id"] for m in mentioned])
        self.assertEqual(self.eva.get("/mentions")["items"], [])
        notes = self.open(case)["notes"]
        self.assertEqual([n["body"] for n in notes], ["@Ben schaust du? Kunde ist nett"])
        self.assertEqual(len(self.open(case)["messages"]), 1)
        thread = self.open(case)["thread"]["id"]
        self.assertNotIn("schaust", self.eva.get(f"/threads/{thread}").body.decode())

    def test_a_draft_is_mine_and_ends_with_the_reply(self):
        case = self.ask("Entwurf")
        draft = {"body": "Liebe*r", "visibility": "public"}
        self.check(self.eva.put(f"/conversations/{case}/draft", draft), 200)
        self.assertEqual(self.eva.get(f"/conversations/{case}")["draft"]["body"], "Liebe*r")
        self.assertIsNone(self.ben.get(f"/conversations/{case}")["draft"])
        self.reply(self.eva, case, "Liebe*r Mensch")
        self.assertIsNone(self.eva.get(f"/conversations/{case}")["draft"])

    def test_a_file_of_ours_goes_out_with_the_reply(self):
        case = self.ask("Anhang")
        made = self.check(self.eva.post("/attachments", {
            "name": "plan.pdf", "mime": "application/pdf",
            "base64": base64.b64encode(b"%PDF-1.4 plan").decode()}), 201)
        self.reply(self.eva, case, "Siehe Plan", attachment_ids=[made["id"]])
        files = self.open(case)["messages"][-1]["attachments"]
        self.assertEqual([(f["name"], f["size"]) for f in files], [("plan.pdf", 13)])
        self.assertEqual(self.eva.get(f"/attachments/{made['id']}").body, b"%PDF-1.4 plan")
        twice = self.eva.post(f"/conversations/{case}/replies", {
            "body": "noch mal", "visibility": "public", "attachment_ids": [made["id"]]})
        self.problem(twice, 422, "attachment_ids")

    def test_the_log_of_a_conversation_tells_who_did_what(self):
        case = self.ask("Protokoll")
        self.reply(self.eva, case, "Antwort")
        self.act(self.ben, case, "solve")
        log = self.eva.all(f"/conversations/{case}/events")
        kinds = [e["kind"] for e in log]
        self.assertEqual([int(e["seq"]) for e in log], sorted(int(e["seq"]) for e in log))
        for kind in ("conversation.created", "conversation.solved", "check_back.planned"):
            self.assertIn(kind, kinds)
        solved = [e for e in log if e["kind"] == "conversation.solved"][0]
        self.assertIn("Ben", str(solved["actor"]))
        self.assertNotIn("Antwort", str(log), "the log holds facts, not words")


class Persons(Work):
    def test_two_profiles_become_one_person_and_can_be_parted_again(self):
        first, second = self.ask("Doppel A"), self.ask("Doppel B")
        a, b = (self.open(c)["person"]["id"] for c in (first, second))
        self.check(self.eva.post(f"/persons/{b}/merge", {"into": a}), 200)
        person = self.check(self.eva.get(f"/persons/{a}"), 200)
        self.assertEqual((len(person["profiles"]), person["contact_count"]), (2, 2))
        self.assertEqual(self.open(second)["person"]["id"], a)
        gone = self.eva.get(f"/persons/{b}")
        self.assertIn(gone.status, (200, 308))
        profile = self.open(second)["profile"]["id"]
        self.check(self.eva.post(f"/profiles/{profile}/unlink"), 200, 201)
        self.assertNotEqual(self.open(second)["person"]["id"], a)
        self.assertEqual(len(self.eva.get(f"/persons/{a}")["profiles"]), 1)

    def test_a_merged_person_who_asked_for_silence_is_asked_nothing(self):
        quiet, asked = self.ask("Still"), self.ask("Still zwei")
        self.act(self.eva, asked, "solve")
        a, b = (self.open(c)["person"]["id"] for c in (quiet, asked))
        self.check(self.eva.patch(f"/persons/{a}", {"outreach_locked": True,
                                                    "outreach_lock_reason": "bat darum"}), 200)
        self.check(self.eva.post(f"/persons/{b}/merge", {"into": a}), 200)
        self.assertTrue(self.open(asked)["person"]["outreach_locked"])
        self.assertEqual([c["state"] for c in self.open(asked)["check_backs"]], ["cancelled"])

    def test_a_person_has_a_relation_and_a_timeline_over_channels(self):
        case = self.ask("Zeitleiste", "eins")
        person = self.open(case)["person"]["id"]
        self.assertEqual(self.open(case)["person"]["relation"], "unknown")
        self.check(self.eva.patch(f"/persons/{person}", {"relation": "customer",
                                                         "address_form": "du"}), 200)
        self.server.clock(DAY)
        self.say(self.place, "of Zeitleiste", "Zeitleiste", "zwei")
        after = self.check(self.eva.get(f"/persons/{person}"), 200)
        self.assertEqual((after["relation"], after["contact_count"]), ("customer", 2))
        self.assertIn("eins", str(after["timeline"]))
        self.assertIn("zwei", str(after["timeline"]))
        self.problem(self.eva.patch(f"/persons/{person}", {"relation": "enemy"}), 422, "relation")
