"""Colours by role, light and dark, and the one style sheet (design.md 2). Sizes are in `sizes.py`, type in `type.py`."""

from dataclasses import dataclass
from enum import Enum


class Scheme(Enum):
    """The two sets of colours."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Pair:
    """Text on a surface, with the edge that sets the surface off where it alone would not."""

    text: str
    surface: str
    edge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """A colour pair for each role of design.md 2, and `given_up`: neither paid nor refused, and no longer in doubt."""

    background: str
    plain: Pair
    secondary: str
    grey_figure: str
    control_edge: str
    pressed: str
    action: Pair
    off: Pair
    paid: Pair
    not_paid: Pair
    doubt: Pair
    offline: Pair
    training: Pair
    given_up: Pair

    def pairs(self) -> dict[str, tuple[str, str]]:
        """Every text with the surface it stands on, by role: what must have a contrast of 4.5."""
        roles = ("plain", "action", "off", "paid", "not_paid", "doubt", "offline", "training", "given_up")
        pairs = {role: (getattr(self, role).text, getattr(self, role).surface) for role in roles}
        return pairs | {
            "text on background": (self.plain.text, self.background),
            "secondary": (self.secondary, self.plain.surface),
            "secondary on background": (self.secondary, self.background),
            "grey figure": (self.grey_figure, self.plain.surface),
            "text on a pressed key": (self.plain.text, self.pressed),
        }

    def edges(self) -> dict[str, tuple[str, str]]:
        """Every edge with what lies around it: what must have a contrast of 3."""
        roles = ("plain", "doubt", "offline", "given_up", "off")
        return {role: (getattr(self, role).edge, self.background) for role in roles} | {
            "control": (self.control_edge, self.plain.surface),
            "doubt inside": (self.doubt.edge, self.doubt.surface),
        }


LIGHT = Colours(
    background="#F5F6F8",
    plain=Pair("#12161C", "#FFFFFF", "#727C8B"),
    secondary="#4A5361",
    grey_figure="#6B7482",
    control_edge="#727C8B",
    pressed="#D5DAE1",
    action=Pair("#FFFFFF", "#0B57D0", "#0B57D0"),
    off=Pair("#4A5361", "#E8EBEF", "#727C8B"),
    paid=Pair("#FFFFFF", "#0A6B3B", "#0A6B3B"),
    not_paid=Pair("#FFFFFF", "#B3261E", "#B3261E"),
    doubt=Pair("#2B1D00", "#FFC83D", "#7A5200"),
    offline=Pair("#FFFFFF", "#3F3D9E", "#3F3D9E"),
    training=Pair("#FFFFFF", "#9C0060", "#9C0060"),
    given_up=Pair("#FFFFFF", "#4A5361", "#4A5361"),
)
DARK = Colours(
    background="#0F1216",
    plain=Pair("#F2F4F7", "#1B2027", "#7D8796"),
    secondary="#B6BFCB",
    grey_figure="#8E98A6",
    control_edge="#7D8796",
    pressed="#3A424D",
    action=Pair("#0B1B33", "#8AB4FF", "#8AB4FF"),
    off=Pair("#B6BFCB", "#252B33", "#7D8796"),
    paid=Pair("#FFFFFF", "#0F7A45", "#0F7A45"),
    not_paid=Pair("#FFFFFF", "#C4372D", "#C4372D"),
    # Amber's own edge is dark; on the dark background the amber itself sets the panel off.
    doubt=Pair("#2B1D00", "#FFC83D", "#7A5200"),
    offline=Pair("#FFFFFF", "#4F4DBF", "#9E9CF0"),
    training=Pair("#FFFFFF", "#B8007A", "#B8007A"),
    given_up=Pair("#0F1216", "#B6BFCB", "#B6BFCB"),
)


def colours_of(scheme: Scheme) -> Colours:
    """The colours of a scheme."""
    return LIGHT if scheme is Scheme.LIGHT else DARK


def style_sheet(colours: Colours) -> str:
    """The one style sheet. Widgets name their role in the property `role`; type and sizes are set in code, never here."""
    plain, c = colours.plain, colours
    surfaces = "\n".join(
        f'*[role="{name}"] {{ background: {pair.surface}; color: {pair.text}; }}\n'
        f'*[role="{name}"] QLabel {{ background: transparent; color: {pair.text}; }}'
        for name, pair in (
            ("plain", plain),
            ("paid", c.paid),
            ("not_paid", c.not_paid),
            ("offline", c.offline),
            ("given_up", c.given_up),
        )
    )
    return f"""
