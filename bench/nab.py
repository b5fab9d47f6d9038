"""nab.py - the scoring rules of the Numenta Anomaly Benchmark.

From their description: Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms:
the Numenta Anomaly Benchmark" (ICMLA 2015). A window of rows stands around each labelled
anomaly. The first alarm in a window earns up to 1, the more the earlier; a window without
one costs `missed`; an alarm outside costs up to `false`, the less the shorter it comes after
a window. Rows before the end of the probation (15 % of the series, 750 rows at most) do not
count. 100 is an alarm in the first row of every window and none outside; 0 is no alarm at all.
"""
import math

STANDARD = {"false": 0.11, "missed": 1.0}
PROBATION_SHARE, PROBATION_MOST = 0.15, 750


def sigmoid(position):
    """From 1 far before to -1 far behind the end of a window, in lengths of it."""
    return -1.0 if position > 3 else 2 / (1 + math.exp(5 * position)) - 1


def probation(rows):
    return min(int(PROBATION_SHARE * rows), PROBATION_MOST)


def of_series(alarms, windows, rows, profile=STANDARD):
    """(score, windows hit, false alarms) of one series; alarms are row numbers, windows pairs of them."""
    score, hit, false = 0.0, set(), 0
    for row in sorted(a for a in alarms if a >= probation(rows)):
        inside = next((w for w in windows if w[0] <= row <= w[1]), None)
        if inside:
            if inside not in hit:
                hit.add(inside)
                length = inside[1] - inside[0] + 1
                score += sigmoid(-(inside[1] - row + 1) / length) / sigmoid(-1)
            continue
        false += 1
        before = max((w for w in windows if w[1] < row), key=lambda w: w[1], default=None)
        if before is None:
            score -= profile["false"]
        else:
            score += profile["false"] * sigmoid((row - before[1]) / (before[1] - before[0]))
    return score - profile["missed"] * (len(windows) - len(hit)), len(hit), false


def normalised(score, windows, profile=STANDARD):
    """Of the sum over all series: between 0 (no alarm at all) and 100 (all of them, at once)."""
    least = -profile["missed"] * windows
    return 100 * (score - least) / (windows - least)
