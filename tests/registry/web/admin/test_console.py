"""The console: its door, and what can be done inside."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from harvester.events import Failed, Finished, Problem, Requests
from registry import leases
from registry.accounts import first_link
from registry.harvesting import apply_run
from registry.payloads import keep_payload
from registry.runs import RunStatus, run_by_id, start_run
from registry.services import Services
from registry.sources import require_source
from registry.tables import account, audit
from registry.web import create_app
from registry.web.admin.signing_in import FREE_TRIES, LONGEST_WAIT_S, MOST_NAMES, Attempts
from tests.support.clock import HandClock
from tests.support.site import Site
from tests.support.store import an_entry, fetched, harvested, listed, statuses

PASSWORD = "correct horse battery"


def token_of(text: str) -> str:
    """The form token on a page."""
    found = re.search(r'name="form_token" value="([^"]+)"', text)
    assert found is not None, text
    return found[1]


def post(client: FlaskClient, page: str, path: str | None = None, **form: str) -> tuple[int, str, str]:
    """Fill the form on a page and send it; status, place, text."""
    form_token = token_of(client.get(page).text)
    answer = client.post(path or page, data={"form_token": form_token, **form})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def client_of(services: Services) -> FlaskClient:
    return create_app(services).test_client()


def signed_in(services: Services) -> FlaskClient:
    """A client that has set the first administrator's password."""
    client = client_of(services)
    page = f"/admin/welcome/{first_link(services.database, services.clock.now())}"
    assert post(client, page, password=PASSWORD, again=PASSWORD)[:2] == (303, "/admin")
    return client


def clock_of(services: Services) -> HandClock:
    assert isinstance(services.clock, HandClock)
    return services.clock


def test_welcome_when_used_then_signed_in_and_the_link_is_used_up(services: Services) -> None:
    client = client_of(services)
    page = f"/admin/welcome/{first_link(services.database, services.clock.now())}"
    status, _, text = post(client, page, password=PASSWORD, again="another horse battery")
    assert (status, "the two passwords are not the same" in text) == (400, True)
    status, _, text = post(client, page, password="short", again="short")
    assert (status, "the password has 5 characters, expected 12 to 1000" in text) == (400, True)
    assert post(client, page, password=PASSWORD, again=PASSWORD)[:2] == (303, "/admin")
    assert "Signed in as <strong>admin</strong>" in client.get("/admin").text
    again = client_of(services).get(page)
    assert again.status_code == 410
    assert "It was used or is too old. `modreg init` makes a new one." in again.text


def test_welcome_when_guessed_or_late_then_410(local: Services) -> None:
    client = client_of(local)
    assert client.get("/admin/welcome/guessed").status_code == 410
    page = f"/admin/welcome/{first_link(local.database, local.clock.now())}"
    clock_of(local).advance(3 * 86_400)
    assert client.get(page).status_code == 410


def test_sign_in_when_right_then_in_and_out_again(services: Services) -> None:
    signed_in(services)
    client = client_of(services)
    assert post(client, "/admin/login", name="admin", password=PASSWORD)[:2] == (303, "/admin")
    page = client.get("/admin")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert post(client, "/admin", "/admin/logout")[:2] == (303, "/admin/login")
    assert client.get("/admin").headers["Location"] == "/admin/login"


def test_sign_in_when_wrong_again_and_again_then_slowed_down_and_told(local: Services) -> None:
    signed_in(local)
    client = client_of(local)
    for _ in range(FREE_TRIES):
        status, _, text = post(client, "/admin/login", name="admin", password="wrong")
        assert (status, "This name and password do not fit together." in text) == (401, True)
    status, _, text = post(client, "/admin/login", name="admin", password=PASSWORD)
    assert (status, "Too many tries; wait 1 seconds." in text) == (401, True)
    clock_of(local).advance(1)
    assert post(client, "/admin/login", name="admin", password=PASSWORD)[0] == 303


def test_attempts_when_they_go_on_then_wait_doubles_to_a_bound_and_others_are_free() -> None:
    clock = HandClock()
    attempts = Attempts(clock)
    waits = []
    for _ in range(FREE_TRIES + 12):
        attempts.failed("admin")
        waits.append(attempts.wait_s("admin"))
        clock.advance(waits[-1])
        assert attempts.wait_s("admin") == 0
    assert waits[FREE_TRIES - 1 : FREE_TRIES + 4] == [1, 2, 4, 8, 16]
    assert max(waits) == LONGEST_WAIT_S
    assert attempts.wait_s("somebody") == 0
    attempts.succeeded("admin")
    attempts.failed("admin")
    assert attempts.wait_s("admin") == 0


