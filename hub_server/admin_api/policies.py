"""`/admin/policies`: what a merchant's terminals may do by themselves, in versions (protocol.md 6)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import Field, StringConstraints

from hub_server.access import AdminSession, Permission, admin_gate
from hub_server.foundation.context import Context
from hub_server.foundation.web.answers import problems
from hub_server.foundation.web.paging import DEFAULT_PAGE, Cursor, Limit
from hub_server.foundation.web.path_ids import PathId, known_form
from hub_server.merchants import PolicyVersion, list_policies, set_policy
from shared.api.messages import Message, Request
from shared.api.policy import OfflinePolicy, Policy, ReceiptPolicy, ShiftPolicy
from shared.clock import WireInstant
from shared.ids import Uuid7Text
from shared.money import MAX_AMOUNT
from shared.problems import Code

_DEFAULT = Policy()
_Amount = Annotated[int, Field(ge=0, le=MAX_AMOUNT)]
_Line = Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\u0000-\u001f\u007f-\u009f]*$")]
_Lines = Annotated[list[_Line], Field(max_length=10)]


class OfflineToSet(Request):
    """How far a terminal may go by itself between two contacts; amounts in minor units."""

    enabled: bool = _DEFAULT.offline.enabled
    max_amount: _Amount = _DEFAULT.offline.max_amount
    soft_total: _Amount = _DEFAULT.offline.soft_total
    max_total: _Amount = _DEFAULT.offline.max_total
    max_count: Annotated[int, Field(ge=0, le=10_000)] = _DEFAULT.offline.max_count
    max_duration_s: Annotated[int, Field(ge=0, le=86_400)] = _DEFAULT.offline.max_duration_s


class ShiftToSet(Request):
    """`blind_count`: slips are counted before the expected figure is shown."""

    blind_count: bool = _DEFAULT.shift.blind_count


class ReceiptToSet(Request):
    """Lines that the merchant puts on paper, and the paper's width."""

    header: _Lines = Field(default_factory=list)
    footer: _Lines = Field(default_factory=list)
    width_mm: Literal[58, 80] = _DEFAULT.receipt.width_mm


class PolicyToSet(Request):
    """The whole policy; what is left out is as by default. Version and currency are the hub's to say."""

    offline: OfflineToSet = OfflineToSet()
    live_window_s: Annotated[int, Field(ge=1, le=3_600)] = _DEFAULT.live_window_s
    response_timeout_ms: Annotated[int, Field(ge=100, le=60_000)] = _DEFAULT.response_timeout_ms
    skew_s: Annotated[int, Field(ge=0, le=3_600)] = _DEFAULT.skew_s
    shift: ShiftToSet = ShiftToSet()
    receipt: ReceiptToSet = ReceiptToSet()


class SetPolicy(Message):
    """A version; in force for a terminal once it was told, which began at `told_at`."""

    policy: Policy
    created_at: WireInstant
    created_by: str | None
    told_at: WireInstant | None

    @classmethod
    def of(cls, row: PolicyVersion) -> "SetPolicy":
        """The message of a row."""
        return cls(
            policy=row.policy, created_at=row.created_at, created_by=row.created_by, told_at=row.told_at
        )


class PolicyVersions(Message):
    """A page of one merchant's versions, the newest first."""

    items: tuple[SetPolicy, ...]
    next_cursor: str | None


def router(context: Context) -> APIRouter:
    """The routes, bound to a hub."""
    routes = APIRouter(prefix="/api/v1/admin/policies", tags=["admin: policies"])
    reads = Depends(admin_gate(context, Permission.READ))
    sets = Depends(admin_gate(context, Permission.POLICIES))

    @routes.get("", responses=problems(Code.NOT_FOUND))
    def policies(
        _session: Annotated[AdminSession, reads],
        merchant_id: Uuid7Text,
        limit: Limit = DEFAULT_PAGE,
        cursor: Cursor = None,
    ) -> PolicyVersions:
        """Every version of a merchant's policy, the newest first."""
        rows, after = context.database.read(
            lambda c: list_policies(c, merchant_id=merchant_id, limit=limit, cursor=cursor)
        )
        return PolicyVersions(items=tuple(SetPolicy.of(row) for row in rows), next_cursor=after)

    @routes.put("/{merchant_id}", responses=problems(Code.NOT_FOUND))
    def put_policy(session: Annotated[AdminSession, sets], merchant_id: PathId, body: PolicyToSet) -> Policy:
        """Set a merchant's policy: the next version, of which its terminals are told."""
        known, at = known_form(merchant_id), context.clock.now()
        wanted = _policy(context, body)
        return context.database.run(
            lambda c: set_policy(
                c, context.settings, merchant_id=known, policy=wanted, at=at, actor=session.actor
            )
        )

    return routes


def _policy(context: Context, body: PolicyToSet) -> Policy:
    return Policy(
        currency=context.settings.currency,
        exponent=context.settings.exponent,
        offline=OfflinePolicy(**body.offline.model_dump()),
        live_window_s=body.live_window_s,
        response_timeout_ms=body.response_timeout_ms,
        skew_s=body.skew_s,
        shift=ShiftPolicy(**body.shift.model_dump()),
        receipt=ReceiptPolicy(**body.receipt.model_dump()),
    )
