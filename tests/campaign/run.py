#!/usr/bin/env python3
"""run.py - runs the campaigns: a fault many times, a checker, and a control that must fail.

    tests/campaign/run.py [--full] [--engine sqlite|postgres] [--seed N] [--size N] [--keep]
                          [--jobs N] [--list] [PATTERN...]

Each file tNN_*.py beside this one is a campaign; README.md says how to add one. Each runs in
a process of its own with a hard time-out. A pattern is a part of the file's name. --full takes
the full sizes; --keep writes the results to results/, from which docs/reliability.md is made
(table.py). Everything is also written to .cache/campaign/results.ndjson, one object a line.

What failed is told again at the end, with its last lines and how to play it again. The last
line is `N passed, N failed, N skipped`. A campaign fails when its promise was broken
or when its control was not seen to break it; what cannot run here says why and is skipped.
"""
import argparse
import concurrent.futures
import importlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SECONDS = 240  # of a campaign in the quick lane; FULL_SECONDS of the file in the full one
FULL_SECONDS = 900
# So that none of them begins when the others are through.
LONGEST_FIRST = ("T-11", "T-12", "T-37", "T-17", "T-02")
MARK = "RESULT "
LAST_LINES, LONGEST = 12, 400  # of what a campaign said, told again at the end when it failed


def names():
    return sorted(f[:-3] for f in os.listdir(HERE) if f[0] == "t" and f[1:3].isdigit())


def words_of(numbers):
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in numbers.items())


def play(module, options, frame, result):
    """The campaign and then its control, into the result."""
    size = options.size or (module.FULL if options.full else module.QUICK)
    campaign = frame.Campaign(size, options.seed, options.one_engine, options.full)
    result["n"] = size
    module.play(campaign)
    result.update(counts=campaign.counts, measured=campaign.measured(),
                  violations=campaign.wrong, examples=campaign.examples)
    control = frame.Campaign(min(size, getattr(module, "CONTROL", size)), options.seed,
                             options.one_engine, options.full)
    told = module.control(control)
    result["control"] = f"{told}: " + ("seen: " + control.examples[0] if control.wrong else "not seen")
    if not campaign.wrong and not control.wrong:
        result["reason"] = "the control did not fail, so nothing was proved"
    result["verdict"] = "passed" if control.wrong and not campaign.wrong else "failed"


def one(options):
    """In a process of its own: one campaign on one engine; prints its result."""
    sys.path.insert(0, HERE)
    os.environ["DRAHT_TEST_ENGINE"] = options.one_engine
    import frame
    module = importlib.import_module(options.one)
    result = {"verdict": "failed"}
    try:
        play(module, options, frame, result)
    except (frame.Skip, unittest.SkipTest) as why:
        result.update(verdict="skipped", reason=str(why))
    except BaseException as error:  # whatever it was, it is a failure with a text
        traceback.print_exc()
        result["reason"] = f"{type(error).__name__}: {error}"[:800]
    print(MARK + json.dumps(result), flush=True)
    return 0


def commit():
    done = subprocess.run(["git", "rev-parse", "--short=10", "HEAD"], cwd=ROOT,
                          capture_output=True, text=True)
    return done.stdout.strip()


def run(module, engine, options):
    """A campaign in a process of its own, which ends in time with all that it started."""
    limit = getattr(module, "FULL_SECONDS", FULL_SECONDS) if options.full else SECONDS
    arguments = [sys.executable, os.path.join(HERE, "run.py"), "--one", module.__name__,
                 "--one-engine", engine, "--seed", str(options.seed)]
    arguments += ["--full"] if options.full else []
    arguments += ["--size", str(options.size)] if options.size else []
    if getattr(module, "MOUNTS", False) and os.geteuid() == 0:
        arguments = ["unshare", "--mount", *arguments]
    begun = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               stdin=subprocess.DEVNULL, text=True, start_new_session=True)
    try:
        said, _ = process.communicate(timeout=limit)
        late = ""
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        late = f"still running after {limit} s"
    lines = said.splitlines()
    told = [line for line in lines if line.startswith(MARK)]
    result = json.loads(told[-1][len(MARK):]) if told else \
        {"verdict": "failed", "reason": late or "it ended without a result"}
    if result["verdict"] == "failed":
        result["last"] = [line for line in lines if not line.startswith(MARK)][-40:]
        print(*result["last"], sep="\n")
    return {"campaign": module.ID, "name": module.__name__, "engine": engine,
            "lane": "full" if options.full else "quick", "seed": options.seed, **result,
            "seconds": round(time.monotonic() - begun, 1),
            "date": time.strftime("%Y-%m-%d"), "commit": commit()}


