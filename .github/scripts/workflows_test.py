"""Tests the workflows: runs them, one after the other, in a clone of this repository, against the embedded engine.

What a team goes through: dev on a branch, staging on the main branch, prod from a tag through prepare, approval and
execute; a release that fails and is rolled back; a rollback by hand. And each step is run once where it must fail: a step
that cannot fail checks nothing, and one without such a situation fails this test.
"""

import contextlib
import hashlib
import io
import json
import pathlib
import re
import shutil
import sys
import tarfile
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "workflows"))

import yaml
from expression import Lacking, Unknown, condition, filled
from world import World


# Situations in which a step must fail: each takes the job and the step's environment, and gives the environment to run in.


def fails(*programs):
    """Programs end with 1, whatever they are asked."""

    @contextlib.contextmanager
    def situation(job, environment):
        with tempfile.TemporaryDirectory() as folder:
            for program in programs:
                fake = pathlib.Path(folder, program)
                fake.write_text("#!/bin/sh\nexit 1\n")
                fake.chmod(0o755)
            yield {**environment, "PATH": f"{folder}:{environment['PATH']}"}

    return situation


def with_values(**values):
    """The environment is another one."""

    @contextlib.contextmanager
    def situation(job, environment):
        yield {**environment, **values}

    return situation


def without(place, name):
    """A file or folder of the job's is not there."""

    @contextlib.contextmanager
    def situation(job, environment):
        there = pathlib.Path(getattr(job, place)(), name.format_map(environment))
        away = there.with_name(f"{there.name}-away")
        there.rename(away)
        try:
            yield environment
        finally:
            away.rename(there)

    return situation


def with_text(place, name, text):
    """A file of the job's says something else."""

    @contextlib.contextmanager
    def situation(job, environment):
        there = pathlib.Path(getattr(job, place)(), name.format_map(environment))
        before = there.read_bytes() if there.exists() else None
        there.write_text(text)
        try:
            yield environment
        finally:
            if before is None:
                there.unlink()
            else:
                there.write_bytes(before)

    return situation


def refused():
    """AWS takes the job for somebody who may do nothing."""

    @contextlib.contextmanager
    def situation(job, environment):
        yield {**environment, "AWS_ENDPOINT_URL": job.world.issuer}

    return situation


NO_WORD = with_values(ACTIONS_ID_TOKEN_REQUEST_TOKEN="stolen")
EXPIRED = """
[[allowed]]
scanner = "grype"
finding = "CVE-2026-0001"
reason = "Nobody can reach it from outside."
until = 2026-01-01
"""

