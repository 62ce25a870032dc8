"""One table of colours and sizes, turned into a palette and a short style sheet for Fusion."""

import json
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

import resources

__all__ = [
    "LARGEST",
    "THEMES",
    "CustomerColours",
    "Theme",
    "apply_theme",
    "load_customer_colours",
    "load_theme",
]

THEMES: Final = ("light", "dark", "contrast")
LARGEST: Final = 2.0
"""As large as texts get: EN 301 549 asks for 200 % of the default size."""

_SHEET: Final = """
QWidget {{ color: {text}; }}
QMainWindow, QDialog, #page {{ background: {window}; }}
#header, #rail, #footer, #card {{ background: {surface}; }}
#header {{ border-bottom: 1px solid {line}; }}
#rail {{ border-right: 1px solid {line}; }}
#footer {{ border-top: 1px solid {line}; }}
#status {{ background: {alt}; }}
#card {{ border: 1px solid {line}; border-radius: {radius_card}px; }}
#separator {{ background: {line}; }}
QLabel {{ background: transparent; }}
QLabel[role="page"] {{ font-size: {type_page}px; font-weight: 600; }}
QLabel[role="verdict"] {{ font-size: {type_verdict}px; font-weight: 700; }}
QLabel[role="banner"] {{ font-size: {type_banner}px; font-weight: 600; }}
QLabel[role="card"] {{ font-size: {type_card}px; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="lead"] {{ font-size: {type_card}px; }}
QLabel[role="caption"] {{ font-size: {type_caption}px; color: {caption}; }}
QLabel[role="second"] {{ color: {text2}; }}
QLabel[tone="ok"] {{ color: {ok}; }}
QLabel[tone="warn"] {{ color: {warn}; }}
QLabel[tone="bad"] {{ color: {bad}; }}
QLabel[tone="now"] {{ color: {primary}; }}
#tint[tone="ok"] {{ background: {ok_tint}; border-radius: {radius_card}px; }}
#tint[tone="warn"] {{ background: {warn_tint}; border-radius: {radius_card}px; }}
#tint[tone="bad"] {{ background: {bad_tint}; border-radius: {radius_card}px; }}
#tint[tone="now"] {{ background: {selection}; border-radius: {radius_card}px; }}
#tint[tone="wait"] {{ background: {alt}; border-radius: {radius_card}px; }}
#strip {{ background: {warn_tint}; }}
#drop {{ background: {window}; border: 2px dashed {edge}; border-radius: {radius_card}px; }}
#drop[over="true"] {{ background: {selection}; border-color: {focus}; }}
QPushButton {{ min-height: {height_control}px; padding: 6px {space_card}px;
  border-radius: {radius_control}px; font-weight: 500;
  background: {surface}; color: {text}; border: 1px solid {edge}; }}
QPushButton:hover {{ background: {alt}; }}
QPushButton:focus {{ border: 2px solid {focus}; padding: 5px {space_card_focus}px; outline: 0; }}
QPushButton:disabled {{ background: {alt}; color: {caption}; border: 1px solid {line}; }}
QPushButton:checked {{ background: {selection}; color: {primary}; border: 1px solid {primary}; }}
QPushButton:checked:focus {{ border: 2px solid {focus}; }}
QPushButton[role="primary"] {{ background: {primary}; color: {on_primary}; min-width: 150px;
  border: 1px solid {primary}; font-weight: 600; }}
QPushButton[role="primary"]:hover {{ background: {primary_hover}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {text}; }}
QPushButton[role="primary"]:disabled {{ background: {alt}; color: {caption};
  border: 1px solid {line}; }}
QPushButton[role="flat"] {{ min-height: 0; padding: 1px {space_gap}px; border: 1px solid {alt};
  border-radius: {radius_bar}px; background: {alt}; color: {text2}; font-size: {type_caption}px; }}
QPushButton[role="flat"]:hover {{ background: {surface}; border: 1px solid {edge}; }}
QPushButton[role="flat"]:focus {{ border: 2px solid {focus}; padding: 0 {space_gap_focus}px; }}
QPushButton[role="section"] {{ text-align: left; padding: 4px {space_gap}px; min-height: 24px;
  border: 1px solid {surface}; }}
QPushButton[role="section"]:hover {{ border: 1px solid {line}; }}
QPushButton[role="section"]:checked {{ border: 1px solid {selection}; }}
QPushButton[role="section"]:focus {{ border: 2px solid {focus}; padding: 3px {space_gap_focus}px; }}
QPushButton[role="danger"] {{ color: {bad}; border: 1px solid {bad}; }}
QPushButton[role="danger"]:focus {{ border: 2px solid {bad}; }}
QPushButton[role="danger"]:disabled {{ color: {caption}; border: 1px solid {line}; }}
QPushButton[dense="true"] {{ padding: 6px {space_gap}px; min-width: 0; }}
QPushButton[dense="true"]:focus {{ padding: 5px {space_gap_focus}px; }}
QRadioButton:focus, QCheckBox:focus {{ color: {primary}; }}
QCheckBox::indicator, QRadioButton::indicator {{ width: 14px; height: 14px;
  background: {surface}; border: 2px solid {edge}; }}
QCheckBox::indicator {{ border-radius: 4px; }}
QRadioButton::indicator {{ border-radius: 9px; }}
QCheckBox::indicator:checked {{ background: {primary}; border: 2px solid {primary};
  image: url("{check}"); }}
QRadioButton::indicator:checked {{ width: 8px; height: 8px; border: 5px solid {primary}; }}
QCheckBox:disabled, QRadioButton:disabled {{ color: {caption}; }}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {line}; }}
QLineEdit, QComboBox, QPlainTextEdit {{ background: {surface}; color: {text};
  border: 1px solid {edge}; border-radius: {radius_control}px;
  selection-background-color: {primary}; selection-color: {on_primary};
  placeholder-text-color: {caption}; }}
QLineEdit, QComboBox {{ min-height: {height_control}px; padding: 5px {space_cell}px; }}
QPlainTextEdit {{ padding: {space_gap}px; }}
QPlainTextEdit[role="reading"] {{ font-size: {type_card}px; }}
QLineEdit:focus, QComboBox:focus {{ border: 2px solid {focus}; padding: 4px {space_cell_focus}px; }}
QPlainTextEdit:focus {{ border: 2px solid {focus}; padding: {space_gap_focus}px; }}
QLineEdit[tone="bad"] {{ border: 2px solid {bad}; padding: 4px {space_cell_focus}px; }}
QLineEdit:read-only {{ background: {alt}; border: 1px solid {line}; }}
QLineEdit:disabled, QComboBox:disabled {{ background: {alt}; color: {caption}; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox QAbstractItemView::item {{ min-height: 28px; padding: 0 {space_gap}px; }}
QComboBox::drop-down {{ border: 0; width: 28px; }}
QComboBox::down-arrow {{ image: url("{chevron}"); width: 16px; height: 16px; }}
QComboBox QAbstractItemView {{ background: {surface}; border: 1px solid {edge}; outline: 0;
  selection-background-color: {selection}; selection-color: {text}; }}
QTableView {{ background: {surface}; alternate-background-color: {window};
  border: 2px solid {line}; gridline-color: {line};
  selection-background-color: {selection}; selection-color: {text}; }}
QTableView:focus {{ border: 2px solid {focus}; outline: 0; }}
QTableView::item {{ padding: 0 {space_gap}px; }}
QHeaderView::section {{ background: {alt}; color: {text2}; border: 0; padding: {space_gap}px 10px;
  font-size: {type_table}px; font-weight: 600; }}
QHeaderView[narrow="true"]::section {{ padding: {space_gap}px 6px; }}
QTableCornerButton::section {{ background: {alt}; border: 0; }}
QProgressBar {{ background: {alt}; border: 0; border-radius: {radius_bar}px;
  max-height: {height_progress}px; min-height: {height_progress}px; }}
QProgressBar::chunk {{ background: {primary}; border-radius: {radius_bar}px; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 2px; }}
QScrollBar::handle:vertical {{ background: {edge}; border-radius: {radius_bar}px;
  min-height: {height_thumb}px; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 2px; }}
QScrollBar::handle:horizontal {{ background: {edge}; border-radius: {radius_bar}px;
  min-width: {height_thumb}px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
  background: transparent; border: 0; width: 0; height: 0; }}
"""


