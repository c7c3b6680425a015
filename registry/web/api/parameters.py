"""Query strings against an endpoint's model: repeated where the model takes several, refused by name elsewhere."""

from __future__ import annotations

from typing import TypeVar, get_origin

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from registry.web.api.endpoint import Parameters
from registry.web.plain import NOT_TEXT
from registry.web.problems import ProblemError

P = TypeVar("P", bound=Parameters)

LONGEST_VALUE = 10_000
MOST_VALUES = 50
# Ids and sequence numbers are four-byte integers in the database; a greater one is nobody's.
LARGEST_NUMBER = 2**31 - 1


def read_parameters(model: type[P], arguments: MultiDict[str, str]) -> P:
    """The parameters of a request. Raises `ProblemError` 400 that names the parameter, what came and what is right."""
    known = {(spec.alias or name): spec for name, spec in model.model_fields.items()}
    values: dict[str, object] = {}
    for name in arguments:
        given = arguments.getlist(name)
        if name not in known:
            allowed = ", ".join(sorted(known)) or "none"
            raise ProblemError(
                400, f"unknown parameter '{_short(name)}'; this address takes: {allowed}", parameter=_short(name)
            )
        many = get_origin(known[name].annotation) in (tuple, list)
        if not many and len(given) > 1:
            raise ProblemError(400, f"parameter '{name}' came {len(given)} times, once is right", parameter=name)
        if len(given) > MOST_VALUES:
            raise ProblemError(
                400, f"parameter '{name}' came {len(given)} times, {MOST_VALUES} is the most", parameter=name
            )
        if any(len(each) > LONGEST_VALUE for each in given):
            raise ProblemError(400, f"parameter '{name}' is longer than {LONGEST_VALUE} characters", parameter=name)
        cleaned = [NOT_TEXT.sub(" ", each) for each in given]
        values[name] = cleaned if many else cleaned[0]
    try:
        return model.model_validate(values)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        found = _short(str(first.get("input")))
        raise ProblemError(400, f"parameter '{name}' is '{found}': {first['msg']}", parameter=name) from None


def _short(text: str) -> str:
    return NOT_TEXT.sub(" ", text[:60])
