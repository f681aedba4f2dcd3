"""A terminal's journal as the file that somebody carries to the hub."""

from collections.abc import Sequence

from hub_server.signing_keys import HubSigningKeys
from shared.journal_entries import Entry
from shared.journal_export import CERTIFICATE_TYP, ExportedEntry, ExportHeader, write_export
from shared.jws import sign_jws
from shared.signing import PublicJwk, to_base64url
from shared.strict_json import dumps_object
from tests.builders.terminal_journal import TerminalJournal


def export_header(
    journal: TerminalJournal, keys: HubSigningKeys, *, verified_through: int = -1
) -> ExportHeader:
    """What the terminal says of itself, with the hub's word for its key."""
    told: dict[str, object] = {
        "terminal": journal.terminal_id,
        "public_key": to_base64url(journal.signer.public_bytes),
    }
    return ExportHeader(
        terminal_id=journal.terminal_id,
        terminal_no="T001",
        public_key=PublicJwk.of(journal.signer.public_bytes),
        certificate=sign_jws(CERTIFICATE_TYP, keys.signer.kid, dumps_object(told), keys.signer),
        jwks=keys.jwks(),
        verified_through=verified_through,
    )


def export_file(
    journal: TerminalJournal,
    keys: HubSigningKeys,
    entries: Sequence[Entry] | None = None,
    *,
    verified_through: int = -1,
) -> bytes:
    """The whole journal, or those entries of it, as a file."""
    kept = journal.entries if entries is None else entries
    header = export_header(journal, keys, verified_through=verified_through)
    return b"".join(write_export(header, [ExportedEntry(entry.jws) for entry in kept]))
