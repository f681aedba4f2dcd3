"""Requests that are refused before their key has an outcome leave the traces of those that have one (domain.md, Charge).

What is decided under a key is written in its transaction (`charge_by_code`, refunding) and counted as it is told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from hub_server.access import KeyHolder
from hub_server.audit import AuditName, record
from hub_server.foundation.context import Context
from hub_server.foundation.observability import Figures
from shared.problems import Code, CodedError

_AUDITED = frozenset({Code.INVALID_AMOUNT, Code.IDEMPOTENCY_CONFLICT})
"""The audit log tells of SERVICE_SUSPENDED by the switch, not by each request meanwhile."""


@dataclass(frozen=True, slots=True)
class RefusalTraces:
    """Where refusals of one kind of request are told: `name` in the audit log, each code in the figures."""

    context: Context
    figures: Figures
    name: AuditName

    @contextmanager
    def of(self, holder: KeyHolder, key: str) -> Iterator[None]:
        """Trace whatever refuses the request of that idempotency key within; the refusal goes on.

        Raises:
            DatabaseBusy: it could not be told; the request may be sent again.
        """
        try:
            yield
        except CodedError as error:
            if error.code in _AUDITED:
                self._audit(holder, key, error.code)
            self.figures.refused(error.code)
            raise

    def _audit(self, holder: KeyHolder, key: str, code: Code) -> None:
        event = holder.actor.did(self.name, "merchant", holder.merchant_id, key=key, code=code.value)
        at = self.context.clock.now()
        self.context.database.run(lambda connection: record(connection, at, [event]))
