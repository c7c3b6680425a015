"""The sources file: TOML tables `[[source]]` to sources, and one line for whatever is wrong in it.

Each kind has its own settings (`harvester.sources.SOURCES`); what every source has besides stands in `Common`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from harvester.sources import SOURCES
from registry.errors import SourceError
from registry.schedules import cron, duration, interval, zone
from vocab.identifiers.urls import split_url

# Channels of `notify`.
MAIL, NOBODY = "mail:", "nobody"
NAME_PATTERN = r"^[a-z0-9][a-z0-9._-]{0,63}$"
Trust = Literal["full", "moderated"]


class Common(BaseModel):
    """What every source has: its name, kind, when it is due, and how far it is believed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=NAME_PATTERN, description="lower-case letters, digits, `.`, `_`, `-`")
    kind: str = Field(description="a kind of source")
    schedule: str = Field("6h", description="an interval such as `6h`, or five fields of cron in its time zone")
    timezone: str = Field("UTC", description="the time zone of a cron schedule, such as `Europe/Madrid`")
    jitter: str | None = Field(
        None, description="by how much at most a due time is put off, such as `10m`, so that sources do not start "
        "together; absent: a twentieth of the interval, at most ten minutes"
    )
    notify: list[str] | None = Field(
        None, description="who is told when it fails: `mail:address`, `https://…`, or `nobody`; absent: the "
        "administrator's address and that of the settings"
    )
    enabled: bool = Field(True, description="whether it is harvested without being named")
    trust: Trust = Field("full", description="`moderated`: its new modules are drafts until a curator approves them")
    grace_runs: int = Field(1, ge=1, le=100, description="after how many listings without it an entry is withdrawn")
    removal_share: float | None = Field(
        None, ge=0, le=1, description="share of its entries whose removal holds the run; else that of the settings"
    )
    removal_count: int | None = Field(
        None, ge=0, description="up to this many removals never hold a run; else that of the settings"
    )

    @field_validator("schedule")
    @classmethod
    def _schedule(cls, value: str) -> str:
        if interval(value) is None:
            cron(value)
        return value

    @field_validator("timezone")
    @classmethod
    def _timezone(cls, value: str) -> str:
        zone(value)
        return value

    @field_validator("jitter")
    @classmethod
    def _jitter(cls, value: str | None) -> str | None:
        if value is not None:
            duration(value)
        return value

    @field_validator("notify")
    @classmethod
    def _notify(cls, value: list[str] | None) -> list[str] | None:
        if not all(_is_channel(each) for each in value or ()):
            raise ValueError("mail:ops@example.org, https://chat.example.org/hooks/…, or nobody")
        return value

    @field_validator("kind")
    @classmethod
    def _kind(cls, value: str) -> str:
        if value not in SOURCES:
            raise ValueError(f"one of {', '.join(sorted(SOURCES))}")
        return value


class Source(BaseModel):
    """One registered source: what every source has, and the settings of its kind."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: str
    schedule: str
    enabled: bool
    trust: Trust
    grace_runs: int
    removal_share: float | None = None
    removal_count: int | None = None
    settings: dict[str, Any]
    timezone: str = "UTC"
    jitter: str | None = None
    notify: list[str] | None = None
    parked_until: str | None = None
    paused_until: str | None = None
    wanted: str | None = None
    wanted_by: str | None = None
    failures: int = 0

    def as_json(self) -> dict[str, Any]:
        """The form of `modreg sources list --json`: the keys of the sources file, and until when it is parked."""
        # Anybody may see it, so it does not tell whom we write to.
        form = self.model_dump(exclude={"settings", "notify"}) | self.settings
        return {name: value for name, value in form.items() if value is not None}


def read_sources(text: str, file: str = "the sources file") -> list[Source]:
    """The sources of a file, in its order.

    Raises:
        SourceError: one line: file, source, key, what was found, what would be right.
    """
    try:
        form = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{file}: found {_lower(str(error))}, expected TOML with [[source]] tables") from None
    unknown = sorted(form.keys() - {"source"})
    if unknown:
        raise SourceError(f"{file}: found key {unknown[0]!r}, expected only [[source]] tables")
    tables = form.get("source", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        raise SourceError(f"{file}: found no [[source]] table, expected one for each source")
    sources = [make_source(each, f"{file}: source {_title(each, at)}") for at, each in enumerate(tables, start=1)]
    names = [each.name for each in sources]
    for name in names:
        if names.count(name) > 1:
            raise SourceError(f"{file}: source {name!r}: name: found it {names.count(name)} times, expected once")
    return sources


def make_source(table: Mapping[str, Any], place: str) -> Source:
    """One source from its table. Raises `SourceError` that begins with `place`."""
    own = {name: value for name, value in table.items() if name in Common.model_fields}
    rest = {name: value for name, value in table.items() if name not in Common.model_fields}
    common = _checked(Common, own, place, sorted(Common.model_fields))
    model = SOURCES[common.kind].settings
    own_keys = {each.alias or name for name, each in model.model_fields.items()}
    kinds = _checked(model, rest, place, sorted({*Common.model_fields, *own_keys}))
    return Source(**common.model_dump(), settings=kinds.model_dump(mode="json", exclude_none=True, exclude_unset=True))


def _is_channel(text: str) -> bool:
    """Whether somebody can be told by it."""
    if text == NOBODY:
        return True
    if text.startswith(MAIL):
        name, at, domain = text.removeprefix(MAIL).partition("@")
        return bool(name and at and domain) and "@" not in domain and text.isprintable() and " " not in text
    parts = split_url(text)
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)


def _checked(model: type[BaseModel], values: Mapping[str, Any], place: str, keys: Iterable[str]) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SourceError(f"{place}: {_problem(error, model, values, keys)}") from None


def _problem(
    error: ValidationError, model: type[BaseModel], values: Mapping[str, Any], keys: Iterable[str]
) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    expected = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if first["type"] == "extra_forbidden":
        return f"{key}: found a key that there is not, expected one of {', '.join(keys)}"
    if first["type"] == "missing":
        return f"{key}: found nothing, expected {_meaning(model, key)}"
    if not key:
        return expected
    if first["type"] in {"string_pattern_mismatch", "too_short"}:
        expected = _meaning(model, str(first["loc"][0]))
    return f"{key}: found {first.get('input', values.get(key))!r}, expected {expected}"


def _meaning(model: type[BaseModel], key: str) -> str:
    field = model.model_fields.get(key)
    return (field.description if field else None) or "a value"


def _title(table: Mapping[str, Any], number: int) -> str:
    name = table.get("name")
    return repr(name) if isinstance(name, str) and name else f"number {number}"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
