"""The journal's entries, their chain, the proof in a charge, and the hub's decisions (protocol.md 4, 5)."""

from shared.journal_entries.chain import BrokenChain, ChainEnd, verify_chain
from shared.journal_entries.data import (
    MAX_ORDER_REF,
    AdviceData,
    AdviceReason,
    ChargeData,
    EntryData,
    EntryType,
    GenesisData,
    RefundData,
    ReversalData,
    ReversalReason,
    ShiftCloseData,
    ShiftOpenData,
)
from shared.journal_entries.decision import (
    Decision,
    Status,
    sign_decision,
    verify_decision,
    verify_decision_on,
)
from shared.journal_entries.entry import (
    MAX_ENTRY,
    Entry,
    InvalidEntry,
    entry_hash,
    first_prev,
    sign_entry,
    terminal_of,
    verify_entry,
)
from shared.journal_entries.proof import make_proof, proof_holds, proof_text

__all__ = [
    "MAX_ENTRY",
    "MAX_ORDER_REF",
    "AdviceData",
    "AdviceReason",
    "BrokenChain",
    "ChainEnd",
    "ChargeData",
    "Decision",
    "Entry",
    "EntryData",
    "EntryType",
    "GenesisData",
    "InvalidEntry",
    "RefundData",
    "ReversalData",
    "ReversalReason",
    "ShiftCloseData",
    "ShiftOpenData",
    "Status",
    "entry_hash",
    "first_prev",
    "make_proof",
    "proof_holds",
    "proof_text",
    "sign_decision",
    "sign_entry",
    "terminal_of",
    "verify_chain",
    "verify_decision",
    "verify_decision_on",
    "verify_entry",
]
