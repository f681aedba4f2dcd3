"""The start says what it does, what went wrong, and lets one try again."""

import pytest

from pos_app.features.start_up.flow import CannotOpen, StartUpFault, StartUpFlow


@pytest.mark.parametrize("fault", list(StartUpFault))
def test_every_fault_has_its_own_sentence_and_can_be_tried_again(fault: StartUpFault) -> None:
    flow = StartUpFlow()
    opening = flow.screen
    flow.failed(CannotOpen(fault, "the place in the log"))
    assert [opening.can_retry, flow.screen.can_retry] == [False, True]
    assert flow.screen.detail is not None
    assert flow.screen.detail.said_in("en") == "the place in the log"
    others = {one for one in StartUpFault if one is not fault}
    assert flow.screen.body.said_in("zh_TW") not in {_said(one) for one in others}
    flow.begin()
    assert flow.screen == opening


def _said(fault: StartUpFault) -> str:
    flow = StartUpFlow()
    flow.failed(CannotOpen(fault))
    return flow.screen.body.said_in("zh_TW")


def test_a_bug_is_told_by_its_kind_alone() -> None:
    flow = StartUpFlow()
    flow.failed(ValueError("what was typed"))
    assert flow.screen.detail is not None
    assert flow.screen.detail.said_in("en") == "ValueError"
