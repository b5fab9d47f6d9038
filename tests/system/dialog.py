"""dialog.py - a talk is one thread in order, and colleagues do not talk across each other."""
import json
import os

from case import DrahtTest
from harness import MINUTE


class Talk(DrahtTest):
    people = {"eva": "agent", "ben": "agent"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Service hilft")
        cls.other = cls.channel("Rechnung", kind_name="Messenger R")

    def ask(self, who, body="Mein W-Lan geht nicht", thread=None, **more):
        self.say(self.place, thread or "of " + who, who, body, **more)
        return self.conversation(self.place, who)["id"]


class OneThread(Talk):
    def test_five_messages_back_and_forth_are_one_thread_in_order(self):
        """S0-10: who, when, channel; and the reply box is open."""
        conversation = self.ask("Anna", "eins")
        for n, body in enumerate(("zwei", "drei", "vier", "fünf")):
            self.server.clock(MINUTE)
            if n % 2 == 0:
                self.reply(self.eva, conversation, body)
            else:
                self.say(self.place, "of Anna", "Anna", body)
        case = self.open(conversation)
        self.assertEqual([m["body"] for m in case["messages"]],
                         ["eins", "zwei", "drei", "vier", "fünf"])
        self.assertEqual([m["direction"] for m in case["messages"]],
                         ["in", "out", "in", "out", "in"])
        self.assertEqual([m["author"]["name"] for m in case["messages"]],
                         ["Anna", "Eva", "Anna", "Eva", "Anna"])
        times = [m["sent_at"] for m in case["messages"]]
        self.assertEqual(times, sorted(set(times)))
        self.assertEqual(case["channel"]["name"], "Service hilft")
        self.assertEqual(len({m["thread_id"] for m in case["messages"]}), 1)
        self.reply(self.eva, conversation, "sechs")

    def test_a_parent_that_comes_late_still_carries_its_child(self):
        child = self.item("late", "Beate", "Antwort darauf", parent_external_id="parent-late")
        self.check(self.admin.post(f"/channels/{self.place['id']}/inbound", child), 202)
        self.say(self.place, "late", "Carl", "Die Frage", external_id="parent-late")
        thread = self.conversation(self.place, "Carl")["thread"]["id"]
        page = self.eva.get(f"/threads/{thread}")["messages"]
        depth = {m["body"]: m["depth"] for m in page}
        self.assertEqual(depth, {"Die Frage": 0, "Antwort darauf": 1})
        by_body = {m["body"]: m for m in page}
        self.assertEqual(by_body["Antwort darauf"]["parent_id"], by_body["Die Frage"]["id"])

    def test_the_permalink_shows_the_same_case_after_restart_close_and_merge(self):
        """S0-39."""
        first, second = self.ask("Dieter"), self.ask("Dieterle")
        link = self.open(first)["permalink"]
        self.server.restart()
        self.assertEqual(self.open(first)["permalink"], link)
        self.act(self.eva, first, "close", {"reason": "no_answer_needed", "note": "doppelt"})
        closed = self.open(first)
        self.assertEqual((closed["permalink"], closed["state"], closed["close_note"]),
                         (link, "closed", "doppelt"))
        self.act(self.eva, second, "merge", {"into": first})
        moved = self.eva.get(f"/conversations/{second}")
        self.assertEqual(moved.status, 308)
        self.assertEqual(moved["merged_into"], first)
        self.assertTrue(moved["note"])
        self.assertTrue(moved.headers["Location"].endswith(f"/conversations/{first}"))
        followed = self.check(self.eva.get(moved.headers["Location"]), 200)
        self.assertEqual((followed["id"], len(followed["messages"])), (first, 2))
        self.assertEqual((followed["state"], followed["closed_at"]), ("open", None),
                         "somebody still waits in it")
        self.server.restart()
        self.assertEqual(self.eva.get(f"/conversations/{second}").status, 308)

    def test_a_case_is_never_merged_into_itself_or_into_a_merged_one(self):
        first, second, third = self.ask("M1"), self.ask("M2"), self.ask("M3")
        self.problem(self.eva.post(f"/conversations/{first}/merge", {"into": first}), 409)
        self.act(self.eva, second, "merge", {"into": first})
        answer = self.eva.post(f"/conversations/{third}/merge", {"into": second})
        if answer.status == 200:  # followed to the survivor
            self.assertEqual(answer["id"], first)
        else:
            self.problem(answer, 409)


class Voices(Talk):
    def test_two_without_an_author_are_two_unknown_people(self):
        """S0-46."""
        for body in ("„Amen“ kann ich da nur sagen", "Ich auch"):
            self.say(self.place, "unknown", None, body)
        found = [c for c in self.conversations(self.place) if c["thread"]["title"] == "unknown"]
        self.assertEqual(len(found), 2)
        self.assertEqual(len({c["person"]["id"] for c in found}), 2)
        for case in found:
            self.assertIn(case["person"]["name"].lower(), ("unbekannt", "unknown"))

    def test_a_nickname_is_never_taken_for_somebody_elses_id(self):
        for body, author in (("mit Kennung", {"external_id": "jonas"}),
                             ("mit Spitznamen", {"handle": "jonas"}),
                             ("mit Namen", {"name": "jonas"})):
            self.say(self.place, "three jonas", None, body, author=author)
        found = [c for c in self.conversations(self.place) if c["thread"]["title"] == "three jonas"]
        self.assertEqual(len({c["person"]["id"] for c in found}), 3)

    def test_a_nickname_alone_is_a_contact_that_maege_finds(self):
        """S0-49: folded both ways, as a person and by words."""
        self.say(self.place, "sceptic", None, "Straße voller Zweifel",
                 author={"handle": "Mäge"})
        for query in ("Maege", "Mäge", "MÄGE"):
            found = self.eva.all("/search", q=query, kind="person")
            self.assertEqual([i["person"]["name"] for i in found], ["Mäge"], query)
        for query in ("Strasse", "straße", "STRASSE", "zweifel"):
            found = self.eva.all("/search", q=query, kind="message")
            self.assertEqual([i["message"]["body"] for i in found], ["Straße voller Zweifel"],
                             query)

    def test_the_doubled_line_is_one_item(self):
        """S1-1: without an id, an item is known by channel, words and time."""
        line = self.item("double", "Emma", "Der direkte Draht zu den Kunden", external_id=None)
        inbound = f"/channels/{self.place['id']}/inbound"
        answer = self.check(self.admin.post(inbound, [line, line]), 202)
        self.assertEqual((answer["accepted"], answer["duplicates"]), (1, 1))
        answer = self.check(self.admin.post(inbound, line), 202)
        self.assertEqual((answer["accepted"], answer["duplicates"]), (0, 1))
        self.server.clock(MINUTE)
        later = dict(line, sent_at=self.item("", "", "")["sent_at"])
        self.assertEqual(self.check(self.admin.post(inbound, later), 202)["accepted"], 1)
        self.assertEqual(len(self.conversation(self.place, "Emma")["messages"]), 2)


class Colleagues(Talk):
    def test_events_arrive_while_somebody_types_and_the_draft_is_kept(self):
        """S1-2: on several channels; the stream resumes without gap or repeat."""
        conversation = self.ask("Frieda")
        self.check(self.eva.put(f"/conversations/{conversation}/draft",
                                {"body": "Ich tippe gera", "visibility": "public"}), 200)
        stream = self.eva.events()
        self.assertEqual(stream.status, 200)
        self.say(self.place, "of Frieda", "Frieda", "noch etwas")
        self.say(self.other, "elsewhere", "Gustav", "Rechnung falsch")
        mine = stream.wait(lambda kind, data: data.get("conversation_id") == conversation)
        self.assertTrue(mine, f"no event of the conversation in {stream.seen}")
        other = stream.wait(lambda kind, data: data.get("channel_id") == self.other["id"])
        self.assertTrue(other, f"no event of the other channel in {stream.seen}")
        self.assertEqual(self.eva.get(f"/conversations/{conversation}")["draft"]["body"],
                         "Ich tippe gera")
        stream.close()
        resumed = self.eva.events(last=mine["id"])
        self.assertTrue(resumed.wait(lambda k, d: str(d["seq"]) == other["id"]))
        seqs = [int(e["id"]) for e in resumed.seen]
        self.assertEqual(seqs, list(range(int(mine["id"]) + 1, int(other["id"]) + 1)))
        resumed.close()

    def test_events_carry_ids_and_no_words(self):
        stream = self.eva.events()
        self.say(self.place, "of Hugo", "Hugo", "Kanarienvogel-Satz")
        self.assertTrue(stream.wait(lambda kind, data: kind.startswith("message.")))
        self.assertNotIn("Kanarienvogel", str(stream.seen))
        self.assertNotIn("Hugo", str(stream.seen))
        stream.close()

    def test_one_matter_in_two_departments_is_proposed_and_merged(self):
        """S1-26: the other open conversations of the person stand beside the case."""
        here = self.ask("Ines", "Rechnung falsch")
        self.say(self.other, "bill", "Ines P.", "Rechnung falsch", author={
            "external_id": "u-ines-2", "handle": "inesp", "name": "Ines P."})
        there = self.conversation(self.other, "Ines P.")
        person = self.open(here)["person"]["id"]
        self.check(self.eva.post(f"/persons/{there['person']['id']}/merge", {"into": person}), 200)
        self.assertEqual([o["id"] for o in self.open(here)["others"]], [there["id"]])
        self.assertEqual([o["id"] for o in self.open(there["id"])["others"]], [here])
        self.act(self.eva, there["id"], "merge", {"into": here})
        case = self.open(here)
        self.assertEqual((len(case["messages"]), case["others"]), (2, []))

    def test_a_colleague_sees_who_is_answering(self):
        conversation = self.ask("Jutta")
        self.act(self.eva, conversation, "answering", {"active": True})
        seen = self.ben.get(f"/conversations/{conversation}")["answering"]
        self.assertEqual([a["name"] for a in seen], ["Eva"])
        self.act(self.eva, conversation, "answering", {"active": False})
        self.assertEqual(self.ben.get(f"/conversations/{conversation}")["answering"], [])
        self.act(self.eva, conversation, "answering", {"active": True})
        self.server.clock(10 * MINUTE)
        self.assertEqual(self.ben.get(f"/conversations/{conversation}")["answering"], [],
                         "a browser that went away does not answer for ever")

    def test_the_slower_colleague_gets_a_conflict_and_both_texts_stay(self):
        conversation = self.ask("Klaus")
        seen = self.open(conversation)["messages"][-1]["id"]
        self.check(self.ben.put(f"/conversations/{conversation}/draft",
                                {"body": "Bens Text", "visibility": "public"}), 200)
        self.reply(self.eva, conversation, "Evas Text", expected_last_message_id=seen)
        late = self.ben.post(f"/conversations/{conversation}/replies", {
            "body": "Bens Text", "visibility": "public", "expected_last_message_id": seen})
        self.problem(late, 409)
        self.assertIn("Evas Text", late.body.decode())
        case = self.ben.get(f"/conversations/{conversation}")
        self.assertEqual([m["body"] for m in case["messages"]][1:], ["Evas Text"])
        self.assertEqual(case["draft"]["body"], "Bens Text")
        self.reply(self.ben, conversation, "Bens Text",
                   expected_last_message_id=case["messages"][-1]["id"])

    def test_the_conflict_is_seen_whichever_process_took_the_message_in(self):
        """Another process of the same store makes ids that sort after the server's."""
        self.ask("Kurt")
        path = os.path.join(self.store.folder, "kurt.ndjson")
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(self.item("of Kurt", "Kurt", "von nebenan")) + "\n")
        self.store.run("import", path, "--channel", self.place["id"], "--open")
        case = self.conversation(self.place, "Kurt")
        seen = [m["id"] for m in case["messages"] if m["body"] == "von nebenan"][0]
        self.reply(self.eva, case["id"], "Evas Text", expected_last_message_id=seen)
        self.problem(self.ben.post(f"/conversations/{case['id']}/replies", {
            "body": "Bens Text", "visibility": "public", "expected_last_message_id": seen}), 409)

    def test_an_update_of_a_stale_view_is_refused_with_both_versions(self):
        conversation = self.ask("Lotte")
        etag = self.eva.get(f"/conversations/{conversation}").headers["ETag"]
        self.assertTrue(etag)
        self.check(self.ben.patch(f"/conversations/{conversation}", {"priority": 1},
                                  {"If-Match": etag}), 200)
        stale = self.eva.patch(f"/conversations/{conversation}", {"topic": "Vertrag"},
                               {"If-Match": etag})
        self.problem(stale, 412)
        self.assertIn("yours", stale.json)
        self.assertIn("current", stale.json)
        self.assertNotEqual(self.open(conversation)["topic"], "Vertrag")

    def test_the_same_idempotency_key_replies_once(self):
        conversation = self.ask("Manni")
        body, key = {"body": "Einmal", "visibility": "public"}, {"Idempotency-Key": "k-manni"}
        path = f"/conversations/{conversation}/replies"
        first = self.check(self.eva.post(path, body, key), 201)
        again = self.check(self.eva.post(path, body, key), 201)
        self.assertEqual(first["message"]["id"], again["message"]["id"])
        self.problem(self.eva.post(path, dict(body, body="Anders"), key), 409)
        self.assertEqual(len(self.open(conversation)["messages"]), 2)
