"""What intake is handed besides a connection."""

from collections.abc import Callable
from dataclasses import dataclass

from hub_server.charging import HubMoney, hub_money
from hub_server.foundation.context import Context
from hub_server.signing_keys import HubSigningKeys
from shared.ids import IdSource
from shared.signing import HubKeys, Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeTools:
    """Keys that verify certificates, the key that signs decisions, ids, and the hub's currency.

    Attributes:
        open_card_ref: tells the serial of the card for which a certificate was issued.
        tells_the_time: the answer reaches the terminal, which knows the hub's time by it: that is contact. A journal
            carried by hand is none.
    """

    verifiers: HubKeys
    signer: Signer
    ids: IdSource
    money: HubMoney
    open_card_ref: Callable[[bytes], int]
    tells_the_time: bool = True


def intake_tools(context: Context, keys: HubSigningKeys) -> IntakeTools:
    """What intake needs of a hub."""
    return IntakeTools(
        verifiers=keys.verifiers,
        signer=keys.signer,
        ids=context.ids,
        money=hub_money(context.settings),
        open_card_ref=keys.open_card_ref,
    )