def tell(result):
    print(f"{result['verdict']:<8}{result['campaign']} {result['name']} on {result['engine']}, "
          f"N = {result.get('n', 0)}, seed {result['seed']}, {result['seconds']} s")
    for label, text in (("counted", words_of(result.get("counts", {}))),
                        ("measured", words_of({k: f"p50 {v['p50']} p99 {v['p99']} max {v['max']}"
                                               for k, v in result.get("measured", {}).items()})),
                        ("control", result.get("control")), ("reason", result.get("reason"))):
        if text:
            print(f"        {label}: {text}")
    for example in result.get("examples", []):
        print(f"        broken: {example}")
    sys.stdout.flush()


def tell_again(failed):
    """The end of the log must say alone what failed, why, and how to see it again."""
    for result in failed:
        again = f"tests/campaign/run.py --engine {result['engine']} --seed {result['seed']}"
        again += " --full" if result["lane"] == "full" else ""
        print("", *result["last"][-LAST_LINES:], sep="\n")
        print(f"FAILED  {result['campaign']} {result['name']} on {result['engine']}, "
              f"seed {result['seed']}, {result['seconds']} s")
        told = [result["reason"]] if "reason" in result else []
        told += result.get("examples", [])
        for text in told or ["it does not say why"]:
            print("        reason: " + " ".join(text.split())[:LONGEST])
        print(f"        again: {again} {result['name']}")


def keep(result, options):
    result = {name: value for name, value in result.items() if name != "last"}
    os.makedirs(os.path.join(ROOT, ".cache", "campaign"), exist_ok=True)
    with open(os.path.join(ROOT, ".cache", "campaign", "results.ndjson"), "a",
              encoding="utf-8") as file:
        file.write(json.dumps(result) + "\n")
    if options.keep and result["verdict"] != "skipped":
        os.makedirs(os.path.join(HERE, "results"), exist_ok=True)
        path = os.path.join(HERE, "results", f"{result['name']}-{result['engine']}.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(result, indent=1) + "\n")


def chosen(options):
    """Pairs of module and engine."""
    sys.path.insert(0, HERE)
    for name in names():
        if options.pattern and not any(p in name for p in options.pattern):
            continue
        module = importlib.import_module(name)
        if not options.full and not options.size and not module.QUICK:
            continue  # only in the full lane
        for engine in getattr(module, "ENGINES", ("sqlite",)):
            if options.engine in (None, engine):
                yield module, engine


def main():
    parser = argparse.ArgumentParser()
    for flag in ("full", "keep", "list"):
        parser.add_argument("--" + flag, action="store_true")
    parser.add_argument("--engine", choices=("sqlite", "postgres"))
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--size", type=int)
    parser.add_argument("--jobs", type=int, default=3, help="campaigns at a time; much of each is waiting")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--one-engine", help=argparse.SUPPRESS)
    parser.add_argument("pattern", nargs="*")
    options = parser.parse_args()
    if options.one:
        return one(options)
    counts, failed = dict.fromkeys(("passed", "failed", "skipped"), 0), []
    pairs = sorted(chosen(options), key=lambda pair: LONGEST_FIRST.index(pair[0].ID)
                   if pair[0].ID in LONGEST_FIRST else len(LONGEST_FIRST))
    if options.list:
        for module, engine in pairs:
            print(f"{module.ID}  {module.__name__}  {engine}  quick {module.QUICK}, "
                  f"full {module.FULL}  {module.TITLE}")
        return 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as several:
        for result in several.map(lambda pair: run(*pair, options), pairs):
            counts[result["verdict"]] += 1
            tell(result)
            failed += [result] if result["verdict"] == "failed" else []
            keep(result, options)
    tell_again(failed)
    print(", ".join(f"{n} {word}" for word, n in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
