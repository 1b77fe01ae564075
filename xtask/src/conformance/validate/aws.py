"""What AWS's own validator finds in many templates, by one process: its schemas are loaded once.

Standard input: one line of JSON per template, {"file", "region"}. Standard output: one line of JSON per template, in the
same order, a list of {"rule", "level", "path", "message"}. With the argument `rules`: one line, {id: description}.
"""

import json
import sys

from cloudformation_validate import (
    CompositeEngine,
    DetailLevel,
    PseudoParameterOverrides,
    TemplateContent,
    ValidateConfig,
)

SECTIONS = {
    "RESOURCE": "Resources",
    "PARAMETER": "Parameters",
    "OUTPUT": "Outputs",
    "CONDITION": "Conditions",
    "MAPPING": "Mappings",
    "RULE": "Rules",
}

engine = CompositeEngine()


def path(diagnostic):
    place = []
    if diagnostic.entity:
        kind = diagnostic.entity.entity_type.name
        place = [SECTIONS.get(kind, kind), diagnostic.entity.logical_id]
    inside = (diagnostic.property_path or "").replace("[", ".").replace("]", "").replace("/", ".")
    return place + [part for part in inside.split(".") if part]


def findings(file, region):
    with open(file, encoding="utf-8") as text:
        content = TemplateContent(text.read(), file)
    config = ValidateConfig(
        detail_level=DetailLevel.STANDARD,
        pseudo_parameter_overrides=PseudoParameterOverrides(region=region),
    )
    found = [
        {
            "rule": diagnostic.rule_id,
            "level": diagnostic.severity.name,
            "path": path(diagnostic),
            "message": diagnostic.message,
        }
        for diagnostic in engine.validate_template(content, config).diagnostics
    ]
    return sorted(found, key=lambda finding: (finding["path"], finding["rule"], finding["message"]))


if sys.argv[1:] == ["rules"]:
    print(json.dumps({rule.id: rule.description for rule in engine.list_rules()}))
else:
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = findings(asked["file"], asked["region"])
        except Exception as error:  # It gives up on some texts; that is an answer, too.
            answer = [{"rule": "ERROR", "level": "FATAL", "path": [], "message": repr(error)}]
        print(json.dumps(answer), flush=True)
