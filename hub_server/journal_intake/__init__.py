"""Owns the terminals' journals: intake, chain, and one signed decision an entry."""

from hub_server.journal_intake.end_by_person import honour_entry, list_recovery, refuse_entry
from hub_server.journal_intake.import_export import ImportReport, NotThisHubsTerminal, import_export
from hub_server.journal_intake.incoming import Incoming, Unreadable, read_all, read_incoming
from hub_server.journal_intake.queries.recovery import RecoveryRow, RulingRow
from hub_server.journal_intake.reconcile_shifts import ReconciledShift, reconcile_shifts
from hub_server.journal_intake.states import Verdict
from hub_server.journal_intake.submission import EntryOutcome, Submission
from hub_server.journal_intake.submit_entries import submit_entries
from hub_server.journal_intake.take_journal import take_journal
from hub_server.journal_intake.tools import IntakeTools, intake_tools

__all__ = [
    "EntryOutcome",
    "ImportReport",
    "Incoming",
    "IntakeTools",
    "NotThisHubsTerminal",
    "ReconciledShift",
    "RecoveryRow",
    "RulingRow",
    "Submission",
    "Unreadable",
    "Verdict",
    "honour_entry",
    "import_export",
    "intake_tools",
    "list_recovery",
    "read_all",
    "read_incoming",
    "reconcile_shifts",
    "refuse_entry",
    "submit_entries",
    "take_journal",
]
