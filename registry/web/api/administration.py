"""The writing endpoints of `/api/v1` as one table, and who may use them: whoever has an administrator's token.

`Authorization: Bearer modreg_…` (RFC 6750). Nothing here looks at the session of a browser, so no page elsewhere can
make a browser do it.
"""

from __future__ import annotations

from typing import Any, TypeVar

import orjson
from flask import request
from pydantic import BaseModel, ValidationError

from registry.accounts import ADMINISTRATOR, Account
from registry.services import Services
from registry.tokens import account_of_token
from registry.web.api import models_administration as models
from registry.web.api import views_administration as views
from registry.web.api.endpoint import Endpoint, NoParameters
from registry.web.problems import ProblemError

B = TypeVar("B", bound=BaseModel)

_LARGEST_BODY = 100_000
_NAME = {"name": "the source's name"}
_TAG = "administration"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("/kinds", "The kinds of sources and their keys", NoParameters, models.KindList, views.kinds, "operation"),
    Endpoint("/sources", "Register a source; it is tried first", views.SaveParameters, models.SavedItem, views.add,
             _TAG, method="POST", body=models.SourceBody),
    Endpoint("/trials", "Try a source that is not registered; nothing is stored", NoParameters, models.TrialItem,
             views.try_new, _TAG, method="POST", body=models.SourceBody),
    Endpoint("/sources/<name>", "Change a source; it is tried first", views.SaveParameters, models.SavedItem,
             views.change, _TAG, _NAME, "PUT", models.SourceBody),
    Endpoint("/sources/<name>", "Forget a source", views.RemoveParameters, models.Done, views.take_away, _TAG, _NAME,
             "DELETE"),
    Endpoint("/sources/<name>/trial", "Ask a source for its list; nothing is stored", NoParameters, models.TrialItem,
             views.try_known, _TAG, _NAME, "POST"),
    Endpoint("/sources/<name>/credential", "Store the credential of a source", NoParameters, models.Done,
             views.give_credential, _TAG, _NAME, "PUT", models.CredentialBody),
    Endpoint("/sources/<name>/credential", "Forget the credential of a source", NoParameters, models.Done,
             views.take_credential, _TAG, _NAME, "DELETE"),
    Endpoint("/sources/<name>/pause", "Pause a source", NoParameters, models.Done, views.pause_source, _TAG, _NAME,
             "POST", models.PauseBody),
    Endpoint("/sources/<name>/<any(enable, disable, resume, run):verdict>", "Enable, disable, resume or run a source",
             NoParameters, models.Done, views.switch, _TAG,
             {**_NAME, "verdict": "enable, disable, resume or run"}, "POST"),
    Endpoint("/runs/<int:number>/<any(approve, discard, cancel):verdict>", "Decide about a run", NoParameters,
             models.Done, views.judge, _TAG,
             {"number": "the run's id", "verdict": "approve, discard or cancel"}, "POST"),
)


def administrator(services: Services) -> Account:
    """Whose token came with the request. Raises `ProblemError` 401 or 403."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not given.strip():
        raise ProblemError(401, "this needs `Authorization: Bearer TOKEN`; `modreg tokens create NAME` makes a token")
    account = account_of_token(services.database, given.strip(), services.clock.now())
    if account is None:
        raise ProblemError(401, "the token is nobody's, ended or revoked; `modreg tokens create NAME` makes a new one")
    if account.role != ADMINISTRATOR:
        raise ProblemError(403, f"{account.name} is no administrator")
    return account


def body_of(model: type[B]) -> B:
    """The body of the request. Raises `ProblemError` 400, 413, 415 or 422 that says what is wrong in it."""
    if (request.content_length or 0) > _LARGEST_BODY:
        raise ProblemError(413, f"the body has {request.content_length} bytes, {_LARGEST_BODY} is the most")
    if request.mimetype != "application/json":
        raise ProblemError(415, f"the body is {request.mimetype or 'of no type'}, application/json is right")
    try:
        form: Any = orjson.loads(request.get_data(cache=False)[: _LARGEST_BODY + 1])
    except orjson.JSONDecodeError as error:
        raise ProblemError(400, f"the body is no JSON: {error}") from None
    try:
        return model.model_validate(form)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the body"
        raise ProblemError(422, f"{place}: {first['msg']}") from None
