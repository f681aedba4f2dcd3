"""The estimate of hub time, and when offline approval may not rely on it."""

from datetime import timedelta

from pos_app.syncing.hub_clock import HubClock
from tests.fakes.clock import START, ManualClock

HOUR = timedelta(hours=1)


def test_an_answer_sets_the_time_and_the_monotonic_clock_carries_it_on() -> None:
    machine = ManualClock()
    clock = HubClock(machine)
    clock.hear(START + HOUR)
    machine.advance(5_000)
    machine.set(START - HOUR)
    assert clock.now() == START + HOUR + timedelta(seconds=5)


def test_a_slow_answer_does_not_set_the_time_back() -> None:
    machine = ManualClock()
    clock = HubClock(machine)
    clock.hear(START)
    machine.advance(2_000)
    clock.hear(START + timedelta(milliseconds=500))
    assert clock.now() == START + timedelta(seconds=2)


def test_a_clock_below_the_last_entry_is_not_plausible_until_contact() -> None:
    machine = ManualClock()
    clock = HubClock(machine)
    assert not clock.is_plausible(START + HOUR, START)
    assert not clock.is_plausible(START, START + HOUR)
    clock.touch(START + HOUR)
    assert clock.is_plausible(START + HOUR, START + HOUR)


def test_a_clock_that_fell_and_came_back_by_itself_stays_locked_until_contact() -> None:
    machine = ManualClock()
    clock = HubClock(machine)
    assert not clock.is_plausible(START + timedelta(seconds=10), START)
    machine.advance(60_000)
    assert not clock.is_plausible(START + timedelta(seconds=10), START)
    clock.touch(START + HOUR)
    assert clock.is_plausible(START + timedelta(seconds=10), START + HOUR)


def test_a_lock_from_before_a_restart_holds_until_contact() -> None:
    clock = HubClock(ManualClock())
    clock.lock()
    assert not clock.is_plausible(START, START)
    clock.touch(START)
    assert clock.is_plausible(START, START)


def test_after_a_sleep_the_first_rough_time_sets_the_estimate_right_and_a_good_one_is_kept() -> None:
    machine = ManualClock()
    clock = HubClock(machine)
    clock.hear(START)
    clock.hear_roughly(START)
    assert clock.now() == START
    machine.set(START + HOUR)  # the machine slept: its monotonic clock stood still
    clock.hear_roughly(START + HOUR)
    assert clock.now() == START + HOUR + timedelta(milliseconds=500)


def test_a_clock_that_jumps_while_running_locks_until_contact() -> None:
    for days in (3, -3):
        machine = ManualClock()
        clock = HubClock(machine)
        clock.touch(START)
        machine.set(START + timedelta(days=days))
        assert not clock.is_plausible(START, START)
        machine.set(START)
        assert not clock.is_plausible(START, START)
        clock.touch(START + HOUR)
        assert clock.is_plausible(START, START + HOUR)
