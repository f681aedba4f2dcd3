"""Reading and writing the hub copy's rows. Every function runs inside a transaction."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Final

import sqlalchemy as sa

from pos_app.hub_copy.facts import HubFacts
from pos_app.hub_copy.tables import hub_facts, policies, revoked_codes
from pos_app.storage import Transaction
from shared.api.changes import CodeRevoked
from shared.api.policy import Policy
from shared.clock import to_wire

_ELSEWHERE = {"policy", "revoked"}
_POLICY_AT: Final = (
    sa.select(policies.c.policy)
    .where(policies.c.contact <= sa.bindparam("contact"))
    .order_by(policies.c.version.desc())
    .limit(1)
)


def read_facts(tx: Transaction) -> HubFacts | None:
    """All of it; None before enrolment."""
    rows = tx.execute(sa.select(hub_facts.c.name, hub_facts.c.value))
    values: dict[str, object] = {name: json.loads(value) for name, value in rows}
    if not values:
        return None
    newest = tx.execute(
        sa.select(policies.c.policy).order_by(policies.c.version.desc()).limit(1)
    ).scalar_one()
    revoked = tx.execute(sa.select(revoked_codes.c.code_ref)).scalars()
    return HubFacts.model_validate({**values, "policy": json.loads(newest), "revoked": frozenset(revoked)})


def write_facts(tx: Transaction, facts: HubFacts) -> None:
    """Put down everything, at enrolment."""
    for name, value in facts.model_dump(mode="json", exclude=_ELSEWHERE).items():
        write_fact(tx, name, value)
    write_policy(tx, facts.policy)
    cover_policies(tx, facts.contact)


def write_fact(tx: Transaction, name: str, value: object) -> None:
    """Replace one fact; `value` is JSON."""
    if name not in HubFacts.model_fields or name in _ELSEWHERE:
        raise ValueError(f"{name} is not a fact of its own row")
    tx.execute(hub_facts.delete().where(hub_facts.c.name == name))
    tx.execute(hub_facts.insert().values(name=name, value=json.dumps(value, ensure_ascii=False)))


def write_policy(tx: Transaction, policy: Policy) -> None:
    """A version; the same one again changes nothing. In force once a contact covers it."""
    known = tx.execute(sa.select(policies.c.version).where(policies.c.version == policy.version)).scalar()
    if known is None:
        text = policy.model_dump_json()
        tx.execute(policies.insert().values(version=policy.version, policy=text, contact=None))


def cover_policies(tx: Transaction, contact: datetime) -> None:
    """The versions that came before this contact are in force from it on."""
    tx.execute(policies.update().where(policies.c.contact.is_(None)).values(contact=to_wire(contact)))


def policy_at(tx: Transaction, contact: datetime) -> Policy:
    """The policy that was in force at a contact: the one that the hub judges by (protocol.md 5, rule 3)."""
    text = tx.execute(_POLICY_AT, {"contact": to_wire(contact)}).scalar()
    if text is None:
        text = tx.execute(sa.select(policies.c.policy).order_by(policies.c.version).limit(1)).scalar_one()
    return _policy(text)


@lru_cache(maxsize=4)
def _policy(text: str) -> Policy:
    """Read once: every charge asks for it."""
    return Policy.model_validate_json(text)


def write_revoked(tx: Transaction, code: CodeRevoked) -> None:
    """A code that must not be taken."""
    tx.execute(revoked_codes.delete().where(revoked_codes.c.code_ref == code.code_ref))
    tx.execute(revoked_codes.insert().values(code_ref=code.code_ref, exp=to_wire(code.exp)))


def forget_expired(tx: Transaction, before: datetime) -> None:
    """Revoked codes that have expired anyway."""
    tx.execute(revoked_codes.delete().where(revoked_codes.c.exp < to_wire(before)))
