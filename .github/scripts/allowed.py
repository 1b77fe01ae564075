# What a scanner may pass over: .github/allowed.toml, as the scanner takes it. Each entry says why, and until when;
# one without a reason, or whose day is over, fails the build.
#
#   [[allowed]]
#   scanner = "grype"
#   finding = "CVE-2026-12345"
#   reason = "Only reachable through a feature that the image does not have."
#   until = 2027-03-31
import datetime
import json
import os
import pathlib
import sys
import tomllib

file = pathlib.Path(os.environ["GITHUB_WORKSPACE"], ".github", "allowed.toml")
entries = tomllib.loads(file.read_text(encoding="utf-8")).get("allowed", []) if file.exists() else []
today = datetime.date.fromisoformat(os.environ.get("TODAY") or datetime.date.today().isoformat())
wrong = []
for number, entry in enumerate(entries, start=1):
    place = f"allowed.toml, entry {number} ({entry.get('scanner')}: {entry.get('finding')})"
    if set(entry) != {"scanner", "finding", "reason", "until"}:
        wrong.append(f"{place}: it has scanner, finding, reason and until, and nothing else")
    elif entry["scanner"] not in ("cargo-deny", "gitleaks", "grype"):
        wrong.append(f"{place}: no scanner is called so")
    elif len(str(entry["reason"]).strip()) < 10:
        wrong.append(f"{place}: the reason says nothing")
    elif type(entry["until"]) is not datetime.date:
        wrong.append(f"{place}: until is a day, such as 2027-03-31")
    elif entry["until"] < today:
        wrong.append(f"{place}: expired on {entry['until']}")


def of(scanner):
    return [entry for entry in entries if entry["scanner"] == scanner]


if not wrong:
    # cargo-deny's own file says what it passes over, and here stands why and until when.
    deny = file.parents[1] / "deny.toml"
    advisories = tomllib.loads(deny.read_text(encoding="utf-8")).get("advisories", {}) if deny.exists() else {}
    ignored = {one if isinstance(one, str) else one.get("id") for one in advisories.get("ignore", [])}
    for finding in sorted(ignored ^ {entry["finding"] for entry in of("cargo-deny")}, key=str):
        wrong.append(f"cargo-deny: {finding} stands in only one of allowed.toml and the advisories of deny.toml")
for line in wrong:
    print(f"::error::{line}")
if wrong:
    sys.exit(1)


folder = pathlib.Path(os.environ["RUNNER_TEMP"])
ignored = [{"vulnerability": entry["finding"], "reason": entry["reason"]} for entry in of("grype")]
# JSON is YAML.
(folder / "grype.yaml").write_text(json.dumps({"ignore": ignored}), encoding="utf-8")
(folder / "gitleaksignore").write_text("".join(f"{entry['finding']}\n" for entry in of("gitleaks")), encoding="utf-8")
