"""The licence gate refuses what it must, and reads expressions as SPDX means them."""

import contextlib
import io
import json
import pathlib
import tempfile
import unittest

import licences


def package(name, licence, manifest="/nowhere/Cargo.toml"):
    return {"id": name, "name": name, "version": "1.0.0", "license": licence, "manifest_path": manifest}


def world(*foreign, ours="Apache-2.0"):
    """One crate of ours that needs the first foreign package, which needs the second, and so on."""
    names = ["redvest-domain"] + [one["name"] for one in foreign]
    nodes = [{"id": name, "dependencies": names[at + 1 : at + 2],
              "deps": [{"pkg": below, "dep_kinds": [{"kind": None}]} for below in names[at + 1 : at + 2]]}
             for at, name in enumerate(names)]
    return {"workspace_members": ["redvest-domain"], "packages": [package("redvest-domain", ours), *foreign],
            "resolve": {"nodes": nodes}}


class Expressions(unittest.TestCase):
    def test_expressions(self):
        for expression, expected in [
            ("MIT", True), ("MIT OR GPL-3.0", True), ("GPL-3.0 OR MIT", True), ("MIT/GPL-2.0", True),
            ("MIT AND GPL-3.0", False), ("GPL-3.0", False), ("AGPL-3.0-only", False), ("SSPL-1.0", False),
            ("GPL-3.0 OR MIT AND ISC", True), ("GPL-3.0 AND MIT OR ISC", True), ("GPL-3.0 AND (MIT OR ISC)", False),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", True), ("Apache-2.0 WITH LLVM-exception", True),
            ("MIT WITH Strange-exception", False), ("GPL-2.0 WITH LLVM-exception", False), ("mit", False),
        ]:
            self.assertIs(licences.accepted(expression), expected, expression)

    def test_malformed_expressions_are_not_accepted(self):
        for expression in ["", "MIT OR", "(MIT", "MIT ISC", "AND MIT", "MIT)", "MIT WITH", "MIT OR OR ISC"]:
            with self.assertRaises(licences.Expression, msg=expression):
                licences.accepted(expression)


class Gate(unittest.TestCase):
    def run_gate(self, metadata, *options):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "metadata.json")
            path.write_text(json.dumps(metadata))
            errors, output = io.StringIO(), io.StringIO()
            with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(output):
                code = licences.main(["--metadata", str(path), *options])
            return code, errors.getvalue(), output.getvalue()

    def test_accepted_licences_pass(self):
        self.assertEqual(self.run_gate(world(package("a", "MIT"), package("b", "ISC")))[0], 0)

    def test_an_offender_fails_and_is_shown_with_who_needs_it(self):
        code, errors, _ = self.run_gate(world(package("a", "MIT"), package("b", "AGPL-3.0")))
        self.assertEqual(code, 1)
        self.assertRegex(errors, r"b +1\.0\.0 +AGPL-3\.0 +not accepted +redvest-domain > a > b")

    def test_a_package_without_a_licence_fails(self):
        self.assertEqual(self.run_gate(world(package("a", None)))[0], 1)

    def test_a_malformed_licence_fails(self):
        self.assertEqual(self.run_gate(world(package("a", "MIT OR")))[0], 1)

    def test_our_own_crates_keep_our_licence(self):
        self.assertEqual(self.run_gate(world(ours="MIT"))[0], 1)

    def test_the_notices_hold_the_texts_of_what_ships(self):
        with tempfile.TemporaryDirectory() as directory:
            pathlib.Path(directory, "LICENSE-MIT").write_text("Permission is hereby granted to everybody")
            pathlib.Path(directory, "COPYING").write_text("GNU GENERAL PUBLIC LICENSE")
            found = package("a", "MIT", str(pathlib.Path(directory, "Cargo.toml")))
            code, errors, output = self.run_gate(world(found, package("b", "ISC")), "--notices", "-")
        self.assertEqual(code, 0)
        self.assertIn("a 1.0.0 (MIT)", output)
        self.assertIn("Permission is hereby granted to everybody", output)
        self.assertNotIn("GNU", output)
        self.assertIn("without a licence text: b 1.0.0", errors)

    def test_the_notices_leave_out_what_only_tests_and_builds_need(self):
        metadata = world(package("a", "MIT"))
        metadata["resolve"]["nodes"][0]["deps"][0]["dep_kinds"] = [{"kind": "dev"}, {"kind": "build"}]
        self.assertEqual(licences.shipped(metadata), [])


if __name__ == "__main__":
    unittest.main()
