"""own_ways.py - how a colleague likes to work: time to take a reply back, keys, drafts, and
the timeline of a person beside it."""
import base64

from case import DrahtTest
from harness import MINUTE


class OwnWays(DrahtTest):
    people = {"eva": "agent", "ben": "agent", "tim": "trainee"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Service hilft")
        cls.other = cls.channel("Rechnung", kind_name="Messenger R")

    def ask(self, who, body="Mein W-Lan geht nicht"):
        self.say(self.place, "of " + who, who, body)
        return self.conversation(self.place, who)["id"]

    def state(self, conversation):
        return [box["state"] for box in self.open(conversation)["outbox"]]

    def test_a_reply_leaves_when_the_time_to_take_it_back_is_over(self):
        conversation = self.ask("Anna")
        self.reply(self.eva, conversation, "Gern", undo_ms=5000)
        self.server.clock(4)
        self.assertEqual(self.state(conversation), ["queued"])
        self.server.clock(1)
        self.assertEqual(self.state(conversation), ["sent"])

    def test_a_reply_that_was_taken_back_never_leaves_and_the_wait_runs_on(self):
        conversation = self.ask("Berta")
        since = self.open(conversation)["waiting_since_at"]
        sent = self.reply(self.eva, conversation, "Zu früh", undo_ms=30000)
        self.assertIsNone(self.open(conversation)["waiting_since_at"])
        self.check(self.eva.post(f"/outbox/{sent['outbox']['id']}/cancel"), 200)
        self.server.clock(MINUTE)
        self.assertEqual(self.state(conversation), ["cancelled"])
        self.assertEqual(self.open(conversation)["waiting_since_at"], since)

    def test_more_than_thirty_seconds_are_refused(self):
        conversation = self.ask("Carla")
        answer = self.eva.post(f"/conversations/{conversation}/replies",
                               {"body": "Gern", "visibility": "public", "undo_ms": 30001})
        self.problem(answer, 422, "undo_ms")

    def test_what_waits_for_approval_needs_no_time_to_take_it_back(self):
        conversation = self.ask("Dora")
        sent = self.reply(self.tim, conversation, "Gern", undo_ms=30000)
        self.assertEqual(sent["outbox"]["state"], "held")
        self.assertIsNone(sent["outbox"]["send_after_at"])

    def test_preferences_belong_to_the_account_and_have_a_ceiling(self):
        usual = self.eva.get("/me")["preferences"]
        self.assertEqual(usual, {"undo_seconds": 5, "single_keys": True, "digest": False})
        self.check(self.eva.patch("/me", {"undo_seconds": 30}), 200)
        self.check(self.eva.patch("/me", {"single_keys": False}), 200)
        self.assertEqual(self.eva.get("/me")["preferences"],
                         {"undo_seconds": 30, "single_keys": False, "digest": False})
        self.assertEqual(self.ben.get("/me")["preferences"], usual)
        self.problem(self.eva.patch("/me", {"undo_seconds": 31}), 422, "undo_seconds")

    def test_a_draft_keeps_the_note_the_parent_and_the_files(self):
        conversation = self.ask("Emil")
        parent = self.open(conversation)["messages"][0]["id"]
        data = base64.b64encode(b"Plan").decode()
        file = self.check(self.eva.post("/attachments", {
            "name": "plan.txt", "mime": "text/plain", "base64": data}), 201)
        self.check(self.eva.put(f"/conversations/{conversation}/draft", {
            "body": "Hier der Plan", "visibility": "public", "note": "Mit der Technik klären",
            "parent_id": parent, "attachment_ids": [file["id"]]}), 200)
        draft = self.eva.get(f"/conversations/{conversation}")["draft"]
        self.assertEqual((draft["body"], draft["note"], draft["parent_id"]),
                         ("Hier der Plan", "Mit der Technik klären", parent))
        self.assertEqual([(f["id"], f["name"], f["size"]) for f in draft["attachments"]],
                         [(file["id"], "plan.txt", 4)])
        self.reply(self.eva, conversation, "Hier der Plan", attachment_ids=[file["id"]])
        draft = self.eva.get(f"/conversations/{conversation}")["draft"]
        self.assertEqual((draft["body"], draft["note"], draft["attachments"]),
                         ("", "Mit der Technik klären", []))
        self.problem(self.eva.put(f"/conversations/{conversation}/draft", {
            "body": "", "attachment_ids": [file["id"]] * 11}), 422, "attachment_ids")

    def test_the_timeline_of_a_person_has_both_sides_on_all_channels_page_by_page(self):
        conversation = self.ask("Fritz", "eins")
        self.server.clock(MINUTE)
        self.reply(self.eva, conversation, "zwei")
        self.server.clock(MINUTE)
        self.say(self.other, "bill", "Fritz R.", "drei", author={
            "external_id": "u-fritz-2", "handle": "fritzr", "name": "Fritz R."})
        person = self.open(conversation)["person"]["id"]
        other = self.conversation(self.other, "Fritz R.")["person"]["id"]
        self.check(self.eva.post(f"/persons/{other}/merge", {"into": person}), 200)
        first = self.eva.get(f"/persons/{person}/messages?limit=2")
        self.assertEqual([(m["body"], m["channel"]["name"]) for m in first["items"]],
                         [("drei", "Rechnung"), ("zwei", "Service hilft")])
        rest = self.eva.get(f"/persons/{person}/messages?limit=2&cursor={first['next_cursor']}")
        self.assertEqual([m["body"] for m in rest["items"]], ["eins"])
        self.assertIsNone(rest["next_cursor"])
        page = self.eva.get(f"/persons/{person}")
        self.assertEqual([m["body"] for m in page["timeline"]], ["eins", "zwei", "drei"])
        self.assertEqual({p["channel"]["name"] for p in page["profiles"]},
                         {"Service hilft", "Rechnung"})
