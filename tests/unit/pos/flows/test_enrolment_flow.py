"""Enrolment by fields or by scan: one request at a time, and the code stays out of what is logged."""

import pytest

from pos_app.appearance.translations import Text
from pos_app.appearance.translations import rooms as words
from pos_app.features.enrolment.flow import EnrolCommand, EnrolmentFlow, Stage, clean_code

HUB, CODE = "https://hub.example.com", "ABCDE12345"


def _filled() -> EnrolmentFlow:
    flow = EnrolmentFlow("Counter")
    flow.fields_changed(HUB, "abcde-12345", " Till 2 ")
    return flow


def test_typed_fields_become_one_command_and_nothing_more_is_asked_while_it_works() -> None:
    flow = _filled()
    assert flow.confirm() == EnrolCommand(HUB, CODE, "Till 2")
    assert flow.screen.stage is Stage.WORKING
    assert flow.confirm() is None
    flow.scanned("https://another.example.com", CODE)
    flow.fields_changed("", "", "")
    assert flow.screen.hub == HUB


def test_a_scan_fills_address_and_code_and_another_qr_is_said_to_be_another() -> None:
    flow = EnrolmentFlow("Counter")
    flow.scanned(None, None)
    assert flow.screen.is_bad
    flow.scanned(HUB, CODE)
    assert (flow.screen.hub, flow.screen.code, flow.screen.is_bad) == (HUB, CODE, False)
    assert flow.confirm() == EnrolCommand(HUB, CODE, "Counter")


@pytest.mark.parametrize(
    ("hub", "code", "remark"),
    [
        ("hub.example.com", CODE, words.ENROL_BAD_HUB),
        ("", CODE, words.ENROL_BAD_HUB),
        (HUB, "ABCDE1234", words.ENROL_BAD_CODE),
        (HUB, "ABCDE1234U", words.ENROL_BAD_CODE),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(hub: str, code: str, remark: Text) -> None:
    flow = EnrolmentFlow("Counter")
    flow.fields_changed(hub, code, "Counter")
    assert flow.confirm() is None
    assert flow.screen.remark == remark()
    assert flow.screen.stage is Stage.FILLING


def test_after_a_refusal_the_fields_are_still_there_and_it_may_be_tried_again() -> None:
    flow = _filled()
    flow.confirm()
    flow.failed(words.ENROL_BAD_CODE())
    assert (flow.screen.hub, flow.screen.is_bad) == (HUB, True)
    assert flow.confirm() is not None
    flow.done()
    assert (flow.screen.stage, flow.screen.code) == (Stage.DONE, "")


def test_the_look_alikes_of_crockford_are_put_right() -> None:
    assert clean_code(" oil0-1 abcde ") == "01101ABCDE"


def test_the_code_is_in_no_repr() -> None:
    flow = _filled()
    assert CODE not in repr(flow.confirm())
    flow.scanned(HUB, CODE)
    assert CODE not in repr(flow.screen)
