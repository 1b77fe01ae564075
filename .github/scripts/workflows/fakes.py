"""What stands in for the programs of a runner that need more than this machine: docker, gh, cargo, rustup, and downloads
with curl. Each does what our workflows ask of it, looks whether that is allowed, and refuses the rest.

A fake is called by its name: `docker` is a script that hands its arguments to `main("docker", …)`.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

WORLD = pathlib.Path(os.environ["WORLD"])


def refused(why):
    sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {why}")


class Kept:
    """A file of JSON that outlives the program."""

    def __init__(self, name, empty):
        self.file = WORLD / name
        self.value = json.loads(self.file.read_text()) if self.file.exists() else empty

    def keep(self):
        self.file.write_text(json.dumps(self.value, indent=1))


def option(arguments, name):
    """Takes an option with its value out of arguments."""
    if name not in arguments:
        return None
    place = arguments.index(name)
    value = arguments[place + 1]
    del arguments[place : place + 2]
    return value


# docker


def registry(image):
    """Account, region, repository and tag or digest of an image in ECR."""
    host, _, rest = image.partition("/")
    account, _, place = host.partition(".dkr.ecr.")
    if not place.endswith(".amazonaws.com"):
        refused(f"{image} is in no registry that is known here")
    if host not in Kept("logins.json", []).value:
        refused(f"not logged in to {host}")
    mark = "@" if "@" in rest else ":"
    repository, _, reference = rest.partition(mark)
    return account, place.removesuffix(".amazonaws.com"), repository, reference


def ecr(account, region):
    import boto3

    return boto3.client("ecr", region_name=region)


def docker(arguments):
    images = Kept("docker.json", {})
    match arguments:
        case ["login", "--username", "AWS", "--password-stdin", host]:
            if sys.stdin.read().strip() != "engine":
                refused("wrong password")
            logins = Kept("logins.json", [])
            logins.value.append(host)
            logins.keep()
        case ["build", "--pull", "--file", dockerfile, "--tag", name, context]:
            if not pathlib.Path(dockerfile).is_file():
                refused(f"there is no {dockerfile}")
            files = sorted(file for file in pathlib.Path(context).rglob("*") if file.is_file())
            images.value[name] = [file.read_text() for file in [pathlib.Path(dockerfile), *files]]
        case ["save", "--output", file, name]:
            pathlib.Path(file).write_text(json.dumps({name: images.value[name]}))
        case ["load", "--input", file]:
            images.value |= json.loads(pathlib.Path(file).read_text())
        case ["tag", old, new]:
            images.value[new] = images.value[old]
        case ["push", name]:
            account, region, repository, tag = registry(name)
            content = hashlib.sha256(json.dumps(images.value[name]).encode()).hexdigest()
            ecr(account, region).put_image(repositoryName=repository, imageManifest=content, imageTag=tag)
        case ["buildx", "imagetools", "create", "--prefer-index=false", "--tag", new, old]:
            account, region, repository, digest = registry(old)
            if "@" not in old:
                refused(f"{old} may be another image by now")
            ecr(account, region).describe_images(repositoryName=repository, imageIds=[{"imageDigest": digest}])
            account, region, repository, tag = registry(new)
            ecr(account, region).put_image(repositoryName=repository, imageManifest=old, imageTag=tag, imageDigest=digest)
        case _:
            refused(f"not known here: {arguments}")
    images.keep()


# gh


def may(scope, right):
    """Whether the job's token has a right: it says itself which it has."""
    rights = json.loads(os.environ["GH_TOKEN"])
    if rights.get(scope) not in (right, "write"):
        refused(f"HTTP 403: the job has not {scope}: {right}")


