"""Runs a workflow of GitHub Actions on this machine: jobs in the order of `needs`, each in a clone of its own, with what
GitHub gives to it and nothing else. Small, and strict: a key, an action or an expression that it does not know is an
error. What it does not have: services, containers, and time (nothing is concurrent, nothing is cached).

Source: GitHub, "Workflow syntax for GitHub Actions", "Variables reference", "Contexts reference".
"""

import contextlib
import fnmatch
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

import yaml

from expression import Lacking, Unknown, condition, filled, to_json

WORKFLOW_KEYS = {"name", "run-name", "on", "permissions", "concurrency", "env", "defaults", "jobs"}
JOB_KEYS = {
    "name", "needs", "if", "runs-on", "timeout-minutes", "permissions", "environment", "concurrency", "env", "outputs",
    "secrets", "steps", "strategy", "uses",
}  # fmt: skip
STEP_KEYS = {"name", "id", "if", "uses", "with", "run", "shell", "env", "continue-on-error"}


def known(keys, allowed, place):
    wrong = set(keys) - allowed
    if wrong:
        raise Unknown(f"{place}: {', '.join(sorted(map(str, wrong)))} is not known here")


class Step:
    """A step that ran, or did not."""

    def __init__(self, job, name, result, text, outputs):
        self.job, self.name, self.result, self.text, self.outputs = job, name, result, text, outputs


class Run:
    """A run of a workflow. `world` has the repository, GitHub's environments, and what the machine has on its PATH."""

    def __init__(self, world, file, event, ref, inputs=None):
        self.world, self.file, self.event, self.ref = world, file, event, ref
        self.inputs = inputs or {}
        self.id = world.next_run()
        self.folder = world.folder / f"run-{self.id}"
        self.artifacts = self.folder / "artifacts"
        self.artifacts.mkdir(parents=True)
        self.sha = world.git("rev-parse", f"{ref}^{{commit}}")
        self.steps = []
        self.summary = ""
        self.results = {}

    def go(self):
        self.results = self.workflow(self.file, None, None, "")
        results = {job["result"] for job in self.results.values()}
        self.result = "failure" if "failure" in results else "success"
        self.world.runs.append(self)
        return self

    def step(self, job, name):
        """The step of a job with a name."""
        for step in self.steps:
            if (step.job, step.name) == (job, name):
                return step
        raise AssertionError(f"{self.file}: {job} has run no step {name}")

    def load(self, file):
        text = self.world.git("show", f"{self.sha}:.github/workflows/{file}")
        workflow = yaml.safe_load(text)
        # YAML 1.1 takes `on` for a boolean.
        workflow["on"] = workflow.pop(True, workflow.get("on"))
        known(workflow, WORKFLOW_KEYS, file)
        return workflow

    def workflow(self, file, allowed, handed, prefix):
        """The results of a workflow's jobs, by their ids. A called one may do what its caller may, and has the secrets that
        are handed to it, not even those of its own environments besides: github.com/actions/runner/issues/4453.
        """
        workflow = self.load(file)
        if allowed is None:
            self.check_trigger(workflow["on"])
        elif "workflow_call" not in workflow["on"]:
            raise Unknown(f"{file} cannot be called")
        else:
            taken = (workflow["on"]["workflow_call"] or {}).get("secrets") or {}
            known(handed, set(taken), f"{file}: secrets")
        known_inputs = (workflow["on"].get("workflow_dispatch") or {}).get("inputs") or {}
        inputs = Lacking()
        if self.event == "workflow_dispatch":
            known(self.inputs, set(known_inputs), f"{file}: inputs")
            inputs.update({name: spec.get("default", "") for name, spec in known_inputs.items()})
            inputs.update(self.inputs)
        done = {}
        waiting = dict(workflow["jobs"])
        while waiting:
            ready = [name for name, job in waiting.items() if set(needs_of(job)) <= set(done)]
            if not ready:
                raise Unknown(f"{file}: no job can begin: {', '.join(waiting)}")
            name = ready[0]
            job = waiting.pop(name)
            known(job, JOB_KEYS, f"{file}: {name}")
            done[name] = Job(self, file, workflow, inputs, allowed, handed, prefix, name, job, done).go()
        return done

    def check_trigger(self, on):
        if self.event not in on:
            raise Unknown(f"{self.file} does not start on {self.event}")
        if self.event == "push" and not matches(self.ref, on["push"]):
            raise Unknown(f"{self.file} does not start on a push of {self.ref}")


