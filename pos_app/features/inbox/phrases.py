"""How 待處理 speaks of a row: its head, and what it means for the money. Pure."""

from datetime import tzinfo

from pos_app.appearance.pin_screen import PinScreen
from pos_app.appearance.translations import Phrase, errors
from pos_app.appearance.translations import inbox as words
from pos_app.features.inbox.flow import InboxRow, Meaning
from pos_app.features.inbox.manager_pin import ManagerPin
from shared.money import format_amount

_MEANINGS = {
    Meaning.IN_DOUBT: words.IN_DOUBT,
    Meaning.DIFFERENT: words.DIFFERENT,
    Meaning.HELD: words.HELD,
    Meaning.OVERDUE: words.OVERDUE,
    Meaning.WAITING: words.WAITING,
    Meaning.REVERSAL_WAITING: words.REVERSAL_WAITING,
}
_REFUSED = {
    Meaning.REJECTED: words.REJECTED,
    Meaning.CONTRADICTED: words.CONTRADICTED,
    Meaning.REVERSAL_REFUSED: words.REVERSAL_REFUSED,
    Meaning.RECORD_REFUSED: words.RECORD_REFUSED,
}


def head_of(row: InboxRow, zone: tzinfo, exponent: int) -> Phrase:
    """Amount, time, last four; of a record without money its number in the journal."""
    at = row.at.astimezone(zone).strftime("%m-%d %H:%M")
    if row.amount is None:
        return words.ROW_HEAD_RECORD(seq=str(row.seq), at=at)
    return words.ROW_HEAD(amount=format_amount(row.amount, exponent), at=at, last4=row.last4 or "")


def meaning_of(row: InboxRow) -> Phrase:
    """What happened, what it means for the money, what to do next."""
    refused = _REFUSED.get(row.meaning)
    if refused is None:
        return _MEANINGS[row.meaning]()
    reason = (
        errors.REASON_OTHER if row.reason is None else errors.REASONS.get(row.reason, errors.REASON_OTHER)
    )
    return refused(reason=reason())


def pin_screen(pin: ManagerPin, row: InboxRow, zone: tzinfo, exponent: int) -> PinScreen:
    """A manager's PIN beside the matter it is for."""
    manager, can_change = pin.manager, len(pin.managers) > 1
    who = words.NOTE_WHO if can_change else words.NOTE_ONLY
    return PinScreen(
        title=words.NOTE_TITLE(),
        head=head_of(row, zone, exponent),
        meaning=meaning_of(row),
        means=words.NOTE_MEANS(),
        who=None if manager is None else who(name=manager.name),
        can_change=can_change,
        digits=pin.digits,
        remark=words.NOTE_NOBODY() if manager is None else pin.remark,
        back=words.NOTE_BACK(),
        action=words.NOTE_GO(),
        can_go=pin.can_go,
        keys_enabled=manager is not None and not pin.is_checking,
    )
