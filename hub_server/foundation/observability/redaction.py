"""What never reaches a log: payment codes, tokens, one-time passwords, PINs, passwords, keys."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
_SECRET_NAMES = re.compile(
    r"(?i)(^|_)(token|otp|totp|pin|secret|password|authorization|cookie|assertion|seed|pepper|code_text"
    r"|enrolment_code|payment_code|private_key|api_key)($|_)"
)
_HARMLESS_NAMES = frozenset({"token_type", "secret_hash"})
_SECRET_TEXTS = re.compile(
    r"MPS1:[^\s\"']+"  # a payment code
    r"|mps_key_[\w-]+"  # a merchant's API key
    r"|otpauth://[^\s\"']+"  # a second factor's secret
    r"|eyJ[\w-]+\.[\w-]*\.[\w-]*"  # a JWS or JWT
    r"|(?i:bearer)\s+[^\s\"']+"
    r"|-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----"
    r"|\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}"  # a bcrypt hash
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"  # a user and password in an address
    r"|(?<=input_value=)(?:'[^']*'|\"[^\"]*\"|[^,\]]+)",  # what pydantic was given
    re.DOTALL,
)


def redact_text(text: str) -> str:
    """The text with everything hidden that looks like a secret."""
    return _SECRET_TEXTS.sub(HIDDEN, text)


def redact(name: str, value: Any) -> Any:
    """The value to log under a name: hidden by its name or by what it looks like, at any depth."""
    if _SECRET_NAMES.search(name) and name not in _HARMLESS_NAMES and value is not None:
        return HIDDEN
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {str(key): redact(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(name, item) for item in value]
    return value
