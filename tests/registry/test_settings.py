"""One typed settings object: file, environment, and one line for whatever is wrong."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from registry.errors import SettingsError
from registry.settings import Settings, load_settings, secret_key


def _said(path: Path | None, environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        load_settings(path, environ)
    return str(error.value)


def test_settings_when_nothing_is_set_then_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    settings = load_settings(environ={})

    assert settings.home == Path("var")
    assert settings.database_address() == "sqlite:///var/registry.sqlite3"
    assert settings.token("github") is None


def test_settings_when_file_and_environment_say_different_things_then_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "registry.toml"
    file.write_text('base_url = "https://a.example.org/"\nadmin_email = "a@example.org"\n')

    settings = load_settings(file, {"MODREG_BASE_URL": "https://b.example.org/"})

    assert (settings.base_url, settings.admin_email) == ("https://b.example.org", "a@example.org")


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"MODREG_PAGE_SIZE": "many"},
         "MODREG_PAGE_SIZE: found 'many', expected a valid integer, unable to parse string as an integer"),
        ({"MODREG_PAGE_SIZE": "0"}, "MODREG_PAGE_SIZE: found '0', expected greater than or equal to 1"),
        ({"MODREG_BASE_URL": "modules.example.org"},
         "MODREG_BASE_URL: found 'modules.example.org', expected an address such as https://modules.example.org"),
        ({"MODREG_ADMIN_EMAIL": "mailto:a@example.org"},
         "MODREG_ADMIN_EMAIL: found 'mailto:a@example.org', "
         "expected one e-mail address such as admin@example.org, without mailto:"),
        ({"MODREG_REPOSITORY_ID": "localhost"},
         "MODREG_REPOSITORY_ID: found 'localhost', expected a domain name with a dot such as modules.example.org"),
        ({"MODREG_DATABASE_URL": "mysql://root:secret@db/x"},
         "MODREG_DATABASE_URL: found a secret, expected sqlite:///path or postgresql://user@host/name"),
        ({"MODREG_HOOK_SECRET": "too-short"},
         "MODREG_HOOK_SECRET: found a secret, "
         "expected at least 16 characters that may stand in an address, such as letters"),
        ({"MODREG_HOOK_SECRET": "has/a/slash-and-is-long"},
         "MODREG_HOOK_SECRET: found a secret, "
         "expected at least 16 characters that may stand in an address, such as letters"),
        *(
            ({"MODREG_SMTP_URL": url},
             "MODREG_SMTP_URL: found a secret, "
             "expected an address such as smtp://user:password@mail.example.org:587, or smtps://…:465")
            for url in ("mail.example.org", "http://u:pw@mail", "smtp://", "smtp://u:pw@mail:port", "smtp://mail/x")
        ),
        ({"MODREG_NOTIFY_URL": "chat.example.org/secret"},
         "MODREG_NOTIFY_URL: found a secret, expected an address such as https://chat.example.org/hooks/…"),
        ({"MODREG_NOTIFY_URL": "https://[secret"},
         "MODREG_NOTIFY_URL: found a secret, expected an address such as https://chat.example.org/hooks/…"),
        ({"MODREG_MAIL_FROM": "registry"},
         "MODREG_MAIL_FROM: found 'registry', "
         "expected one e-mail address such as admin@example.org, without mailto:"),
        ({"MODREG_SEARCH_URL": "http://elastic:9200"},
         "MODREG_SEARCH_URL: found 'http://elastic:9200', "
         "expected nothing: this version brings the embedded engines only"),
        ({"MODREG_ENDPOINTS": "no/such/file.json"},
         "MODREG_ENDPOINTS: found 'no/such/file.json', "
         "expected a JSON file that we may read (No such file or directory)"),
        ({"MODREG_LOG_LEVEL": "loud"},
         "MODREG_LOG_LEVEL: found 'loud', expected 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ({"MODREG_CONFIG": "no/such.toml"}, "no/such.toml: found no such file, expected the settings in TOML"),
    ],
)
def test_settings_when_a_value_is_wrong_then_one_line_with_key_found_expected(
    environ: dict[str, str], said: str
) -> None:
    assert _said(None, environ) == said


def test_settings_when_the_file_has_an_unknown_key_then_the_line_names_the_known_ones(tmp_path: Path) -> None:
    file = tmp_path / "registry.toml"
    file.write_text('base_uri = "https://a.example.org"\n')

    assert _said(file, {}) == (
        f"base_uri in {file}: found a key that there is not, expected one of {', '.join(sorted(Settings.model_fields))}"
    )


def test_settings_when_the_file_is_no_toml_then_one_line(tmp_path: Path) -> None:
    file = tmp_path / "registry.toml"
    file.write_text("base_url = https://a.example.org\n")

    said = _said(file, {})

    assert said.startswith(f"{file}: found Invalid value (at line 1, column 12)")
    assert "\n" not in said


def test_settings_when_endpoints_are_named_then_unknown_keys_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "endpoints.json"
    file.write_text('{"github": "http://127.0.0.1:9/github", "control": "http://127.0.0.1:9/_control"}')

    settings = load_settings(environ={"MODREG_ENDPOINTS": str(file)})

    assert settings.endpoints.github == "http://127.0.0.1:9/github"
    assert settings.endpoints.named == {"github"}


def test_settings_when_printed_then_no_secret_is_seen() -> None:
    settings = load_settings(environ={
        "MODREG_SECRET_KEY": "geheim", "MODREG_GITHUB_TOKEN": "geheim",
        "MODREG_DATABASE_URL": "postgresql://me:geheim@db/registry",
    })

    assert "geheim" not in repr(settings) + str(settings)
    assert settings.token("github") == "geheim"


def test_secret_key_when_none_is_set_then_made_once_for_us_alone(tmp_path: Path) -> None:
    settings = load_settings(environ={"MODREG_HOME": str(tmp_path / "home")})

    first = secret_key(settings)

    assert len(first) == 64
    assert secret_key(settings) == first
    assert stat.S_IMODE((tmp_path / "home" / "secret_key").stat().st_mode) == 0o600