# By step, where a step with this name does the same in every workflow and job; else with its job, and its workflow.
SITUATIONS = {
    "Toolchain": [fails("rustup")],
    "build: Build": [fails("cargo")],
    "diff: Build": [fails("cargo")],
    "image: Build": [fails("docker"), without("workspace", "{DOCKERFILE}")],
    "Scanner": [with_values(SHA256_AMD64="0" * 64, SHA256_ARM64="0" * 64), fails("curl")],
    "Allowed": [with_text("workspace", ".github/allowed.toml", EXPIRED)],
    "Scan": [with_text("temp", "image/{SERVICE}.tar", "CVE-2026-0001")],
    "Tool": [without("temp", "tool/stratiform")],
    "Credentials": [NO_WORD, refused(), with_values(AWS_ROLE_ARN="")],
    "Repositories": [refused()],
    "Push": [fails("docker"), refused()],
    "Promote": [fails("docker"), refused()],
    "Changed": [fails("gh", "git")],
    "Deploy": [refused(), with_values(ALLOW="everything")],
    "Drift": [refused()],
    "Start": [fails("gh"), fails("git")],
    "Rollback": [refused()],
    "Begin": [fails("gh"), fails("git")],
    "Watch": [refused(), with_values(FOR="a while")],
    "Rehearse": [refused(), with_text("workspace", "environments/prod.yaml", "settings: {}\n")],
    "Report": [fails("gh"), with_values(GH_TOKEN="{}")],
    "deploy-prod.yml: prepare: Release": [with_values(GITHUB_REF_TYPE="branch")],
    "deploy-prod.yml: prepare: Prepare": [refused(), with_values(GITHUB_REF_NAME="v0.0.0")],
    "deploy-prod.yml: prepare: Review": [with_text("temp", "sealed/release.json", "{")],
    "deploy-prod.yml: prepare: Seal": [without("temp", "sealed/release.json")],
    "deploy-prod.yml: execute: Seal": [with_text("temp", "sealed/release.json", "{}")],
    "deploy-prod.yml: execute: Approval": [fails("gh"), with_values(GH_TOKEN="{}")],
    "deploy-prod.yml: execute: Execute": [refused(), with_text("temp", "sealed/release.json", "{}")],
    "git-cliff": [fails("python")],
    "release.yml: release: Prepare": [fails("git-cliff"), with_values(GITHUB_REF="refs/heads/feature/faster")],
    "release.yml: release: Push": [fails("gh"), fails("git"), with_values(TAG="v9.9.9")],
    "release.yml: release: Release": [fails("gh"), with_values(TAG="v9.9.9")],
    "pull-request.yml: diff: Diff": [fails("git"), with_values(CLASSES="nothing-known")],
    "pull-request.yml: diff: Summary": [without("temp", "review/diff.md")],
    "pull-request.yml: comment: Comment": [fails("gh"), with_text("workspace", "review/diff.md", "Buy my book!")],
    "pull-request.yml: consequences: Consequences": [
        with_values(DIFF="failure"),
        with_values(REFUSED="true"),
        with_values(COMMENT="failure"),
    ],
    # The first release has no tag before it: then only git can fail.
    "release.yml: release: Public API": [fails("git")],
    "Packages": [fails("cargo")],
    "CI": [fails("cargo")],
    "Tools": [fails("cargo")],
    "Tests": [fails("cargo")],
    "Page": [fails("cargo")],
    "Floor": [fails("cargo")],
    "Components": [fails("rustup")],
    "Format": [fails("cargo")],
    "Lints": [fails("cargo")],
    "ci.yml: ci: Build": [fails("cargo")],
    "Validate": [with_text("workspace", "environments/dev.yaml", "nonsense: true\n")],
    "Plain secrets": [with_text("workspace", "token.txt", "ghp" + "_vQ7zK2mX9pR4tW6yB1nC8dF3gH5jL0sAeUqI")],
    "Snapshots": [with_text("workspace", "snapshots/dev/network.yaml", "Resources: {}\n")],
    "Workflows": [with_text("workspace", ".github/workflows/rollback.yml", "# Written by `stratiform workflows`\n")],
    "cargo-deny": [fails("cargo")],
    "Licences, bans, sources, and advisories": [fails("cargo")],
    "Gitleaks": [with_values(SHA256="0" * 64), fails("curl")],
    "Secrets": [with_text("workspace", "key.pem", "a secret"), without("temp", "gitleaksignore")],
}


def situations_of(file, job, step):
    places = (f"{file}: {job}: {step}", f"{job}: {step}", step)
    found = next((SITUATIONS[place] for place in places if place in SITUATIONS), None)
    if found is None:
        raise AssertionError(f"{file}: {job}: {step} has no situation in which it must fail: give it one, in {__file__}")
    return found


# Stand-ins for scanners: each finds one word, and takes its configuration as the real one does.
GRYPE = """#!/usr/bin/env python
import json, pathlib, re, sys
_, flag, config, on, high, image = sys.argv
assert (flag, on, high) == ("--config", "--fail-on", "high")
known = {one["vulnerability"] for one in json.loads(pathlib.Path(config).read_text())["ignore"]}
text = pathlib.Path(image.removeprefix("docker-archive:")).read_text()
sys.exit(2 if set(re.findall("CVE-[0-9-]+", text)) - known else 0)
"""
GITLEAKS = """#!/usr/bin/env python
import pathlib, sys
assert sys.argv[1:6] == ["git", "--no-banner", "--redact", "--exit-code", "1"]
assert sys.argv[6] == "--gitleaks-ignore-path" and pathlib.Path(sys.argv[7]).is_file()
sys.exit(any("a secret" == file.read_text() for file in pathlib.Path(sys.argv[8]).glob("*.pem")))
"""


