"""What intake is handed besides a connection."""

from dataclasses import dataclass

from hub_server.charging import HubMoney
from shared.ids import IdSource
from shared.signing import HubKeys, Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeTools:
    """Keys that verify certificates, the key that signs decisions, ids, and the hub's currency."""

    verifiers: HubKeys
    signer: Signer
    ids: IdSource
    money: HubMoney
