"""Members who sign up at a serving hub by its API, and the text messages the hub wrote."""

import json
import re
from dataclasses import dataclass
from typing import Any

import httpx

from hub_server.settings import Settings


@dataclass(frozen=True, slots=True)
class SignedUp:
    """A registered member with a session and a standard card."""

    member_id: str
    phone: str
    token: str
    card_id: str

    @property
    def headers(self) -> dict[str, str]:
        """What says who asks."""
        return {"Authorization": f"Bearer {self.token}"}


def texted(settings: Settings) -> list[dict[str, str]]:
    """Every text message so far."""
    path = settings.data_dir / "sms.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def newest_digits(settings: Settings) -> str:
    """The six digits of the newest message."""
    found = re.search(r"[0-9]{6}", texted(settings)[-1]["text"])
    assert found is not None
    return found[0]


def prove(client: httpx.Client, settings: Settings, phone: str) -> dict[str, Any]:
    """Ask for a one-time password and give it: the answer of `/auth/otp/verify`."""
    asked = client.post("/api/v1/auth/otp", json={"phone": phone})
    assert asked.status_code == 200, asked.text
    body = {"challenge_id": asked.json()["challenge_id"], "code": newest_digits(settings)}
    proven = client.post("/api/v1/auth/otp/verify", json=body)
    assert proven.status_code == 200, proven.text
    answer: dict[str, Any] = proven.json()
    return answer


def sign_up(
    client: httpx.Client, settings: Settings, phone: str = "0912345678", name: str = "林小美"
) -> SignedUp:
    """Register a new phone."""
    token = prove(client, settings, phone)["registration_token"]
    made = client.post("/api/v1/members", json={"registration_token": token, "name": name})
    assert made.status_code == 201, made.text
    body = made.json()
    return SignedUp(
        body["member"]["id"], body["member"]["phone"], body["access_token"], body["card"]["card_id"]
    )
