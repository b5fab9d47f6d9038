"""findings.py - what messages say: found at intake, judged by people, learned from."""
from case import DrahtTest
from harness import HOUR

ANGRY = "Seit drei Wochen keine Antwort!!! Ich bin stinksauer und kündige meinen Vertrag."


class Findings(DrahtTest):
    people = {"eva": "agent", "lea": "reader"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Gesagt", target_ms=HOUR * 1000)

    def ask(self, who, body):
        self.say(self.place, "of " + who, who, body)
        conversation = self.conversation(self.place, who)
        return conversation, self.open(conversation["id"])["messages"][0]

    def found(self, message, kind):
        return [one for one in message["findings"] if one["kind"] == kind]

    def judge(self, message, caller=None, **word):
        return (caller or self.eva).post(f"/messages/{message['id']}/findings", word)

    def test_each_finding_names_the_words_that_carry_it(self):
        conversation, message = self.ask("Wut", ANGRY)
        intent = self.found(message, "intent")[0]
        self.assertEqual((intent["value"], intent["source"], intent["unsure"]),
                         ("complaint", "model", False))
        self.assertTrue(message["model"])
        self.assertTrue(any(one["spans"] for one in message["findings"]))
        for one in message["findings"]:
            for span in one["spans"]:
                self.assertTrue(message["body"][span["from"]:span["to"]].strip(), one)
        self.assertEqual((conversation["intent"], conversation["intent_by"]), ("complaint", "model"))
        self.assertIn("at_risk", conversation["marks"])

    def test_praise_whose_tone_is_doubted_leaves_a_solved_case_solved_and_irony_does_not(self):
        for n, (words, state) in enumerate((
                ("Ja, super Service!", "solved"), ("Perfekt, läuft.", "solved"), ("Super, wieder kein Empfang.", "open"),
                ("Great, no reception again.", "open"), ("Toll gemacht, jetzt ist alles weg", "open"), ("Na toll.", "open"))):
            conversation, _ = self.ask(f"Danach {n}", ANGRY)
            self.reply(self.eva, conversation["id"], "Erledigt.")
            self.act(self.eva, conversation["id"], "solve")
            self.say(self.place, f"of Danach {n}", f"Danach {n}", words)
            self.assertEqual(self.open(conversation["id"])["state"], state, words)

    def test_words_are_counted_as_browsers_count_them(self):
        _, message = self.ask("Bild", "😡😡 " + ANGRY)
        text = message["body"].encode("utf-16-le")
        words = [text[2 * span["from"]:2 * span["to"]].decode("utf-16-le")
                 for one in message["findings"] for span in one["spans"]]
        self.assertTrue(any("kündige" in word for word in words), words)

    def test_the_list_is_filtered_by_what_messages_say(self):
        conversation, _ = self.ask("Filter", ANGRY)
        calm, _ = self.ask("Ruhig", "Wann öffnet die Filiale am Montag?")
        marked = [c["id"] for c in self.eva.all("/conversations", view="open", mark="at_risk")]
        self.assertIn(conversation["id"], marked)
        self.assertNotIn(calm["id"], marked)
        self.problem(self.eva.get("/conversations", mark="nonsense"), 422, "mark")

    def test_a_persons_word_counts_at_once_and_can_be_taken_back(self):
        conversation, message = self.ask("Urteil", ANGRY)
        now = self.check(self.judge(message, kind="intent", value="suggestion"), 200).json
        intent = self.found(now, "intent")
        self.assertEqual([(one["value"], one["source"], one["by"]["id"]) for one in intent],
                         [("suggestion", "person", self.accounts["eva"])])
        case = self.open(conversation["id"])
        self.assertEqual((case["intent"], case["intent_by"]), ("suggestion", "judged"))
        back = self.check(self.eva.delete(f"/messages/{message['id']}/findings/intent"), 200).json
        self.assertEqual(self.found(back, "intent"), self.found(message, "intent"))
        self.assertEqual(self.open(conversation["id"])["intent"], "complaint")
        self.problem(self.eva.delete(f"/messages/{message['id']}/findings/intent"), 404)

    def test_what_does_not_hold_disappears(self):
        conversation, message = self.ask("Falsch", ANGRY)
        now = self.check(self.judge(message, kind="at_risk", holds=False), 200).json
        self.assertEqual(self.found(now, "at_risk"), [])
        self.assertNotIn("at_risk", self.open(conversation["id"])["marks"])

    def test_what_people_say_is_learned_at_once(self):
        body = "Der Zwirbelknopf macht plömm, bitte um Kenntnisnahme."
        _, message = self.ask("Lehre", body)
        before = [(one["value"], one["unsure"]) for one in self.found(message, "intent")]
        self.assertNotIn(("suggestion", False), before)
        for who in ("Lehre 1", "Lehre 2", "Lehre 3"):
            _, taught = self.ask(who, body + " " + who)
            self.check(self.judge(taught, kind="intent", value="suggestion"), 200)
        _, after = self.ask("Lehre 4", body + " Danach.")
        self.assertIn(("suggestion", False),
                      [(one["value"], one["unsure"]) for one in self.found(after, "intent")])

    def test_how_often_it_was_right_is_counted(self):
        _, message = self.ask("Quote", ANGRY)
        def judged():
            items = self.check(self.eva.get("/findings/quality"), 200)["items"]
            mine = [one for one in items if (one["kind"], one["value"]) == ("sentiment", "negative")]
            return sum(one["judged"] for one in mine), sum(one["right"] for one in mine)
        self.assertEqual(self.found(message, "sentiment")[0]["value"], "negative")
        count, right = judged()
        self.check(self.judge(message, kind="sentiment", value="negative"), 200)
        self.assertEqual(judged(), (count + 1, right + 1))

    def test_a_word_that_makes_no_sense_is_refused(self):
        _, message = self.ask("Unsinn", ANGRY)
        self.problem(self.judge(message, kind="intent", value="negative"), 422, "value")
        self.problem(self.judge(message, kind="intent", value=""), 422, "value")
        self.problem(self.judge(message, kind="urgent", value="praise"), 422, "value")
        self.problem(self.judge(message, kind="language", value=""), 422, "kind")
        self.check(self.judge(message, self.lea, kind="urgent"), 403)