def starts(workflow, ref):
    """Whether a push of a branch or tag starts a workflow."""
    on = workflow.get(True, workflow.get("on"))
    if "push" not in on:
        return False
    return on["push"] is None or matches(ref, on["push"])


def matches(ref, push):
    kind, name = ("branches", ref[11:]) if ref.startswith("refs/heads/") else ("tags", ref[10:])
    known(push, {"branches", "tags"}, "push")
    if kind not in push:
        return False
    found = False
    for pattern in push[kind]:
        # `*` stops at a slash for GitHub; names with one need `**`.
        plain = pattern.lstrip("!")
        if fnmatch.fnmatch(name, plain) and ("/" not in name or "**" in plain or plain == name):
            found = not pattern.startswith("!")
    return found


def needs_of(job):
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


class Job:
    """A job, with each member of its matrix."""

    def __init__(self, run, file, workflow, inputs, allowed, handed, prefix, name, job, done):
        self.run, self.file, self.workflow, self.inputs = run, file, workflow, inputs
        self.allowed, self.prefix, self.name, self.job = allowed, prefix, name, job
        self.world = run.world
        self.needs = {need: done[need] for need in needs_of(job)}
        self.permissions = job.get("permissions", workflow.get("permissions", {})) or {}
        self.environment = job.get("environment")
        self.handed = handed
        self.matrix = {}
        if allowed is not None:
            for scope, right in self.permissions.items():
                if allowed.get(scope) not in (right, "write"):
                    raise Unknown(f"{file}: {name} may not have {scope}: {right}, as its caller has not")

    def contexts(self):
        world, run = self.world, self.run
        kind = "tag" if run.ref.startswith("refs/tags/") else "branch"
        github = {
            "repository": world.repository,
            "ref": run.ref,
            "ref_name": run.ref.split("/", 2)[2],
            "ref_type": kind,
            "sha": run.sha,
            "run_id": str(run.id),
            "run_attempt": "1",
            "event_name": run.event,
            "workspace": str(self.workspace()),
            "token": world.token(self.permissions),
            "event": world.event(run),
        }
        return {
            "github": github,
            "inputs": self.inputs,
            "needs": self.needs,
            "matrix": self.matrix,
            "secrets": Lacking(self.secrets()),
            "vars": Lacking(world.variables(self.environment)),
            "runner": {"os": "Linux", "temp": str(self.temp())},
        }

    def secrets(self):
        secrets = self.world.secrets(self.environment)
        if self.handed is None:
            return secrets
        return {name: value for name, value in secrets.items() if name in self.handed}

    def functions(self):
        results = [need["result"] for need in self.needs.values()]
        return {
            "success": lambda: all(result == "success" for result in results),
            "failure": lambda: "failure" in results,
            "cancelled": lambda: False,
            "always": lambda: True,
            "toJSON": to_json,
            "fromJSON": json.loads,
            "hashFiles": self.hash_files,
        }

    def hash_files(self, *patterns):
        for pattern in patterns:
            if not list(self.workspace().glob(pattern)):
                raise Unknown(f"{self.file}: {self.name}: no file is called {pattern}")
        return "hash"

    def folder(self):
        member = "-".join(str(value) for value in self.matrix.values() if "/" not in str(value))
        return self.run.folder / f"{self.prefix}{self.name}{member}"

    def workspace(self):
        return self.folder() / "workspace"

    def temp(self):
        return self.folder() / "temp"

    def go(self):
        contexts, functions = self.contexts(), self.functions()
        # A condition sees no matrix and no environment.
        if not condition(self.job.get("if"), contexts, functions):
            return self.ended("skipped")
        if "uses" in self.job:
            path = self.job["uses"]
            prefix = "$/.github/workflows/"
            if not path.startswith(prefix):
                raise Unknown(f"{self.file}: {path} is no workflow of this repository")
            handed = self.job.get("secrets") or {}
            for name, value in handed.items():
                if value != f"${{{{ secrets.{name} }}}}":
                    raise Unknown(f"{self.file}: {self.name}: {name} is another secret")
            called = self.run.workflow(path[len(prefix):], self.permissions, handed, f"{self.prefix}{self.name} / ")
            results = {job["result"] for job in called.values()}
            return self.ended("failure" if "failure" in results else "success")
        if "runs-on" not in self.job or "timeout-minutes" not in self.job:
            raise Unknown(f"{self.file}: {self.name} has no machine, or no limit")
        if self.environment and not self.world.enters(self.environment, self.run):
            return self.ended("failure")
        strategy = self.job.get("strategy")
        members = [{}]
        if strategy:
            known(strategy, {"matrix"}, f"{self.file}: strategy")
            known(strategy["matrix"], {"include"}, f"{self.file}: matrix")
            members = filled(strategy["matrix"]["include"], contexts, functions)
        ended = [self.member(matrix) for matrix in members]
        worst = next((job for job in ended if job["result"] == "failure"), ended[-1])
        return worst

    def ended(self, result, outputs=None):
        return {"result": result, "outputs": Lacking(outputs or {})}

    def member(self, matrix):
        """All steps on one machine."""
        self.matrix = matrix
        self.workspace().mkdir(parents=True)
        self.temp().mkdir()
        machine = Machine(self)
        try:
            for number, step in enumerate(self.job["steps"]):
                known(step, STEP_KEYS, f"{self.file}: {self.name}")
                machine.step(number, step)
        finally:
            machine.end()
        contexts = {**self.contexts(), "steps": machine.done}
        outputs = {
            name: filled(text, contexts, self.functions()) or ""
            for name, text in self.job.get("outputs", {}).items()
        }
        return self.ended(machine.result, {name: text for name, text in outputs.items() if text != ""})


