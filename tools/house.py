#!/usr/bin/env python3
"""The house rules that no compiler knows. Ends with 1 and names file and line when one is broken.

usage: tools/house.py [--root DIRECTORY]

Only the standard library is used. Each rule is a function from the tree to findings (path, line, sentence).
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys

import rust_text

LONGEST = 399
SOURCES = {".rs", ".kt", ".swift", ".ts", ".py", ".sh"}

# What each crate of ours may depend on, in the program itself; tests may depend on everything.
LAYERS = {
    "redvest-domain": set(),
    "redvest-photo": {"domain"},
    "redvest-sqlite": {"domain"},
    "redvest-client": {"domain", "photo", "sqlite"},
    "redvest-transport": {"domain", "photo", "sqlite", "client"},
    "redvest-bindings": {"domain", "photo", "sqlite", "client"},
    "redvest-bindgen": set(),
    "redvest-hub": {"domain", "photo", "sqlite"},
    "redvest-cli": {"domain", "photo", "sqlite", "client", "transport", "hub"},
    "redvest-tests": {"domain", "photo", "sqlite", "client", "transport", "bindings", "hub", "cli"},
}
# Some libraries belong to certain crates alone: the phone's core speaks no HTTP and knows no binding generator.
ONLY_IN = {
    "uniffi": {"redvest-bindings"},
    "uniffi_bindgen": {"redvest-bindgen"},
    "ureq": {"redvest-transport", "redvest-tests"},
    "axum": {"redvest-hub", "redvest-tests"},
    "hyper": {"redvest-hub", "redvest-tests"},
    "tokio": {"redvest-hub", "redvest-cli", "redvest-tests"},
}

# Put together from pieces, so that this file does not break its own rule.
MACHINE_PATH = re.compile(r"(?<![\w.$}~/-])/(?:" + "|".join(["wo" "rk", "ro" "ot", "ho" "me"]) + r")/")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b")

SQL = re.compile(
    r"\b(?:SELECT\s|INSERT\s+(?:OR\s+\w+\s+)?INTO\b|UPDATE\s+(?:OR\s+\w+\s+)?[\w.\"]+\s+SET\b|DELETE\s+FROM\b)"
    r"|^\s*(?:select\s.*\sfrom\s|insert\s+(?:or\s+\w+\s+)?into\s|update\s+[\w.\"]+\s+set\s|delete\s+from\s)",
    re.DOTALL,
)
SKIPPED_DIRECTORIES = {".git", ".cache", ".gradle", ".build", "target", "build", "node_modules", "__pycache__"}


class Tree:
    """The files under version control and those that would be, read once."""

    def __init__(self, root, metadata=None):
        self.root = pathlib.Path(root)
        self.paths = sorted(path for path in self._list() if (self.root / path).is_file())
        self._texts = {}
        self._metadata = metadata

    def _list(self):
        listing = ["git", "-C", str(self.root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        try:
            done = subprocess.run(listing, capture_output=True, check=True)
            return set(done.stdout.decode().split("\0")) - {""}
        except (OSError, subprocess.CalledProcessError):
            # An unpacked archive has no git.
            return {str(path.relative_to(self.root)) for path in self.root.rglob("*")
                    if not SKIPPED_DIRECTORIES & set(path.relative_to(self.root).parts)}

    def text(self, path):
        """The file's text, or None when it is not text."""
        if path not in self._texts:
            data = (self.root / path).read_bytes()
            self._texts[path] = None if b"\0" in data[:8192] else data.decode("utf-8", "replace")
        return self._texts[path]

    def metadata(self):
        """What cargo says about our own crates."""
        if self._metadata is None:
            command = ["cargo", "metadata", "--format-version", "1", "--no-deps"]
            done = subprocess.run(command, cwd=self.root, stdout=subprocess.PIPE, check=True)
            self._metadata = json.loads(done.stdout)
        return self._metadata


def lengths(tree):
    """Files stay short enough to be read in one sitting."""
    for path in tree.paths:
        text = tree.text(path)
        if text is None:
            continue
        if pathlib.PurePath(path).suffix not in SOURCES and not re.match(r"#!.*\b(sh|bash|python3)\b", text):
            continue
        count = len(text.splitlines())
        if count > LONGEST:
            yield path, count, f"{count} lines, allowed are {LONGEST}: split it by topic, move tests to their own file"


