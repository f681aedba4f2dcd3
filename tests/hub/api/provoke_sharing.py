"""Codes of cards and of who shares them."""

from collections.abc import Callable

from shared.problems import Code
from tests.builders.hub_rows import CardRows
from tests.hub.api.samples import NOBODYS_ID
from tests.hub.api.stage import API, Refused, Stage

PASSWORD = "correct horse"


def _shared(stage: Stage) -> CardRows:
    """A prepaid card with a password."""
    card = stage.served.rows.card(card_type="prepaid")
    path = f"{API}/me/cards/{card.card_id}/binding-password"
    stage.done("PUT", path, stage.member(card), json={"password": PASSWORD})
    return card


def _bind(stage: Stage, card: CardRows, role: str, password: str | None = None) -> Refused:
    body = {"card_no": card.card_no, "role": role} | ({} if password is None else {"password": password})
    return stage.refused("POST", f"{API}/me/bindings", stage.member(), json=body)


def _locked(stage: Stage) -> Refused:
    card = _shared(stage)
    for _ in range(stage.served.context.settings.binding_tries):
        _bind(stage, card, "member", "wrong password")
    return _bind(stage, card, "member", PASSWORD)


def _last_owner_leaves(stage: Stage) -> Refused:
    card = stage.served.rows.card(card_type="prepaid")
    headers = stage.member(card)
    (binding,) = stage.done("GET", f"{API}/me/cards/{card.card_id}/bindings", headers)["items"]
    return stage.refused("DELETE", f"{API}/me/bindings/{binding['id']}", headers)


SHARING: dict[Code, Callable[[Stage], Refused]] = {
    Code.CARD_NOT_FOUND: lambda stage: stage.refused(
        "POST", f"{API}/me/cards/{NOBODYS_ID}/payment-code", stage.member()
    ),
    Code.CARD_TYPE_NOT_SHAREABLE: lambda stage: _bind(stage, stage.served.rows.card(), "member"),
    Code.INVALID_BINDING_PASSWORD: lambda stage: _bind(stage, _shared(stage), "member", "wrong password"),
    Code.BINDING_LOCKED: _locked,
    Code.INVALID_ROLE: lambda stage: _bind(stage, _shared(stage), "emperor", PASSWORD),
    Code.INVITATION_INVALID: lambda stage: stage.refused(
        "POST", f"{API}/me/bindings", stage.member(), json={"invitation": "made-up"}
    ),
    Code.CANNOT_REMOVE_LAST_OWNER: _last_owner_leaves,
}
