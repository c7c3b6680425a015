"""GitHub's primary limit: sixty requests an hour without a token, five thousand with one; a 304 is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from harvester.clock import Clock
from tests.standin.answers import Answer, ApiError, Request, dumped

ANONYMOUS, WITH_TOKEN = 60, 5000
WINDOW = timedelta(hours=1)
NO_AGENT = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header."
REFUSED_TOKENS = ("expired", "bad", "revoked")
LIMIT_ADDRESS = "/rate_limit"


@dataclass(slots=True)
class Budget:
    """What one credential may still ask; `reset` is in epoch seconds."""

    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        """Never below zero."""
        return max(0, self.limit - self.used)


class Limits:
    """The budgets of all credentials. `set` lets a test leave only so much."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.budgets: dict[str, Budget] = {}
        self.left: tuple[int, int] | None = None

    def set(self, remaining: int, reset_in_s: int = 3600) -> None:
        """Leave every credential, known or not, so many requests until the reset."""
        self.left = (remaining, reset_in_s)
        self.budgets.clear()

    def budget(self, request: Request) -> Budget:
        """The budget of the credential of a request, anew after its reset."""
        now = int(self.clock.now().timestamp())
        key = request.token or ""
        found = self.budgets.get(key)
        if found is None or found.reset <= now:
            limit = WITH_TOKEN if key else ANONYMOUS
            remaining, lasts_s = (limit, int(WINDOW.total_seconds()))
            if found is None and self.left is not None:
                remaining, lasts_s = self.left
            found = self.budgets[key] = Budget(limit, limit - remaining, now + lasts_s)
        return found

    def admit(self, request: Request) -> None:
        """Refuse what GitHub refuses before it looks at the address. Raises `ApiError`."""
        if not request.headers.get("user-agent"):
            raise ApiError(403, NO_AGENT)
        if request.token in REFUSED_TOKENS:
            raise ApiError(401, "Bad credentials")
        if not self.budget(request).remaining:
            who = "user ID 1" if request.token else "127.0.0.1"
            raise ApiError(403, f"API rate limit exceeded for {who}.")

    def charge(self, request: Request, answer: Answer) -> None:
        """Count an answer and tell the state of the budget in its headers."""
        budget = self.budget(request)
        budget.used += answer.charged
        answer.headers |= {
            "X-RateLimit-Limit": str(budget.limit), "X-RateLimit-Remaining": str(budget.remaining),
            "X-RateLimit-Used": str(min(budget.used, budget.limit)), "X-RateLimit-Reset": str(budget.reset),
            "X-RateLimit-Resource": "core",
        }

    def state(self, request: Request) -> Answer:
        """The answer of `/rate_limit`, which is free."""
        budget = self.budget(request)
        core = {"limit": budget.limit, "used": budget.used, "remaining": budget.remaining, "reset": budget.reset}
        return Answer(body=dumped({"resources": {"core": core}, "rate": core}), charged=0)
