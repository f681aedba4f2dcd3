"""How audit events are chained, how the chain's end is signed, and how both are proven. Pure."""

from hub_server.audit.rules.heads import Head, KeptHead, read_head, sign_head
from hub_server.audit.rules.links import FIRST_LINK, Link, StoredEvent, chain, link_hash
from hub_server.audit.rules.proof import Fault, newest, prove_chain

__all__ = [
    "FIRST_LINK",
    "Fault",
    "Head",
    "KeptHead",
    "Link",
    "StoredEvent",
    "chain",
    "link_hash",
    "newest",
    "prove_chain",
    "read_head",
    "sign_head",
]
