"""Makes a release of what is checked out: a commit with its version, and a tag at that. Nothing is pushed.

    release.py prepare NOTES   write version and changelog, commit and tag; the notes go to the file NOTES
    release.py check TAG       the version in the code equals the tag

The version comes from the conventional commits since the last tag (git-cliff, cliff.toml). Where there is no tag yet, it
is the one in the code. `release_test.py` tests it.
"""

import datetime
import os
import pathlib
import re
import subprocess
import sys
import tomllib

# What has the version: of the package, or of all packages of a workspace.
MANIFEST = pathlib.Path(os.environ.get("MANIFEST", "Cargo.toml"))
LOCK = pathlib.Path(os.environ.get("LOCK", "Cargo.lock"))
CHANGELOG = pathlib.Path("CHANGELOG.md")
# Workspaces of their own have the version in their lock files, too.
WORKSPACES = [LOCK.with_name("Cargo.toml"), pathlib.Path("fuzz/Cargo.toml")]
PACKAGE = os.environ.get("PACKAGE", "stratiform")
TAG = re.compile(r"v\d+\.\d+\.\d+")
UNRELEASED = "## Unreleased\n"


def refuse(why):
    sys.exit(f"::error::{why}")


def run(*command):
    """What a command prints."""
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8")
    if done.returncode != 0:
        refuse(f"`{' '.join(command)}` ended with {done.returncode}")
    return done.stdout.strip()


def table_of(manifest):
    """The table of a manifest that has the version, and the version."""
    tables = tomllib.loads(manifest)
    packages = {"[workspace.package]": tables.get("workspace", {}).get("package", {}), "[package]": tables.get("package", {})}
    for heading, package in packages.items():
        if isinstance(package.get("version"), str):
            return heading, package["version"]
    refuse(f"{MANIFEST} has no version")


def version_in(manifest):
    return table_of(manifest)[1]


def check(tag):
    """Refuses a tag that is not the version of the code that it names."""
    if not TAG.fullmatch(tag):
        refuse(f"{tag} is no tag of a release: v1.2.3 is one")
    version = version_in(run("git", "show", f"{tag}:{MANIFEST}"))
    packages = tomllib.loads(run("git", "show", f"{tag}:{LOCK}"))["package"]
    locked = next(package["version"] for package in packages if package["name"] == PACKAGE)
    for file, found in [(MANIFEST, version), (LOCK, locked)]:
        if f"v{found}" != tag:
            refuse(f"{file} has version {found}, and the tag is {tag}")


def last_tag():
    """The tag of the last release before what is checked out; none where there is none."""
    pattern = ["--match", "v[0-9]*.[0-9]*.[0-9]*"]
    done = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0", *pattern],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    return done.stdout.strip() or None


def next_tag(version):
    """The tag to make, given the version in the code."""
    last = last_tag()
    if last is None:
        return f"v{version}"
    if last != f"v{version}":
        refuse(f"{MANIFEST} has version {version}, and the last tag is {last}: only a release changes the version")
    bumped = run("git-cliff", "--bumped-version")
    if bumped == last:
        refuse(f"nothing to release since {last}: no commit that adds, fixes, speeds up or breaks something")
    return bumped


def released(changelog, version, day):
    """The changelog with what was not released under a version, and what that is."""
    before, heading, after = changelog.partition(UNRELEASED)
    if not heading:
        refuse(f"{CHANGELOG} has no heading `{UNRELEASED.strip()}`")
    following = re.search(r"^## ", after, re.MULTILINE)
    end = following.start() if following else len(after)
    section = after[:end].strip()
    if not section:
        refuse(f"{CHANGELOG} says nothing under `{UNRELEASED.strip()}`: write what users get")
    text = f"{before}{heading}\n## {version} - {day}\n\n{section}\n"
    rest = after[end:]
    return text + (f"\n{rest}" if rest else ""), section


def set_version(version):
    text = MANIFEST.read_text(encoding="utf-8")
    table, before = table_of(text)
    # What packages of the workspace want of each other: exactly the version of all of them.
    text = re.sub(rf'(path = "[^"]*", version = )"={re.escape(before)}"', rf'\g<1>"={version}"', text)
    before, heading, after = text.partition(f"{table}\n")
    after = re.sub(r'^version = ".*"$', f'version = "{version}"', after, count=1, flags=re.MULTILINE)
    text = before + heading + after
    if version_in(text) != version:
        refuse(f"{MANIFEST} has no line with the version below `{table}`")
    MANIFEST.write_text(text, encoding="utf-8")
    for workspace in WORKSPACES:
        if workspace.is_file():
            run("cargo", "update", "--quiet", "--workspace", "--manifest-path", str(workspace))


def prepare(notes):
    if run("git", "status", "--porcelain"):
        refuse("there is something in no commit: a release is what is in commits")
    branch = os.environ.get("GITHUB_REF", "refs/heads/main")
    if branch != "refs/heads/main":
        refuse(f"releases are made from main, not from {branch}")
    tag = next_tag(version_in(MANIFEST.read_text(encoding="utf-8")))
    if not TAG.fullmatch(tag):
        refuse(f"git-cliff says {tag}, which is no tag of a release")
    # A tag that comes meanwhile refuses the push, of the commit too.
    if run("git", "tag", "--list", tag):
        refuse(f"the tag {tag} exists already")
    version = tag.removeprefix("v")
    day = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    changelog, section = released(CHANGELOG.read_text(encoding="utf-8"), version, day)
    commits = run("git-cliff", "--unreleased", "--tag", tag, "--strip", "all")
    notes.write_text(f"{section}\n\n### Commits\n\n{commits}\n", encoding="utf-8")
    CHANGELOG.write_text(changelog, encoding="utf-8")
    set_version(version)
    run("git", "add", "--update")
    run("git", "commit", "--quiet", "--message", f"chore(release): {tag}")
    # The notes are the tag's message, too: whoever has the tag can make the release.
    run("git", "tag", "--annotate", "--cleanup=verbatim", "--file", str(notes), tag)
    check(tag)
    print(f"{tag} is committed and tagged here")
    with open(os.environ.get("GITHUB_OUTPUT", os.devnull), "a", encoding="utf-8") as output:
        output.write(f"tag={tag}\n")


def main(arguments):
    match arguments:
        case ["prepare", notes]:
            prepare(pathlib.Path(notes))
        case ["check", tag]:
            check(tag)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
