"""The page of one run in the console, and what came instead of an answer, as a file of plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response

from registry.accounts import Account
from registry.errors import RunError
from registry.run_reports import payload_of_failure, report_of
from registry.run_words import progress_words, request_words, sums
from registry.runs import COUNTS, Run, run_by_id
from registry.services import Services
from registry.web.admin.signing_in import for_administrators, form_token
from registry.web.api.parameters import LARGEST_NUMBER
from registry.web.pages.rendering import message, page_response

NUMBER = f"<int(max={LARGEST_NUMBER}):number>"


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run. `facts` are (name, words); `removals` what it would withdraw, `failures` as `report_of` tells them."""

    account: str
    form_token: str
    run: Run
    facts: tuple[tuple[str, str], ...]
    removals: tuple[dict[str, Any], ...]
    failures: tuple[dict[str, Any], ...]
    untold: int


def add_run_rooms(blueprint: Blueprint, services: Services) -> None:
    """Add them to the console."""
    guarded = for_administrators(services)

    @blueprint.get(f"/runs/{NUMBER}")
    @guarded
    def run(account: Account, number: int) -> Response:
        found = run_by_id(services.database, number)
        if found is None:
            return message(services, 404, "No such run", f"There is no run {number}.")
        report = report_of(services, found)
        held, failures = found.held or {}, tuple(report["failures"])
        told = {each["key"]: each for each in held.get("removals", ())}
        page = RunPage(
            account.name, form_token(), found, tuple(_facts(report)),
            tuple(told.get(key, {"key": key}) for key in held.get("keys", ())), failures,
            max(0, sum(found.detail.get("failures_by_kind", {}).values()) - len(failures)),
        )
        return page_response(services, "admin_run.html", page)

    @blueprint.get(f"/runs/{NUMBER}/failures/<int(max={LARGEST_NUMBER}):failure>")
    @guarded
    def payload(account: Account, number: int, failure: int) -> Response:
        del account
        try:
            body = payload_of_failure(services.database, number, failure)
        except RunError as wrong:
            return message(services, 404, "Nothing is kept", str(wrong))
        # Foreign bytes: a file to be saved, never a page of ours.
        answer = Response(body, content_type="text/plain; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="run-{number}-failure-{failure}.txt"'
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def _facts(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Status", report["status"] + (" (told to stop)" if report.get("cancelled") else "")
    yield "Begun by", report["trigger"]
    yield "Time", f"{report['started']} to {report.get('ended', 'now')}"
    if "progress" in report:
        yield "Progress", progress_words(report["progress"])
    problem = report.get("problem")
    if problem is not None:
        yield "Problem", f"{problem['message']} {problem.get('mend', '')}".rstrip()
    yield "Entries", ", ".join(f"{report.get(name, 0)} {name}" for name in COUNTS)
    yield "Findings", f"{report['findings']}: {sums(report.get('findings_by_code') or {})}".rstrip(": ")
    if report["requests"]:
        yield from ((what.capitalize(), words) for what, words in request_words(report["requests"]))
    kinds = report.get("failures_by_kind")
    if kinds:
        yield "Failures", sums(kinds)
