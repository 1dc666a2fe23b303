"""The documentation gate finds commands that do not exist, and runs what is marked."""

import contextlib
import io
import pathlib
import tempfile
import unittest

import readme

PROGRAM = '#!/bin/sh\ncase "$*" in "demo --help") exit 0 ;; "demo") echo ran >>log ;; *) exit 2 ;; esac\n'
CHECK = "#!/bin/sh\necho 'lint  daily  clippy'\n"


class Gate(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        for name, text in {"redvest": PROGRAM, "check": CHECK}.items():
            (self.root / name).write_text(text)
            (self.root / name).chmod(0o755)

    def gate(self, page, name="README.md", seconds=20):
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(page)
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = readme.main(["--root", str(self.root), "--seconds", str(seconds)])
        return code, output.getvalue()

    def test_a_known_command_passes_and_is_not_run(self):
        self.assertEqual(self.gate("```sh\n$ ./redvest demo\n./check lint daily GATE\n```\n")[0], 0)
        self.assertFalse((self.root / "log").exists())

    def test_an_unknown_command_fails_with_its_line(self):
        code, output = self.gate("# A\n\n```sh\n./redvest demo\ncd x && ./redvest fly --now\n```\n")
        self.assertEqual(code, 1)
        self.assertIn("README.md:5: ./redvest fly --help fails", output)

    def test_an_unknown_gate_fails(self):
        self.assertEqual(self.gate("```sh\n./redvest demo\n./check wings\n```\n")[0], 1)

    def test_other_languages_and_options_are_nobodys_command(self):
        page = "```text\n./redvest fly\n```\n```sh\n./redvest demo\n./redvest --version\n```\n"
        self.assertEqual(self.gate(page)[0], 0)

    def test_a_marked_block_is_run_from_the_root(self):
        self.assertEqual(self.gate("```sh run\n./redvest demo\n```\n")[0], 0)
        self.assertEqual((self.root / "log").read_text(), "ran\n")

    def test_a_marked_block_that_fails_in_the_middle_fails(self):
        code, output = self.gate("```sh run\n./redvest demo\nfalse\ntrue\n```\n")
        self.assertEqual(code, 1)
        self.assertIn("README.md:1: the block ended with exit code 1", output)

    def test_a_marked_block_with_an_unset_variable_fails(self):
        self.assertEqual(self.gate("```sh run\n./redvest demo\necho $NOT_SET_ANYWHERE\n```\n")[0], 1)

    def test_a_marked_block_that_never_ends_fails(self):
        code, output = self.gate("```sh run\n./redvest demo\ntail -f /dev/null\n```\n", seconds=1)
        self.assertEqual(code, 1)
        self.assertIn("still running", output)

    def test_a_marked_block_must_not_call_check(self):
        self.assertEqual(self.gate("```sh run\n./redvest demo\n./check lint\n```\n")[0], 1)

    def test_a_page_without_commands_fails(self):
        self.assertEqual(self.gate("# Nothing\n")[0], 1)
        (self.root / "README.md").unlink()
        self.assertEqual(self.gate("```sh\n./redvest demo\n```\n", name="docs/a.md")[0], 1)

    def test_pages_below_docs_are_read(self):
        (self.root / "README.md").write_text("```sh\n./redvest demo\n```\n")
        self.assertEqual(self.gate("- a\n\n  ```sh\n  ./redvest fly\n  ```\n", name="docs/deep/a.md")[0], 1)

    def test_a_longer_fence_holds_a_shorter_one(self):
        text = "````sh\n```\n./redvest fly\n````\n~~~sh run\na\n~~~\n"
        found = [(block.line, block.runs, block.text) for block in readme.blocks("a", text)]
        self.assertEqual(found, [(1, False, "```\n./redvest fly\n"), (5, True, "a\n")])


if __name__ == "__main__":
    unittest.main()