def archives(folder, workflows):
    """Archives of the scanners where their makers have them; and their sums, in place of those of the real ones."""
    folder.mkdir()
    sums = {"Scanner": {}, "Gitleaks": {}}
    version = r"VERSION: ([0-9.]+)\n +SHA256"
    grype = re.search(version, (workflows / "deploy-dev.yml").read_text())[1]
    gitleaks = re.search(version, (workflows / "ci.yml").read_text())[1]
    for step, variable, program, text, name in [
        ("Scanner", "SHA256_AMD64", "grype", GRYPE, f"grype_{grype}_linux_amd64"),
        ("Scanner", "SHA256_ARM64", "grype", GRYPE, f"grype_{grype}_linux_arm64"),
        ("Gitleaks", "SHA256", "gitleaks", GITLEAKS, f"gitleaks_{gitleaks}_linux_x64"),
    ]:
        file = folder / f"{name}.tar.gz"
        with tarfile.open(file, "w:gz") as archive:
            entry = tarfile.TarInfo(program)
            entry.size, entry.mode = len(text), 0o755
            archive.addfile(entry, io.BytesIO(text.encode()))
        sums[step][variable] = hashlib.sha256(file.read_bytes()).hexdigest()
    return sums


class Pipeline(unittest.TestCase):
    maxDiff = None

    def went(self, run, **expected):
        """A run, its jobs' results, and what is said at its commit."""
        results = {name.replace("-", "_"): job["result"] for name, job in run.results.items()}
        told = "\n".join(f"--- {step.job}: {step.name}: {step.result}\n{step.text}" for step in run.steps)
        for job, result in expected.items():
            self.assertEqual(results[job], result, f"{run.file}: {job}\n{told}")
        return run

    def test_from_a_branch_to_prod_and_back(self):
        # Dozens of clones: in memory where there is room, since they go right after.
        memory = pathlib.Path("/dev/shm")
        is_large = memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30
        with tempfile.TemporaryDirectory(dir=memory if is_large else None) as folder, World(folder) as world:
            world.situations_of = situations_of
            world.edit("environments/prod.yaml", "bake_minutes: 15", "bake_minutes: 0")
            self.services(world)
            self.besides(world)
            world.stratiform("workflows")
            world.commit("feat: the shop")
            self.workflows = world.team / ".github" / "workflows"
            sums = archives(world.folder / "downloads", self.workflows)
            world.changes_of = lambda file, job, step: sums.get(step, {})
            self.main(world)
            self.branch(world)
            self.pull_request(world)
            self.merge(world)
            self.release(world)
            self.failing_release(world)
            self.rollback(world)
            self.watch(world)
            self.drift(world)
            self.disaster_recovery(world)
            self.every_step_failed(world, self.workflows.glob("*.yml"))

    def test_what_another_repository_gets_besides(self):
        """Its ci and releases: this repository has its own, which are not written by `workflows`."""
        with tempfile.TemporaryDirectory() as folder, World(folder) as world:
            world.situations_of = situations_of
            self.workflows = world.team / ".github" / "workflows"
            files = [self.workflows / name for name in ("ci.yml", "release.yml")]
            for file in files:
                file.unlink()
            # Nobody has them there.
            (world.team / "cliff.toml").unlink()
            shutil.rmtree(world.team / ".github" / "scripts")
            world.stratiform("workflows")
            world.commit("feat: the shop")
            world.git("push", "--quiet", "origin", "main")
            world.git("fetch", "--quiet", "origin")
            sums = archives(world.folder / "downloads", self.workflows)
            world.changes_of = lambda file, job, step: sums.get(step, {})
            run = world.run("ci.yml", "push", "refs/heads/main")
            self.went(run, ci="success", dependencies="success", secrets="success")
            self.went(world.run("release.yml", "workflow_dispatch", "refs/heads/main"), release="success")
            world.git("fetch", "--quiet", "--tags", "origin")
            self.assertEqual(world.git("cat-file", "-t", "v0.1.0"), "tag")
            self.assertIn("the shop", world.git("for-each-ref", "--format=%(contents)", "refs/tags/v0.1.0"))
            self.every_step_failed(world, files)

    def services(self, world):
        """The worker's image is built here, too."""
        folder = world.team / "services" / "worker"
        folder.mkdir(parents=True)
        (folder / "Dockerfile").write_text("FROM scratch\n")
        line = "    api: { source: examples/api }\n"
        world.edit("environments/defaults.yaml", line, f"{line}    worker: {{ source: services/worker }}\n")

    def besides(self, world):
        """A webhook, and a command that needs a secret and sees no other one."""
        line = "  # Who deploys from GitHub"
        load = '[sh, -c, \'test "$LOAD_KEY" = s3cret && test -z "$DEPLOY_WEBHOOK"\']'
        written = [
            "  deployment:",
            "    notify: { webhook_from: DEPLOY_WEBHOOK }",
            f"    commands: [{{ name: load, command: {load}, secrets: [LOAD_KEY] }}]",
            line,
        ]
        world.edit("environments/defaults.yaml", line, "\n".join(written))

    def main(self, world):
        """The first push of the main branch: ci, then dev and, with what dev runs, staging."""
        runs = world.push("refs/heads/main")
        self.assertEqual(set(runs), {"ci.yml", "deploy-staging.yml"})
        self.went(runs["ci.yml"], ci="success")
        run = self.went(runs["deploy-staging.yml"], dev="success", deploy="success", report="success")
        self.assertEqual(world.statuses(run.sha)["deploy staging"], ("success", "done"))
        self.assertEqual(world.statuses(run.sha)["deploy dev"], ("success", "done"))
        self.same_image(world, "dev", "staging")
        for environment in ("dev", "staging"):
            self.assertTrue(self.heard(world, environment, " is deployed"), world.heard)
        self.assertEqual({claims["environment"] for claims in world.told}, {"dev", "staging"})

    def heard(self, world, environment, words):
        """Whether the webhook was told something of an environment."""
        return any(of == environment and words in text for of, text in world.heard)

    def same_image(self, world, one, other):
        for service in ("api", "worker"):
            digest = world.image(one, service).partition("@")[2]
            self.assertRegex(digest, "^sha256:[0-9a-f]{64}$")
            self.assertEqual(world.image(other, service).partition("@")[2], digest)

    def branch(self, world):
        """A branch changes a queue and a service: these are deployed to dev, and nothing else is touched."""
        before = {service: world.image("dev", service) for service in ("api", "worker")}
        world.git("checkout", "--quiet", "-b", "feature/faster")
        world.edit("environments/defaults.yaml", "visibility_timeout_seconds: 180", "visibility_timeout_seconds: 240")
        world.change("examples/api/src/main.rs")
        world.commit("feat: faster")
        runs = world.push("refs/heads/feature/faster")
        self.assertEqual(set(runs), {"deploy-dev.yml"})
        run = self.went(runs["deploy-dev.yml"], build="success", image="success", deploy="success", report="success")
        deployed = run.step("deploy", "Deploy").text
        self.assertIn("queues", deployed)
        self.assertNotIn("network  ", deployed)
        self.assertNotEqual(world.image("dev", "api"), before["api"])
        self.assertEqual(world.image("dev", "worker"), before["worker"])
        self.assertEqual(world.statuses(run.sha)["deploy dev"], ("success", "done"))

    def pull_request(self, world):
        run = world.run("pull-request.yml", "pull_request", "refs/heads/feature/faster")
        self.went(run, diff="success", comment="success", consequences="success")
        (comment,) = json.loads((world.folder / "comments.json").read_text())
        self.assertIn("storefront-dev-queues", comment)

    def merge(self, world):
        world.git("checkout", "--quiet", "main")
        world.git("merge", "--quiet", "--ff-only", "feature/faster")
        run = world.push("refs/heads/main")["deploy-staging.yml"]
        self.went(run, dev="success", deploy="success")
        self.same_image(world, "dev", "staging")

    def release(self, world):
        """A release is made, prepared, read, approved, executed. The first time, the repositories are made before."""
        self.went(world.run("release.yml", "workflow_dispatch", "refs/heads/main"), release="success")
        world.git("pull", "--quiet", "--tags", "origin", "main")
        tag = "refs/tags/v0.1.0"
        registry = {"stack": "registry"}
        world.approves = False
        run = world.run("deploy-prod.yml", "workflow_dispatch", tag, registry)
        self.went(run, build="success", prepare="success", execute="failure", report="success")
        self.assertEqual(world.statuses(run.sha)["deploy prod"], ("failure", "prepared, and not approved or not begun"))
        self.assertNotIn("storefront-prod-registry", world.status_of("prod"))
        self.assertTrue(self.heard(world, "prod", "waits"), world.heard)
        world.approves = True
        self.went(world.run("deploy-prod.yml", "workflow_dispatch", tag, registry), execute="success")
        run = self.went(world.run("deploy-prod.yml", "push", tag), prepare="success", execute="success", report="success")
        # Who approved had read what is executed.
        environment, read = world.asked[-1]
        self.assertEqual(environment, "prod")
        self.assertIn("deploy --env prod --execute", read)
        self.same_image(world, "staging", "prod")
        self.assertEqual(world.statuses(run.sha)["deploy prod"], ("success", "done"))
        self.assertTrue(self.heard(world, "prod", "v0.1.0 is deployed"), world.heard)
        self.assertIn("approved by octo-cat", world.stratiform("history", "--env", "prod"))

    def failing_release(self, world):
        """A release of which an update fails in AWS: it goes back, all of it, and that is what is said."""
        before = world.image("prod", "api")
        world.edit("environments/defaults.yaml", "visibility_timeout_seconds: 240", "visibility_timeout_seconds: 300")
        world.change("examples/api/src/main.rs")
        world.commit("feat: faster still")
        self.went(world.push("refs/heads/main")["deploy-staging.yml"], deploy="success")
        world.git("tag", "v0.2.0")
        world.fault("update:storefront-prod-queues/WorkerQueue:times=1")
        run = world.push("refs/tags/v0.2.0")["deploy-prod.yml"]
        self.went(run, prepare="success", execute="failure", report="success")
        self.assertEqual(run.results["execute"]["outputs"]["exit"], "4")
        self.assertEqual(
            world.statuses(run.sha)["deploy prod"], ("failure", "failed and rolled back: all that failed is as it was")
        )
        self.assertEqual(world.image("prod", "api"), before)
        # The same release again, with nothing in its way; that GitHub does not say who approved is none.
        sums, world.changes_of = world.changes_of, lambda file, job, step: {"GH_TOKEN": "{}"} if step == "Approval" else {}
        run = self.went(world.run("deploy-prod.yml", "push", "refs/tags/v0.2.0"), execute="success")
        self.assertEqual(run.step("execute", "Approval").result, "failure")
        world.changes_of = sums
        self.assertIn("who approved is not recorded", world.stratiform("history", "--env", "prod"))
        self.assertNotEqual(world.image("prod", "api"), before)

    def rollback(self, world):
        before = world.image("prod", "api")
        asked = {"environment": "prod", "release": "v0.1.0"}
        run = world.run("rollback.yml", "workflow_dispatch", "refs/tags/v0.2.0", asked)
        self.went(run, build="success", prod="success", dev="skipped", staging="skipped", report="success")
        self.assertNotEqual(world.image("prod", "api"), before)
        self.assertEqual(world.statuses(run.sha)["rollback"], ("success", "done"))
        # Where releases are not deployed by their tags, images are not tagged with them.
        images = [f"{service}={world.image('prod', service).partition('@')[2]}" for service in ("api", "worker")]
        for environment in ("dev", "staging"):
            asked = {"environment": environment, "release": "v0.1.0", "image": " ".join(images)}
            run = world.run("rollback.yml", "workflow_dispatch", "refs/heads/main", asked)
            self.went(run, **{environment: "success"})
            self.same_image(world, "prod", environment)

    def watch(self, world):
        """The schedule begins a watch of the newest release, where releases go; what is deployed is looked at."""
        run = world.run("watch.yml", "schedule", "refs/heads/main")
        self.went(run, begin="success", build="skipped", prod="skipped")
        self.assertEqual(set(run.results), {"begin", "build", "prod"})
        begun = json.loads((world.folder / "begun.json").read_text())
        self.assertEqual(begun[0], ["watch.yml", "v0.2.0", "environment=prod"])
        asked = {"environment": "prod", "for": "1s"}
        run = world.run("watch.yml", "workflow_dispatch", "refs/tags/v0.2.0", asked)
        self.went(run, begin="skipped", build="success", prod="success")
        self.assertIn("nothing got worse at 1 look", run.step("prod", "Watch").text)

    def drift(self, world):
        """At night dev and staging are looked at, and prod's newest release is told to look. What could be is in sync."""
        run = world.run("drift.yml", "schedule", "refs/heads/main")
        self.went(run, start_prod="success", dev="success", staging="success", prod="skipped")
        begun = json.loads((world.folder / "begun.json").read_text())
        self.assertIn(["drift.yml", "v0.2.0", "environment=prod"], begun)
        run = world.run("drift.yml", "workflow_dispatch", "refs/tags/v0.2.0", {"environment": "prod"})
        self.went(run, prod="success", dev="skipped", start_prod="skipped")
        self.assertIn("prod: nothing drifted of the ", run.step("prod", "Drift").text)

    def disaster_recovery(self, world):
        """Every month a run of the newest release is begun. Without a backup in the other region nothing is made; with one
        prod comes back there under another name, by roles of its own, and is deleted again.
        """
        run = world.run("disaster-recovery.yml", "schedule", "refs/heads/main")
        self.went(run, begin="success", build="skipped", prod="skipped")
        self.assertEqual(set(run.results), {"begin", "build", "prod"})
        begun = json.loads((world.folder / "begun.json").read_text())
        self.assertIn(["disaster-recovery.yml", "v0.2.0", "environment=prod"], begun)
        stacks = world.client("cloudformation", "eu-west-1")
        world.stratiform("bootstrap", "--env", "prod", "--rehearsal", "--yes")
        before = {stack["StackId"] for stack in stacks.list_stacks()["StackSummaries"]}
        asked = ("disaster-recovery.yml", "workflow_dispatch", "refs/tags/v0.2.0", {"environment": "prod"})
        run = self.went(world.run(*asked), begin="skipped", build="success", prod="failure")
        self.assertIn("refused: something is missing there", run.summary)
        self.assertEqual({stack["StackId"] for stack in stacks.list_stacks()["StackSummaries"]}, before)
        database = {"DBInstanceIdentifier": "storefront-prod-database", "DBSnapshotIdentifier": "nightly"}
        snapshot = world.client("rds").create_db_snapshot(**database)["DBSnapshot"]["DBSnapshotArn"]
        copy = {"SourceDBSnapshotIdentifier": snapshot, "TargetDBSnapshotIdentifier": "nightly", "SourceRegion": "eu-central-1"}
        world.client("rds", "eu-west-1").copy_db_snapshot(**copy, KmsKeyId="alias/aws/rds")
        run = self.went(world.run(*asked), prod="success")
        self.assertIn("prod came back in eu-west-1, and was deleted there again", run.summary)
        self.assertIn("database/Instance begins with nightly", run.summary)
        self.assertEqual(world.told[-1]["environment"], "prod-try")
        made = [stack for stack in stacks.list_stacks()["StackSummaries"] if stack["StackId"] not in before]
        self.assertIn("storefront-prod-try-services", {stack["StackName"] for stack in made})
        self.assertEqual({stack["StackStatus"] for stack in made}, {"DELETE_COMPLETE"})
        made = [stacks.describe_stacks(StackName=stack["StackId"])["Stacks"][0] for stack in made]
        role = "arn:aws:iam::111122223333:role/storefront-prod-try-execution"
        self.assertEqual({stack["RoleARN"] for stack in made}, {role})

    def every_step_failed(self, world, files):
        """Every step of these workflows ran, and ran once where it must fail."""
        for file in sorted(files):
            for name, job in yaml.safe_load(file.read_text())["jobs"].items():
                for step in job.get("steps", []):
                    if "run" in step:
                        place = (file.name, name, step.get("name", step["run"].strip()))
                        self.assertIn(place, world.failed)


