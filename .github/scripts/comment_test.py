"""What the job `comment` of pull-request.yml does to comments, with a `gh` that answers in GitHub's place.

`cargo xtask ci workflows` runs it.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import yaml

WORKFLOW = pathlib.Path(__file__).parent.parent / "workflows" / "pull-request.yml"
MARKER = "<!-- stratiform diff -->"
TEXT = f"{MARKER}\n### ⚠ data loss\n\n| stack | what |\n"
THREAD = "repos/octo/storefront/issues/7/comments"
LIST = ["api", "--paginate", "--slurp", f"{THREAD}?per_page=100"]

# Answers the list of comments, and notes every call with what it was given.
GH = f"""#!{sys.executable}
import json, os, sys
given = sys.stdin.read() if "--input" in sys.argv else None
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps([sys.argv[1:], given and json.loads(given)]) + "\\n")
if "--slurp" in sys.argv:
    print(os.environ["COMMENTS"])
sys.exit(int(os.environ["CODE"]))
"""


def comment(number, body, login="github-actions[bot]"):
    return {"id": number, "body": body, "user": login and {"login": login}}


def script():
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["comment"]["steps"]
    return next(step["run"] for step in steps if step.get("shell") == "python")


class Comment(unittest.TestCase):
    def run_script(self, *pages, text=TEXT, code=0):
        """The calls after the script ran in a folder with such a diff.md, and how it ended."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "bin").mkdir()
            gh = folder / "bin" / "gh"
            gh.write_text(GH)
            gh.chmod(0o755)
            (folder / "review").mkdir()
            if text is not None:
                data = text if isinstance(text, bytes) else text.encode()
                (folder / "review" / "diff.md").write_bytes(data)
            calls = folder / "calls"
            calls.touch()
            environment = {
                "PATH": os.pathsep.join([str(gh.parent), os.environ["PATH"]]),
                "CALLS": str(calls),
                "COMMENTS": json.dumps(pages),
                "CODE": str(code),
                "GITHUB_REPOSITORY": "octo/storefront",
                "NUMBER": "7",
            }
            done = subprocess.run(
                [sys.executable, "-c", script()],
                cwd=folder,
                env=environment,
                capture_output=True,
                encoding="utf-8",
            )
            self.assertNotIn("Traceback", done.stderr)
            return [json.loads(line) for line in calls.read_text().splitlines()], done

    def assert_refused(self, why, **arguments):
        calls, done = self.run_script([], **arguments)
        self.assertEqual((done.returncode, calls), (1, []))
        self.assertIn(why, done.stderr)

    def assert_wrote(self, calls, method, path, text=TEXT):
        self.assertEqual(
            calls,
            [
                [LIST, None],
                [["api", "--method", method, path, "--input", "-"], {"body": text}],
            ],
        )

    def test_the_first_time_it_comments(self):
        calls, done = self.run_script([])
        self.assertEqual((done.returncode, done.stdout), (0, "commented\n"))
        self.assert_wrote(calls, "POST", THREAD)

    def test_later_it_rewrites_its_comment(self):
        before = comment(12, f"{MARKER}\nbefore")
        calls, done = self.run_script([comment(11, "Nice!", "ann"), before])
        self.assertEqual((done.returncode, done.stdout), (0, "rewrote the comment\n"))
        self.assert_wrote(calls, "PATCH", "repos/octo/storefront/issues/comments/12")

    def test_its_comment_may_be_on_a_later_page(self):
        others = [comment(number, "Nice!", "ann") for number in range(100)]
        calls, _ = self.run_script(others, [comment(112, f"{MARKER}\r\nbefore")])
        self.assert_wrote(calls, "PATCH", "repos/octo/storefront/issues/comments/112")

    def test_what_is_there_already_is_not_written_again(self):
        for there in [TEXT, TEXT.rstrip(), TEXT.replace("\n", "\r\n")]:
            calls, done = self.run_script([comment(12, there)])
            self.assertEqual((done.returncode, done.stdout), (0, "the comment says it already\n"))
            self.assertEqual(calls, [[LIST, None]])

    def test_comments_of_others_are_left_alone(self):
        others = [
            comment(1, TEXT, "ann"),
            comment(2, TEXT, "github-actions"),
            comment(3, TEXT, "dependabot[bot]"),
            comment(4, TEXT, None),
            comment(5, None, "ann"),
        ]
        calls, _ = self.run_script(others)
        self.assert_wrote(calls, "POST", THREAD)

    def test_other_comments_of_the_bot_are_left_alone(self):
        others = [comment(1, "Coverage: 80 %"), comment(2, f"As I said:\n{MARKER}"), comment(3, None)]
        calls, _ = self.run_script(others)
        self.assert_wrote(calls, "POST", THREAD)

    def test_text_is_only_text(self):
        text = f"{MARKER}\n$(id) `id` ${{{{ github.token }}}} \"'\\\n::error::x\n@/etc/passwd\n"
        calls, done = self.run_script([], text=text)
        self.assert_wrote(calls, "POST", THREAD, text)
        self.assertEqual((done.stdout, done.stderr), ("commented\n", ""))

    def test_the_longest_comment_is_posted(self):
        text = MARKER + "\n" + "x" * (65_536 - len(MARKER) - 1)
        calls, _ = self.run_script([], text=text)
        self.assert_wrote(calls, "POST", THREAD, text)

    def test_what_is_longer_is_not(self):
        text = MARKER + "\n" + "x" * (65_536 - len(MARKER))
        self.assert_refused("too long", text=text)
        # 🛢 counts as two.
        self.assert_refused("too long", text=MARKER + "\n" + "🛢" * 40_000)
        self.assert_refused("too long", text=MARKER + "\n" + "x" * 10_000_000)

    def test_what_is_not_ours_is_not_posted(self):
        self.assert_refused("does not begin", text="Buy my book!\n")
        self.assert_refused("does not begin", text=f"Buy my book!\n{MARKER}\n")
        self.assert_refused("does not begin", text=f"{MARKER} Buy my book!\n")
        self.assert_refused("does not begin", text="")
        self.assert_refused("no diff.md", text=None)
        self.assert_refused("not UTF-8", text=b"\xff\xfe")

    def test_what_github_refuses_fails(self):
        calls, done = self.run_script([], code=1)
        self.assertEqual((done.returncode, calls), (1, [[LIST, None]]))
        self.assertIn("ended with 1", done.stderr)


if __name__ == "__main__":
    unittest.main()
