"""Use cases of a signed-in member's own code: made from fresh randomness to commit, and how it stands."""

from dataclasses import dataclass
from datetime import datetime

from hub_server.foundation.context import Context
from hub_server.foundation.storage import Connection
from hub_server.members import MemberRow
from hub_server.payment_codes.fresh_secret import fresh_secret
from hub_server.payment_codes.issue_code import CARD_REF_RANDOM_BYTES, CodeOrder, NewCode, issue_code
from hub_server.payment_codes.queries import codes_by_ref, paid_by_code
from hub_server.payment_codes.states import CodeState
from hub_server.signing_keys import HubSigningKeys
from shared.ids import is_uuid7
from shared.problems import Code, CodedError


def present_code(context: Context, keys: HubSigningKeys, member: MemberRow, card_id: str) -> NewCode:
    """Draw and hash the secret outside the transaction, then issue (errors as `issue_code` raises)."""
    if not is_uuid7(card_id):
        raise CodedError(Code.CARD_NOT_FOUND)
    order = CodeOrder(
        card_id=card_id,
        member_id=member.id,
        fresh=fresh_secret(context.random_bytes, context.settings.code_bcrypt_cost),
        ref_random=context.random_bytes(CARD_REF_RANDOM_BYTES),
    )
    at = context.clock.now()
    return context.database.run(
        lambda connection: issue_code(connection, keys, context.settings, member=member, order=order, at=at)
    )


@dataclass(frozen=True, slots=True)
class OwnCode:
    """How a code stands; once it is used, what was `paid` by it (minor units, currency)."""

    state: CodeState
    paid: tuple[int, str] | None = None


def own_code(connection: Connection, member_id: str, code_ref: str, at: datetime) -> OwnCode | None:
    """How a code that this member was given stands at `at`; none for any other."""
    code = codes_by_ref(connection, [code_ref]).get(code_ref)
    if code is None or code.member_id != member_id:
        return None
    if code.state is CodeState.CONSUMED:
        return OwnCode(code.state, paid_by_code(connection, code_ref))
    if code.state is CodeState.LIVE and code.expires_at < at:
        return OwnCode(CodeState.EXPIRED)
    return OwnCode(code.state)
