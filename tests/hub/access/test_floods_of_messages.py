"""Text messages cost money: a flood is stopped by network and prefix, and members still get theirs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from hub_server.access.request_otp import SentOtp, request_otp
from hub_server.access.states import OtpFate
from hub_server.bootstrap import Hub
from hub_server.foundation.addresses import counted_address
from hub_server.foundation.context import Context
from hub_server.settings import Settings
from shared.problems import Code, CodedError
from tests.builders.hub_rows import HubRows
from tests.builders.people import texted
from tests.fakes.clock import ManualClock
from tests.log_rules import ExpectedLogs

Ask = Callable[..., SentOtp]
MEMBER = "+886900000001"


@pytest.fixture
def ask(hub_context: Context) -> Ask:
    """`ask(phone, address, otp_per_day=…)`: a request as the edge makes it, under those settings."""

    def _ask(phone: str, address: str = "192.0.2.1", **changed: Any) -> SentOtp:
        context = replace(hub_context, settings=hub_context.settings.model_copy(update=changed))
        at = context.clock.now()
        return context.database.run(
            lambda c: request_otp(c, context, b"pepper", phone=phone, address=address, at=at)
        )

    return _ask


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_network_is_one_address(address: str, counted: str) -> None:
    assert counted_address(address) == counted


def test_one_network_gets_what_one_address_gets(ask: Ask) -> None:
    for number in range(3):
        ask(f"+8869110000{number:02d}", f"2001:db8::{number:x}", otp_per_address_per_hour=3)
    with pytest.raises(CodedError) as refused:
        ask("+886911000099", "2001:db8::ffff", otp_per_address_per_hour=3)
    assert refused.value.code is Code.RATE_LIMITED
    ask("+886911000099", "2001:db8:0:1::1", otp_per_address_per_hour=3)


def test_a_prefix_gets_so_many_messages_a_day(ask: Ask) -> None:
    fates = [ask(f"+88691234{n:04d}", f"192.0.2.{n}", otp_per_prefix_per_day=3).fate for n in range(5)]
    assert fates == [OtpFate.TO_STRANGER] * 3 + [OtpFate.WITHHELD] * 2
    assert ask("+886922222222", otp_per_prefix_per_day=3).fate is OtpFate.TO_STRANGER


def test_a_flood_leaves_the_members_their_part(ask: Ask, hub: Hub, clock: ManualClock) -> None:
    HubRows(hub.context, hub.keys).card()  # its owner's phone is MEMBER
    caps = {"otp_per_day": 10, "otp_members_percent": 40}
    fates = [ask(f"+8869{n}2000000", f"192.0.2.{n}", **caps).fate for n in range(1, 9)]
    assert fates == [OtpFate.TO_STRANGER] * 6 + [OtpFate.WITHHELD] * 2
    for _ in range(4):
        assert ask(MEMBER, **caps).fate is OtpFate.TO_MEMBER
        clock.advance(60_000)
    with pytest.raises(CodedError) as refused:
        ask(MEMBER, **caps)
    assert refused.value.code is Code.RATE_LIMITED, "the day's cost has a ceiling"


class TestWithNothingLeftForStrangers:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"otp_members_percent": 100})

    def test_a_withheld_message_is_answered_like_one_that_was_sent(
        self, client: httpx.Client, hub: Hub, settings: Settings, expected_logs: ExpectedLogs
    ) -> None:
        expected_logs.allow("mps.hub.access", "a text message was withheld")
        HubRows(hub.context, hub.keys).card()
        answers = [
            client.post("/api/v1/auth/otp", json={"phone": phone}) for phone in (MEMBER, "+886933333333")
        ]
        assert [answer.status_code for answer in answers] == [200, 200]
        member, stranger = (answer.json() for answer in answers)
        assert member.keys() == stranger.keys()
        assert {**member, "challenge_id": ""} == {**stranger, "challenge_id": ""}
        assert [message["to"] for message in texted(settings)] == [MEMBER]
        wrong = client.post(
            "/api/v1/auth/otp/verify", json={"challenge_id": stranger["challenge_id"], "code": "000000"}
        )
        assert wrong.json()["code"] == "OTP_INVALID"
        again = client.post("/api/v1/auth/otp", json={"phone": "+886933333333"})
        assert again.status_code == 429
