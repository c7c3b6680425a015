"""What a source lists this time: all records, or those that changed since the mark, and now and then all headers too.

A whole list is one without a date that came to its end with as many records as were said; only then is what it does
not have gone. A list that changed is empty when the repository says `noRecordsMatch`. Where deletions are forgotten all
headers are listed besides, every few days. Border: records are not read here. OAI-PMH 2.0 §2.5.1 (deleted records).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from harvester.errors import HarvestError, ProtocolAnswer, iso
from harvester.sources.kind import Task
from harvester.sources.oaipmh_address import Identity, explained, identify
from harvester.sources.oaipmh_catch import Catch
from harvester.sources.oaipmh_client import Oai
from harvester.sources.oaipmh_lists import Walk, Walked
from harvester.sources.oaipmh_marks import Mark
from harvester.sources.oaipmh_records import Item, Items, same_stamp
from harvester.sources.oaipmh_settings import OaipmhSettings
from harvester.sources.oaipmh_times import Granularity, datestamp_of, newest_of, next_from, question_of
from vocab.findings import finding
from vocab.identifiers import oai_key
from vocab.record import Finding

# So many records that a list of headers alone brought up are asked for one by one; more are listed anew.
_ONE_BY_ONE = 100
_SHORT_AGAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is listed, and the mark that holds when all of it was read."""

    items: tuple[Item, ...]
    findings: tuple[Finding, ...]
    mark: Mark
    whole: bool
    problem: HarvestError | None


