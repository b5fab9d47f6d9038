"""evaluate.py - draht evaluate and draht train, which need no store."""
import os
import shutil
import subprocess
import tempfile
import unittest

from harness import BIN, ROOT


class Evaluate(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="draht-evaluate-")
        self.addCleanup(shutil.rmtree, self.folder)

    def file(self, name, *rows):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(row + "\n" for row in rows)
        return path

    def run_it(self, *arguments, expect=0):
        done = subprocess.run([BIN, *arguments], capture_output=True, text=True, cwd=self.folder)
        self.assertEqual(done.returncode == 0, expect == 0, done.stderr)
        self.assertEqual(os.path.exists(os.path.join(self.folder, "draht-data")), False, "no data folder is made")
        return done.stderr if expect else dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())

    def test_without_rows_to_learn_from_the_shipped_model_is_tried(self):
        rows = self.file("a.tsv", "question\tWann habt ihr am Samstag offen?", "question\tWhen do you open on Sunday?",
                         "praise\tGroßes Lob an die nette Dame am Schalter!", "suggestion|discussion\tWie wäre es, die Karten auch am Automaten zu verkaufen?")
        said = self.run_it("evaluate", "--task", "intent", "--test", rows)
        self.assertEqual((said["n"], said["f1_question"], said["f1_praise"]), ("4", "1.0000", "1.0000"))
        self.assertEqual(said["confusion_question_question"], "2")
        self.assertLess(float(said["accuracy_low"]), float(said["accuracy"]))
        self.assertIn("f1_suggestion|discussion", said)

    def test_tasks_of_yes_or_no_take_the_usual_words(self):
        rows = self.file("a.tsv", "ham\tWann habt ihr am Samstag offen?", "spam\tKlicken Sie hier, um Ihren Gewinn abzuholen: gewinn.example")
        self.assertEqual(self.run_it("evaluate", "--task", "spam", "--test", rows)["accuracy"], "1.0000")
        rows = self.file("b.tsv", "0\tWhen do you open on Sunday?", "1\tMy parcel arrived broken, this is awful.")
        self.assertEqual(self.run_it("evaluate", "--task", "complaint", "--test", rows)["accuracy"], "1.0000")
        rows = self.file("c.tsv", "de\tWie lange dauert das?", "fr\tCombien de temps faut-il attendre ?", "pl\tJak długo to potrwa?")
        self.assertEqual(self.run_it("evaluate", "--task", "language", "--test", rows)["accuracy"], "1.0000")

    def test_what_the_model_cannot_answer_is_refused_in_words(self):
        rows = self.file("a.tsv", "true\tja", "false\tnein")
        self.assertIn("does not tell what is about us", self.run_it("evaluate", "--task", "relevance", "--test", rows, expect=1))
        self.assertIn("knows none of the labels", self.run_it("evaluate", "--task", "intent", "--test", rows, expect=1))
        three = self.file("b.tsv", "spam\ta", "ham\tb", "eggs\tc")
        self.assertIn("needs two labels", self.run_it("evaluate", "--task", "spam", "--test", three, expect=1))
        self.assertIn("--test", self.run_it("evaluate", "--task", "intent", expect=1))
        self.assertIn("cannot be read", self.run_it("evaluate", "--task", "intent", "--test", "absent.tsv", expect=1))

    def test_all_labels_of_messages_are_tried_at_once(self):
        rows = self.file("a.tsv", "intents\tflags\ttext", "question\t-\tWann habt ihr am Samstag offen?",
                         "order\tcall_back\tBitte rufen Sie mich heute Nachmittag zurück.")
        said = self.run_it("evaluate", "--task", "messages", "--test", rows)
        self.assertEqual((said["n"], said["f1_call_back"]), ("2", "1.0000"))
        self.assertNotIn("sentiment_best", said)
        self.assertIn("must name the columns", self.run_it("evaluate", "--task", "messages", "--test", self.file("b.tsv", "x\ty"), expect=1))

    def test_what_was_taken_for_what_is_told_with_how_far_it_may_be_off(self):
        rows = self.file("a.tsv", "intents\tsentiment\tflags\ttext", "question\tneutral\t?\tWann habt ihr am Samstag offen?",
                         "praise\tneutral\t?,call_back\tIch möchte den Termin am Montag absagen, bitte rufen Sie mich zurück.",
                         "?,!praise\t?\t?,!rude\tWann habt ihr am Sonntag offen?")
        said = self.run_it("evaluate", "--task", "messages", "--test", rows)
        self.assertEqual((said["n"], said["n_intent"], said["n_sentiment"], said["accuracy_intent"]), ("3", "2", "2", "0.5000"))
        self.assertEqual(said["confusion_question_question"], "1")
        self.assertEqual([name for name in said if name.startswith("confusion_praise_")], ["confusion_praise_order"])
        self.assertLess(float(said["accuracy_intent_low"]), 0.5)
        self.assertGreater(float(said["accuracy_intent_high"]), 0.5)
        self.assertEqual((said["recall_call_back"], said["recall_praise"]), ("1.0000", "0.0000"))
        self.assertGreater(float(said["recall_call_back_high"]), float(said["recall_call_back_low"]))
        self.assertNotIn("recall_rude_low", said, "nobody said that one is rude")
        bad = self.file("b.tsv", "flags\ttext", "?,!nonsense\tja")
        self.assertIn("!nonsense is no label of flags", self.run_it("evaluate", "--task", "messages", "--test", bad, expect=1))

    def test_what_is_learned_from_one_file_is_tried_on_another(self):
        words = [("question", "Wann habt ihr {} offen?"), ("praise", "Großes Lob an {}, alles bestens!")]
        days = ["montags", "dienstags", "mittwochs", "donnerstags", "freitags", "samstags"]
        train = self.file("train.tsv", "intents\ttext", *[f"{label}\t{text.format(day)}" for label, text in words for day in days])
        test = self.file("test.tsv", "intents\ttext", *[f"{label}\t{text.format('sonntags')}" for label, text in words])
        swapped = self.file("swapped.tsv", "intents\ttext", *[f"{label}\t{text.format(day)}" for (label, _), (_, text) in zip(words, words[::-1]) for day in days])
        self.assertEqual(self.run_it("evaluate", "--task", "messages", "--train", train, "--test", test)["accuracy_intent"], "1.0000")
        self.assertEqual(self.run_it("evaluate", "--task", "messages", "--train", swapped, "--test", test)["accuracy_intent"], "0.0000")
        self.assertIn("only 2 examples", self.run_it("evaluate", "--task", "messages", "--train", test, "--test", test, expect=1))

    def test_a_model_is_made_of_examples_and_the_same_ones_make_the_same(self):
        train = os.path.join(ROOT, "corpus", "train.en.tsv")
        with open(train, encoding="utf-8") as file:
            few = self.file("few.tsv", *[line.rstrip("\n") for line in list(file)[:300]])
        made = []
        for name in ("one", "two"):
            said = self.run_it("train", "--corpus", few, "--out", os.path.join(self.folder, name))
            with open(os.path.join(self.folder, name), "rb") as file:
                made.append(file.read())
        self.assertEqual(said["n"], "299")
        self.assertEqual(made[0], made[1])
        self.assertTrue(made[0].startswith(b"draht model 1\n"))
        self.assertIn("only 1 examples", self.run_it("train", "--corpus", self.file("short.tsv", "flags\ttext", "-\tja"),
                                                     "--out", "m", expect=1))