def test_attempts_when_names_are_made_up_then_memory_is_bounded() -> None:
    attempts = Attempts(HandClock())
    for number in range(MOST_NAMES + 50):
        attempts.failed(f"name {number}")
    assert len(attempts._failed) == MOST_NAMES


@pytest.mark.parametrize("name", ["\x00", "admin\x00", "x" * 100_000, "' OR 1=1 --", "☃"])
def test_sign_in_when_the_name_is_odd_then_refused_as_any_other(services: Services, name: str) -> None:
    status, _, text = post(client_of(services), "/admin/login", name=name, password="wrong")
    assert (status, "This name and password do not fit together." in text) == (401, True)


@pytest.mark.parametrize("path", ["/admin", "/admin/runs/1"])
def test_room_when_not_signed_in_then_to_the_door(local: Services, path: str) -> None:
    answer = client_of(local).get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/login")


@pytest.mark.parametrize(
    "path", ["/admin/sources/hub/disable", "/admin/runs/1/approve", "/admin/logout", "/admin/login"]
)
@pytest.mark.parametrize("token", ["", "made-up", "☃"])
def test_form_when_it_comes_from_elsewhere_then_refused(local: Services, path: str, token: str) -> None:
    client = signed_in(local)
    answer = client.post(path, data={"form_token": token, "name": "admin", "password": PASSWORD})
    assert answer.status_code == 400
    assert "This form is too old or came from elsewhere. Open the page again and repeat it." in answer.text
    assert require_source(local.database, "hub").enabled


def test_room_when_the_account_is_no_administrator_or_disabled_then_closed(local: Services) -> None:
    client = signed_in(local)
    with local.database.write() as connection:
        connection.execute(update(account).values(role="reader"))
    answer = client.get("/admin")
    assert (answer.status_code, "admin is no administrator." in answer.text) == (403, True)
    with local.database.write() as connection:
        connection.execute(update(account).values(enabled=False))
    assert client.get("/admin").headers["Location"] == "/admin/login"


