"""cfn-lint's findings on many templates, by one process: its rules are loaded once.

Standard input: one line of JSON per template, {"file", "region"}. Standard output: one line of JSON per template, in the
same order, a list of {"rule", "path", "message"}. With the argument `rules`: one line, {id: short description}.
"""

import json
import sys

from cfnlint.config import ConfigMixIn
from cfnlint.core import get_rules
from cfnlint.decode import decode
from cfnlint.runner import run_template_by_data

rules = get_rules([], [], ["I"], {}, False)


def findings(file, region):
    template, matches = decode(file)
    if not matches:
        config = ConfigMixIn(regions=[region], include_checks=["I"], templates=[file])
        if isinstance(template, dict):
            matches = run_template_by_data(template, config, rules)
        else:
            return [{"rule": "E0000", "path": [], "message": "Template needs to be an object."}]
    found = [
        {
            "rule": match.rule.id,
            "path": [str(part) for part in getattr(match, "path", None) or []],
            "message": match.message,
        }
        for match in matches
    ]
    return sorted(found, key=lambda finding: (finding["path"], finding["rule"], finding["message"]))


if sys.argv[1:] == ["rules"]:
    everything = get_rules([], [], ["I", "W", "E"], {}, True)
    print(json.dumps({rule.id: rule.shortdesc for rule in everything.rules.values()}))
else:
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = findings(asked["file"], asked["region"])
        except Exception as error:  # What it cannot judge is no finding of ours to miss.
            answer = [{"rule": "E0002", "path": [], "message": repr(error)}]
        print(json.dumps(answer), flush=True)
