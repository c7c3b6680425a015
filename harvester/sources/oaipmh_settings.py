"""The settings of the source kind `oaipmh`: which repository, which of its records, and what it does otherwise.

Each switch stands for something that repositories in use really do against the protocol; none is needed for a good one.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from harvester.endpoints import origin

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?", re.ASCII)

Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9\-_.!~*'()]{1,100}$", strip_whitespace=True)]
SetSpec = Annotated[str, StringConstraints(pattern=r"^\S{1,400}$", strip_whitespace=True)]


class OaipmhSettings(BaseModel):
    """A repository, a format, and optionally a set and a first date."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    url: str = Field(description="base URL of the repository without `verb`, such as `https://zenodo.org/oai2d`")
    prefix: Prefix = Field(
        "oai_dc",
        description="metadata format; `oai_datacite` and `datacite` say more than `oai_dc` where there are any",
    )
    set: SetSpec | None = Field(None, description="one set of the repository, by its `setSpec`; empty: all records")
    from_: str | None = Field(
        None, alias="from", description="only what changed since this date: `2024-01-31` or `2024-01-31T00:00:00Z`"
    )
    max_records: int = Field(
        100_000, ge=1, le=2_000_000,
        description="a longer list is refused, so that a whole repository is not harvested by mistake",
    )
    deleted: Literal["as-declared", "trust", "relist"] = Field(
        "as-declared",
        description="how deletions are noticed: `as-declared`: by what Identify says; `trust`: the repository lists "
        "deleted records though it says that it does not keep them; `relist`: it forgets deletions though it says that "
        "it keeps them, so all headers are listed from time to time",
    )
    relist_days: int = Field(
        7, ge=1, le=365, description="after how many days all headers are listed again where deletions are forgotten"
    )
    datestamps: Literal["trust", "ignore"] = Field(
        "trust", description="`ignore`: records change without a new datestamp, so every harvest lists all of them"
    )
    granularity: Literal["as-declared", "day"] = Field(
        "as-declared", description="`day`: the repository refuses times of day though it declares them"
    )
    check_set: bool = Field(
        True,
        description="whether records that name other sets than the one asked for are left out; off for a repository "
        "that does not name all sets of a record",
    )
    repeat_arguments: bool = Field(
        False, description="send format, set and dates with every `resumptionToken`, which some repositories demand"
    )
    one_by_one: bool = Field(
        False,
        description="list headers and get each record by itself, for a repository where one bad record breaks a page",
    )

    @field_validator("url")
    @classmethod
    def _url(cls, value: str) -> str:
        text = value.strip()
        try:
            origin(text)
        except ValueError:
            text = ""
        if not text or "#" in text or "@" in text.split("/", maxsplit=3)[2] or re.search(r"\s", text):
            message = "an address such as https://HOST/oai, without user and fragment"
            raise ValueError(message)
        if re.search(r"[?&]verb=", text):
            message = "the base URL alone, without `verb` and what follows"
            raise ValueError(message)
        return text

    @field_validator("from_")
    @classmethod
    def _from(cls, value: str | None) -> str | None:
        if value is not None and not _MOMENT.fullmatch(value):
            message = "a date such as 2024-01-31, or a moment such as 2024-01-31T00:00:00Z"
            raise ValueError(message)
        return value
