#!/usr/bin/env python3
"""run.py - runs the system tests against the built program.

    tests/system/run.py [--engine sqlite|postgres] [--jobs N] [-v] [PATTERN...]

A pattern is a part of MODULE.CLASS.TEST; of several, one must fit. Every module
beside this one that holds tests is run, in a process of its own, so many at a time.
The last line counts them.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
HELPERS = ("run", "case", "harness", "client", "peer", "visitor", "walk")


def each(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test


class Loader(unittest.TestLoader):
    """Tests of a class run in the order in which they stand: the clock only moves on."""

    def getTestCaseNames(self, case):
        def line(name):
            return getattr(case, name).__code__.co_firstlineno
        return sorted(super().getTestCaseNames(case), key=line)


class Result(unittest.TestResult):
    """Prints failures as they come, with the last lines of the server's log."""

    def __init__(self, verbose):
        super().__init__()
        self.verbose, self.passed, self.begun = verbose, 0, 0.0

    def startTest(self, test):
        super().startTest(test)
        self.begun = time.monotonic()

    def addSuccess(self, test):
        self.passed += 1
        if self.verbose:
            print(f"ok      {name(test)} ({time.monotonic() - self.begun:.1f} s)", flush=True)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        print(f"skipped {name(test)}: {reason}", flush=True)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.tell(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.tell(test, self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            kind = self.failures if issubclass(err[0], test.failureException) else self.errors
            self.tell(subtest, kind[-1][1])

    def tell(self, test, text):
        print(f"FAILED  {name(test)}\n{text}", flush=True)
        server = getattr(test, "server", None) or getattr(test, "test_case", None)
        server = getattr(server, "server", server)
        if hasattr(server, "log"):
            print("the server's last words:\n" + server.log(12), flush=True)


def name(test):
    return test.id()


def chosen_of(module, patterns):
    loaded = Loader().loadTestsFromName(module)
    return [t for t in each(loaded) if not patterns or any(p in name(t) for p in patterns)]


def run_here(tests, verbose):
    """Passed, failed, skipped."""
    result = Result(verbose)
    unittest.TestSuite(tests).run(result)
    return result.passed, len(result.failures) + len(result.errors), len(result.skipped)


def run_beside(module, options):
    """As run_here(), in a process of its own; what it said is printed when it ends."""
    done = subprocess.run([sys.executable, os.path.abspath(__file__), "--module", module,
                           "--engine", options.engine, *["-v"][:options.verbose], *options.pattern],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = done.stdout.decode(errors="replace")
    counts = re.search(r"^(\d+) passed, (\d+) failed, (\d+) skipped\n\Z", said, re.MULTILINE)
    if counts is None:
        print(f"{said}\nFAILED  {module}\nit ended with {done.returncode} before it had counted",
              flush=True)
        return 0, 1, 0
    print(said[:counts.start()], end="", flush=True)
    return tuple(map(int, counts.groups()))


def run_all(options):
    """Those with most tests begin, so that none is alone for long at the end."""
    modules = sorted(f[:-3] for f in os.listdir(HERE) if f.endswith(".py"))
    sizes = {m: len(chosen_of(m, options.pattern)) for m in modules if m not in HELPERS}
    modules = sorted((m for m in sizes if sizes[m]), key=lambda m: -sizes[m])
    with concurrent.futures.ThreadPoolExecutor(max(1, options.jobs)) as pool:
        rows = list(pool.map(lambda m: run_beside(m, options), modules))
    return tuple(sum(row[i] for row in rows) for i in range(3))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--jobs", type=int, default=2, help="modules at a time")
    parser.add_argument("--module", help=argparse.SUPPRESS)
    parser.add_argument("-v", "--verbose", action="store_true")
    parser.add_argument("pattern", nargs="*")
    options = parser.parse_args()
    os.environ["DRAHT_TEST_ENGINE"] = options.engine
    sys.path.insert(0, HERE)
    import harness
    if not os.access(harness.BIN, os.X_OK):
        print(f"no program at {harness.BIN}: build it, or set DRAHT_BIN\n"
              "0 passed, 1 failed, 0 skipped")
        return 1
    if options.engine == "postgres" and not harness.POSTGRES:
        print("skipped: DRAHT_TEST_POSTGRES names no server (see tools/with-postgres)\n"
              "0 passed, 0 failed, 1 skipped")
        return 0
    if options.module:
        passed, failed, skipped = run_here(chosen_of(options.module, options.pattern), options.verbose)
    else:
        passed, failed, skipped = run_all(options)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed + skipped else 0


if __name__ == "__main__":
    sys.exit(main())
