from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.limits import Budget, Refusal, RefusalKind, budget, refusal, retry_after

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EPOCH = int(NOW.timestamp())
SECONDARY = b'{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}'
ABUSE = b'{"message": "You have triggered an abuse detection mechanism."}'


def in_seconds(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (200, {"retry-after": "55"}, b"", None),
        (404, {"retry-after": "55"}, b"", None),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 90)}, b"",
         Refusal(RefusalKind.PRIMARY, in_seconds(91), named=True)),
        (429, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 90)}, b"",
         Refusal(RefusalKind.PRIMARY, in_seconds(91), named=True)),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 90), "retry-after": "200"}, b"",
         Refusal(RefusalKind.PRIMARY, in_seconds(200), named=True)),
        (403, {"x-ratelimit-remaining": "0"}, b"", Refusal(RefusalKind.PRIMARY, in_seconds(60))),
        (403, {"x-ratelimit-remaining": "4000", "retry-after": "5"}, SECONDARY,
         Refusal(RefusalKind.SECONDARY, in_seconds(5), named=True)),
        (403, {"x-ratelimit-remaining": "4000", "x-ratelimit-reset": str(EPOCH + 90)}, SECONDARY,
         Refusal(RefusalKind.SECONDARY, in_seconds(60))),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 90)}, SECONDARY,
         Refusal(RefusalKind.SECONDARY, in_seconds(91), named=True)),
        (403, {}, ABUSE, Refusal(RefusalKind.SECONDARY, in_seconds(60))),
        (403, {"gh-limited-by": "search-elapsed-time"}, b"", Refusal(RefusalKind.SECONDARY, in_seconds(60))),
        (429, {}, b"", Refusal(RefusalKind.SECONDARY, in_seconds(60))),
        (403, {}, b'{"message": "API rate limit exceeded for 192.0.2.1."}',
         Refusal(RefusalKind.SECONDARY, in_seconds(60))),
        (403, {"x-ratelimit-remaining": "4000"}, b'{"message": "Must have admin rights to Repository."}',
         Refusal(RefusalKind.PERMISSION)),
        (401, {}, b"", Refusal(RefusalKind.CREDENTIAL)),
        (503, {}, b"", None),
        (503, {"retry-after": "7"}, b"", Refusal(RefusalKind.BUSY, in_seconds(7), named=True)),
    ],
)
def test_refusal_of_an_answer_is_of_its_kind(
    status: int, headers: dict[str, str], body: bytes, expected: Refusal | None
) -> None:
    assert refusal(status, headers, body, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "120"}, in_seconds(120)),
        ({"retry-after": "0"}, NOW),
        ({"retry-after": "Fri, 02 Jan 2026 03:06:05 GMT"}, in_seconds(120)),
        ({"retry-after": "Fri, 02 Jan 2026 03:06:05 GMT", "date": "Fri, 02 Jan 2026 03:05:05 GMT"}, in_seconds(60)),
        ({"retry-after": "Thu, 01 Jan 2026 00:00:00 GMT"}, NOW),
        ({"retry-after": str(EPOCH + 30)}, in_seconds(31)),
        ({"x-retry-after": str(EPOCH + 30)}, in_seconds(31)),
        ({"x-retry-after": str((EPOCH + 30) * 1000)}, in_seconds(31)),
        ({"retry-after": "999999999"}, in_seconds(7 * 24 * 3600)),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after_in_every_dialect_is_one_moment(headers: dict[str, str], expected: datetime | None) -> None:
    assert retry_after(headers, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"x-ratelimit-remaining": "4999", "x-ratelimit-reset": str(EPOCH + 9), "x-ratelimit-resource": "core"},
         Budget(4999, in_seconds(10), "core")),
        ({"x-ratelimit-remaining": "3", "x-ratelimit-reset": str(EPOCH + 9), "date": "Fri, 02 Jan 2026 03:04:00 GMT"},
         Budget(3, in_seconds(15))),
        ({"ratelimit": '"api";r=0;t=55'}, Budget(0, in_seconds(55))),
        ({"ratelimit": '"burst";r=7;t=2, "day";r=3;t=4000'}, Budget(3, in_seconds(4000))),
        ({"ratelimit": "limit=100, remaining=0, reset=50"}, Budget(0, in_seconds(50))),
        ({"ratelimit-remaining": "12", "ratelimit-reset": "30"}, Budget(12, in_seconds(30))),
        ({"ratelimit-limit": "100;w=21600", "ratelimit-remaining": "76;w=21600"}, Budget(76, in_seconds(21600))),
        ({"x-ratelimit-remaining": "5"}, Budget(5, None)),
        ({"x-ratelimit-remaining": "many"}, None),
        ({"retry-after": "55"}, None),
    ],
)
def test_budget_in_every_dialect_is_one_budget(headers: dict[str, str], expected: Budget | None) -> None:
    assert budget(headers, NOW) == expected


@given(
    status=st.sampled_from([401, 403, 429, 503]),
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "x-retry-after", "ratelimit", "ratelimit-remaining", "x-ratelimit-remaining",
                         "x-ratelimit-reset", "ratelimit-reset", "date", "gh-limited-by"]),
        st.one_of(st.text(max_size=40), st.integers().map(str), st.from_regex(r"[a-z\";=0-9, ]{0,30}")),
    ),
    body=st.binary(max_size=100),
)
def test_refusal_of_any_headers_never_raises_and_never_lies_in_the_past(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    verdict = refusal(status, headers, body, NOW)
    assert verdict is None or verdict.until is None or NOW <= verdict.until <= NOW + timedelta(days=7)
