"""findings.py - what messages say: found at intake, judged by people, learned from."""
import os
import subprocess
import tempfile

from case import DrahtTest
from harness import BIN, HOUR, eventually

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

    def test_what_people_set_right_is_a_file_that_evaluate_and_train_read(self):
        body = "Der Zwirbelknopf macht plömm,\nIBAN DE02 1203 0000 0000 2020 51, \\ eva@post.example"
        _, message = self.ask("Datei", body)
        for word in (dict(kind="intent", value="praise"), dict(kind="intent", value="complaint"), dict(kind="sentiment", value="negative", holds=False),
                     dict(kind="urgent"), dict(kind="rude", holds=False), dict(kind="toward", value="us")):
            self.check(self.judge(message, **word), 200)
        text = self.check(self.admin.get("/findings/corrections.tsv", personal="kept"), 200).body.decode()
        head, *rows = text.splitlines()
        self.assertEqual(head, "id\tintents\tsentiment\ttoward\tflags\ttopic\ttext")
        mine = [row.split("\t") for row in rows if row.startswith(message["id"] + ".")]
        self.assertEqual(mine, [[message["id"] + ".1", "complaint", "?,!negative", "us", "?,urgent,!rude", "?",
                                 body.replace("\\", "\\\\").replace("\n", "\\n")]])
        masked = self.check(self.admin.get("/findings/corrections.tsv"), 200).body.decode()
        self.assertIn("[account]", masked)
        self.assertIn("[e-mail]", masked)
        self.assertNotIn("2020 51", masked)
        self.assertNotIn("eva@post", masked)
        self.assertIn("attachment", self.admin.get("/findings/corrections.tsv").headers["Content-Disposition"])
        self.check(self.eva.get("/findings/corrections.tsv"), 403)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "corrections.tsv")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            said = subprocess.run([BIN, "evaluate", "--task", "messages", "--test", path], capture_output=True, text=True)
            self.assertEqual(said.returncode, 0, said.stderr)
            self.assertIn(f"n {len(rows)}\n", said.stdout)
            file = open(path, "a", encoding="utf-8")
            with file:
                file.writelines(f"x{n}\tpraise\t?\t?\t?\t?\tSehr schön, Nummer {n}\n" for n in range(10))
            said = subprocess.run([BIN, "train", "--corpus", path, "--out", os.path.join(folder, "model")], capture_output=True, text=True)
            self.assertEqual(said.returncode, 0, said.stderr)
        self.check(self.eva.delete(f"/messages/{message['id']}/findings/urgent"), 200)
        text = self.check(self.admin.get("/findings/corrections.tsv"), 200).body.decode()
        self.assertIn("\t?,!rude\t", text)

    def test_a_word_that_makes_no_sense_is_refused(self):
        _, message = self.ask("Unsinn", ANGRY)
        self.problem(self.judge(message, kind="intent", value="negative"), 422, "value")
        self.problem(self.judge(message, kind="intent", value=""), 422, "value")
        self.problem(self.judge(message, kind="urgent", value="praise"), 422, "value")
        self.problem(self.judge(message, kind="language", value=""), 422, "kind")
        self.check(self.judge(message, self.lea, kind="urgent"), 403)


