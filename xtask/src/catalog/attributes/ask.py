"""Prints as JSON which attributes the package's own code finds for each of its schemas.

The two modules that know are run without the package around them: what they import and do not
need here, or need little of, is replaced. So no dependency of the package has to be installed.

usage: ask.py DIRECTORY-OF-THE-PACKAGE
result: {hash of the schema: {attribute: [JSON types of the value] or null if it has no schema}}
"""

import json
import re
import sys
import types
from pathlib import Path

package = Path(sys.argv[1])


def replace(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


def ensure_list(value):
    return list(value) if isinstance(value, (list, tuple)) else [value]


replace("regex", fullmatch=re.fullmatch)
replace("cfnlint", __path__=[str(package)])
replace("cfnlint.helpers", ensure_list=ensure_list)
replace("cfnlint.schema", __path__=[str(package / "schema")])

from cfnlint.schema._getatts import GetAtts  # noqa: E402
from cfnlint.schema.resolver import RefResolutionError, RefResolver  # noqa: E402


class Schema:
    def __init__(self, schema):
        self.schema = schema
        self.type_name = schema["typeName"]
        self.resolver = RefResolver.from_schema(schema)

    def types(self, pointer):
        try:
            found = self.resolver.resolve_cfn_pointer(pointer)
        except RefResolutionError:
            return None
        return sorted(ensure_list(found["type"])) if "type" in found else []


answers = {}
for path in (package / "data/schemas/resources").glob("*.json"):
    schema = Schema(json.loads(path.read_text(encoding="utf-8")))
    found = GetAtts(schema).attrs.data
    answers[path.stem] = {name: schema.types(pointer) for name, pointer in found.items()}

json.dump(answers, sys.stdout)