class Gathering:
    """The listing of one run."""

    def __init__(self, task: Task, settings: OaipmhSettings, oai: Oai, items: Items, own_settings: str) -> None:
        self._task = task
        self._settings = settings
        self._oai = oai
        self._items = items
        self._own_settings = own_settings
        self._catch = Catch(settings, oai, items)

    def run(self, mark: Mark | None) -> Gathered:
        """List what is due. Raises `HarvestError` when there is nothing to be had."""
        now = self._task.clock.now()
        if mark is None or mark.reached is None or self._settings.datestamps == "ignore" or self._task.full:
            return self._whole(now)
        walked = self._changes(mark)
        is_due = walked.problem is None and self._is_relist_due(mark, now)
        new = replace(mark, reached=self._reached(walked, mark), owed=())
        if not is_due:
            self._owe(mark)
            return self._gathered(new, walked, whole=False)
        identity = identify(self._oai)
        listed = self._headers(identity)
        whole = listed.problem is None and listed.short is None
        new = replace(
            new, granularity=str(identity.granularity), deletions=identity.deletions, short=listed.short is not None,
            relisted=iso(now) if listed.problem is None else mark.relisted,
        )
        if not whole:
            self._owe(mark)
        listed.defects |= walked.defects
        return self._gathered(new, listed, whole=whole)

    # The lists --------------------------------------------------------------------------------------------------------

    def _whole(self, now: datetime) -> Gathered:
        identity = identify(self._oai)
        verb = "ListIdentifiers" if self._settings.one_by_one else "ListRecords"
        walked = self._walk(verb, {}, self._fineness(identity.granularity))
        whole = walked.problem is None and walked.short is None
        mark = Mark(
            self._own_settings, str(identity.granularity), identity.deletions, self._reached(walked, None),
            iso(now) if walked.problem is None else None, walked.short is not None,
        )
        return self._gathered(mark, walked, whole=whole)

    def _changes(self, mark: Mark) -> Walked:
        """What changed since the mark; nothing is a good answer."""
        assert mark.reached is not None
        verb = "ListIdentifiers" if self._settings.one_by_one else "ListRecords"
        fineness = self._fineness(mark.fineness)
        begin = next_from(mark.reached, iso(self._task.clock.now()), fineness)
        begin = max(begin, question_of(self._settings.from_, fineness)) if self._settings.from_ else begin
        try:
            return self._walk_plainly(verb, {"from": begin}, fineness)
        except ProtocolAnswer as error:
            if error.code == "noRecordsMatch":
                return Walked()
            if error.code != "badArgument" or fineness is Granularity.DAY:
                raise explained(self._oai, error, self._settings.prefix, self._settings.set) or error from None
        return self._walk(verb, {"from": begin[:10]}, Granularity.DAY)

    def _headers(self, identity: Identity) -> Walked:
        """All headers: what is known needs no more; what is not is asked for by itself, or listed when it is much."""
        fineness = self._fineness(identity.granularity)
        listed = self._walk("ListIdentifiers", {}, fineness)
        unknown = [
            each for each in self._catch.found.values()
            if not each.is_whole and not same_stamp(self._items.known(each.key), each.datestamp)
        ]
        if len(unknown) <= _ONE_BY_ONE or self._settings.one_by_one:
            return listed
        return self._walk("ListRecords", {}, fineness)

    def _walk(self, verb: str, question: dict[str, str], fineness: Granularity) -> Walked:
        """A list; a no of the repository is explained. Raises `HarvestError`."""
        try:
            return self._walk_plainly(verb, question, fineness)
        except ProtocolAnswer as error:
            if error.code == "noRecordsMatch" and "from" in question:
                return Walked()
            why = explained(self._oai, error, self._settings.prefix, self._settings.set)
            if why is None:
                return Walked()
            raise why from None

    def _walk_plainly(self, verb: str, question: dict[str, str], fineness: Granularity) -> Walked:
        asked = {"metadataPrefix": self._settings.prefix}
        if self._settings.set is not None:
            asked["set"] = self._settings.set
        if self._settings.from_ is not None:
            asked["from"] = question_of(self._settings.from_, fineness)
        catch, longest = self._catch, self._settings.max_records
        walked = Walk(self._oai, verb, asked | question, fineness, longest, catch.take, catch.take_bad).run()
        if "from" not in question:
            catch.judge(len(catch.found), formats=verb == "ListRecords")
        return walked

    # What is said of it -----------------------------------------------------------------------------------------------

    def _owe(self, mark: Mark) -> None:
        """Add the records that are owed from earlier runs and did not come by themselves."""
        for identifier in mark.owed:
            key = oai_key(identifier)
            self._catch.found.setdefault(key, Item(key, identifier, None))

    def _reached(self, walked: Walked, mark: Mark | None) -> str | None:
        """Up to which datestamp everything is read when this list is read."""
        before = mark.reached if mark is not None else None
        if walked.problem is not None:
            return max(filter(None, (before, walked.reached)), default=None)
        now = datestamp_of(walked.responded) or iso(self._task.clock.now())
        newest = before
        for each in self._catch.found.values():
            newest = newest_of(newest, each.datestamp, now) or newest
            if each.datestamp is not None and each.datestamp[: len(now)] > now:
                self._catch.defects["datestamps that are not in the future"] += 1
        return newest

    def _gathered(self, mark: Mark, walked: Walked, *, whole: bool) -> Gathered:
        findings = [self._defect(expected) for expected in sorted(walked.defects)]
        findings += [self._defect(expected, f"{count}") for expected, count in sorted(self._catch.defects.items())]
        if walked.short is not None:
            came, said = walked.short
            findings.append(self._defect(f"{said} records, as it says", f"{came}"))
        if strays := self._catch.strays:
            findings.append(self._defect(f"records of the set `{self._settings.set}` alone", f"{strays} others"))
        return Gathered(tuple(self._catch.found.values()), tuple(findings), mark, whole, walked.problem)

    def _defect(self, expected: str, found: str | None = None) -> Finding:
        message = f"{self._settings.url} does not give {expected}{f' ({found})' if found else ''}"
        return finding("endpoint-defect", message, source=self._task.source, found=found, expected=expected)

    def _fineness(self, declared: Granularity) -> Granularity:
        return Granularity.DAY if self._settings.granularity == "day" else declared

    def _is_relist_due(self, mark: Mark, now: datetime) -> bool:
        """Whether all headers are listed again: after a list that was not whole, and where deletions are forgotten."""
        if mark.relisted is None:
            return True
        age = now - datetime.fromisoformat(mark.relisted.replace("Z", "+00:00"))
        if mark.short:
            return age >= _SHORT_AGAIN
        forgets = {"trust": False, "relist": True}.get(self._settings.deleted, mark.deletions != "persistent")
        return forgets and age >= timedelta(days=self._settings.relist_days)
