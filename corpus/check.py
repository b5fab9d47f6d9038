#!/usr/bin/env python3
"""check.py - check the training texts beside this file and the test texts in test/; count them.

Checks columns, labels, ids, encoding, length, and that no text stands twice or nearly twice
in a file, nor a test text in a training file. Prints the counts by class. Ends with 1 when something is wrong.
"""

import collections
import pathlib
import re
import sys
import unicodedata

HEADER = ["id", "intents", "sentiment", "toward", "flags", "topic", "text"]
INTENTS = "praise question complaint suggestion discussion order spam other".split()
SENTIMENTS = "negative neutral positive unsure".split()
TOWARD = "us third none".split()
FLAGS = ("urgent frustrated rude insult at_risk deterred opt_out call_back chaser private thanks "
         "irony personal_data competitor").split()
TOPIC = re.compile(r"-|[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
LONGEST = 2000
LIKE = 0.7      # share of common 5-grams from which two texts count as the same
LIKE_TRAINING = 0.6     # the same between a test text and a training text
GRAM = 5


def normalised(text):
    """Lower case, digits as one sign, letters, marks and symbols only, single blanks."""
    text = unicodedata.normalize("NFKC", text.replace("\\n", " ")).casefold()
    text = re.sub(r"\d+", "0", text)
    kept = (c if unicodedata.category(c)[0] in "LMNS" else " " for c in text)
    return " ".join("".join(kept).split())


def grams(text):
    return {text[i:i + GRAM] for i in range(max(1, len(text) - GRAM + 1))}


def twins(rows):
    """Pairs of ids whose texts are the same or nearly the same."""
    by_text, by_gram, sets = {}, collections.defaultdict(list), []
    for row in rows:
        # A text of signs alone ("!!!") is compared as it stands.
        text = normalised(row["text"]) or row["text"]
        if text in by_text:
            yield row["id"], by_text[text], 1.0
            continue
        by_text[text] = row["id"]
        own = grams(text)
        shared = collections.Counter(i for g in own for i in by_gram[g])
        for i, common in shared.items():
            likeness = common / (len(own) + len(sets[i][1]) - common)
            if likeness >= LIKE:
                yield row["id"], sets[i][0], likeness
        for g in own:
            by_gram[g].append(len(sets))
        sets.append((row["id"], own))


def shared(training, test):
    """Test texts that also stand, the same or nearly, in the training part: id, id there, likeness."""
    known = [(row["id"], grams(normalised(row["text"]) or row["text"])) for row in training]
    for row in test:
        own = grams(normalised(row["text"]) or row["text"])
        for other, there in known:
            likeness = len(own & there) / len(own | there)
            if likeness >= LIKE_TRAINING:
                yield row["id"], other, likeness


def faults(row):
    """What is wrong with one row."""
    intents, flags = row["intents"].split(","), row["flags"].split(",")
    if not set(intents) <= set(INTENTS) or len(set(intents)) != len(intents):
        yield f"intents {row['intents']}"
    if row["sentiment"] not in SENTIMENTS:
        yield f"sentiment {row['sentiment']}"
    if row["toward"] not in TOWARD:
        yield f"toward {row['toward']}"
    if row["sentiment"] in ("negative", "positive") and row["toward"] == "none":
        yield "a sentiment towards nobody"
    if row["sentiment"] == "neutral" and row["toward"] != "none":
        yield "no sentiment, yet towards somebody"
    if row["flags"] != "-" and (not set(flags) <= set(FLAGS) or len(set(flags)) != len(flags)):
        yield f"flags {row['flags']}"
    if "rude" in flags and "insult" in flags:
        yield "rude (with a matter) and insult (without one) at once"
    if "irony" in flags and row["sentiment"] != "unsure":
        yield "irony, yet a sure sentiment"
    if not TOPIC.fullmatch(row["topic"]):
        yield f"topic {row['topic']}"
    text = row["text"]
    if not text or text != text.strip() or len(text) > LONGEST:
        yield f"length or blank at an end ({len(text)} characters)"
    if text != unicodedata.normalize("NFC", text):
        yield "not in normal form C"
    if re.search(r"[\x00-\x1f\x7f\ufffd]", text):
        yield "a control character"


def read(path):
    """The rows of a file and the lines that are none."""
    rows, bad = [], []
    lines = path.read_bytes().decode("utf-8").split("\n")
    if lines[0].split("\t") != HEADER:
        bad.append(f"{path.name}:1: header")
    if lines[-1]:
        bad.append(f"{path.name}: no newline at the end")
    for number, line in enumerate(lines[1:-1], 2):
        cells = line.split("\t")
        if len(cells) != len(HEADER):
            bad.append(f"{path.name}:{number}: {len(cells)} columns")
            continue
        row = dict(zip(HEADER, cells))
        rows.append(row)
        bad += [f"{path.name}:{number}: {fault}" for fault in faults(row)]
    return rows, bad


def count(name, rows):
    """Print how often each label stands in the rows."""
    print(f"{name}: {len(rows)} texts")
    for column, labels in (("intents", INTENTS), ("sentiment", SENTIMENTS), ("toward", TOWARD),
                           ("flags", FLAGS)):
        seen = collections.Counter(v for r in rows for v in r[column].split(","))
        shares = (f"{v} {seen[v]} ({100 * seen[v] / max(1, len(rows)):.1f} %)" for v in labels)
        print(f"  {column}: " + ", ".join(shares))
    topics = collections.Counter(r["topic"] for r in rows)
    print(f"  topics ({len(topics)}): " + ", ".join(f"{t} {n}" for t, n in topics.most_common(25)))
    words = sorted(len(r["text"].split()) for r in rows)
    print(f"  words: median {words[len(words) // 2]}, longest {words[-1]}")


def main():
    bad, parts = [], []
    here = pathlib.Path(__file__).resolve().parent
    for folder in (here, here / "test"):
        part = []
        for path in sorted(folder.glob("*.tsv")):
            rows, wrong = read(path)
            bad += wrong
            part += rows
            bad += [f"{a} and {b} are alike ({like:.2f})" for a, b, like in twins(rows)]
            count(str(path.relative_to(here)), rows)
        parts.append(part)
    bad += [f"{a} stands in the training part too: {b} ({like:.2f})" for a, b, like in shared(*parts)]
    everything = parts[0] + parts[1]
    ids = collections.Counter(r["id"] for r in everything)
    bad += [f"id {i} stands {n} times" for i, n in ids.items() if n > 1]
    print(*bad, sep="\n", end="\n" if bad else "")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