@dataclass(frozen=True, slots=True)
class Theme:
    """The tokens of one theme.

    colours  #RRGGBB by name
    sizes    of the type, pixels; those of the customer's window follow that window and no setting
    lengths  pixels: `space_NAME`, `height_NAME`, `radius_NAME`
    scale    what the system's text size has made of the table's pixels, 1 to `LARGEST`
    """

    name: str
    colours: dict[str, str]
    sizes: dict[str, int]
    lengths: dict[str, int]
    scale: float = 1.0

    def colour(self, token: str) -> QColor:
        """Return a colour; KeyError for a token that is not in the table."""
        return QColor(self.colours[token])

    def scaled(self, length: int) -> int:
        """Return pixels of what has to grow with the texts inside it."""
        return round(length * self.scale)

    def palette(self) -> QPalette:
        """Return the palette for what the style sheet does not touch."""
        palette = QPalette()
        role = QPalette.ColorRole
        for target, token in (
            (role.Window, "window"),
            (role.WindowText, "text"),
            (role.Base, "surface"),
            (role.AlternateBase, "window"),
            (role.Text, "text"),
            (role.Button, "surface"),
            (role.ButtonText, "text"),
            (role.Highlight, "primary"),
            (role.HighlightedText, "on_primary"),
            (role.PlaceholderText, "caption"),
            (role.ToolTipBase, "surface"),
            (role.ToolTipText, "text"),
            (role.Link, "primary"),
            (role.Accent, "primary"),
        ):
            palette.setColor(target, self.colour(token))
        for target in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, target, self.colour("caption"))
        return palette

    def stylesheet(self) -> str:
        """Return the style sheet: one for the whole application."""
        chevron, check = (
            resources.path("theme", f"{each}-{self.name}.svg").as_posix()
            for each in ("chevron-down", "check")
        )
        sizes = {f"type_{name}": px for name, px in self.sizes.items()}
        # The frame of what has the focus is one pixel wider: its words must not move.
        inner = {f"{name}_focus": px - 1 for name, px in self.lengths.items()}
        return _SHEET.format(
            **self.colours, **sizes, **self.lengths, **inner, chevron=chevron, check=check
        )