class Machine:
    """What the steps of a job have in common."""

    def __init__(self, job):
        self.job, self.run, self.world = job, job.run, job.run.world
        self.result = "success"
        self.done = Lacking({step["id"]: {"outputs": Lacking()} for step in job.job["steps"] if "id" in step})
        self.added = {}
        self.paths = []
        self.groups = []

    def end(self):
        """Ends what steps left running, as GitHub does with a machine."""
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    def functions(self):
        functions = self.job.functions()
        functions["success"] = lambda: self.result == "success"
        functions["failure"] = lambda: self.result == "failure"
        return functions

    def step(self, number, step):
        contexts = {**self.job.contexts(), "steps": self.done}
        functions = self.functions()
        name = step.get("name") or step.get("uses", step.get("run", "")).split("@")[0].strip()
        if not condition(step.get("if"), contexts, functions):
            return
        if "uses" in step:
            outputs = self.action(step, filled_all(step.get("with", {}), contexts, functions))
            result, text = "success", ""
        else:
            environment = self.environment(step, contexts, functions)
            script = filled(step["run"], contexts, functions)
            place = (self.job.file, self.job.name, name)
            if place not in self.world.failed:
                for situation in self.world.situations_of(*place):
                    self.fails(number, place, step, script, environment, situation)
                self.world.failed.add(place)
            change = self.world.changes_of(*place)
            result, text, outputs = self.script(number, step, script, {**environment, **change})
        self.run.steps.append(Step(self.job.prefix + self.job.name, name, result, text, outputs))
        if "id" in step:
            self.done[step["id"]] = {"outputs": Lacking(outputs)}
        if result != "success" and step.get("continue-on-error") is not True:
            self.result = "failure"

    def fails(self, number, place, step, script, environment, situation):
        """Runs a step where it must fail, and has it leave nothing behind."""
        kept = (dict(self.added), list(self.paths), self.run.summary)
        temp, copy = self.job.temp(), self.job.folder() / "temp-before"
        shutil.copytree(temp, copy)
        with situation(self.job, dict(environment)) as changed:
            result, text, _ = self.script(number, step, script, changed)
        shutil.rmtree(temp)
        copy.rename(temp)
        self.added, self.paths, self.run.summary = kept
        if result == "success":
            raise AssertionError(f"{': '.join(place)} did not fail where it must:\n{text}")

    def environment(self, step, contexts, functions):
        github = contexts["github"]
        job = self.job
        environment = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "ann",
            "GITHUB_EVENT_NAME": github["event_name"],
            "GITHUB_JOB": job.name,
            "GITHUB_REF": github["ref"],
            "GITHUB_REF_NAME": github["ref_name"],
            "GITHUB_REF_TYPE": github["ref_type"],
            "GITHUB_REPOSITORY": github["repository"],
            "GITHUB_RUN_ATTEMPT": github["run_attempt"],
            "GITHUB_RUN_ID": github["run_id"],
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": github["sha"],
            "GITHUB_WORKFLOW_REF": f"{github['repository']}/.github/workflows/{self.run.file}@{github['ref']}",
            "GITHUB_WORKSPACE": github["workspace"],
            "RUNNER_TEMP": str(job.temp()),
            **self.world.machine(),
        }
        if job.permissions.get("id-token") == "write":
            environment |= self.world.identity(self.run, job.environment)
        for layer in (job.workflow.get("env"), job.job.get("env"), step.get("env")):
            texts = filled_all(layer or {}, contexts, functions)
            environment |= {name: "" if text is None else str(text) for name, text in texts.items()}
        return environment

    def script(self, number, step, script, environment):
        job = self.job
        files = {name: job.folder() / f"{name.lower()}-{number}" for name in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        path = os.pathsep.join([*self.paths[::-1], environment["PATH"]])
        environment = {**environment, **self.added, "PATH": path, **{name: str(file) for name, file in files.items()}}
        shell = step.get("shell", "default")
        commands = {
            "default": ["bash", "-e"],
            "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
            "python": ["python"],
        }
        if shell not in commands:
            raise Unknown(f"no shell {shell} is known here")
        program = job.folder() / f"script-{number}"
        program.write_text(script)
        folder = job.workspace()
        place = (job.workflow.get("defaults") or {}).get("run", {}).get("working-directory")
        if place:
            folder = folder / place
        done = subprocess.Popen(
            [*commands[shell], str(program)],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            # What a step leaves running goes on until the job ends.
            process_group=0,
        )
        self.groups.append(done.pid)
        text, _ = done.communicate(timeout=600)
        self.added |= pairs(files["GITHUB_ENV"].read_text())
        self.paths += files["GITHUB_PATH"].read_text().splitlines()
        self.run.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        result = "success" if done.returncode == 0 else "failure"
        return result, text, pairs(files["GITHUB_OUTPUT"].read_text())

    def action(self, step, given):
        name, commit = step["uses"].split("@")
        if not re.fullmatch(r"[0-9a-f]{40}", commit):
            raise Unknown(f"{step['uses']} is not pinned by a commit")
        given = {key: "" if value is None else str(value) for key, value in given.items()}
        if name in ("actions/cache", "actions/cache/restore", "actions/setup-python"):
            return {}
        if name == "actions/checkout":
            known(given, {"ref", "fetch-depth", "persist-credentials"}, name)
            self.world.check_out(given.get("ref") or self.run.sha, self.run.ref, self.job.workspace())
            return {}
        if name == "actions/upload-artifact":
            known(given, {"name", "path", "if-no-files-found", "retention-days", "overwrite"}, name)
            return self.upload(given)
        if name == "actions/download-artifact":
            known(given, {"name", "path", "pattern", "merge-multiple"}, name)
            return self.download(given)
        raise Unknown(f"the action {name} is not known here")

    def upload(self, given):
        path = self.job.workspace() / given["path"]
        target = self.run.artifacts / given["name"]
        if not path.exists():
            raise AssertionError(f"{self.job.file}: {self.job.name}: there is no {path} to upload")
        target.mkdir()
        for file in [path] if path.is_file() else path.iterdir():
            shutil.copyfile(file, target / file.name)
        return {"artifact-url": f"https://github.com/artifacts/{given['name']}"}

    def download(self, given):
        target = self.job.workspace() / given["path"]
        pattern = given.get("name") or given["pattern"]
        found = [folder for folder in self.run.artifacts.iterdir() if fnmatch.fnmatch(folder.name, pattern)]
        if "name" in given and not found:
            raise AssertionError(f"{self.job.file}: {self.job.name}: there is no artifact {pattern}")
        target.mkdir(parents=True, exist_ok=True)
        for file in itertools.chain.from_iterable(folder.iterdir() for folder in found):
            # As GitHub does it: what was executable is not any more.
            shutil.copyfile(file, target / file.name)
        return {}


def filled_all(texts, contexts, functions):
    return {name: filled(text, contexts, functions) for name, text in texts.items()}


def pairs(text):
    """`name=value` lines of a file that a step writes."""
    found = {}
    for line in text.splitlines():
        name, mark, value = line.partition("=")
        if not mark or "<<" in name:
            raise Unknown(f"`{line}` is no NAME=VALUE")
        found[name] = value
    return found
