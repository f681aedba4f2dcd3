"""The demo's people and cards, and its secrets: drawn from the hub's own pepper, so that they are never the same
on two hubs and always the same on one. Pure."""

import hmac
from dataclasses import dataclass

from shared.api.transactions import CardTypeName
from shared.signing import to_base64url

MERCHANT_NAME = "好味鮮超市"
STORE_NAME = "信義店"
STORE_ADDRESS = "臺北市信義區松高路 11 號"
ADMIN_EMAIL = "admin@demo.example"
SECOND_ADMIN_EMAIL = "second-admin@demo.example"
OWNER_EMAIL = "owner@demo.example"
TERMINAL_NAME = "示範終端"
LOAD_PHONE = "+886900000001"
LOAD_NAME = "負載測試"
FUNDS = 500_000
"""5,000.00 for each standard, prepaid and corporate card; minor units."""
VOUCHER_VALUE = 30_000
PIN_DIGITS = 6
PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """Somebody who signs in with a password: an admin who may do everything, or the merchant's owner."""

    email: str
    name: str
    is_merchants: bool


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A person at the demo store; `role` as StaffRole spells it."""

    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCard:
    """A card beside the standard one that every member gets; `fixed_rate` in 1/10,000, `value` in minor units."""

    card_type: CardTypeName
    value: int
    fixed_rate: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMember:
    """A member with a standard card; `points` are what that card begins with."""

    phone: str
    name: str
    points: int = 0
    cards: tuple[DemoCard, ...] = ()


LOGINS = (
    DemoLogin(ADMIN_EMAIL, "示範平台管理員", is_merchants=False),
    DemoLogin(SECOND_ADMIN_EMAIL, "示範複核管理員", is_merchants=False),
    DemoLogin(OWNER_EMAIL, "示範商戶負責人", is_merchants=True),
)
"""Two admins, since money that is moved by hand takes both, and the merchant's owner."""
STAFF = (
    DemoStaff("王小美", "cashier"),
    DemoStaff("李家豪", "cashier"),
    DemoStaff("陳雅婷", "store_manager"),
)
MEMBERS = (
    DemoMember(
        phone="+886912000101",
        name="林怡君",
        cards=(DemoCard(card_type="prepaid", value=FUNDS),),
    ),
    DemoMember(
        phone="+886912000102",
        name="張志明",
        cards=(DemoCard(card_type="corporate", value=FUNDS, fixed_rate=9_000),),
    ),
    DemoMember(
        phone="+886912000103",
        name="黃淑芬",
        points=1_231,
        cards=(DemoCard(card_type="voucher", value=VOUCHER_VALUE),),
    ),
)


def demo_pin(pepper: bytes, name: str) -> str:
    """Six digits for a person of the demo store."""
    return f"{int.from_bytes(_derived(pepper, f'pin:{name}')[:8], 'big') % 10**PIN_DIGITS:0{PIN_DIGITS}d}"


def demo_password(pepper: bytes, email: str) -> str:
    """The password of one of the demo's logins."""
    purpose = "admin-password" if email == ADMIN_EMAIL else f"password:{email}"
    return to_base64url(_derived(pepper, purpose)[:PASSWORD_BYTES])


def demo_key_bytes(pepper: bytes) -> bytes:
    """What the demo merchant's API key is made of."""
    return _derived(pepper, "api-key")


def _derived(pepper: bytes, purpose: str) -> bytes:
    return hmac.digest(pepper, f"mps-demo-v1:{purpose}".encode(), "sha256")
