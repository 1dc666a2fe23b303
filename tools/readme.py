#!/usr/bin/env python3
"""Keeps the commands in the documentation true.

usage: tools/readme.py [--root DIRECTORY] [--seconds LIMIT] [FILE...]

Reads README*.md, CONTRIBUTING.md and docs/**/*.md, or the given files. A fenced block that opens with "```sh run" is
executed from the root of the project with `set -eu`, and fails when it fails or lasts longer than LIMIT. TMPDIR is then
an empty directory that goes away with the block. In every other shell block ("```sh", "```bash", "```console") each
`./redvest NAME` must answer to `--help`, and each `./check NAME` must be a gate or a group of gates.
Only the standard library is used.
"""

import argparse
import collections
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

SHELLS = {"sh", "bash", "shell", "console"}
FENCE = re.compile(r"^ {0,3}(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")
# A command starts a line, or follows a prompt, an operator or the setting of a variable.
COMMAND = r"(?:^|[\s;&|(])\./{program}[ \t]+(?P<name>[a-z][a-z0-9-]*)"

Block = collections.namedtuple("Block", "path line runs text")


def blocks(path, text):
    """The shell blocks of one page. A fence that is never closed holds the rest of the page."""
    found, fence, first, lines = [], None, 0, []
    for number, line in enumerate(text.splitlines() + [None], 1):
        match = FENCE.match(line) if line is not None else None
        if fence is None:
            if match:
                fence, first, lines = match, number, []
            continue
        closes = match and not match["info"] and match["marks"].startswith(fence["marks"])
        if line is not None and not closes:
            lines.append(line)
            continue
        info = fence["info"].split() or [""]
        if info[0] in SHELLS:
            found.append(Block(path, first, info[1:2] == ["run"], "\n".join(lines) + "\n"))
        fence = None
    return found


def named(block, program):
    """Yields (line, name) for each `./PROGRAM NAME` in the block; options and PLACEHOLDERS are nobody's name."""
    pattern = re.compile(COMMAND.format(program=program))
    for offset, line in enumerate(block.text.splitlines(), 1):
        for match in pattern.finditer(line):
            yield block.line + offset, match["name"]


class Pages:
    """Checks blocks against the project under `root`; each name is asked for only once."""

    def __init__(self, root, seconds):
        self.root = pathlib.Path(root)
        self.seconds = seconds
        self._commands = {}
        self._gates = None

    def problem(self, block):
        """Yields (line, sentence) for what is wrong with a block."""
        if block.runs and re.search(r"(?:^|[\s;&|(])(?:\./check|\.ci/run)\b", block.text, re.MULTILINE):
            yield block.line, "a block that is run must not call ./check, which runs it"
            return
        for line, name in named(block, "check"):
            if name not in self._known_gates():
                yield line, f"./check knows no gate {name}"
        unknown = False
        for line, name in named(block, "redvest"):
            if not self._answers(name):
                unknown = True
                yield line, f"./redvest {name} --help fails: is there such a command?"
        if block.runs and not unknown:
            outcome = self._run(block)
            if outcome:
                yield block.line, outcome

    def _answers(self, name):
        if name not in self._commands:
            done = self._call(["./redvest", name, "--help"], subprocess.DEVNULL)
            self._commands[name] = done == 0
        return self._commands[name]

    def _known_gates(self):
        if self._gates is None:
            done = subprocess.run(["./check", "--list"], cwd=self.root, stdout=subprocess.PIPE, check=True)
            self._gates = {word for line in done.stdout.decode().splitlines() for word in line.split()[:2]}
        return self._gates

    def _run(self, block):
        print(f"== {block.path}:{block.line} is run", flush=True)
        with tempfile.TemporaryDirectory(prefix="redvest-readme.") as directory:
            # The commands are an argument, not standard input, so that no command swallows those after it.
            code = self._call(["sh", "-euxc", block.text], None, dict(os.environ, TMPDIR=directory))
        if code is None:
            return f"the block was still running after {self.seconds} s"
        return f"the block ended with exit code {code}" if code else ""

    def _call(self, command, output, environment=None):
        """The exit code, or None when the time was up; whatever the command started ends with it."""
        child = subprocess.Popen(command, cwd=self.root, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                 start_new_session=True)
        try:
            return child.wait(self.seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            # Its own session: a server that a block left behind is stopped too, and nobody else's.
            try:
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.wait()


def pages(root):
    """The pages that show commands."""
    found = [*sorted(root.glob("README*.md")), *root.glob("CONTRIBUTING.md"), *sorted(root.glob("docs/**/*.md"))]
    return [path for path in found if path.is_file()]


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Keeps the commands in the documentation true.")
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    parser.add_argument("--seconds", type=float, default=900, help="the longest that a block may run (900)")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args(arguments)
    root = options.root.resolve()

    checker, count, findings = Pages(root, options.seconds), collections.Counter(), 0
    for path in options.files or pages(root):
        shown = os.path.relpath(path, root)
        for block in blocks(shown, path.read_text("utf-8")):
            count["run" if block.runs else "looked at"] += 1
            count[shown] += sum(1 for _ in named(block, "redvest"))
            for line, sentence in checker.problem(block):
                print(f"{shown}:{line}: {sentence}", flush=True)
                findings += 1
    # A page without commands would make this gate pass for nothing.
    if not options.files and not count["README.md"]:
        print("README.md:1: the page is missing, or no shell block in it shows a ./redvest command")
        findings += 1
    print(f"{count['run']} blocks run, {count['looked at']} looked at, {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
