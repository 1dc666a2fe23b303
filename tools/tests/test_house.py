"""Each house rule finds what it forbids, and leaves alone what it does not."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

import house
import rust_text


class Rules(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def tree(self, files, metadata=None):
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(text if isinstance(text, bytes) else text.encode())
        return house.Tree(self.root, metadata)

    def found(self, rule, files, metadata=None):
        return [(path, line) for path, line, _ in rule(self.tree(files, metadata))]

    def crate(self, name, **dependencies):
        listed = [{"name": wanted.replace("_", "-"), "kind": kind} for wanted, kind in dependencies.items()]
        metadata = {"packages": [
            {"name": name, "manifest_path": str(self.root / "x/Cargo.toml"), "dependencies": listed}]}
        return self.found(house.layers, {}, metadata)

    def test_a_source_of_399_lines_passes_and_one_of_400_does_not(self):
        files = {"a.rs": "x\n" * 399, "b.rs": "x\n" * 400, "long.md": "x\n" * 900}
        files["door"] = "#!/bin/sh\n" + "x\n" * 399
        self.assertEqual(self.found(house.lengths, files), [("b.rs", 400), ("door", 400)])

    def test_dependencies_run_one_way(self):
        self.assertEqual(self.crate("redvest-client", redvest_domain=None, redvest_sqlite=None), [])
        for name, wanted in [("redvest-domain", "redvest_client"), ("redvest-hub", "redvest_client"),
                             ("redvest-client", "redvest_hub"), ("redvest-transport", "redvest_hub"),
                             ("redvest-photo", "redvest_sqlite")]:
            self.assertEqual(self.crate(name, **{wanted: None}), [("x/Cargo.toml", 1)], f"{name} > {wanted}")
            self.assertEqual(self.crate(name, **{wanted: "build"}), [("x/Cargo.toml", 1)], "build-dependencies count")

    def test_tests_may_depend_on_everything(self):
        self.assertEqual(self.crate("redvest-client", redvest_hub="dev"), [])
        self.assertEqual(self.crate("redvest-tests", redvest_hub=None, redvest_client=None), [])

    def test_a_crate_without_a_layer_is_found(self):
        self.assertEqual(self.crate("redvest-new"), [("x/Cargo.toml", 1)])

    def test_the_phone_speaks_no_http_by_itself(self):
        self.assertEqual(self.crate("redvest-client", ureq=None), [("x/Cargo.toml", 1)])
        self.assertEqual(self.crate("redvest-transport", ureq=None), [])

    def test_the_core_does_not_ask_for_the_operating_system(self):
        files = {
            "core/a/src/lib.rs": '// target_os is not asked\n#[cfg(all(unix, target_os = "ios"))]\nfn f() {}\n',
            "core/a/Cargo.toml": "[target.'cfg(target_os = \"linux\")'.dependencies]\n",
            "cli/src/main.rs": '#[cfg(target_os = "macos")]\nfn f() {}\n',
        }
        self.assertEqual(self.found(house.platforms, files), [("core/a/Cargo.toml", 1), ("core/a/src/lib.rs", 2)])

    def test_sql_outside_the_store_is_found(self):
        statements = ['"SELECT 1 FROM t"', '"INSERT INTO t VALUES (1)"', '"INSERT OR IGNORE INTO t VALUES (1)"',
                      '"UPDATE t SET a = 1"', '"DELETE FROM t"', 'r#"WITH a AS (SELECT 1) DELETE FROM t"#',
                      '"select id from tickets where a = 1"', '"\\\n    SELECT id"']
        for statement in statements:
            files = {"hub/src/api/a.rs": f"fn f() {{\n    run({statement});\n}}\n"}
            self.assertEqual(self.found(house.sql, files), [("hub/src/api/a.rs", 2)], statement)
        self.assertEqual(self.found(house.sql, {"hub/src/api/a.rs": "", "hub/src/q.sql": ""}), [("hub/src/q.sql", 1)])

    def test_sql_in_the_store_and_words_like_it_elsewhere_pass(self):
        files = {
            "hub/src/store/a.rs": 'use rusqlite::Row;\nconst Q: &str = "SELECT 1 FROM t";\n',
            "hub/src/api.rs": '// "SELECT a" would be wrong, and so would rusqlite\n/* "DELETE FROM t" */\n'
                              'let a = "DELETE"; let b = "Select a grid from the list"; let c = "UPDATE the app";\n',
            "cli/src/main.rs": 'let a = "SELECT 1 FROM t";\n',
        }
        self.assertEqual(self.found(house.sql, files), [])

    def test_the_database_library_outside_the_store_is_found(self):
        files = {"hub/src/error.rs": "enum E {\n    Store(#[from] rusqlite::Error),\n}\n"}
        self.assertEqual(self.found(house.sql, files), [("hub/src/error.rs", 2)])

    def test_paths_of_one_machine_and_unfinished_work_are_found(self):
        files = {
            "a.md": "see /" "home/me/x\nand '/" "work/y'\n",
            "b.rs": "// TO" "DO: later\n",
            "c.md": "https://example.org/work/x ./home/a net" "work/ todo!\n",
            "d.png": b"\0/" b"root/x",
        }
        self.assertEqual(self.found(house.words, files), [("a.md", 1), ("a.md", 2), ("b.rs", 1)])

    def test_a_dependency_without_a_reason_is_found(self):
        manifest = ('[workspace.dependencies]\nredvest-a = { path = "a" }\n\n# Time.\nchrono = "1"\nuuid = "1"\n\n'
                    'serde = "1"\n# JSON.\njson = { features = [\n  "a",\n] }\n')
        crate = ('[dependencies]\nchrono.workspace = true\nuuid = { workspace = true }\nnew = "1"\n\n'
                 '[dev-dependencies.b]\n')
        files = {"Cargo.toml": manifest, "a/Cargo.toml": crate}
        expected = [("Cargo.toml", 8), ("a/Cargo.toml", 4), ("a/Cargo.toml", 6)]
        self.assertEqual(self.found(house.reasons, files), expected)

    def test_what_the_sdk_shows_is_documented(self):
        good = "/** Said. */\n@Anno\npublic class A(\n    public val b: Int,\n) {\n    private val c = 1\n}\n"
        files = {"android/sdk/src/main/kotlin/A.kt": good + "\npublic fun bare() = 1\n",
                 "android/sdk/src/test/kotlin/T.kt": "public fun bare() = 1\n"}
        self.assertEqual(self.found(house.kdoc, files), [("android/sdk/src/main/kotlin/A.kt", 9)])

    def test_the_program_ends_with_1_and_names_the_place(self):
        self.tree({"Cargo.toml": '[workspace]\nmembers = ["domain"]\nresolver = "3"\n',
                   "domain/Cargo.toml": '[package]\nname = "redvest-domain"\nversion = "0.1.0"\nedition = "2024"\n',
                   "domain/src/lib.rs": "// TO" "DO\n"})
        command = [sys.executable, house.__file__, "--root", str(self.root)]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("domain/src/lib.rs:1: unfinished work", done.stdout)
        (self.root / "domain/src/lib.rs").write_text("")
        self.assertEqual(subprocess.run(command, capture_output=True).returncode, 0)

    def test_ignored_files_are_not_looked_at(self):
        subprocess.run(["git", "init", "-q", str(self.root)], check=True)
        tree = self.tree({".gitignore": "/target\n", "target/a.rs": "x", "b.rs": "x"})
        self.assertEqual(tree.paths, [".gitignore", "b.rs"])


class RustText(unittest.TestCase):
    def test_comments_and_literals_are_told_from_code(self):
        source = ("fn a<'a>(x: &'a str) { /* one /* \"two\" */ */ b(\"q\\\"r\", 'c', '\"', b\"s\", r#\"t\"u\"#); }\n"
                  "// \"v\"\nlet w = \"x\";\n")
        code, strings = rust_text.split(source)
        self.assertEqual(strings, [(1, 'q\\"r'), (1, "s"), (1, 't"u'), (3, "x")])
        self.assertIn("fn a<'a>(x: &'a str) {", code)
        self.assertIn("let w =", code)
        self.assertEqual(code.count("\n"), source.count("\n"))


if __name__ == "__main__":
    unittest.main()
