"""speakers.py - who spoke, what counts as an answer, and what a network changes later."""
import base64

from case import DrahtTest
from harness import DAY, HOUR, MINUTE, iso


class Speakers(DrahtTest):
    people = {"eva": "agent"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Bahn hilft", target_ms=HOUR * 1000)

    def ask(self, who, body="Wo bleibt mein Zug?", **more):
        self.say(self.place, "of " + who, who, body, **more)
        return self.conversation(self.place, who)

    def thread(self, case):
        return self.check(self.eva.get(f"/threads/{case['thread']['id']}"), 200)["messages"]

    def spoken(self, case, body):
        found = [m for m in self.thread(case) if m["body"] == body]
        self.assertEqual(len(found), 1, body)
        return found[0]

    def inbound(self, item):
        return self.check(self.admin.post(f"/channels/{self.place['id']}/inbound", item), 202)


class WhoAnswers(Speakers):
    def test_a_chaser_joins_the_case_raises_it_and_keeps_the_first_clock(self):
        """S2-24, in the same thread."""
        case = self.ask("Anton")
        self.server.clock(DAY)
        self.say(self.place, "of Anton", "Anton", "Bitte beantworten Sie meine Anfrage endlich")
        after = self.conversation(self.place, "Anton")
        self.assertEqual(after["id"], case["id"])
        self.assertEqual(len(after["messages"]), 2)
        self.assertEqual((after["waiting_since_at"], after["due_at"]),
                         (case["waiting_since_at"], case["due_at"]))
        self.assertTrue(after["overdue"])
        self.assertGreater(after["priority"], case["priority"])

    def test_a_chaser_elsewhere_joins_the_only_open_case_and_keeps_the_first_clock(self):
        """S2-24, in another thread."""
        case = self.ask("Berta")
        self.server.clock(DAY)
        self.say(self.place, "second of Berta", "Berta", "Meine Anfrage von gestern?")
        after = self.conversation(self.place, "Berta")
        self.assertEqual(after["id"], case["id"])
        self.assertEqual(len(after["messages"]), 2)
        self.assertEqual((after["waiting_since_at"], after["opened_at"], after["due_at"]),
                         (case["waiting_since_at"], case["opened_at"], case["due_at"]))
        self.assertGreater(after["priority"], case["priority"])

    def test_a_chaser_of_one_of_two_cases_is_joined_by_hand_and_keeps_the_first_clock(self):
        case = self.ask("Bodo")
        self.server.clock(MINUTE)
        self.say(self.place, "another of Bodo", "Bodo", "Und wann fährt der Bus?")
        other = self.conversation(self.place, "Bodo", "another of Bodo")
        self.server.clock(DAY)
        self.say(self.place, "third of Bodo", "Bodo", "Meine Anfrage von gestern?")
        chaser = self.conversation(self.place, "Bodo", "third of Bodo")
        self.assertEqual({o["id"] for o in chaser["others"]}, {case["id"], other["id"]})
        self.act(self.eva, case["id"], "merge", {"into": chaser["id"]})
        merged = self.open(chaser["id"])
        self.assertEqual(merged["waiting_since_at"], case["waiting_since_at"])
        self.assertEqual(merged["opened_at"], case["opened_at"])
        self.assertEqual(len(merged["messages"]), 2)

    def test_a_fake_reply_leaves_the_case_unanswered(self):
        """S2-25: our name alone is not us; the mark of a person is shown."""
        case = self.ask("Caesar")
        self.server.clock(15 * MINUTE)
        self.say(self.place, "of Caesar", None, "Guten Tag, nein! Der Zug ist abgefahren.",
                 parent_external_id=case["messages"][0]["external_id"],
                 author={"external_id": "fake", "handle": "bahnhilft", "name": "Bahn hilft"})
        after = self.open(case["id"])
        self.assertEqual((after["state"], after["waiting_since_at"], after["first_reaction_at"]),
                         (case["state"], case["waiting_since_at"], None))
        fake = self.spoken(case, "Guten Tag, nein! Der Zug ist abgefahren.")
        self.assertEqual((fake["direction"], fake["author"]["is_us"], fake["official"]),
                         ("other", False, False))
        self.check(self.eva.patch(f"/profiles/{fake['author']['profile_id']}",
                                  {"impostor": True}), 200)
        self.assertTrue(self.spoken(case, fake["body"])["author"]["impostor"])
        self.assertEqual(self.open(case["id"])["waiting_since_at"], case["waiting_since_at"])

    def test_what_we_say_outside_draht_is_ours_and_stops_the_clock(self):
        case = self.ask("Dora")
        self.server.clock(10 * MINUTE)
        self.say(self.place, "of Dora", None, "Wir kümmern uns", author={
            "external_id": "bahn", "name": "Irgendwer", "is_us": True},
            parent_external_id=case["messages"][0]["external_id"])
        after = self.open(case["id"])
        self.assertEqual(after["first_reaction_at"], iso(self.server.now))
        self.assertIsNone(after["waiting_since_at"])
        self.assertEqual(self.spoken(case, "Wir kümmern uns")["direction"], "out")

    def test_an_automatic_answer_of_ours_is_marked_and_stops_nothing(self):
        case = self.ask("Emilie")
        self.say(self.place, "of Emilie", None, "Ihre Nachricht ist eingegangen", author={
            "external_id": "bahn", "name": "Bahn", "is_us": True}, automatic=True,
            parent_external_id=case["messages"][0]["external_id"])
        self.assertTrue(self.spoken(case, "Ihre Nachricht ist eingegangen")["automatic"])
        self.assertEqual(self.open(case["id"])["waiting_since_at"], case["waiting_since_at"])

    def test_a_helper_is_kept_as_a_third_party_confirmed_and_may_become_a_case(self):
        """S3-48."""
        case = self.ask("Eva K.")
        self.say(self.place, "of Eva K.", "Max", "Gleis 3, hinten",
                 parent_external_id=case["messages"][0]["external_id"])
        said_at = iso(self.server.now)
        max_said = self.spoken(case, "Gleis 3, hinten")
        self.assertEqual((max_said["direction"], max_said["confirmed"]), ("other", False))
        listed = self.check(self.eva.get("/conversations", view="third_parties"), 200)
        self.assertIn("Gleis 3, hinten", listed.body.decode())
        self.check(self.eva.post(f"/messages/{max_said['id']}/confirm"), 200)
        self.check(self.eva.patch(f"/messages/{max_said['id']}", {"third_party": "helper"}), 200)
        max_said = self.spoken(case, "Gleis 3, hinten")
        self.assertEqual((max_said["third_party"], max_said["confirmed"]), ("helper", True))
        self.assertEqual(self.open(case["id"])["state"], case["state"])
        self.server.clock(HOUR)
        self.check(self.eva.post(f"/messages/{max_said['id']}/conversation"), 200, 201)
        opened = self.conversation(self.place, "Max")
        self.assertEqual(opened["waiting_since_at"], said_at, "from the message's own time")


class MoreThanPhoneOrMail(Speakers):
    """S3-55: likes, shares, several speakers, edits."""

    def test_many_speakers_in_one_thread_are_many_cases_and_one_tree(self):
        for who in ("S1", "S2", "S3"):
            self.say(self.place, "busy post", who, "Anliegen von " + who)
        cases = [c for c in self.conversations(self.place) if c["thread"]["title"] == "busy post"]
        self.assertEqual({c["person"]["name"] for c in cases}, {"S1", "S2", "S3"})
        self.assertEqual(len({c["thread"]["id"] for c in cases}), 1)
        page = self.eva.get(f"/threads/{cases[0]['thread']['id']}").json
        self.assertEqual(len(page["messages"]), 3)
        self.assertEqual(len(page["conversations"]), 3)
        self.assertEqual(page["counts"]["messages"], 3)

    def test_likes_and_shares_are_kept_and_the_newest_count_wins(self):
        item = self.item("liked", "L", "gefällt", reactions={"like": 3, "share": 1})
        self.inbound(item)
        case = self.conversation(self.place, "L")
        self.assertEqual(case["messages"][0]["reactions"], {"like": 3, "share": 1})
        self.inbound(dict(item, reactions={"like": 20000, "share": 1}))
        case = self.conversation(self.place, "L")
        self.assertEqual(case["messages"][0]["reactions"]["like"], 20000)
        self.assertEqual(len(case["messages"]), 1)

    def test_likes_that_are_taken_back_count_though_the_same_was_said_before(self):
        item = self.item("unliked", "U", "gefällt", reactions={"like": 3})
        self.inbound(item)
        self.inbound(dict(item, reactions={"like": 4}))
        self.server.clock(1)
        again = self.inbound(item)
        self.assertEqual((again["accepted"], again["duplicates"]), (0, 1))
        case = self.conversation(self.place, "U")
        self.assertEqual(case["messages"][0]["reactions"], {"like": 3})

    def test_an_edit_is_a_version_and_no_word_is_lost(self):
        item = self.item("edited", "Ed", "Erst so")
        self.inbound(item)
        self.server.clock(MINUTE)
        edit = dict(item, body="Dann so", edited_at=iso(self.server.now))
        self.inbound(edit)
        message = self.conversation(self.place, "Ed")["messages"][0]
        self.assertEqual((message["body"], message["version"]), ("Dann so", 2))
        self.assertEqual(message["edited_at"], edit["edited_at"])
        versions = self.eva.get(f"/messages/{message['id']}/versions")["items"]
        self.assertEqual(sorted(v["body"] for v in versions), ["Dann so", "Erst so"])
        again = self.inbound(edit)
        self.assertEqual((again["accepted"], again["duplicates"]), (0, 1))

    def test_a_changed_body_without_a_newer_edit_is_a_duplicate(self):
        item = self.item("sly", "Sly", "Original")
        self.inbound(item)
        answer = self.inbound(dict(item, body="Untergeschoben"))
        self.assertEqual((answer["accepted"], answer["duplicates"]), (0, 1))
        self.assertEqual(self.conversation(self.place, "Sly")["messages"][0]["body"], "Original")

    def test_a_removal_by_its_author_is_shown_and_the_words_are_kept(self):
        item = self.item("removed", "Rem", "Ich nehme alles zurück")
        self.inbound(item)
        self.server.clock(MINUTE)
        self.inbound(dict(item, removed_at=iso(self.server.now)))
        message = self.conversation(self.place, "Rem")["messages"][0]
        self.assertEqual(message["removed_at"], iso(self.server.now))
        versions = self.eva.get(f"/messages/{message['id']}/versions")["items"]
        self.assertIn("Ich nehme alles zurück", [v["body"] for v in versions])

    def test_an_emoji_is_stored_found_and_counted_as_one_character(self):
        """S2-40."""
        case = self.ask("Zwinker", "noch Lob von der Community einbringt 😉")
        self.assertTrue(case["messages"][0]["body"].endswith("einbringt 😉"))
        found = self.eva.all("/search", q="😉", kind="message")
        self.assertEqual([i["conversation_id"] for i in found], [case["id"]])
        person = f"/persons/{case['person']['id']}"
        self.check(self.eva.patch(person, {"name": "😉" * 200}), 200)
        self.problem(self.eva.patch(person, {"name": "😉" * 201}), 422, "name", "200")
        self.assertEqual(self.eva.get(person)["name"], "😉" * 200)

    def test_a_file_comes_whole_and_only_as_a_download(self):
        bytes_ = bytes(range(256)) * 1200  # several chunks
        case = self.ask("Foto", "Siehe Bild", attachments=[{
            "name": "foto\".html", "mime": "text/html",
            "base64": base64.b64encode(bytes_).decode()}])
        attachment = case["messages"][0]["attachments"][0]
        self.assertEqual(attachment["size"], len(bytes_))
        answer = self.check(self.eva.get(f"/attachments/{attachment['id']}"), 200)
        self.assertEqual(answer.body, bytes_)
        self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(self.server.client().get(f"/attachments/{attachment['id']}").status, 401)