QWidget {{ background: {c.background}; color: {plain.text}; }}
QLabel {{ background: transparent; }}
{surfaces}
QFrame[role="plain"] {{ border: 1px solid {plain.edge}; border-radius: 8px; }}
QFrame[role="picked"] {{ background: {plain.surface}; border: 4px solid {c.action.surface}; border-radius: 8px; }}
QFrame[role="bar"] {{ background: {plain.surface}; border: 0; border-bottom: 1px solid {plain.edge}; }}
QFrame[role="bar"][place="bottom"] {{ border-bottom: 0; border-top: 1px solid {plain.edge}; }}
QFrame[role="offline_bar"] {{ background: {c.offline.surface}; border: 0; border-bottom: 2px solid {c.offline.edge}; }}
QFrame[role="offline_bar"] QLabel {{ color: {c.offline.text}; }}
QFrame[role="paid"] {{ border: 0; border-radius: 8px; }}
QFrame[role="offline"] {{ border: 3px solid {c.offline.edge}; border-radius: 8px; }}
QFrame[role="not_paid"], QFrame[role="given_up"] {{ border: 0; border-radius: 8px; }}
QFrame[role="doubt"] {{ background: {c.doubt.surface}; border: 8px dashed {c.doubt.edge}; }}
QFrame[role="doubt"] QLabel {{ color: {c.doubt.text}; }}
QLabel[tone="secondary"] {{ color: {c.secondary}; }}
QLabel[tone="grey"] {{ color: {c.grey_figure}; }}
QLabel[tone="bad"] {{ color: {c.not_paid.text}; background: {c.not_paid.surface}; border-radius: 6px; }}
QPushButton {{ background: {plain.surface}; color: {plain.text}; border: 2px solid {c.control_edge};
  border-radius: 8px; padding: 0 6px; }}
QPushButton:pressed {{ background: {c.pressed}; }}
QPushButton:disabled {{ background: {c.off.surface}; color: {c.off.text}; border: 2px dashed {c.off.edge}; }}
QPushButton[role="action"] {{ background: {c.action.surface}; color: {c.action.text}; border: 0; }}
QPushButton[role="action"]:disabled {{ background: {c.off.surface}; color: {c.off.text};
  border: 2px dashed {c.off.edge}; }}
QPushButton[role="choice"] {{ background: {c.doubt.text}; color: {c.doubt.surface}; border: 0; }}
QPushButton[role="choice"]:disabled {{ background: {c.doubt.surface}; color: {c.doubt.text};
  border: 2px dashed {c.doubt.edge}; }}
QPushButton[role="nav"] {{ border: 0; border-radius: 0; background: {plain.surface}; }}
QPushButton[role="nav"]:checked {{ background: {c.action.surface}; color: {c.action.text}; }}
QPushButton[role="nav"]:disabled {{ border: 0; background: {plain.surface}; color: {c.secondary}; }}
QPushButton[role="chosen"] {{ background: {c.action.surface}; color: {c.action.text}; border: 0; }}
QLineEdit {{ background: {plain.surface}; color: {plain.text}; border: 2px solid {c.control_edge};
  border-radius: 8px; padding: 0 12px; selection-background-color: {c.action.surface};
  selection-color: {c.action.text}; }}
QLineEdit:focus {{ border: 4px solid {c.action.surface}; }}
QTableView {{ background: {plain.surface}; color: {plain.text}; border: 1px solid {plain.edge};
  gridline-color: {plain.edge}; selection-background-color: {c.action.surface};
  selection-color: {c.action.text}; }}
QTableView::item {{ padding: 0 12px; border: 0; }}
QHeaderView::section {{ background: {c.off.surface}; color: {c.off.text}; border: 0; padding: 4px 12px; }}
QScrollBar:vertical {{ background: {c.background}; width: 28px; }}
QScrollBar::handle:vertical {{ background: {c.control_edge}; min-height: 48px; border-radius: 8px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QProgressBar {{ background: {c.off.surface}; border: 2px solid {c.control_edge}; border-radius: 6px; }}
QProgressBar::chunk {{ background: {c.action.surface}; }}
QScrollArea {{ border: 0; }}
"""