class OwnModel(DrahtTest):
    """What people set right is learned as a whole in the night, tried, and used when it helps."""

    people = {"eva": "agent"}
    MATTERS = ("mit der Lieferung", "bei der Rechnung vom Mai", "in der Filiale am Bahnhof", "mit dem Vertrag", "bei der Buchung",
               "am Schalter", "mit der Anmeldung", "mit dem Gerät aus dem Regal", "auf der Fahrt nach Hause", "bei der Reparatur")
    UNSEEN = "Das war wieder Zwurbel an der Kasse im Erdgeschoss"

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Eigenes", target_ms=HOUR * 1000)
        cls.count = 0

    def ask(self, body):
        type(self).count += 1
        who = f"Wer {self.count}"
        self.say(self.place, "of " + who, who, body)
        return self.open(self.conversation(self.place, who)["id"])["messages"][0]

    def judge(self, message, **word):
        self.check(self.eva.post(f"/messages/{message['id']}/findings", word), 200)

    def own(self):
        return self.check(self.eva.get("/findings/quality"), 200)["own"]

    def at_risk(self, message):
        return [(one["source"], one["unsure"]) for one in message["findings"] if one["kind"] == "at_risk"]

    def night(self):
        self.server.clock(25 * HOUR)

    def read_all_again(self):
        self.check(self.admin.post("/findings/reading", {}), 200)
        eventually(lambda: self.check(self.eva.get("/findings/reading"), 200)["state"] == "done")

    def test_1_a_word_that_only_people_teach_is_known_after_the_night_and_not_before(self):
        self.assertIsNone(self.own())
        plain = self.ask(self.UNSEEN)
        self.assertEqual(self.at_risk(plain), [])
        self.assertNotIn("+", plain["model"])
        type(self).taught = []
        for n in range(48):
            matter = self.MATTERS[n // 2 % len(self.MATTERS)]
            message = self.ask(f"Das war {'' if n % 2 else 'wieder Zwurbel '}{matter}, Vorgang {7919 * n}")
            self.judge(message, kind="at_risk", holds=n % 2 == 0)
            self.taught.append(message["id"])
        self.assertIsNone(self.own())
        self.night()
        own = self.own()
        self.assertEqual((own["outcome"], own["tried"], own["learned"]), ("taken", 48, 48), own)
        self.assertGreater(own["right_trained"], own["right_shipped"])
        self.assertTrue(own["version"] and own["since_at"])
        known = self.ask(self.UNSEEN)
        self.assertEqual(known["model"], plain["model"] + "+" + own["version"])
        self.assertEqual(self.at_risk(known), [("model", False)])
        span = next(one["spans"][0] for one in known["findings"] if one["kind"] == "at_risk")
        self.assertIn("Zwurbel", known["body"][span["from"]:span["to"]])
        kept = self.check(self.eva.get(f"/conversations/{self.conversation(self.place, 'Wer 1')['id']}"), 200)
        self.assertEqual(kept["messages"][0]["model"], plain["model"])  # what was read stays, until somebody asks
        self.judge(kept["messages"][0], kind="at_risk", holds=False)
        self.read_all_again()
        again = self.open(self.conversation(self.place, "Wer 1")["id"])["messages"][0]
        self.assertEqual(again["model"], known["model"])
        self.assertEqual(self.at_risk(again), [])  # a person's word stands
        self.check(self.eva.delete(f"/messages/{again['id']}/findings/at_risk"), 200)
        self.assertEqual(self.at_risk(self.open(self.conversation(self.place, "Wer 1")["id"])["messages"][0]), [("model", False)])
        self.server.restart()
        self.assertEqual(self.own()["version"], own["version"])
        self.assertEqual(self.at_risk(self.ask(self.UNSEEN + ", noch einmal")), [("model", False)])

    def test_2_the_command_learns_at_once_and_the_same_words_make_the_same_model(self):
        before = self.own()
        said = self.store.run("train", "own")
        self.assertIn(f"outcome taken\nin_force {before['version']}\nn 48\n", said.stdout)
        self.assertEqual(self.own()["since_at"], before["since_at"])

    def test_3_many_new_words_do_not_wait_for_the_night_and_noise_is_refused(self):
        before, dice = self.own(), 12345
        for n in range(60):
            dice = (dice * 1103515245 + 12345) % 2 ** 31
            message = self.ask(f"{self.MATTERS[n % 10]} und {self.MATTERS[(n // 3) % 10]}, Nummer {n * 31}")
            self.judge(message, kind="intent", value=("praise", "question", "order", "suggestion")[dice >> 16 & 3])
        for message in self.taught:
            self.check(self.eva.delete(f"/messages/{message}/findings/at_risk"), 200)
        self.server.clock(120)
        own = self.own()
        self.assertNotEqual(own["tried_at"], before["tried_at"])
        self.assertIn(own["outcome"], ("refused", "harms"), own)

    def test_4_when_hardly_any_words_are_left_it_is_put_away(self):
        for conversation in self.eva.all("/conversations", view="all"):
            for message in self.open(conversation["id"])["messages"]:
                if any(one["source"] == "person" for one in message["findings"]):
                    self.check(self.eva.delete(f"/messages/{message['id']}/findings/intent"), 200)
        self.night()
        own = self.own()
        self.assertEqual((own["outcome"], own["version"], own["since_at"]), ("few", "", None), own)
        plain = self.ask(self.UNSEEN)
        self.assertEqual(self.at_risk(plain), [])
        self.assertNotIn("+", plain["model"])


class ReadAgain(DrahtTest):
    """What an older program found, or none, is read by the one of today: in the background."""

    people = {"eva": "agent"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Früher", target_ms=HOUR * 1000)
        for n in range(260):
            cls.say(cls.place, f"of {n % 30}", f"Früh {n % 30}", f"{ANGRY} {n}")

    def state(self):
        return self.check(self.eva.get("/findings/reading"), 200).json

    def forget(self, model="older"):
        """As an older program left it."""
        self.store.sql(f"UPDATE message_version SET findings = '', model = '{model}'; "
                       f"UPDATE read_again SET model = '{model}'")

    def unread(self):
        model = self.state()["model"]
        return int(self.store.sql(f"SELECT COUNT(*) FROM message_version WHERE model <> '{model}'")[0][0])

    def done(self):
        self.server.clock(60)
        return eventually(lambda: self.state()["state"] == "done" and self.state(), what="the end of the reading")

    def restart(self, **more):
        self.assertEqual(self.server.stop(), 0)
        self.server.environment.update(more)
        self.server.start()
        for name in more:
            del self.server.environment[name]

    def test_after_an_upgrade_all_that_an_older_model_read_is_read_again(self):
        self.forget()
        self.restart()
        state = self.done()
        self.assertEqual((state["total"], state["looked"], state["changed"]), (260, 260, 260))
        self.assertIsNone(state["by"])
        self.assertEqual(self.unread(), 0)
        case = self.conversation(self.place, "Früh 3")
        self.assertTrue(all(m["findings"] for m in case["messages"]))

    def test_killed_half_way_it_goes_on_where_it_was(self):
        if self.server.client().send("GET", "/test/v1/failpoints").status != 200:
            self.skipTest("the program has no failpoints: build it with -Dtest_hooks=true")
        self.restart()
        self.done()
        self.forget()
        self.assertEqual(self.server.stop(), 0)
        self.server.environment["DRAHT_FAILPOINTS"] = "read_again.written=kill@7"
        try:
            self.server.start()
            eventually(lambda: self.server.process.poll() is not None, what="the program to be killed")
        except (OSError, AssertionError):
            pass
        finally:
            del self.server.environment["DRAHT_FAILPOINTS"]
        self.server.kill()
        looked, total = map(int, self.store.sql("SELECT looked, total FROM read_again")[0])
        self.assertEqual((looked, total), (140, 260))
        read = self.store.sql("SELECT COUNT(*) FROM message_version WHERE model <> 'older'")
        self.assertEqual(int(read[0][0]), 140, "cursor and findings are written together")
        self.store.sql("UPDATE message_version SET findings = 'urgent r 1000 - ' WHERE model <> 'older'")
        self.server.start()
        self.server.clock(600)
        state = self.done()
        self.assertEqual((state["looked"], state["changed"]), (260, 260))
        kept = self.store.sql("SELECT COUNT(*) FROM message_version WHERE findings = 'urgent r 1000 - '")
        self.assertEqual(int(kept[0][0]), 140, "none is read twice")

    def test_a_persons_word_and_what_was_settled_stay_when_all_is_read_again(self):
        case = self.conversation(self.place, "Früh 1")
        message = case["messages"][0]
        self.check(self.eva.post(f"/messages/{message['id']}/findings", {"kind": "intent", "value": "order"}), 200)
        set_by_hand = self.conversation(self.place, "Früh 2")
        self.check(self.eva.patch(f"/conversations/{set_by_hand['id']}", {"intent": "praise"}), 200)
        solved = self.conversation(self.place, "Früh 4")
        self.reply(self.eva, solved["id"], "Erledigt.")
        self.act(self.eva, solved["id"], "solve")
        self.check(self.eva.post("/findings/reading", {}), 403)
        self.check(self.admin.post("/findings/reading", {}), 200)
        state = self.done()
        self.assertEqual((state["everything"], state["by"]["id"]), (True, self.accounts["admin"]))
        now = self.open(case["id"])
        self.assertEqual([(f["value"], f["source"]) for f in now["messages"][0]["findings"] if f["kind"] == "intent"],
                         [("order", "person")])
        self.assertEqual(self.open(set_by_hand["id"])["intent"], "praise")
        self.assertEqual(self.open(solved["id"])["state"], "solved")

    def test_words_of_a_new_list_are_found_in_old_messages_when_all_is_read_again(self):
        self.restart()
        self.done()
        self.words("topic", "stinksauer", value="Ärger")
        self.check(self.admin.post("/findings/reading", {}), 200)
        self.done()
        message = self.conversation(self.place, "Früh 5")["messages"][0]
        self.assertIn(("topic", "Ärger"), [(f["kind"], f["value"]) for f in message["findings"]])
        self.assertEqual(self.conversation(self.place, "Früh 5")["topic"], "Ärger")


class Alike(DrahtTest):
    """The same text forty times, or lightly changed: one group, and who says it is counted."""

    people = {"eva": "agent"}
    LATE = "Seit drei Wochen warte ich auf die Lieferung {}, niemand antwortet auf meine Mails."

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Viele", target_ms=HOUR * 1000)

    def many(self, name, people, times=1, words=LATE):
        for n in range(people * times):
            self.say(self.place, f"{name} {n % people}", f"{name} {n % people}", words.format(n))
        self.server.clock(5)
        return self.conversation(self.place, f"{name} {people - 1}")

    def group(self, conversation):
        return eventually(lambda: self.open(conversation["id"])["alike"], what="the group")

    def test_one_person_is_one_person_and_forty_of_twenty_are_many(self):
        words = "Der Bus Nummer {} kommt an der Haltestelle am Rathaus immer viel zu spät an!"
        alone = self.group(self.many("Einzeln", 1, 40, words))
        self.assertEqual((alone["said"], alone["people"], alone["scale"]), (40, 1, "single"))
        many = self.group(self.many("Masse", 20, 2))
        self.assertEqual((many["said"], many["people"], many["open"], many["scale"]), (40, 20, 20, "many"))
        self.assertTrue(many["excerpt"].startswith("Seit drei Wochen warte ich"), many)
        self.assertNotEqual(alone["id"], many["id"])

        shown = [c["id"] for c in self.eva.all("/conversations", view="open", alike_id=many["id"])]
        self.assertEqual(len(shown), 20)
        for sort in ("due", "waiting"):
            same = [c["id"] for c in self.eva.all("/conversations", view="open", alike_id=many["id"], sort=sort)]
            self.assertEqual(sorted(same), sorted(shown), sort)
        counts = self.check(self.eva.get("/conversations/counts", alike_id=many["id"]), 200)["views"]
        self.assertEqual(counts["unanswered"], 20)
        self.assertEqual(self.check(self.eva.get(f"/alike/{many['id']}"), 200).json, many)
        listed = [one["id"] for one in self.eva.all("/alike")]
        self.assertEqual(listed[:2], [many["id"], alone["id"]])
        page = self.check(self.eva.get("/alike", limit=1), 200).json
        rest = self.check(self.eva.get("/alike", limit=200, cursor=page["next_cursor"]), 200)["items"]
        self.assertEqual([one["id"] for one in page["items"] + rest], listed)

        today = self.check(self.eva.get("/today"), 200)["alike"]["items"]
        self.assertEqual([one["id"] for one in today][:2], [many["id"], alone["id"]])
        for one in shown:  # what a person does with all of them is the work of each
            self.act(self.eva, one, "solve")
        today = self.check(self.eva.get("/today"), 200)["alike"]["items"]
        self.assertNotIn(many["id"], [one["id"] for one in today])
        self.assertEqual(self.group(self.conversation(self.place, "Masse 0"))["open"], 0)

    def test_what_only_one_says_is_in_no_group(self):
        lonely = self.many("Allein", 1, 1, "Gibt es den blauen Schirm {} auch mit einem Griff aus Holz?")
        self.server.clock(60)
        self.assertIsNone(self.open(lonely["id"])["alike"])
        self.problem(self.eva.get("/alike/1"), 404)
        self.problem(self.eva.get("/conversations", alike_id="x"), 422, "alike_id")
        self.assertEqual(self.eva.all("/conversations", alike_id="1"), [])


class Chaser(DrahtTest):
    """Who asks after an earlier message from another place: joined to the old case, or offered."""

    people = {"eva": "agent"}
    AFTER = "Bitte meine Anfrage von gestern endlich beantworten!"

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Nachfrage", target_ms=HOUR * 1000)
        cls.there = cls.channel("Anderswo", target_ms=HOUR * 1000)

    def test_it_is_joined_to_the_old_case_whose_clock_runs_on(self):
        self.say(self.place, "first post", "Gerda", "Wann wird mein Anschluss in der Lindenstraße freigeschaltet?")
        old = self.conversation(self.place, "Gerda")
        self.server.clock(20 * HOUR)
        self.say(self.place, "second post", "Gerda", self.AFTER)
        now = self.open(old["id"])
        self.assertEqual([one["body"] for one in now["messages"]][-1], self.AFTER)
        for name in ("opened_at", "waiting_since_at", "due_at"):
            self.assertEqual(now[name], old[name], name)
        self.assertEqual((now["priority"], now["overdue"]), (1, True))
        self.assertIn("chaser", now["marks"])
        self.assertEqual(len(self.eva.all("/conversations", view="all", channel_id=self.place["id"])), 1)
        kinds = [one["kind"] for one in self.eva.all(f"/conversations/{old['id']}/events")]
        self.assertIn("conversation.chased", kinds)

    def test_from_another_channel_it_is_offered_and_a_person_joins_it_or_says_no(self):
        self.say(self.place, "question", "Hanno", "Wo finde ich die Rechnung vom Oktober?")
        old = self.conversation(self.place, "Hanno")
        self.say(self.there, "elsewhere", "Hanno there", "Guten Tag!")
        hello = self.conversation(self.there, "Hanno there")
        self.check(self.admin.post(f"/persons/{hello['person']['id']}/merge", {"into": old["person"]["id"]}), 200)
        self.act(self.eva, hello["id"], "close", {"reason": "no_answer_needed"})
        for join in (False, True):
            self.server.clock(10 * HOUR)
            self.say(self.there, f"elsewhere {join}", "Hanno there", self.AFTER)
            new = [one for one in self.eva.all("/conversations", view="open", channel_id=self.there["id"])
                   if one["suggestion"] == "chaser"][0]
            self.assertIn(old["id"], [one["id"] for one in self.open(new["id"])["others"]])
            if join:
                self.act(self.eva, new["id"], "merge", {"into": old["id"]})
            else:
                now = self.check(self.eva.patch(f"/conversations/{new['id']}", {"suggestion": "none"}), 200)
                self.assertEqual(now["suggestion"], "")
                self.act(self.eva, new["id"], "close", {"reason": "no_answer_needed"})
        now = self.open(old["id"])
        self.assertEqual(now["waiting_since_at"], old["waiting_since_at"])
        self.assertEqual(now["priority"], 1)


class Topics(DrahtTest):
    """Topics of the workspace's own: one name in all spellings, learned from what people say."""

    people = {"eva": "agent"}

    @classmethod
    def prepare(cls):
        cls.place = cls.channel("Themen", target_ms=HOUR * 1000)
        cls.words("topic", "W-Lan", "Wi-Fi", value="WLAN")

    def case(self, who, body):
        self.say(self.place, "of " + who, who, body)
        return self.conversation(self.place, who)

    def set_topic(self, conversation, topic):
        return self.check(self.eva.patch(f"/conversations/{conversation['id']}", {"topic": topic}), 200)["topic"]

    def test_a_topic_has_one_name_in_all_its_spellings(self):
        one = self.case("Eins", "Mein Wi-Fi geht nicht.")
        self.assertEqual(one["topic"], "WLAN")
        two = self.case("Zwei", "Wann ist geöffnet?")
        for written in ("wlan", "W LAN", "wi-fi", "Wifi"):
            self.assertEqual(self.set_topic(two, written), "WLAN", written)
        for written in ("WLAN", "w-lan", "Wi-Fi"):
            found = [c["id"] for c in self.eva.all("/conversations", topic=written)]
            self.assertEqual(sorted(found), sorted([one["id"], two["id"]]), written)
        self.assertEqual(self.set_topic(one, "Öffnungs-Zeiten"), "Öffnungs-Zeiten")
        self.assertEqual(self.set_topic(two, "oeffnungszeiten"), "Öffnungs-Zeiten")

    def test_what_a_person_says_a_message_is_about_is_learned_at_once(self):
        body = "Der Schrankenwärter am Zwirbelweg lässt niemanden mehr auf den Parkplatz."
        first = self.case("Lehre", body)
        self.assertEqual(first["topic"], "")
        self.assertEqual(self.set_topic(first, "Parkplatz"), "Parkplatz")
        after = self.case("Danach", "Wieder lässt der Schrankenwärter am Zwirbelweg niemanden auf den Parkplatz!")
        self.assertEqual(after["topic"], "Parkplatz")
        topic = [one for one in after["messages"][0]["findings"] if one["kind"] == "topic"]
        self.assertEqual([(one["value"], one["source"], one["unsure"]) for one in topic], [("Parkplatz", "model", False)])
        other = self.case("Anderes", "Die Kantine hatte heute keine Suppe mehr.")
        self.assertEqual(other["topic"], "")
        text = self.check(self.admin.get("/findings/corrections.tsv"), 200).body.decode()
        self.assertIn(f"\t?\tParkplatz\t{body}", text)
        tallies = [one for one in self.check(self.eva.get("/findings/quality"), 200)["items"] if one["kind"] == "topic" and one["value"] == "Parkplatz"]
        self.assertEqual((tallies[0]["judged"], tallies[0]["right"]), (1, 0))
        self.assertEqual(self.set_topic(first, ""), "")  # taken back: forgotten at once
        self.assertEqual(self.case("Vergessen", "Nochmals: der Schrankenwärter am Zwirbelweg lässt niemanden auf den Parkplatz.")["topic"], "")

    def test_a_sentence_of_a_topics_list_is_an_example(self):
        self.words("topic", "Rechnung", "Warum ist die Abbuchung diesen Monat doppelt so hoch wie sonst?", value="Rechnung")
        self.assertEqual(self.case("Beispiel", "Die Abbuchung ist diesen Monat doppelt so hoch wie sonst, warum?")["topic"], "Rechnung")
        self.assertEqual(self.case("Wort", "Die Rechnung fehlt.")["topic"], "Rechnung")
