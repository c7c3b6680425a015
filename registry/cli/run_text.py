"""The report of a run in lines for people. The texts of sources are foreign: nothing in them moves a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from registry.cli.output import plain
from registry.run_words import progress_words, request_words, sums
from registry.runs import COUNTS


def lines_of(report: Mapping[str, Any]) -> Iterator[str]:
    """The lines of `modreg runs show`, from the form that it prints as JSON."""
    for name in ("id", "source", "status", "trigger", "started", "ended"):
        if report.get(name) is not None:
            yield f"{name}: {plain(report[name])}"
    if report.get("cancelled"):
        yield "cancelled: yes"
    if "progress" in report:
        yield f"progress: {progress_words(report['progress'])}"
    yield f"entries: {', '.join(f'{report.get(name, 0)} {name}' for name in COUNTS)}"
    severities = sums(report.get("findings_by_severity") or {})
    yield f"findings: {report['findings']}" + (f" ({severities})" if severities else "")
    if report.get("findings_by_code"):
        yield f"  {sums(report['findings_by_code'])}"
    if report.get("requests"):
        yield from (f"{what}: {words}" for what, words in request_words(report["requests"]))
    problem = report.get("problem")
    if problem is not None:
        yield f"problem: {plain(problem['message'])} {plain(problem.get('mend', ''))}".rstrip()
        if "retry_at" in problem:
            yield f"retry_at: {problem['retry_at']}"
    yield from _held(report.get("held") or {})
    yield from _failures(report)


def _held(held: Mapping[str, Any]) -> Iterator[str]:
    if not held:
        return
    decision = f"; {held['decision']} by {held.get('by') or 'an operator'}" if "decision" in held else ""
    yield f"held: {len(held['keys'])} of {held['known']} entries would be withdrawn{decision}"
    told = {each["key"]: each for each in held.get("removals", ())}
    for key in held["keys"]:
        each = told.get(key, {})
        module = f" ({each['module']}: {plain(each.get('title', ''))})" if "module" in each else ""
        yield f"  - {plain(key)}{module} {plain(each.get('reason', ''))}".rstrip()


def _failures(report: Mapping[str, Any]) -> Iterator[str]:
    failures = report.get("failures") or []
    kinds = report.get("failures_by_kind") or {}
    if not kinds:
        return
    yield f"failures: {sums(kinds)}"
    for each in failures:
        what = plain(each.get("entry") or each["stage"])
        yield f"  {each['position']}. {what}: {plain(each['message'])} {plain(each['mend'])}"
        facts = [each["kind"], f"at {each['stage']}", *(str(each[name]) for name in ("url", "status") if name in each)]
        if "payload" in each:
            facts.append(f"`modreg runs payload {report['id']} {each['position']}` shows what came")
        yield f"     {plain(', '.join(facts))}"
    more = sum(kinds.values()) - len(failures)
    if failures and more > 0:
        yield f"  and {more} more"
