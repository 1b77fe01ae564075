"""Expressions of GitHub Actions, of the kinds that our workflows use. What is not understood is an error, never a guess.

Source: GitHub, "Evaluate expressions in workflows and actions".
"""

import json
import re


class Unknown(Exception):
    """Something that this does not understand, or that is not there."""


TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_-]*)"
    r"|(?P<operator>&&|\|\||==|!=|!|\(|\)|\[|\]|\.|,))"
)


def tokens(text):
    place = 0
    found = []
    while text[place:].strip():
        match = TOKEN.match(text, place)
        if match is None:
            raise Unknown(f"`{text}`: not understood from `{text[place:]}`")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        place = match.end()
    return found


def truthy(value):
    return value not in (None, False, "", 0)


def shown(value):
    """A value as it stands in a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        raise Unknown("a map or list cannot stand in a text: use toJSON")
    return str(value)


def equal(one, other):
    """Texts are the same whatever their case; kinds are not mixed here."""
    if isinstance(one, str) and isinstance(other, str):
        return one.lower() == other.lower()
    if one is None or other is None or type(one) is type(other):
        return (one or "") == (other or "")
    raise Unknown(f"{one!r} and {other!r} are not of one kind")


class Parser:
    """Evaluates as it reads. `contexts` are maps by name; `functions` take values."""

    def __init__(self, text, contexts, functions):
        self.text, self.tokens, self.place = text, tokens(text), 0
        self.contexts, self.functions = contexts, functions

    def value(self):
        found = self.either()
        if self.place != len(self.tokens):
            raise Unknown(f"`{self.text}`: something is left over")
        return found

    def next(self, operator):
        if self.place < len(self.tokens) and self.tokens[self.place] == ("operator", operator):
            self.place += 1
            return True
        return False

    def need(self, operator):
        if not self.next(operator):
            raise Unknown(f"`{self.text}`: `{operator}` is missing")

    def either(self):
        found = self.both()
        while self.next("||"):
            other = self.both()
            found = found if truthy(found) else other
        return found

    def both(self):
        found = self.compared()
        while self.next("&&"):
            other = self.compared()
            found = other if truthy(found) else found
        return found

    def compared(self):
        found = self.single()
        if self.next("=="):
            return equal(found, self.single())
        if self.next("!="):
            return not equal(found, self.single())
        return found

    def single(self):
        if self.next("!"):
            return not truthy(self.single())
        if self.next("("):
            found = self.either()
            self.need(")")
            return found
        if self.place == len(self.tokens):
            raise Unknown(f"`{self.text}` ends too early")
        kind, text = self.tokens[self.place]
        self.place += 1
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind != "name":
            raise Unknown(f"`{self.text}`: `{text}` stands where a value should")
        if text in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[text]
        if self.next("("):
            return self.called(text)
        return self.path(text)

    def called(self, name):
        given = []
        while not self.next(")"):
            given.append(self.either())
            if not self.next(","):
                self.need(")")
                break
        if name not in self.functions:
            raise Unknown(f"`{self.text}`: no function `{name}` is known here")
        return self.functions[name](*given)

    def path(self, name):
        if name not in self.contexts:
            raise Unknown(f"`{self.text}`: no context `{name}` is known here")
        found = self.contexts[name]
        while self.next("."):
            _, part = self.tokens[self.place]
            self.place += 1
            if not isinstance(found, dict):
                raise Unknown(f"`{self.text}`: `{part}` of something that is no map")
            # What a context does not have is an error, unless it is one of those that may lack something.
            if part not in found:
                if not getattr(found, "may_lack", False):
                    raise Unknown(f"`{self.text}`: there is no `{part}`")
                found = None
                break
            found = found[part]
        return found


class Lacking(dict):
    """A context that may lack what is asked of it: variables, inputs that nobody gave, outputs of a step that was skipped."""

    may_lack = True


def evaluate(text, contexts, functions):
    return Parser(text, contexts, functions).value()


def filled(text, contexts, functions):
    """A text with its `${{ … }}` filled in; where it is nothing else, the value itself."""
    if not isinstance(text, str):
        return text
    whole = re.fullmatch(r"\s*\$\{\{(.*?)\}\}\s*", text, re.DOTALL)
    if whole and "${{" not in whole.group(1):
        return evaluate(whole.group(1), contexts, functions)
    return re.sub(
        r"\$\{\{(.*?)\}\}",
        lambda match: shown(evaluate(match.group(1), contexts, functions)),
        text,
        flags=re.DOTALL,
    )


def condition(text, contexts, functions):
    """Whether a job or step runs: where no function asks how things stand, only if all went well."""
    if text is None:
        return functions["success"]()
    text = str(text).strip()
    if text.startswith("${{") and text.endswith("}}"):
        text = text[3:-2]
    asks = re.search(r"\b(always|cancelled|failure|success)\s*\(", text)
    if not asks and not functions["success"]():
        return False
    return truthy(evaluate(text, contexts, functions))


def to_json(value):
    return json.dumps(value, indent=2)
