"""Text messages through a port; `file:///…` writes them as JSON lines (surface.md)."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from shared.clock import to_wire
from shared.problems import Language

_OTP_TEXT: dict[Language, str] = {
    "zh_TW": "MPS 驗證碼 {code}，{minutes} 分鐘內有效。請勿告訴任何人。",
    "en": "Your MPS code is {code}, valid for {minutes} minutes. Tell it to nobody.",
}


class SmsNotSent(Exception):
    """The message did not leave; the text says why and holds nothing of the message."""


class SmsSender(Protocol):
    """What carries text messages."""

    def send(self, to: str, text: str, at: datetime) -> None:
        """Send to a phone (E.164).

        Raises:
            SmsNotSent: it did not leave.
        """
        ...


class FileSms:
    """Appends `{to, text, at}` to a file that its owner alone may read."""

    def __init__(self, path: Path) -> None:
        """The file and its folder are made with the first message."""
        self._path = path

    def send(self, to: str, text: str, at: datetime) -> None:
        """Append one line in one write.

        Raises:
            SmsNotSent: the file cannot be written.
        """
        line = json.dumps({"to": to, "text": text, "at": to_wire(at)}, ensure_ascii=False) + "\n"
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, line.encode("utf-8"))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise SmsNotSent(f"{type(error).__name__} at the message file") from error


def connect_sms(address: str) -> SmsSender:
    """The sender at an address.

    Raises:
        ValueError: no sender of that kind.
    """
    parts = urlsplit(address)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path:
        return FileSms(Path(unquote(parts.path)))
    raise ValueError(f"no text messages go to a {parts.scheme or 'nameless'} address; file:///… is known")


def otp_text(language: Language, code: str, life_s: int) -> str:
    """The message with a one-time password."""
    return _OTP_TEXT[language].format(code=code, minutes=life_s // 60)