def layers(tree):
    """Dependencies run one way, and client and hub never know each other."""
    for package in tree.metadata()["packages"]:
        name, manifest = package["name"], os.path.relpath(package["manifest_path"], tree.root)
        if name not in LAYERS:
            yield manifest, 1, f"{name} has no layer yet: say in LAYERS of tools/house.py what it may depend on"
            continue
        allowed = {"redvest-" + layer for layer in LAYERS[name]}
        for dependency in package["dependencies"]:
            # Dev-dependencies are tests.
            if dependency["kind"] == "dev":
                continue
            wanted = dependency["name"]
            if wanted.startswith("redvest-") and wanted not in allowed:
                usable = ", ".join(sorted(allowed)) or "none of ours"
                yield manifest, 1, f"{name} depends on {wanted}, against the layers; it may use: {usable}"
            if wanted in ONLY_IN and name not in ONLY_IN[wanted]:
                yield manifest, 1, f"{name} depends on {wanted}, which belongs to: {', '.join(sorted(ONLY_IN[wanted]))}"


def platforms(tree):
    """The core is the same on every platform; what differs comes in as an argument."""
    for path in tree.paths:
        if not path.startswith("core/") or not path.endswith((".rs", "Cargo.toml")):
            continue
        text = tree.text(path) or ""
        code = rust_text.split(text)[0] if path.endswith(".rs") else text
        for line, content in enumerate(code.splitlines(), 1):
            if re.search(r"\btarget_os\b", content):
                yield path, line, "core/ asks for the operating system: let the platform pass in what differs"


def sql(tree):
    """The hub's SQL, and the library that runs it, stay in hub/src/store."""
    for path in tree.paths:
        if not path.startswith("hub/src/") or path.startswith("hub/src/store/") or path == "hub/src/store.rs":
            continue
        if path.endswith(".sql"):
            yield path, 1, "SQL outside hub/src/store"
        if not path.endswith(".rs"):
            continue
        code, strings = rust_text.split(tree.text(path) or "")
        for line, content in strings:
            if SQL.search(content):
                yield path, line, f"SQL outside hub/src/store: {content.strip().splitlines()[0][:60]}"
        for line, content in enumerate(code.splitlines(), 1):
            if re.search(r"\brusqlite\b", content):
                yield path, line, "rusqlite outside hub/src/store: let the store return its own types"


def words(tree):
    """No path of somebody's machine and no unfinished work in the tree."""
    for path in tree.paths:
        text = tree.text(path)
        if text is None:
            continue
        for line, content in enumerate(text.splitlines(), 1):
            if MACHINE_PATH.search(content):
                yield path, line, "a path of one machine: make it relative or an argument"
            if UNFINISHED.search(content):
                yield path, line, "unfinished work: finish it, or write it down as a limit in the documentation"


def reasons(tree):
    """Each dependency says in the root manifest why it is here; the crates' manifests only take it from there.

    A comment holds for the lines under it, up to the next empty line.
    """
    for path in tree.paths:
        if pathlib.PurePath(path).name != "Cargo.toml":
            continue
        section, reason, depth = "", False, 0
        for line, content in enumerate((tree.text(path) or "").splitlines(), 1):
            content = content.strip()
            inside, depth = depth > 0, max(0, depth + _brackets(content))
            if content.startswith("#"):
                reason = True
            elif not content:
                reason = False
            elif content.startswith("["):
                section, depth = content.strip("[] "), 0
                single = re.search(r"dependencies\.(.+)$", section)
                if single and not reason:
                    yield path, line, f"{single[1]} stands here without a reason: write one above it"
                reason = False
            elif not inside and section.endswith("dependencies"):
                name = re.split(r"[ .=]", content, maxsplit=1)[0]
                inherited = re.search(r"\bworkspace\s*=\s*true\b", content)
                ours = name.startswith("redvest-") and re.search(r"\bpath\s*=", content)
                if not (reason or inherited or ours):
                    yield path, line, f"{name} stands here without a reason: write one in a comment above it"


def kdoc(tree):
    """What the Android SDK shows is documented; the compiler makes it say `public` (explicit API mode)."""
    for path in tree.paths:
        if not path.startswith("android/sdk/src/main/") or not path.endswith(".kt"):
            continue
        above = ""
        for line, content in enumerate((tree.text(path) or "").splitlines(), 1):
            content = content.strip()
            # Parameters of a constructor are said with their class.
            if re.match(r"public\b", content) and not content.endswith(",") and not above.endswith("*/"):
                yield path, line, "a public declaration without KDoc: say above it what it does"
            if content and not content.startswith("@"):
                above = content


def _brackets(line):
    code = re.sub(r'"[^"]*"|#.*', "", line)
    return sum(code.count(mark) for mark in "[{") - sum(code.count(mark) for mark in "]}")


RULES = [lengths, layers, platforms, sql, words, reasons, kdoc]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Checks the house rules that no compiler knows.")
    parser.add_argument("--root", default=pathlib.Path(__file__).resolve().parent.parent)
    tree = Tree(parser.parse_args(arguments).root)
    findings = 0
    for rule in RULES:
        for path, line, sentence in rule(tree):
            print(f"{path}:{line}: {sentence}")
            findings += 1
    print(f"{findings} findings by {len(RULES)} rules in {len(tree.paths)} files")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