@dataclass(frozen=True, slots=True)
class CustomerColours:
    """The customer's window is always light: a bright second screen lights the face."""

    ground: str
    text: str
    text2: str
    ring: str
    track: str
    arrow: str


def load_theme(name: str, scale: float = 1.0) -> Theme:
    """Read one theme of the token table; KeyError for a name that is not in THEMES.

    scale  of the texts and of what holds them; bounded to 1 to `LARGEST`
    """
    tokens = _tokens()
    bounded = min(max(scale, 1.0), LARGEST)
    sizes = {
        key: int(px) if key.startswith("customer_") else round(int(px) * bounded)
        for key, px in tokens["type"].items()
    }
    lengths = {
        f"{table}_{key}": round(int(px) * bounded)
        for table in ("space", "height", "radius")
        for key, px in tokens[table].items()
    }
    return Theme(name, tokens[name], sizes, lengths, bounded)


def load_customer_colours() -> CustomerColours:
    """Read the colours of the customer's window."""
    return CustomerColours(**_tokens()["customer"])


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Colour every window of the application; the colours it already has cost nothing.

    Qt polishes every widget anew for a style sheet, even for an equal one.
    """
    sheet = theme.stylesheet()
    if sheet != application.styleSheet():
        application.setPalette(theme.palette())
        application.setStyleSheet(sheet)


def _tokens() -> dict[str, dict[str, str]]:
    text = resources.path("theme", "tokens.json").read_text(encoding="utf-8")
    tokens: dict[str, dict[str, str]] = json.loads(text)
    return tokens
