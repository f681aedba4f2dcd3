"""The pages beside the charge screen: each puts a feature's presenter and view together, and says what keys do there."""

from collections.abc import Callable

from pos_app.desktop.main_window import Page
from pos_app.desktop.rows import Place
from pos_app.desktop.terminal import Identity
from pos_app.features.history.presenter import HistoryPresenter
from pos_app.features.history.view import HistoryView
from pos_app.features.inbox.presenter import InboxPresenter
from pos_app.features.inbox.view import InboxView
from pos_app.features.shift.presenter import ShiftPresenter
from pos_app.features.shift.view import ShiftView
from pos_app.features.sign_in.presenter import SignInPresenter
from pos_app.features.sign_in.view import SignInView

Action = Callable[[], None]


def _keys(actions: dict[str, Action], otherwise: Callable[[str], None]) -> Callable[[str], bool]:
    """A page's keys: some do something of their own, the rest are typed. All are used up."""

    def key(name: str) -> bool:
        if name in actions:
            actions[name]()
        else:
            otherwise(name)
        return True

    return key


def sign_in_page(presenter: SignInPresenter) -> Page:
    """Names and PIN."""
    view = SignInView()
    presenter.screen_changed.connect(view.show_screen)
    view.key_pressed.connect(presenter.press)
    view.person_chosen.connect(presenter.choose)
    view.action_pressed.connect(presenter.confirm)
    actions: dict[str, Action] = {
        "enter": presenter.confirm,
        "esc": lambda: presenter.press("clear"),
        "up": lambda: presenter.move(-1),
        "down": lambda: presenter.move(1),
    }
    return Page(
        view=view,
        set_language=view.set_language,
        key=_keys(actions, presenter.press),
        digits_scanned=presenter.digits_scanned,
    )


def shift_page(presenter: ShiftPresenter, identity: Identity, home: Action) -> Page:
    """The shift."""
    view = ShiftView(identity.zone, identity.exponent)
    presenter.screen_changed.connect(view.show_screen)
    view.action_pressed.connect(presenter.confirm)
    view.key_pressed.connect(presenter.press)
    view.back_pressed.connect(presenter.back)

    def back() -> None:
        if not presenter.back():
            home()

    def digits_scanned(_count: int) -> None:
        # Its 2 asked for the hand-over, which the next Enter would carry out.
        presenter.back()

    actions: dict[str, Action] = {"enter": presenter.confirm, "esc": back}
    return Page(
        view=view,
        set_language=view.set_language,
        key=_keys(actions, presenter.press),
        digits_scanned=digits_scanned,
        place=Place.SHIFT,
    )


def history_page(presenter: HistoryPresenter, home: Action) -> Page:
    """The charges."""
    view = HistoryView(presenter.model)
    presenter.found_changed.connect(view.show_found)
    presenter.remarked.connect(view.show_remark)
    view.reprint_pressed.connect(presenter.reprint)
    actions: dict[str, Action] = {
        "enter": view.press_action,
        "esc": home,
        "up": lambda: view.move_selection(-1),
        "down": lambda: view.move_selection(1),
    }
    return Page(
        view=view,
        set_language=view.set_language,
        key=_keys(actions, presenter.press),
        shown=presenter.begin,
        place=Place.HISTORY,
    )


def inbox_page(presenter: InboxPresenter, identity: Identity, home: Action) -> Page:
    """What waits for a person."""
    view = InboxView(identity.zone, identity.exponent)
    presenter.changed.connect(view.show_flow)
    presenter.remarked.connect(view.show_remark)
    view.pressed.connect(presenter.do)
    view.moved.connect(presenter.move)
    view.pin.key_pressed.connect(presenter.press)
    view.pin.action_pressed.connect(presenter.enter)
    view.pin.back_pressed.connect(presenter.back)
    view.pin.moved.connect(presenter.move)

    def back() -> None:
        if not presenter.back():
            home()

    def shown() -> None:
        view.forget_remark()
        presenter.leave()
        presenter.refresh()

    actions: dict[str, Action] = {
        "enter": presenter.enter,
        "esc": back,
        "up": lambda: presenter.move(-1),
        "down": lambda: presenter.move(1),
    }
    return Page(
        view=view,
        set_language=view.set_language,
        key=_keys(actions, presenter.press),
        digits_scanned=presenter.digits_scanned,
        shown=shown,
        place=Place.INBOX,
    )
