"""Owns payment codes: issue, replacement, revocation, use, and the offline allowance."""

from hub_server.payment_codes.code_shelf import CodeShelf
from hub_server.payment_codes.expire_cards import expire_cards
from hub_server.payment_codes.expire_codes import expire_codes
from hub_server.payment_codes.freeze_card import freeze_card, unfreeze_card
from hub_server.payment_codes.fresh_secret import FreshSecret, fresh_secret, is_secret_of
from hub_server.payment_codes.issue_code import (
    CARD_REF_RANDOM_BYTES,
    CodeOrder,
    NewCode,
    issue_code,
    issue_codes,
)
from hub_server.payment_codes.move_card import locked_card, move_card
from hub_server.payment_codes.present_code import OwnCode, own_code, present_code
from hub_server.payment_codes.queries import CodeRow, advance_codes, codes_by_ref, live_codes_of
from hub_server.payment_codes.queries.kiosks import KioskRow, list_kiosks
from hub_server.payment_codes.queries.seen_codes import SeenCode, SeenState, codes_of_card
from hub_server.payment_codes.recall_codes import LostCode, recall_codes
from hub_server.payment_codes.register_kiosk import NewKiosk, register_kiosk
from hub_server.payment_codes.replace_card import replace_card, report_lost
from hub_server.payment_codes.revoke_code import revoke_codes, revoke_own_code
from hub_server.payment_codes.revoke_kiosk import revoke_kiosk
from hub_server.payment_codes.rotate_kiosk_codes import Rotation, rotate_kiosk_codes
from hub_server.payment_codes.states import TRANSITIONS, CodeState
from hub_server.payment_codes.suspend_member import resume_member, suspend_member
from hub_server.payment_codes.unbind_member import unbind_member
from hub_server.payment_codes.uses import CodeUse, record_uses
from hub_server.payment_codes.validate_code import ShownCode, read_shown_code

__all__ = [
    "CARD_REF_RANDOM_BYTES",
    "TRANSITIONS",
    "CodeOrder",
    "CodeRow",
    "CodeShelf",
    "CodeState",
    "CodeUse",
    "FreshSecret",
    "KioskRow",
    "LostCode",
    "NewCode",
    "NewKiosk",
    "OwnCode",
    "Rotation",
    "SeenCode",
    "SeenState",
    "ShownCode",
    "advance_codes",
    "codes_by_ref",
    "codes_of_card",
    "expire_cards",
    "expire_codes",
    "freeze_card",
    "fresh_secret",
    "is_secret_of",
    "issue_code",
    "issue_codes",
    "list_kiosks",
    "live_codes_of",
    "locked_card",
    "move_card",
    "own_code",
    "present_code",
    "read_shown_code",
    "recall_codes",
    "record_uses",
    "register_kiosk",
    "replace_card",
    "report_lost",
    "resume_member",
    "revoke_codes",
    "revoke_kiosk",
    "revoke_own_code",
    "rotate_kiosk_codes",
    "suspend_member",
    "unbind_member",
    "unfreeze_card",
]
