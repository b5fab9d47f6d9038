"""t31_simulation.py - hours of the house from a seed: people, colleagues, networks, kills, power, clocks."""
from simulator import Told

ID = "T-31"
TITLE = "hours of the house, played from seeds"
PROMISE = ("Whatever happens together - programs that die or sleep, networks that lie, a disk that is full or loses "
           "its power - all that must be true is true, and the same seed plays the same.")
QUICK, FULL = 0, 2000  # seeds of five hours each
NOT_COVERED = "PostgreSQL (the campaigns with several nodes use it), and threads: the simulator runs one at a time."
FULL_SECONDS = 1500


def play(c):
    told = Told(c, "--seeds", f"1..{c.n}")
    c.counts.update({name: told.reports[0][name] for name in
                     ("runs", "replays", "acknowledged", "taken", "doubled", "lost")})
    told.judge(c)


def control(c):
    """Each planted mistake must be found by some seed; it counts when all of them are."""
    told = Told(c, "--mutants")
    found, missed = told.lines(r"\w+: found by seed"), told.lines(r"\w+: NOT FOUND")
    c.expect(missed or not found, f"{len(found)} planted mistakes, all of them found; {found[0] if found else ''}")
    return "one planted mistake at a time"