def gh(arguments):
    match arguments:
        case ["auth", "setup-git"]:
            return may("contents", "write")
        case ["workflow", "run", file, "--ref", tag, "--raw-field", value]:
            may("actions", "write")
            begun = Kept("begun.json", [])
            begun.value.append([file, tag, value])
            return begun.keep()
        case ["release", "create", tag, "--verify-tag", "--title", title, "--notes-file", notes]:
            may("contents", "write")
            tags = subprocess.run(["git", "ls-remote", "--tags", "origin", tag], stdout=subprocess.PIPE, check=True).stdout
            if not tags or title != tag or not pathlib.Path(notes).read_text().strip():
                refused(f"no release can be made of {tag}")
            return
    if arguments.pop(0) != "api":
        refused(f"not known here: {arguments}")
    method = option(arguments, "--method") or "GET"
    query = option(arguments, "--jq")
    body = json.loads(sys.stdin.read()) if option(arguments, "--input") else {}
    while field := option(arguments, "--raw-field"):
        name, _, value = field.partition("=")
        body[name] = value
    (path,) = (argument for argument in arguments if not argument.startswith("--"))
    place = path.removeprefix(f"repos/{os.environ['GITHUB_REPOSITORY']}/")
    kind, _, rest = place.partition("/")
    if method == "GET" and place == f"actions/runs/{os.environ['GITHUB_RUN_ID']}/approvals":
        may("actions", "read")
        answer = Kept("approvals.json", {}).value.get(os.environ["GITHUB_RUN_ID"], [])
    elif method == "GET" and kind == "actions":
        may("actions", "read")
        file = rest.split("/")[1]
        runs = [run for run in Kept("runs.json", []).value[::-1] if run["file"] == file and run["branch"] in path]
        answer = {"workflow_runs": [{"head_sha": run["sha"]} for run in runs if run["success"]]}
    elif method == "POST" and kind == "statuses":
        may("statuses", "write")
        statuses = Kept("statuses.json", [])
        statuses.value.append({"sha": rest, **body})
        statuses.keep()
        answer = {}
    elif kind == "issues":
        may("pull-requests", "write")
        comments = Kept("comments.json", [])
        if method == "POST":
            comments.value.append(body["body"])
            comments.keep()
        answer = [[]]
    else:
        refused(f"not known here: {method} {path}")
    text = json.dumps(answer)
    if query:
        text = subprocess.run(["jq", "--raw-output", query], input=text, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
    if "--silent" not in arguments:
        print(text, end="")


# The rest


def cargo(arguments):
    match arguments:
        case ["build", "--locked", "--package", "stratiform-cli"]:
            # What was built before this test.
            built = pathlib.Path("target/debug/stratiform")
            built.parent.mkdir(parents=True)
            built.write_text(f"#!/bin/sh\nexec '{os.environ['TOOL']}' \"$@\"\n")
            built.chmod(0o755)
        case ["llvm-cov", "report", "--html", "--output-dir", folder, *_]:
            pathlib.Path(folder).mkdir()
            pathlib.Path(folder, "index.html").write_text("80 %")
        case ["update", "--quiet", "--workspace", "--manifest-path", file]:
            if not pathlib.Path(file).is_file():
                refused(f"there is no {file}")
        case ["xtask", "ci"] | [
            ("clippy" | "deny" | "fmt" | "install" | "llvm-cov" | "publish" | "semver-checks" | "test"),
            *_,
        ]:
            print("cargo", *arguments)
        case _:
            refused(f"not known here: {arguments}")


def rustup(arguments):
    match arguments:
        case ["toolchain", "install", version, *_] | ["default", version] if version.count(".") == 2:
            pass
        case ["component", "add", *_]:
            pass
        case _:
            refused(f"not known here: {arguments}")


def python(arguments):
    """The one that runs the test; what would be installed is there."""
    match arguments:
        case ["-m", "pip", "install", *_, "--require-hashes", "--requirement", file]:
            if not pathlib.Path(file).is_file():
                refused(f"there is no {file}")
        case _:
            os.execv(sys.executable, ["python", *arguments])


def curl(arguments):
    address = next(argument for argument in arguments if argument.startswith("http"))
    if address.startswith("http://127.0.0.1:"):
        os.execv(os.environ["CURL"], ["curl", *arguments])
    file = option(arguments, "--output")
    there = WORLD / "downloads" / address.rpartition("/")[2]
    if not there.exists():
        refused(f"404: {address}")
    shutil.copy(there, file)


def aws(arguments):
    """The real one, of version 1: GitHub's machines have version 2, which takes the region from AWS_REGION."""
    os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"]
    os.execv(pathlib.Path(sys.executable).with_name("aws"), ["aws", *arguments])


def main(name, arguments):
    {"aws": aws, "cargo": cargo, "curl": curl, "docker": docker, "gh": gh, "python": python, "rustup": rustup}[name](arguments)
