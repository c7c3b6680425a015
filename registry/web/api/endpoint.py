"""One endpoint of the API as data: address, what it takes, what it answers, the function behind it.

Routes and the OpenAPI document are made from the same rows, so neither can say what the other does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from registry.services import Services


class Parameters(BaseModel):
    """The query parameters of an endpoint; one that is not in the model is refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoParameters(Parameters):
    """For endpoints that take none."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """The answer of a view that knows a better address: permanent, below the API's root."""

    path: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row. `view(services, parameters, **path)` returns what becomes the JSON answer, or a `Redirect`."""

    path: str
    summary: str
    parameters: type[Parameters]
    answer: type[BaseModel] | None
    view: Callable[..., Any]
    tag: str
    path_parameters: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: type[BaseModel] | None = None

    @property
    def changes(self) -> bool:
        """Whether it changes something: then it needs a token of an administrator."""
        return self.method != "GET"

    @property
    def operation_id(self) -> str:
        """The name of the operation in the OpenAPI document."""
        return self.view.__name__

    def call(self, services: Services, parameters: Parameters, path: Mapping[str, Any]) -> Any:
        """Ask the view."""
        return self.view(services, parameters, **path)
