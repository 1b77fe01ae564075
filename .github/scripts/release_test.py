"""What the job `release` of release.yml does, in a repository of its own, with a `gh` that answers in GitHub's place.

`cargo xtask ci workflows` runs it. It needs git, cargo, and the git-cliff of release.txt.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

HERE = pathlib.Path(__file__).parent
WORKFLOW = HERE.parent / "workflows" / "release.yml"
MANIFEST = """[package]
name = "stratiform"
version.workspace = true
edition = "2024"

[workspace]

[workspace.package]
version = "0.1.0"

[workspace.dependencies]
serde = { version = "=0.1.0" }
stratiform-part = { path = "part", version = "=0.1.0" }
"""
LOCK = 'version = 4\n\n[[package]]\nname = "stratiform"\nversion = "0.1.0"\n'
CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n- A thing.\n"

# Notes every call, with the text of the notes that it was given.
GH = f"""#!{sys.executable}
import json, os, sys
given = sys.argv[sys.argv.index("--notes-file") + 1] if "--notes-file" in sys.argv else None
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps([sys.argv[1:], given and open(given).read()]) + "\\n")
sys.exit(int(os.environ.get("CODE_OF_" + sys.argv[1], "0")))
"""


def steps():
    """The steps that are tested, with what they run."""
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["release"]["steps"]
    return {step["name"]: step["run"] for step in steps if "name" in step}


class Release(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "bin").mkdir()
        gh = self.folder / "bin" / "gh"
        gh.write_text(GH)
        gh.chmod(0o755)
        python = self.folder / "bin" / "python"
        python.symlink_to(sys.executable)
        self.repository = self.folder / "repository"
        kept = ["CARGO_HOME", "HOME", "RUSTUP_HOME"]
        self.environment = {name: os.environ[name] for name in kept if name in os.environ}
        self.environment |= {
            "PATH": os.pathsep.join([str(gh.parent), os.environ["PATH"]]),
            "CARGO_NET_OFFLINE": "true",
            "CALLS": str(self.folder / "calls"),
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_REF": "refs/heads/main",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        for who in ["AUTHOR", "COMMITTER"]:
            self.environment[f"GIT_{who}_NAME"] = "test"
            self.environment[f"GIT_{who}_EMAIL"] = "test@example.com"
        self.git("init", "--quiet", "--bare", "--initial-branch=main", "origin", at=self.folder)
        self.git("init", "--quiet", "--initial-branch=main", "repository", at=self.folder)
        self.git("remote", "add", "origin", str(self.folder / "origin"))
        for name, text in {
            "Cargo.toml": MANIFEST,
            "Cargo.lock": LOCK,
            "CHANGELOG.md": CHANGELOG,
            "src/lib.rs": "",
            "cliff.toml": (HERE.parent.parent / "cliff.toml").read_text(),
            ".github/scripts/release.py": (HERE / "release.py").read_text(),
        }.items():
            self.write(name, text)
        self.commit("feat: begin")

    def write(self, name, text):
        path = self.repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, name):
        return (self.repository / name).read_text()

    def git(self, *arguments, at=None):
        command = ["git", *arguments]
        done = subprocess.run(
            command, cwd=at or self.repository, env=self.environment, check=True, stdout=subprocess.PIPE, encoding="utf-8"
        )
        return done.stdout.strip()

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        self.git("push", "--quiet", "origin", "main")

    def step(self, name, **environment):
        """How a step of the workflow ends, as a runner runs it."""
        return subprocess.run(
            ["bash", "-e", "-c", steps()[name]],
            cwd=self.repository,
            env=self.environment | environment,
            capture_output=True,
            encoding="utf-8",
        )

    def release(self, tag):
        """All steps, which end well; the calls of `gh`."""
        done = self.step("Prepare")
        self.assertEqual(done.returncode, 0, done.stderr)
        output = (self.folder / "output").read_text()
        self.assertEqual(output, f"tag={tag}\n")
        for name in ["Push", "Release"]:
            done = self.step(name, TAG=tag)
            self.assertEqual(done.returncode, 0, done.stderr)
        (self.folder / "output").unlink()
        calls = (self.folder / "calls").read_text().splitlines()
        (self.folder / "calls").unlink()
        return [json.loads(call) for call in calls]

    def refused(self, why, **environment):
        """Nothing is committed, tagged or written."""
        before = [self.git("rev-parse", "HEAD"), self.git("tag"), self.git("status", "--porcelain")]
        done = self.step("Prepare", **environment)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(why, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        after = [self.git("rev-parse", "HEAD"), self.git("tag"), self.git("status", "--porcelain")]
        self.assertEqual(after, before)
        self.assertFalse((self.folder / "output").exists())

    def change(self, message, line):
        """A commit with a line in the changelog."""
        text = self.read("CHANGELOG.md")
        self.write("CHANGELOG.md", text.replace("## Unreleased\n", f"## Unreleased\n\n{line}\n", 1))
        self.commit(message)

    def test_the_first_release_has_the_version_in_the_code(self):
        login, create = self.release("v0.1.0")
        self.assertEqual(login, [["auth", "setup-git"], None])
        arguments, notes = create
        self.assertEqual(arguments[:3], ["release", "create", "v0.1.0"])
        self.assertIn("--verify-tag", arguments)
        self.assertRegex(notes, r"^### Added\n- A thing\.\n\n### Commits\n\n#### Added\n\n- begin \([0-9a-f]{7}\)\n$")
        self.assertRegex(
            self.read("CHANGELOG.md"),
            r"^# Changelog\n\n## Unreleased\n\n## 0\.1\.0 - \d{4}-\d\d-\d\d\n\n### Added\n- A thing\.\n$",
        )

    def test_what_is_pushed_is_one_commit_and_its_tag(self):
        self.release("v0.1.0")
        origin = self.folder / "origin"
        head = self.git("rev-parse", "main", at=origin)
        self.assertEqual(self.git("rev-parse", "v0.1.0^{commit}", at=origin), head)
        self.assertEqual(self.git("log", "-1", "--format=%s", head), "chore(release): v0.1.0")
        message = self.git("tag", "--list", "--format=%(contents)", "v0.1.0")
        self.assertIn("### Added\n- A thing.", message)

    def test_commits_make_the_version(self):
        self.release("v0.1.0")
        for message, tag in [
            ("fix(diff): mend", "v0.1.1"),
            ("perf: hurry", "v0.1.2"),
            ("feat(diff): grow", "v0.2.0"),
            ("refactor!: break", "v0.3.0"),
        ]:
            self.commit("docs: words")
            self.change(message, "- It.")
            _, (_, notes) = self.release(tag)
            self.assertRegex(notes, r"^- It\.\n\n### Commits\n\n#### \w+\n\n- .*\(\w{7}\)\n$")
            version = tag.removeprefix("v")
            self.assertIn(f'version = "{version}"', self.read("Cargo.toml"))
            self.assertIn(f'{{ path = "part", version = "={version}" }}', self.read("Cargo.toml"))
            self.assertIn('serde = { version = "=0.1.0" }', self.read("Cargo.toml"))
            self.assertIn(f'name = "stratiform"\nversion = "{version}"', self.read("Cargo.lock"))

    def test_a_package_by_itself_has_its_own_version(self):
        manifest = self.read("Cargo.toml").replace("version.workspace = true", 'version = "0.1.0"')
        self.write("Cargo.toml", manifest.replace('[workspace.package]\nversion = "0.1.0"', '[workspace.package]\nedition = "2024"'))
        self.commit("chore: move")
        self.release("v0.1.0")
        self.change("feat: grow", "- It.")
        self.release("v0.2.0")
        self.assertIn('[package]\nname = "stratiform"\nversion = "0.2.0"', self.read("Cargo.toml"))
        self.write("Cargo.toml", self.read("Cargo.toml").replace('version = "0.2.0"\n', ""))
        self.change("feat: grow", "- It.")
        self.refused("Cargo.toml has no version")

    def test_what_nobody_notices_is_not_released(self):
        self.release("v0.1.0")
        self.refused("nothing to release since v0.1.0")
        for message in ["docs: words", "chore: tidy", "test: more", "Whatever"]:
            self.change(message, "- It.")
            self.refused("nothing to release since v0.1.0")

    def test_a_version_that_somebody_changed_is_refused(self):
        self.release("v0.1.0")
        self.write("Cargo.toml", self.read("Cargo.toml").replace("0.1.0", "0.5.0"))
        self.change("feat: grow", "- It.")
        self.refused("Cargo.toml has version 0.5.0, and the last tag is v0.1.0")

    def test_a_tag_that_is_there_is_refused(self):
        # On another branch, which is not released from here.
        self.git("checkout", "--quiet", "-b", "other")
        self.commit("feat: elsewhere")
        self.git("tag", "v0.1.0")
        self.git("checkout", "--quiet", "main")
        self.refused("the tag v0.1.0 exists already")

    def test_a_tag_that_comes_meanwhile_stops_the_commit_too(self):
        before = self.git("rev-parse", "main", at=self.folder / "origin")
        self.assertEqual(self.step("Prepare").returncode, 0)
        self.git("push", "--quiet", "origin", "HEAD~1:refs/tags/v0.1.0")
        self.assertNotEqual(self.step("Push", TAG="v0.1.0").returncode, 0)
        self.assertEqual(self.git("rev-parse", "main", at=self.folder / "origin"), before)

    def test_a_changelog_that_says_nothing_is_refused(self):
        for text in ["# Changelog\n\n## Unreleased\n", "# Changelog\n\n## Unreleased\n\n## 0.0.9 - 2026-01-01\n\n- It.\n"]:
            self.write("CHANGELOG.md", text)
            self.commit("feat: silent")
            self.refused("CHANGELOG.md says nothing under `## Unreleased`")
        self.write("CHANGELOG.md", "# Changelog\n")
        self.commit("feat: silent")
        self.refused("CHANGELOG.md has no heading `## Unreleased`")

    def test_other_branches_and_open_changes_are_refused(self):
        self.refused("releases are made from main, not from refs/heads/other", GITHUB_REF="refs/heads/other")
        self.write("new", "")
        self.refused("there is something in no commit")

    def test_where_main_moved_on_nothing_is_pushed(self):
        self.assertEqual(self.step("Prepare").returncode, 0)
        self.git("clone", "--quiet", "origin", "other", at=self.folder)
        other = self.folder / "other"
        self.git("commit", "--quiet", "--allow-empty", "--message=feat: meanwhile", at=other)
        self.git("push", "--quiet", at=other)
        self.assertNotEqual(self.step("Push", TAG="v0.1.0").returncode, 0)
        self.assertEqual(self.git("tag", at=self.folder / "origin"), "")

    def test_a_release_that_github_does_not_make_is_told(self):
        self.assertEqual(self.step("Prepare").returncode, 0)
        self.assertEqual(self.step("Push", TAG="v0.1.0").returncode, 0)
        done = self.step("Release", TAG="v0.1.0", CODE_OF_release="1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("The tag v0.1.0 is pushed, and the release is not made", done.stdout)

    def test_a_login_that_fails_pushes_nothing(self):
        self.assertEqual(self.step("Prepare").returncode, 0)
        self.assertNotEqual(self.step("Push", TAG="v0.1.0", CODE_OF_auth="1").returncode, 0)
        self.assertEqual(self.git("tag", at=self.folder / "origin"), "")

    def check(self, tag):
        command = [sys.executable, ".github/scripts/release.py", "check", tag]
        return subprocess.run(command, cwd=self.repository, env=self.environment, capture_output=True, encoding="utf-8")

    def test_a_tag_is_the_version_of_its_code(self):
        self.release("v0.1.0")
        self.assertEqual(self.check("v0.1.0").returncode, 0)
        self.git("tag", "v0.2.0")
        for tag, why in [
            ("v0.2.0", "Cargo.toml has version 0.1.0, and the tag is v0.2.0"),
            ("main", "main is no tag of a release"),
            ("v9.9.9", "ended with 128"),
        ]:
            done = self.check(tag)
            self.assertEqual(done.returncode, 1)
            self.assertIn(why, done.stderr)
        self.write("Cargo.toml", self.read("Cargo.toml").replace("0.1.0", "0.3.0"))
        self.commit("feat: grow")
        self.git("tag", "v0.3.0")
        self.assertIn("Cargo.lock has version 0.1.0", self.check("v0.3.0").stderr)


if __name__ == "__main__":
    unittest.main()
