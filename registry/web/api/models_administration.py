"""What the writing part of the API takes and answers, for its OpenAPI document and for checking bodies."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from registry.web.api.models import SourceItem


class SourceBody(BaseModel):
    """A source with the keys of the sources file: those of every source, and those of its kind."""

    model_config = ConfigDict(extra="allow")
    name: str | None = Field(default=None, description="how it is called; left out where the address names it")
    kind: str = Field(description="a kind of source; `GET /kinds` tells the keys of each")
    credential: str | None = Field(default=None, description="its own credential: sealed, never told again")

    def table(self) -> dict[str, Any]:
        """The keys as a sources file would have them."""
        return {name: value for name, value in {**self.model_dump(), "credential": None}.items() if value is not None}


class CredentialBody(BaseModel):
    """A credential for one source."""

    model_config = ConfigDict(extra="forbid")
    credential: str = Field(min_length=1, description="sealed, never told again")
    expires: str | None = Field(default=None, description="the day on which it ends, `2027-01-31`")


class PauseBody(BaseModel):
    """For how long a source is paused."""

    model_config = ConfigDict(extra="forbid")
    until: str | None = Field(default=None, description="a stamp, a day, or a time from now such as `3d`")


class TrialItem(BaseModel):
    """What a source answered when it was asked for its list."""

    source: str
    good: bool
    listed: int
    sentence: str
    findings: list[str]


class SavedItem(BaseModel):
    """A source that was stored, and what the trial before said; `trial` is absent when none was made."""

    source: SourceItem
    trial: TrialItem | None = None


class Done(BaseModel):
    """What was done to what."""

    done: str
    subject: str
    withdrawn: list[str] = Field(default=[], description="slugs of the modules that were withdrawn")


class KindItem(BaseModel):
    """A kind of source: the JSON schema of its keys, and what its credential is."""

    kind: str
    credential: str | None = None
    settings: dict[str, Any] = Field(alias="schema")


class KindList(BaseModel):
    """The kinds of sources."""

    items: list[KindItem]
    total: int
