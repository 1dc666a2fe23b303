#!/usr/bin/env python3
"""Refuses dependencies whose licence we do not accept, and writes the notices that must travel with the program.

usage: tools/licences.py                  ends with 1 and a table when a licence is not accepted
       tools/licences.py --notices FILE   also writes the licence texts of what ships ("-": to stdout)
       tools/licences.py --metadata FILE  reads the output of `cargo metadata` from a file

Only the standard library is used. Dependencies of every platform count, and those of tests and builds too.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

OURS = "Apache-2.0"
ACCEPTED = {
    "0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0",
    "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "MPL-2.0", "Unicode-3.0", "Unicode-DFS-2016", "Unlicense", "Zlib",
}
ACCEPTED_EXCEPTIONS = {"LLVM-exception"}
TEXT_NAMES = re.compile(r"^(un)?licen[cs]e|^copying|^copyright|^notice", re.IGNORECASE)


class Expression(ValueError):
    """A licence expression that cannot be read."""


def accepted(expression):
    """True when the expression can be met with accepted licences alone. Raises Expression when it is malformed.

    Precedence as in SPDX: WITH, AND, OR. A slash, which old manifests use, means OR.
    """
    tokens = re.findall(r"[()/]|[^\s()/]+", expression)
    position = 0

    def next_is(*words):
        return position < len(tokens) and tokens[position].upper() in words

    def take():
        nonlocal position
        if position == len(tokens):
            raise Expression(f"ends too early: {expression!r}")
        position += 1
        return tokens[position - 1]

    def either():
        result = both()
        while next_is("OR", "/"):
            take()
            result = both() or result
        return result

    def both():
        result = one()
        while next_is("AND"):
            take()
            result = one() and result
        return result

    def one():
        token = take()
        if token == "(":
            result = either()
            if take() != ")":
                raise Expression(f"a bracket is not closed: {expression!r}")
            return result
        if token.upper() in {")", "/", "AND", "OR", "WITH"}:
            raise Expression(f"a licence is missing before {token!r}: {expression!r}")
        result = token in ACCEPTED
        if next_is("WITH"):
            take()
            result = take() in ACCEPTED_EXCEPTIONS and result
        return result

    result = either()
    if position != len(tokens):
        raise Expression(f"an operator is missing before {tokens[position]!r}: {expression!r}")
    return result


def offenders(metadata):
    """Yields (package, reason) for each package whose licence is not accepted."""
    members = set(metadata["workspace_members"])
    for package in sorted(metadata["packages"], key=_by_name):
        licence = package.get("license")
        if package["id"] in members:
            if licence != OURS:
                yield package, f"our own crates are {OURS}"
        elif not licence:
            yield package, "names no licence"
        else:
            try:
                if not accepted(licence):
                    yield package, "not accepted"
            except Expression as error:
                yield package, str(error)


def chain(metadata, target):
    """The shortest way from one of our crates to the package, as names."""
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    nodes = {node["id"]: node["dependencies"] for node in metadata["resolve"]["nodes"]}
    came_from = {member: None for member in sorted(metadata["workspace_members"])}
    waiting = collections.deque(came_from)
    while waiting:
        current = waiting.popleft()
        if current == target:
            way = []
            while current is not None:
                way.append(names[current])
                current = came_from[current]
            return " > ".join(reversed(way))
        for following in nodes.get(current, ()):
            if following not in came_from:
                came_from[following] = current
                waiting.append(following)
    return "nothing of ours"


def shipped(metadata):
    """The foreign packages inside the programs: what our crates need otherwise than for tests or to build."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    members = set(metadata["workspace_members"])
    seen = {member for member in members if packages[member]["name"] != "redvest-tests"}
    waiting = list(seen)
    while waiting:
        for dependency in nodes[waiting.pop()]["deps"]:
            normal = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if normal and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                waiting.append(dependency["pkg"])
    return sorted((packages[found] for found in seen - members), key=_by_name)


def notices(metadata):
    """The notice text, and the packages that carry no licence text of their own."""
    holders, bare, lines = collections.defaultdict(list), [], []
    for package in shipped(metadata):
        title = f"{package['name']} {package['version']}"
        licence, home = package["license"] or "see its text below", package.get("repository") or ""
        lines.append(f"{title} ({licence})  {home}".rstrip())
        lines += [f"    by {', '.join(package['authors'])}"] if package.get("authors") else []
        texts = _texts(pathlib.Path(package["manifest_path"]).parent)
        if not texts:
            bare.append(package)
        for text in texts:
            holders[text].append(title)
    rule = "=" * 100
    head = "RedVest contains the following software of others.\n\n" + "\n".join(lines)
    bodies = [f"{rule}\n{', '.join(titles)}\n{rule}\n\n{text}" for text, titles in holders.items()]
    return "\n\n".join([head, *bodies]) + "\n", bare


def _texts(directory):
    texts = []
    for path in sorted(directory.rglob("*")):
        # COPYING of zstd is the GPL, the other side of a choice: we take the BSD licence beside it.
        if TEXT_NAMES.match(path.name) and path.suffix not in {".rs", ".toml", ".py"} and path.is_file():
            text = path.read_text("utf-8", "replace").strip()
            if "GNU GENERAL PUBLIC LICENSE" not in text and text not in texts:
                texts.append(text)
    return texts


def _by_name(package):
    return package["name"], package["version"]


def _table(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def main(arguments=None):
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description="Refuses dependencies whose licence is not accepted.")
    parser.add_argument("--notices", metavar="FILE", help='write the licence texts of what ships; "-" is stdout')
    parser.add_argument("--metadata", metavar="FILE", help="read the output of cargo metadata from a file")
    options = parser.parse_args(arguments)
    if options.metadata:
        metadata = json.loads(pathlib.Path(options.metadata).read_text("utf-8"))
    else:
        command = ["cargo", "metadata", "--format-version", "1"]
        metadata = json.loads(subprocess.run(command, cwd=root, stdout=subprocess.PIPE, check=True).stdout)

    found = list(offenders(metadata))
    if found:
        rows = [("crate", "version", "licence", "why", "needed by")]
        rows += [(package["name"], package["version"], package.get("license") or "-", reason,
                  chain(metadata, package["id"])) for package, reason in found]
        print(_table(rows), file=sys.stderr)
    print(f"{len(metadata['packages'])} packages, {len(found)} with a licence that is not accepted", file=sys.stderr)

    if options.notices:
        text, bare = notices(metadata)
        if options.notices == "-":
            sys.stdout.write(text)
        else:
            pathlib.Path(options.notices).write_text(text, "utf-8")
        for package in bare:
            title = f"{package['name']} {package['version']} ({package['license']})"
            print(f"without a licence text: {title}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
