"""Tests what makes the scanners' lists of .github/allowed.toml."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("allowed.py")
ENTRY = {
    "scanner": '"grype"',
    "finding": '"CVE-2026-0001"',
    "reason": '"Nobody can reach it from outside."',
    "until": "2027-03-31",
}


def entry(**members):
    members = {**ENTRY, **members}
    return "\n".join(["[[allowed]]", *(f"{key} = {value}" for key, value in members.items() if value), ""])


class Allowed(unittest.TestCase):
    def run_script(self, text, today="2026-11-29", deny=None):
        """How the script ended, what it said, and the lists."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / ".github").mkdir()
            if text is not None:
                (folder / ".github" / "allowed.toml").write_text(text)
            if deny is not None:
                (folder / "deny.toml").write_text(deny)
            environment = {**os.environ, "GITHUB_WORKSPACE": name, "RUNNER_TEMP": name, "TODAY": today}
            done = subprocess.run([sys.executable, SCRIPT], env=environment, capture_output=True, encoding="utf-8")
            self.assertNotIn("Traceback", done.stderr)
            files = ("grype.yaml", "gitleaksignore")
            lists = [(folder / file).read_text() for file in files if (folder / file).exists()]
            return done.returncode, done.stdout, lists

    def test_nothing_is_allowed_where_there_is_no_file(self):
        code, _, (grype, gitleaks) = self.run_script(None)
        self.assertEqual((code, json.loads(grype), gitleaks), (0, {"ignore": []}, ""))

    def test_each_scanner_gets_its_own(self):
        text = entry() + entry(scanner='"gitleaks"', finding='"a:b:3"')
        code, _, (grype, gitleaks) = self.run_script(text)
        self.assertEqual(code, 0)
        self.assertEqual([one["vulnerability"] for one in json.loads(grype)["ignore"]], ["CVE-2026-0001"])
        self.assertEqual(gitleaks, "a:b:3\n")

    def test_what_cargo_deny_passes_over_has_a_reason_and_a_day(self):
        text = entry(scanner='"cargo-deny"', finding='"RUSTSEC-2026-0001"')
        deny = '[advisories]\nignore = [{ id = "RUSTSEC-2026-0001", reason = "see .github/allowed.toml" }]\n'
        self.assertEqual(self.run_script(text, deny=deny)[0], 0)
        for text, deny in [("", deny), (text, "[advisories]\n"), (text, None)]:
            code, said, _ = self.run_script(text, deny=deny)
            self.assertEqual(code, 1)
            self.assertIn("RUSTSEC-2026-0001 stands in only one", said)

    def test_the_last_day_counts_and_the_one_after_fails(self):
        self.assertEqual(self.run_script(entry(), "2027-03-31")[0], 0)
        code, said, lists = self.run_script(entry(), "2027-04-01")
        self.assertEqual((code, lists), (1, []))
        self.assertIn("expired on 2027-03-31", said)

    def test_what_says_too_little_fails(self):
        for wrong in [
            {"reason": '"todo"'},
            {"reason": None},
            {"until": None},
            {"until": '"2027-03-31"'},
            {"until": "2027-03-31T00:00:00Z"},
            {"scanner": '"trivy"'},
            {"more": "1"},
        ]:
            self.assertEqual(self.run_script(entry(**wrong))[0], 1, wrong)


if __name__ == "__main__":
    unittest.main()
