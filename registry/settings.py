"""One typed settings object, from `config/registry.toml` and the environment.

Each key of the file is also `MODREG_KEY` in the environment, which wins. A wrong value is one line that names the key,
what was found and what would be right. Secrets are `SecretStr`, so that printing the settings never prints them.
Border: nothing here opens a file but those it is told of, and nothing reaches for the network.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from typing_extensions import override

from harvester.endpoints import Endpoints
from harvester.errors import WrongSettings
from registry.errors import SettingsError
from vocab.identifiers.urls import split_url

PREFIX = "MODREG_"
CONFIG_FILE = Path("config/registry.toml")
KEY_FILE = "secret_key"
SHORTEST_SECRET = 16
# Settings whose value is never shown, also not when it is wrong.
PRIVATE = ("_token", "_key", "_password", "_secret", "smtp_url", "notify_url", "database_url")


class Settings(BaseSettings):
    """Everything an operator may set. Paths are relative to the folder that the program is started in."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, env_ignore_empty=True)

    home: Path = Field(Path("var"), description="folder of everything embedded: database, index, triples")
    database_url: str = Field("", repr=False, description="SQLAlchemy URL; empty: SQLite in the home folder")
    search_url: str = Field("", description="an Elasticsearch; empty: the embedded engine")
    sparql_url: str = Field("", description="a SPARQL 1.1 server; empty: the embedded store")
    base_url: str = Field("http://127.0.0.1:8000", description="public address, used in every URI")
    admin_email: str = Field("admin@example.org", description="whom harvesters and source APIs may write to")
    repository_id: str = Field("module-registry.example.org", description="the domain in `oai:DOMAIN:slug`")
    repository_name: str = Field("Module Registry", min_length=1, description="name in Identify and on the pages")
    publisher: str = Field("Module Registry", min_length=1, description="who publishes the catalogue")
    endpoints: Endpoints = Field(default_factory=Endpoints, description="a JSON file: where the source APIs stand")
    secret_key: SecretStr = Field(SecretStr(""), description="signs and encrypts; empty: made once, kept in home")
    github_token: SecretStr = Field(SecretStr(""), description="credential for GitHub; empty: anonymous")
    dockerhub_token: SecretStr = Field(SecretStr(""), description="`user:token` for Docker Hub; empty: anonymous")
    oci_token: SecretStr = Field(SecretStr(""), description="`user:token` for image registries; empty: anonymous")
    zenodo_token: SecretStr = Field(SecretStr(""), description="credential for Zenodo; empty: anonymous")
    gitlab_token: SecretStr = Field(SecretStr(""), description="credential for GitLab; empty: anonymous")
    huggingface_token: SecretStr = Field(SecretStr(""), description="credential for Hugging Face; empty: anonymous")
    hook_secret: SecretStr = Field(SecretStr(""), description="secret of webhooks; empty: none are taken")
    smtp_url: SecretStr = Field(SecretStr(""), description="mail server, `smtp://user:password@host`; empty: no mail")
    mail_from: str = Field("", description="sender of mail; empty: `admin_email`")
    notify_url: SecretStr = Field(SecretStr(""), description="where failures are posted as JSON; empty: nowhere")
    removal_share: float = Field(0.2, ge=0, le=1, description="share of a source whose removal holds the run")
    removal_count: int = Field(3, ge=0, description="up to this many removals never hold a run")
    page_size: int = Field(100, ge=1, le=500, description="records on one page of OAI-PMH")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="what goes to the log")

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """`load_settings` has put file and environment in order already; nothing else is read."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @field_validator("endpoints", mode="before")
    @classmethod
    def _endpoints(cls, value: object) -> object:
        return _read_endpoints(value) if isinstance(value, (str, Path)) else value

    @field_validator("search_url", "sparql_url")
    @classmethod
    def _embedded_only(cls, value: str) -> str:
        if value:
            raise ValueError("nothing: this version brings the embedded engines only")
        return value

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment):
            raise ValueError("an address such as https://modules.example.org")
        if parts.path.strip("/"):
            raise ValueError("an address without a path, such as https://modules.example.org: pages link from the root")
        return value.rstrip("/")

    @field_validator("search_url", "sparql_url")
    @classmethod
    def _not_yet(cls, value: str) -> str:
        """Refused rather than passed over: the operator would believe that the server is used."""
        if value:
            raise ValueError("it to be empty: this version has the embedded part only")
        return value

    @field_validator("hook_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if text and (len(text) < SHORTEST_SECRET or not text.isascii() or set(text) & set("/?#% ")):
            raise ValueError(f"at least {SHORTEST_SECRET} characters that may stand in an address, such as letters")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        parts = split_url(text)
        good = parts is not None and parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
        good = good and parts is not None and not (parts.path.strip("/") or parts.query or parts.fragment)
        if text and not good:
            raise ValueError("an address such as smtp://user:password@mail.example.org:587, or smtps://…:465")
        return value

    @field_validator("notify_url")
    @classmethod
    def _receiver(cls, value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        parts = split_url(text)
        if text and (parts is None or parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("an address such as https://chat.example.org/hooks/…")
        return value

    @field_validator("admin_email", "mail_from")
    @classmethod
    def _email(cls, value: str, about: ValidationInfo) -> str:
        if not value and about.field_name == "mail_from":
            return value
        if value.count("@") != 1 or value.startswith(("@", "mailto:")) or value.endswith("@") or " " in value:
            raise ValueError("one e-mail address such as admin@example.org, without mailto:")
        return value

    @field_validator("repository_id")
    @classmethod
    def _domain(cls, value: str) -> str:
        labels = value.split(".")
        if len(labels) < 2 or not all(label.replace("-", "").isalnum() and label.isascii() for label in labels):
            raise ValueError("a domain name with a dot such as modules.example.org")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("sqlite:///path or postgresql://user@host/name")
        return value

    def database_address(self) -> str:
        """The database's URL, SQLite in the home folder when none is set."""
        return self.database_url or f"sqlite:///{self.home / 'registry.sqlite3'}"

    def token(self, kind: str) -> str | None:
        """The credential for this kind of source, or None when we ask as anybody."""
        secret = cast("SecretStr | None", getattr(self, f"{kind}_token", None))
        return (secret.get_secret_value() or None) if secret else None


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this file (default `config/registry.toml`, which may be absent) and environment.

    Raises:
        SettingsError: one line that names the key, what was found and what would be right.
    """
    environ = os.environ if environ is None else environ
    chosen = path or (Path(environ[PREFIX + "CONFIG"]) if environ.get(PREFIX + "CONFIG") else None)
    values: dict[str, Any] = _read_file(chosen or CONFIG_FILE, must_exist=chosen is not None)
    where = dict.fromkeys(values, str(chosen or CONFIG_FILE))
    for name in Settings.model_fields:
        given = environ.get(PREFIX + name.upper())
        if given:
            values[name] = given
            where[name] = PREFIX + name.upper()
    try:
        return Settings(**values)
    except ValidationError as error:
        raise SettingsError(_one_line(error, values, where)) from None


def secret_key(settings: Settings) -> bytes:
    """The key that signs and encrypts: the one that is set, else one made once and kept in the home folder (0600)."""
    given = settings.secret_key.get_secret_value()
    if given:
        return given.encode()
    kept = settings.home / KEY_FILE
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(os.urandom(32).hex().encode())
    except FileExistsError:
        pass
    except OSError as error:
        raise SettingsError(f"home: cannot write {kept} ({error.strerror}), expected a folder of ours") from None
    return kept.read_bytes()


def _read_file(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_exist:
            raise SettingsError(f"{path}: found no such file, expected the settings in TOML") from None
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: found {error}, expected TOML such as base_url = \"https://…\"") from None
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}, expected a file we may read") from None


def _read_endpoints(path: str | Path) -> Endpoints:
    try:
        return Endpoints.from_json(Path(path).read_bytes(), str(path))
    except OSError as error:
        raise ValueError(f"a JSON file that we may read ({error.strerror})") from None
    except WrongSettings as error:
        raise ValueError(f"a JSON file of addresses; {error.seen} {error.mend}") from None


def _one_line(error: ValidationError, values: Mapping[str, Any], where: Mapping[str, str]) -> str:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else "settings"
    place = where.get(key, "settings")
    name = place if place.startswith(PREFIX) else f"{key} in {place}"
    if first["type"] == "extra_forbidden":
        return f"{name}: found a key that there is not, expected one of {', '.join(sorted(Settings.model_fields))}"
    found = "a secret" if key.endswith(PRIVATE) else repr(values.get(key))
    return f"{name}: found {found}, expected {_reason(first['msg'])}"


def _reason(message: str) -> str:
    """Pydantic's message as what stands after `expected`."""
    for opening in ("Value error, ", "Assertion failed, ", "Input should be "):
        message = message.removeprefix(opening)
    return message