class Expressions(unittest.TestCase):
    contexts = {
        "github": {"ref": "refs/heads/main", "event": {"number": 7}},
        "inputs": Lacking({"release": "v1"}),
        "needs": {"build": {"result": "success", "outputs": Lacking({"any": "true"})}},
    }
    functions = {"success": lambda: False, "always": lambda: True, "cancelled": lambda: False}

    def test_values(self):
        for text, expected in {
            "${{ github.ref }}": "refs/heads/main",
            "at ${{ github.event.number }}, ${{ inputs.release || 'none' }}": "at 7, v1",
            "${{ inputs.other || 'none' }}": "none",
            "${{ needs.build.outputs.any == 'true' && !(github.ref != 'REFS/heads/main') }}": True,
            "${{ needs.build.outputs.other }}": None,
        }.items():
            self.assertEqual(filled(text, self.contexts, self.functions), expected, text)

    def test_conditions(self):
        for text, expected in {
            None: False,
            "github.ref == 'refs/heads/main'": False,
            "always()": True,
            "${{ !cancelled() && needs.build.result == 'success' }}": True,
            "${{ !cancelled() && needs.build.result == 'failure' }}": False,
        }.items():
            self.assertEqual(condition(text, self.contexts, self.functions), expected, text)

    def test_what_is_not_understood_is_an_error(self):
        for text in ["github.nothing", "nothing", "nothing()", "github.ref ==", "github.ref > 1", "1 == 'a'", "a b", "("]:
            with self.assertRaises(Unknown, msg=text):
                filled(f"${{{{ {text} }}}}", self.contexts, self.functions)


if __name__ == "__main__":
    unittest.main()
