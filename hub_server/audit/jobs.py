"""The audit chain, off the hot path: whoever charges never waits for it."""

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from hub_server.audit.extend_chain import Extension, extend_chain, sign_end
from hub_server.audit.heads_file import FILE_NAME, append_head
from hub_server.audit.queries import last_head
from hub_server.foundation.context import Context
from hub_server.foundation.scheduling import Job
from shared.signing import Signer

PAGE: Final = 1_000
MAX_PAGES: Final = 100
HORIZON_MS: Final = 600_000
"""On PostgreSQL an event's id is drawn before its commit. Locks are waited for two seconds in all, and the database
ends a transaction that stands still, or a statement of it that runs, for `IDLE_MS` or `STATEMENT_MS` (a minute):
after ten, a lower id that has not come never comes."""


class AuditChain:
    """One node's part in the chain: where it looks from, and what it has seen when."""

    def __init__(self, context: Context, signer: Signer, tell_lag: Callable[[int], None]) -> None:
        """`tell_lag` is given how many seconds the oldest event waited that was linked."""
        self._context = context
        self._signer = signer
        self._tell_lag = tell_lag
        self._horizon_ms = 0 if context.database.is_sqlite else HORIZON_MS
        self._through: int | None = None
        self._seen: deque[tuple[int, int]] = deque()

    def run(self) -> None:
        """Link what has been committed since, in pages; sign the end when it is time."""
        through = self._through_id()
        after, oldest = through, None
        for _ in range(MAX_PAGES):  # what is left of a huge backlog is linked at the next runs
            done = self._link(after)
            if done is None:
                return
            oldest = oldest or done.oldest_at
            after = done.last_id
            if done.count < PAGE:
                through = self._settle(after)
                break
        now = self._context.clock.now()
        self._tell_lag(0 if oldest is None else max(0, (now - oldest) // timedelta(seconds=1)))
        self._sign(through)

    def _through_id(self) -> int:
        """Every event up to here is linked or never comes; from the last head after a start."""
        if self._through is None:
            head = self._context.database.read(last_head)
            self._through = 0 if head is None else head.through_id
        return self._through

    def _link(self, after: int) -> Extension | None:
        return self._context.database.run(lambda connection: extend_chain(connection, after, PAGE))

    def _settle(self, last_id: int) -> int:
        """All that is committed is linked: remember how far that was, and what was so long enough ago."""
        now = self._context.clock.monotonic_ms()
        self._seen.append((now, last_id))
        through = self._through_id()
        while self._seen and self._seen[0][0] + self._horizon_ms <= now:
            through = max(through, self._seen.popleft()[1])
        self._through = through
        return through

    def _sign(self, through: int) -> None:
        settings = self._context.settings
        signed = self._context.database.run(
            lambda connection: sign_end(
                connection,
                self._signer,
                through_id=through,
                at=self._context.clock.now(),
                every=timedelta(seconds=settings.audit_head_s),
            )
        )
        if signed is not None:
            append_head(settings.data_dir / FILE_NAME, signed)


def chain_job(context: Context, signer: Signer, tell_lag: Callable[[int], None]) -> Job:
    """Links events every `audit_chain_s`, one node at a time."""
    return Job(
        "audit.chain", context.settings.audit_chain_s * 1_000, AuditChain(context, signer, tell_lag).run
    )
