"""What intake is handed besides a connection."""

from collections.abc import Callable
from dataclasses import dataclass

from hub_server.charging import HubMoney
from shared.ids import IdSource
from shared.signing import HubKeys, Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeTools:
    """Keys that verify certificates, the key that signs decisions, ids, and the hub's currency.

    `open_card_ref` tells the serial of the card for which a certificate was issued.
    """

    verifiers: HubKeys
    signer: Signer
    ids: IdSource
    money: HubMoney
    open_card_ref: Callable[[bytes], int]
