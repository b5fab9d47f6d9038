#!/usr/bin/env python3
"""run.py - runs every bench/*.bench and keeps what they find.

    bench/run.py [--small] [NAME...]

A benchmark is a program of its own: it gets DRAHT_BENCH_BUILD (the folder of the release
program), DRAHT_BENCH_SMALL (1: only try whether it runs) and DRAHT_BENCH_RESULT, a file
to which it appends one JSON object a line: a figure {name, unit, values, must, met} or
{skipped}. Status 77 says that it cannot run here. All of them end within an hour; what
took longer is ended and counted as failed.
"""
import argparse
import glob
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time

import bench

LIMIT = 3600


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, cwd=bench.ROOT).stdout.strip()


def machine():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"cpu": names[0] if names else platform.machine(), "cores": len(names),
            "memory_gib": round(memory), "kernel": platform.release(), "load_before": os.getloadavg()}


def run_one(path, small, seconds):
    """What it kept, and its status: 0, 77, or else it failed."""
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as kept:
        env = dict(os.environ, DRAHT_BENCH_RESULT=kept.name, DRAHT_BENCH_SMALL="1" if small else "0",
                   DRAHT_BENCH_BUILD=bench.BUILD)
        process = subprocess.Popen([path], env=env, start_new_session=True)
        try:
            status = process.wait(seconds)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
            status = 1
        return [json.loads(line) for line in kept], status


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a few items only: does it run?")
    parser.add_argument("names", nargs="*", metavar="NAME")
    wanted = parser.parse_args()
    end = time.monotonic() + LIMIT
    commit = output("git", "rev-parse", "--short=12", "HEAD") or "unknown"
    result = {"at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "commit": commit,
              "changed": output("git", "status", "--porcelain", "-uno") != "", "small": wanted.small,
              "machine": machine(), "benchmarks": []}
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sorted(glob.glob(os.path.join(bench.HERE, "*.bench"))):
        name = os.path.basename(path)[:-len(".bench")]
        if wanted.names and name not in wanted.names:
            continue
        print(f"\n== {name}", flush=True)
        begun = time.monotonic()
        found, status = run_one(path, wanted.small, max(1, end - begun))
        figures = [one for one in found if "name" in one]
        skipped = [one["skipped"] for one in found if "skipped" in one]
        how = "passed" if status == 0 else "skipped" if status == bench.SKIPPED else "failed"
        count[how] += 1
        count["skipped"] += len(skipped) if how == "passed" else 0
        result["benchmarks"].append({"name": name, "result": how, "figures": figures, "skipped": skipped,
                                     "seconds": round(time.monotonic() - begun, 1)})
    result["machine"]["load_after"] = os.getloadavg()
    short = [one["name"].strip() for run in result["benchmarks"] for one in run["figures"]
             if one["met"] is False]
    if short:
        print("\nfalls short of what it is held to:\n  " + "\n  ".join(short))
    if not wanted.small:
        name = f"{'-'.join(['bench', *wanted.names])}-{result['at'][:16].replace(':', '')}.json"
        path = os.path.join(bench.HERE, "results", name)
        with open(path, "w") as file:
            json.dump(result, file, indent=1, ensure_ascii=False)
        print(f"\nkept in {os.path.relpath(path, bench.ROOT)}")
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**count))
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
