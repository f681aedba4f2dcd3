"""Owns who may ask: one-time passwords, sessions, passwords, API keys."""

from hub_server.access.api_keys import (
    SCOPES,
    IssuedKey,
    end_api_key,
    issue_api_key,
    keep_api_key,
    list_api_keys,
    merchant_of_api_key,
)
from hub_server.access.attempts import count_or_refuse
from hub_server.access.authenticate import (
    MemberGate,
    MemberSession,
    clear_member_cookie,
    cookie_name,
    member_gate,
    refuse_other_origins,
    set_member_cookie,
)
from hub_server.access.gates import (
    AdminSession,
    KeyHolder,
    LoginSession,
    MerchantSession,
    admin_gate,
    key_gate,
    key_scheme,
    login_gate,
    merchant_gate,
    merchant_scheme,
)
from hub_server.access.hands import hands_on
from hub_server.access.manage_logins import (
    FreshPassword,
    NewLogin,
    create_login,
    disable_login,
    enable_login,
    fresh_password,
    list_logins,
    reset_password,
)
from hub_server.access.passwords import Passwords
from hub_server.access.permissions import PERMISSIONS, ROLES, Permission, may
from hub_server.access.prove_phone import prove_phone, send_otp
from hub_server.access.queries import ApiKeyRow, LoginRow, insert_login, login_by_email, login_of
from hub_server.access.rules import api_key_text
from hub_server.access.sessions import (
    OpenedSession,
    close_session,
    open_session,
    revoke_sessions,
    session_subject,
)
from hub_server.access.sms import FileSms, SmsNotSent, SmsSender, connect_sms
from hub_server.access.states import LoginKind, LoginRole, LoginStatus, SessionKind
from hub_server.access.verify_otp import ProvenPhone

__all__ = [
    "PERMISSIONS",
    "ROLES",
    "SCOPES",
    "AdminSession",
    "ApiKeyRow",
    "FileSms",
    "FreshPassword",
    "IssuedKey",
    "KeyHolder",
    "LoginKind",
    "LoginRole",
    "LoginRow",
    "LoginSession",
    "LoginStatus",
    "MemberGate",
    "MemberSession",
    "MerchantSession",
    "NewLogin",
    "OpenedSession",
    "Passwords",
    "Permission",
    "ProvenPhone",
    "SessionKind",
    "SmsNotSent",
    "SmsSender",
    "admin_gate",
    "api_key_text",
    "clear_member_cookie",
    "close_session",
    "connect_sms",
    "cookie_name",
    "count_or_refuse",
    "create_login",
    "disable_login",
    "enable_login",
    "end_api_key",
    "fresh_password",
    "hands_on",
    "insert_login",
    "issue_api_key",
    "keep_api_key",
    "key_gate",
    "key_scheme",
    "list_api_keys",
    "list_logins",
    "login_by_email",
    "login_gate",
    "login_of",
    "may",
    "member_gate",
    "merchant_gate",
    "merchant_of_api_key",
    "merchant_scheme",
    "open_session",
    "prove_phone",
    "refuse_other_origins",
    "reset_password",
    "revoke_sessions",
    "send_otp",
    "session_subject",
    "set_member_cookie",
]
