#!/usr/bin/env python3
"""table.py - writes the table of docs/reliability.md from the campaigns and their kept results.

    tests/campaign/table.py            after run.py --keep
"""
import importlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "docs", "reliability.md")
BEGIN, END = "<!-- campaigns: made by tests/campaign/table.py -->\n", "<!-- end of campaigns -->\n"


def result_of(name, engine):
    path = os.path.join(HERE, "results", f"{name}-{engine}.json")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def numbers(result):
    told = [f"{name.replace('_', ' ')} {value:,}" if isinstance(value, int) else f"{name} {value}"
            for name, value in result.get("counts", {}).items()]
    told += [f"{name.removesuffix('_ms').replace('_', ' ')} p50 {v['p50']:g} ms, p99 {v['p99']:g} ms"
             for name, v in result.get("measured", {}).items() if name.endswith("_ms")]
    return ", ".join(told)


def last(module):
    told = []
    for engine in getattr(module, "ENGINES", ("sqlite",)):
        result = result_of(module.__name__, engine)
        if not result:
            continue
        told.append(f"{result['verdict']} {result['date']} ({result['commit']}, "
                    f"{'SQLite' if engine == 'sqlite' else 'PostgreSQL'}, N = {result['n']:,}): "
                    f"{numbers(result)}. Control: {result.get('control', result.get('reason', ''))}")
    return " · ".join(told) or "not run at full size yet"


def row(module):
    command = f"`tests/campaign/run.py --full {module.__name__.split('_')[0]}`"
    cells = (f"{module.ID} {module.TITLE}", module.PROMISE, command, last(module),
             getattr(module, "NOT_COVERED", ""))
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def main():
    sys.path.insert(0, HERE)
    from run import names
    with open(PAGE, encoding="utf-8") as file:
        before, rest = file.read().split(BEGIN)
    table = "| campaign | promise | test | last result at full size | not covered |\n" + "|---" * 5 + "|" + "\n"
    table += "".join(row(importlib.import_module(name)) for name in names())
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(before + BEGIN + table + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
