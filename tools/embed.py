#!/usr/bin/env python3
"""Turn files into a C array, so that the program carries them.

    embed.py OUTPUT.c NAME [--base DIR] FILE...

defines `const struct embedded NAME[]` (base/embed.h), ending with an empty row.
A file is known by its name alone, or by its path below DIR. Rows are sorted by
name, so that the same files always give the same program.
"""
import argparse
import pathlib

LINE = 100  # bytes of a file on one line


def literal(data: bytes) -> str:
    """The bytes as string literals; octal has no trouble with what follows."""
    lines = []
    for start in range(0, len(data), LINE):
        text = "".join(
            chr(c) if 32 <= c < 127 and chr(c) not in '"\\?' else f"\\{c:03o}"
            for c in data[start:start + LINE])
        lines.append(f'    "{text}"')
    return "\n".join(lines) or '    ""'


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("name")
    parser.add_argument("--base")
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    rows = []
    for name in args.files:
        path = pathlib.Path(name)
        known = path.resolve().relative_to(pathlib.Path(args.base).resolve()) \
            if args.base else path.name
        rows.append((str(known), path.read_bytes()))
    rows.sort()
    parts = ['/* Made by tools/embed.py. */\n#include "base/embed.h"\n']
    for i, (_, data) in enumerate(rows):
        parts.append(f"static const char file_{i}[] =\n{literal(data)};\n")
    parts.append(f"extern const struct embedded {args.name}[];")
    parts.append(f"const struct embedded {args.name}[] = {{")
    parts += [f'    {{ "{name}", {{ file_{i}, {len(data)} }} }},'
              for i, (name, data) in enumerate(rows)]
    parts.append("    { 0 },\n};\n")
    pathlib.Path(args.output).write_text("\n".join(parts))


main()
