"""Takes Rust source apart into code and string literals, so that rules do not stumble over comments.

It reads tokens, not grammar: line comments, nested block comments, strings (plain, byte, C, raw) and characters.
What it is not sure of stays code, so a rule sees too much rather than too little.
"""

import re

_TOKEN = re.compile(
    r"""
    (?P<line>//[^\n]*)
  | (?P<block>/\*)
  | (?P<raw>\b(?:b|c)?r(?P<hashes>\#*)"(?P<rawtext>.*?)"(?P=hashes))
  | (?P<text>(?:\b(?:b|c))?"(?P<body>(?:\\.|[^"\\])*)")
  | (?P<char>'(?:\\(?:u\{[0-9a-fA-F_]*\}|x[0-9a-fA-F]{2}|.)|[^'\\\n])')
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")


def split(source):
    """Returns (code, strings): the source with comments and literals blanked, and each literal as (line, text)."""
    code, strings, at = [], [], 0
    while True:
        match = _TOKEN.search(source, at)
        if match is None:
            code.append(source[at:])
            return "".join(code), strings
        code.append(source[at : match.start()])
        end = _block_end(source, match.end()) if match["block"] else match.end()
        line = source.count("\n", 0, match.start()) + 1
        if match["raw"]:
            strings.append((line, match["rawtext"]))
        elif match["text"]:
            # A backslash at the end of a line joins it with the next one.
            strings.append((line, re.sub(r"\\\r?\n\s*", "", match["body"]).replace("\\n", "\n")))
        code.append(_blank(source[match.start() : end]))
        at = end


def _block_end(source, at):
    depth = 1
    while depth:
        edge = _BLOCK_EDGE.search(source, at)
        if edge is None:
            return len(source)
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at


def _blank(text):
    return " " + "\n" * text.count("\n")
