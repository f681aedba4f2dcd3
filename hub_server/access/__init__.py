"""Owns who may ask: one-time passwords, sessions, passwords, API keys."""

from hub_server.access.api_keys import keep_api_key, merchant_of_api_key
from hub_server.access.authenticate import (
    MemberGate,
    MemberSession,
    clear_member_cookie,
    cookie_name,
    member_gate,
    refuse_other_origins,
    set_member_cookie,
)
from hub_server.access.prove_phone import prove_phone, send_otp
from hub_server.access.queries import AdminRow, ApiKeyRow, admin_by_email, insert_admin
from hub_server.access.rules import api_key_text
from hub_server.access.sessions import OpenedSession, close_session, open_session, session_subject
from hub_server.access.sms import FileSms, SmsNotSent, SmsSender, connect_sms
from hub_server.access.states import SessionKind
from hub_server.access.verify_otp import ProvenPhone

__all__ = [
    "AdminRow",
    "ApiKeyRow",
    "FileSms",
    "MemberGate",
    "MemberSession",
    "OpenedSession",
    "ProvenPhone",
    "SessionKind",
    "SmsNotSent",
    "SmsSender",
    "admin_by_email",
    "api_key_text",
    "clear_member_cookie",
    "close_session",
    "connect_sms",
    "cookie_name",
    "insert_admin",
    "keep_api_key",
    "member_gate",
    "merchant_of_api_key",
    "open_session",
    "prove_phone",
    "refuse_other_origins",
    "send_otp",
    "session_subject",
    "set_member_cookie",
]
