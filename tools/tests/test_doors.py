"""The launcher and ./check behave with a cargo that only pretends, so these tests take seconds."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

PROJECT = pathlib.Path(__file__).resolve().parents[2]
# All that the doors may use: nothing else is on their PATH, so a tool that this machine has is not found by accident.
TOOLS = "sh bash awk cat chmod cp dirname find head id mkdir mktemp mv pwd python3 readlink rm sed touch".split()
CARGO = """#!/bin/sh
echo "cargo $*" >>"$LOG"
echo "incremental=$CARGO_INCREMENTAL colour=$CARGO_TERM_COLOR cases=$PROPTEST_CASES" >>"$LOG"
echo "cargo says something on stdout"
[ "$1" != "$BREAKS" ] || exit 101
[ "$1" != build ] || { mkdir -p target/release; cp "$PROGRAM" "${CARGO_TARGET_DIR:-target}/release/redvest"; }
"""
PROGRAM = '#!/bin/sh\necho "in $PWD:" "$@"\nexit 7\n'


class Doors(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        base = pathlib.Path(directory.name).resolve()
        self.root, self.bin, self.away = base / "a project", base / "bin", base / "away"
        for path in [self.root / "core", self.root / "hub", self.root / "cli", self.root / ".ci", self.bin, self.away]:
            path.mkdir(parents=True)
        for name in ["redvest", "check", ".ci/run"]:
            shutil.copy(PROJECT / name, self.root / name)
        (self.root / "Cargo.toml").write_text('[workspace.package]\nrust-version = "1.95"\n')
        (self.root / "Cargo.lock").write_text("")
        for name in TOOLS:
            if shutil.which(name):
                (self.bin / name).symlink_to(os.path.realpath(shutil.which(name)))
        self.script("cargo", CARGO)
        self.script("rustc", "#!/bin/sh\necho rustc 1.95.0\n")
        self.script("cc", "#!/bin/sh\necho cc\n")
        program = self.script("program", PROGRAM)
        self.log = base / "log"
        self.environment = {"PATH": str(self.bin), "HOME": str(base), "LOG": str(self.log), "BREAKS": "",
                            "PROGRAM": str(program), "TMPDIR": str(base)}

    def script(self, name, text):
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def call(self, *command, cwd=None, **environment):
        return subprocess.run([str(word) for word in command], cwd=cwd or self.away, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={**self.environment, **environment})

    def later(self):
        """Returns when a file written now is newer than the stamp: file times advance in ticks of some milliseconds."""
        stamp, probe = self.root / "target/release/.redvest-built", self.away / "probe"
        while not probe.exists() or probe.stat().st_mtime_ns <= stamp.stat().st_mtime_ns:
            probe.write_text("")

    def builds(self):
        return self.log.read_text().count("cargo build") if self.log.exists() else 0


class Launcher(Doors):
    def test_the_first_call_builds_and_stdout_belongs_to_the_program(self):
        done = self.call(self.root / "redvest", "demo", "a b", "")
        self.assertEqual((done.returncode, done.stdout), (7, f"in {self.away}: demo a b \n"), done.stderr)
        self.assertIn("building what has changed", done.stderr)

    def test_a_second_call_does_not_build(self):
        self.call(self.root / "redvest")
        done = self.call(self.root / "redvest")
        self.assertEqual((self.builds(), done.stderr), (1, ""))

    def test_a_changed_an_added_and_a_removed_source_build_again(self):
        source = self.root / "core/lib.rs"
        changes = [lambda: source.write_text("a"), lambda: source.write_text("b"), source.unlink]
        for number, change in enumerate(changes, 1):
            self.call(self.root / "redvest")
            self.assertEqual(self.builds(), number)
            self.later()
            change()
        self.call(self.root / "redvest")
        self.assertEqual(self.builds(), 4)

    def test_a_source_changed_during_a_build_is_built_again(self):
        edit = 'until [ -n "$(find cli/main.rs -newer "$TMPDIR"/redvest-build.*)" ]; do echo >cli/main.rs; done\n'
        self.script("cargo", CARGO + "[ -e cli/main.rs ] || { echo >cli/main.rs; " + edit + "}\n")
        self.call(self.root / "redvest")
        self.call(self.root / "redvest")
        self.assertEqual(self.builds(), 2)

    def test_it_works_through_symlinks(self):
        (self.away / "one").symlink_to(os.path.relpath(self.root / "redvest", self.away))
        (self.away / "two").symlink_to("one")
        self.assertEqual(self.call("./two", "x").stdout, f"in {self.away}: x\n")

    def test_it_respects_the_target_directory(self):
        for target, found in [(str(self.away / "t"), self.away / "t"), ("t", self.root / "t")]:
            (found / "release").mkdir(parents=True)
            self.assertEqual(self.call(self.root / "redvest", CARGO_TARGET_DIR=target).returncode, 7)
            self.assertTrue((found / "release/redvest").exists())

    def test_a_failed_build_runs_nothing_and_keeps_the_code(self):
        self.call(self.root / "redvest")
        self.later()
        (self.root / "cli/main.rs").write_text("broken")
        done = self.call(self.root / "redvest", BREAKS="build")
        self.assertEqual((done.returncode, done.stdout), (101, ""))
        self.assertIn("build_failed", done.stderr)
        self.assertEqual(self.call(self.root / "redvest").returncode, 7, "and the next call tries again")

    def test_what_is_missing_is_named_with_a_code(self):
        for missing, code in [("cc", "c_compiler_missing"), ("cargo", "rust_missing")]:
            (self.bin / missing).unlink()
            done = self.call(self.root / "redvest")
            self.assertEqual((done.returncode, done.stdout), (127, ""))
            self.assertIn(f"redvest: {code}: ", done.stderr)

    def test_an_old_rust_is_refused(self):
        self.script("rustc", "#!/bin/sh\necho rustc 1.80.0\n")
        done = self.call(self.root / "redvest")
        self.assertIn("rust_too_old", done.stderr)
        self.assertEqual((done.returncode, self.builds()), (127, 0))


class Check(Doors):
    def check(self, *words, **environment):
        return self.call(self.root / "check", *words, **environment)

    def test_gates_that_pass_end_with_0(self):
        done = self.check("format", "lint")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"lint: passed, 0:0\d min")
        self.assertIn("no gate failed", done.stdout)

    def test_each_cargo_gate_fails_with_its_command_and_the_others_still_run(self):
        commands = {"format": "fmt", "lint": "clippy", "test": "test", "docs": "doc", "deep-test": "test"}
        for gate, command in commands.items():
            done = self.check(gate, "shell", BREAKS=command)
            self.assertEqual(done.returncode, 1, gate)
            self.assertRegex(done.stdout, rf"(?m)^{gate} +FAILED +0:0\d  ")
            self.assertRegex(done.stdout, r"(?m)^shell +SKIPPED +0:0\d  shellcheck is not installed")

    def test_a_gate_whose_tool_is_not_there_fails(self):
        for gate in ["house", "licences", "readme", "tools-test"]:
            self.assertEqual(self.check(gate).returncode, 1, gate)

    def test_a_script_that_does_not_parse_fails(self):
        (self.root / "redvest").write_text("if\n")
        self.assertEqual(self.check("shell").returncode, 1)

    def test_what_is_missing_fails_the_first_gate(self):
        self.assertEqual(self.check("tools").returncode, 0)
        self.assertEqual(self.check("tools", BREAKS="fetch").returncode, 1)
        (self.bin / "rustup").symlink_to(self.bin / "cc")
        done = self.check("tools", BREAKS="fmt")
        self.assertIn("rustup component add rustfmt", done.stdout)
        (self.bin / "cc").unlink()
        self.assertEqual(self.check("tools").returncode, 1)

    def test_the_whole_run_shows_every_gate_once_and_why_the_deep_ones_did_not_run(self):
        done = self.check(BREAKS="clippy")
        table = done.stdout[done.stdout.rindex("gate "):]
        names = [line.split()[0] for line in self.check("--list").stdout.splitlines()]
        self.assertEqual([line.split()[0] for line in table.splitlines()[1 : len(names) + 1]], names)
        self.assertRegex(table, r"deep-test +SKIPPED +- +takes longer")
        self.assertEqual(done.returncode, 1)

    def test_the_deep_group_tries_more_cases(self):
        self.assertEqual(self.check("deep").returncode, 0)
        self.assertIn("cases=5000", self.log.read_text())

    def test_an_unknown_gate_is_refused_before_anything_runs(self):
        done = self.check("lint", "wings")
        self.assertEqual(done.returncode, 2)
        self.assertIn("unknown_gate", done.stderr)
        self.assertFalse(self.log.exists())

    def test_the_build_server_gets_no_colours_and_no_incremental_builds(self):
        done = self.call(self.root / ".ci/run", "lint")
        self.assertEqual(done.returncode, 0)
        self.assertIn("incremental=0 colour=never", self.log.read_text())
        self.assertNotIn("\033", done.stdout)
        self.assertEqual(self.call(self.root / ".ci/run", "lint", BREAKS="clippy").returncode, 1)


if __name__ == "__main__":
    unittest.main()