def test_cookie_when_set_then_for_us_alone(local: Services) -> None:
    cookie = client_of(local).get("/admin/login").headers["Set-Cookie"]
    assert cookie.startswith("modreg_session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


def test_source_when_switched_then_off_and_on_with_a_note(own_site: Site) -> None:
    services = own_site.services
    client = signed_in(services)
    assert post(client, "/admin", "/admin/sources/hub/disable")[:2] == (303, "/admin")
    assert not require_source(services.database, "hub").enabled
    assert 'action="/admin/sources/hub/enable"' in client.get("/admin").text
    assert post(client, "/admin", "/admin/sources/hub/enable")[0] == 303
    assert require_source(services.database, "hub").enabled
    status, _, text = post(client, "/admin", "/admin/sources/nowhere/disable")
    assert (status, "nowhere" in text, "That was not done" in text) == (409, True, True)


def hold(services: Services) -> int:
    """A run that would withdraw all but one of ten modules; its id."""
    entries = [fetched(f"a/held-{number}", f"Held {number}", line=number) for number in range(10)]
    harvested(services, "hub", *entries)
    return harvested(services, "hub", entries[0]).id


def test_held_run_when_approved_then_its_modules_are_withdrawn(services: Services) -> None:
    number = hold(services)
    client = signed_in(services)
    console = client.get("/admin").text
    assert f'<a href="/admin/runs/{number}">Run {number} of hub</a> would withdraw more than is usual.' in console
    page = client.get(f"/admin/runs/{number}").text
    assert "<code>github.com/a/held-9</code>" in page
    assert 'href="/modules/held-9"' in page
    assert post(client, f"/admin/runs/{number}", f"/admin/runs/{number}/approve")[:2] == (303, "/admin")
    assert sorted(statuses(services).values()) == ["published"] + ["withdrawn"] * 9
    found = run_by_id(services.database, number)
    assert found is not None
    assert found.held is not None
    assert (found.held["decision"], found.held["by"]) == ("approved", "admin")
    status, _, text = post(client, "/admin", f"/admin/runs/{number}/approve")
    assert (status, "expected a held run" in text) == (409, True)


def test_held_run_when_discarded_then_all_stays(services: Services) -> None:
    number = hold(services)
    client = signed_in(services)
    assert post(client, f"/admin/runs/{number}", f"/admin/runs/{number}/discard")[:2] == (303, "/admin")
    assert set(statuses(services).values()) == {"published"}
    assert "Waiting for your yes" not in client.get("/admin").text


def test_run_when_an_answer_was_of_no_use_then_told_and_saved_as_text_by_administrators_alone(
    services: Services,
) -> None:
    with services.database.write() as connection:
        sha256 = keep_payload(connection, b"<script>alert(1)</script>\xff")
    problem = Problem("unexpected-answer", "No <b>JSON</b>.", "Nothing.", "tags", "https://x.example.org", 200,
                      payload=sha256)
    bad = Failed(an_entry("a/bad"), problem)
    run = apply_run(services, require_source(services.database, "hub"), [listed(bad), bad, Finished(Requests())])
    place = f"/admin/runs/{run.id}/failures/1"
    assert client_of(services).get(place).status_code == 303
    client = signed_in(services)
    page = client.get(f"/admin/runs/{run.id}").text
    assert f'<a href="{place}">as text</a>' in page
    assert "No &lt;b&gt;JSON&lt;/b&gt;." in page
    answer = client.get(place)
    assert (answer.status_code, answer.data) == (200, b"<script>alert(1)</script>\xff")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="run-{run.id}-failure-1.txt"'
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert client.get(f"/admin/runs/{run.id}/failures/2").status_code == 404


def test_held_run_when_discarded_then_the_page_offers_to_think_better_of_it(services: Services) -> None:
    number = hold(services)
    client = signed_in(services)
    post(client, f"/admin/runs/{number}", f"/admin/runs/{number}/discard")
    page = client.get(f"/admin/runs/{number}").text
    assert "Discarded by admin on 2026-01-02." in page
    assert "no longer listed by hub since 2026-01-02" in page
    assert "Withdraw those that are kept after all" in page
    assert post(client, f"/admin/runs/{number}", f"/admin/runs/{number}/approve")[:2] == (303, "/admin")
    assert sorted(statuses(services).values()) == ["published"] + ["withdrawn"] * 9


@pytest.mark.parametrize("number", ["77", "2147483648", "9" * 40])
def test_run_when_there_is_none_then_404(services: Services, number: str) -> None:
    client = signed_in(services)
    assert client.get(f"/admin/runs/{number}").status_code == 404
    assert post(client, "/admin", f"/admin/runs/{number}/approve")[0] in (404, 409)


def test_source_when_run_now_paused_and_resumed_then_it_stands_so(own_site: Site) -> None:
    services = own_site.services
    client = signed_in(services)
    assert post(client, "/admin", "/admin/sources/hub/run")[:2] == (303, "/admin")
    assert require_source(services.database, "hub").wanted_by == "person admin"
    assert "wanted by admin" in client.get("/admin").text
    assert 'action="/admin/sources/hub/pause"' in client.get("/admin").text
    assert post(client, "/admin", "/admin/sources/old/pause")[:2] == (303, "/admin")
    page = client.get("/admin").text
    assert "paused until it is resumed" in page
    assert 'action="/admin/sources/old/resume"' in page
    assert post(client, "/admin", "/admin/sources/old/resume")[:2] == (303, "/admin")
    assert require_source(services.database, "old").paused_until is None
    assert [row for row in trail(services) if row[1].startswith("source")] == [
        ("admin", "source run", "hub"), ("admin", "source pause", "old"), ("admin", "source resume", "old"),
    ]


def trail(services: Services) -> list[tuple[str | None, str, str | None]]:
    """Who did what to what."""
    with services.database.read() as connection:
        rows = connection.execute(select(audit.c.account, audit.c.action, audit.c.subject).order_by(audit.c.id))
        return [(row.account, row.action, row.subject) for row in rows]


def test_run_when_it_runs_then_it_can_be_cancelled_by_name(services: Services) -> None:
    client = signed_in(services)
    holder = leases.new_holder()
    with services.database.write() as connection:
        leases.take(connection, "harvest:hub", holder, services.clock.now())
        number = start_run(connection, "hub", "2026-01-02T03:00:00Z", holder, "person admin")
        leases.renew(connection, "harvest:hub", holder, services.clock.now(), number)
    page = client.get(f"/admin/runs/{number}").text
    assert "Cancel: stop it now, keep what it read" in page
    assert "<dt>Begun by</dt><dd>person admin</dd>" in page
    assert post(client, f"/admin/runs/{number}", f"/admin/runs/{number}/cancel")[:2] == (303, "/admin")
    page = client.get(f"/admin/runs/{number}").text
    assert "It was cancelled by admin." in page
    assert "Cancel: stop it now" not in page
    found = run_by_id(services.database, number)
    assert found is not None
    assert (found.status, found.cancelled) == (RunStatus.RUNNING, True)
