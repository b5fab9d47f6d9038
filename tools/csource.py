"""csource - C text with the parts taken apart that a search must not confuse."""

import pathlib
import re

TOKEN = re.compile(
    r"""(?P<line>//[^\n]*)
      | (?P<block>/\*.*?\*/)
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<char>'(?:\\.|[^'\\\n])*')""",
    re.VERBOSE | re.DOTALL)


def sources(*folders, endings=(".c", ".h", ".def")):
    """Every C file below the folders, sorted; a folder that is missing has none."""
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.suffix in endings:
                yield path


def parts(text):
    """(code, strings, line_comments) of a C text, each as long as `text` and with
    spaces where the other parts stood, so that line numbers stay right."""
    code, strings, comments = list(text), [], []
    blank = lambda s: re.sub(r"[^\n]", " ", s)
    strings_at, last = [], 0
    for found in TOKEN.finditer(text):
        start, end = found.span()
        code[start:end] = blank(found.group())
        if found.lastgroup == "line":
            comments.append((start, found.group()))
        if found.lastgroup == "string":
            strings_at += [blank(text[last:start]), found.group()]
            last = end
    strings = "".join(strings_at) + blank(text[last:])
    line_comments = list(blank(text))
    for start, comment in comments:
        line_comments[start:start + len(comment)] = comment
    return "".join(code), strings, "".join(line_comments)


def line_of(text, position):
    return text.count("\n", 0, position) + 1
