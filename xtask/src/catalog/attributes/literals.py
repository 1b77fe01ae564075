"""Prints as JSON what a Python file assigns to some names: literals only, nothing is run.

usage: literals.py FILE NAME...
"""

import ast
import json
import sys

path, names = sys.argv[1], sys.argv[2:]
with open(path, encoding="utf-8") as file:
    module = ast.parse(file.read(), path)

found = {}
for statement in module.body:
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        targets = [statement.target]
    else:
        continue
    for target in targets:
        if isinstance(target, ast.Name) and target.id in names:
            if target.id in found:
                sys.exit(f"`{target.id}` in {path} is assigned more than once")
            try:
                found[target.id] = ast.literal_eval(statement.value)
            except ValueError:
                sys.exit(f"`{target.id}` in {path} is not a literal")

json.dump(found, sys.stdout)
