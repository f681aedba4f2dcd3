"""Use case: a signed-in member's new code, from fresh randomness to commit."""

from hub_server.foundation.context import Context
from hub_server.members import MemberRow
from hub_server.payment_codes.fresh_secret import fresh_secret
from hub_server.payment_codes.issue_code import CARD_REF_RANDOM_BYTES, CodeOrder, NewCode, issue_code
from hub_server.signing_keys import HubSigningKeys


def present_code(context: Context, keys: HubSigningKeys, member: MemberRow, card_id: str) -> NewCode:
    """Draw and hash the secret outside the transaction, then issue (errors as `issue_code` raises)."""
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
