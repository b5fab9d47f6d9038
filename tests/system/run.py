#!/usr/bin/env python3
"""run.py - runs the system tests against the built program.

    tests/system/run.py [--engine sqlite|postgres] [-v] [PATTERN...]

A pattern is a part of MODULE.CLASS.TEST; of several, one must fit. Every module
beside this one that holds tests is run. The last line counts them.
"""
import argparse
import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
HELPERS = ("run", "case", "harness", "client", "peer", "visitor")


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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
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
    modules = sorted(f[:-3] for f in os.listdir(HERE) if f.endswith(".py"))
    loaded = Loader().loadTestsFromNames(
        [m for m in modules if m not in HELPERS])
    chosen = unittest.TestSuite(t for t in each(loaded) if not options.pattern or
                                any(p in name(t) for p in options.pattern))
    result = Result(options.verbose)
    chosen.run(result)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.passed} passed, {failed} failed, {len(result.skipped)} skipped")
    return 1 if failed or not result.testsRun else 0


if __name__ == "__main__":
    sys.exit(main())
