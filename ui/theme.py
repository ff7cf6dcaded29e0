"""How everything looks: one set of colour tokens for light, one for dark, and the style sheet made from them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template
from typing import Final, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

import resources

Mode = Literal["system", "light", "dark"]
MODES: Final[tuple[Mode, ...]] = ("system", "light", "dark")
BASE_PIXELS: Final = 13
FAMILY: Final = "Inter"
_FACES: Final = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf")
_STATUS: Final = {
    "completed": "completed",
    "pending": "pending",
    "failed": "failed",
    "refunded": "refunded",
    "partially_refunded": "refunded",
    "info": "info",
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every colour of one appearance, as '#RRGGBB'."""

    canvas: str
    surface: str
    raised: str
    sunken: str
    line: str
    strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accentweak: str
    onaccent: str
    completed: str
    pending: str
    failed: str
    refunded: str
    info: str
    completedweak: str
    pendingweak: str
    failedweak: str
    refundedweak: str

    @property
    def infoweak(self) -> str:
        """The quiet background of information."""
        return mixed(self.info, self.surface, 0.12)

    @property
    def accentpressed(self) -> str:
        """The accent under the pointer; text on it stays `onaccent`."""
        return mixed(self.accent, self.text, 0.88)

    def status(self, name: str) -> tuple[str, str]:
        """The colour and the weak background of a status or tone; a neutral pair for a word that is not known."""
        tone = _STATUS.get(name)
        if tone is None:
            return self.muted, self.line
        return str(getattr(self, tone)), str(getattr(self, f"{tone}weak"))


LIGHT: Final = Tokens(
    canvas="#F4F6F8",
    surface="#FFFFFF",
    raised="#F9FAFB",
    sunken="#EDF0F3",
    line="#DDE2E7",
    strong="#C5CCD4",
    text="#15202B",
    muted="#52606D",
    faint="#5F6C79",
    accent="#0B6B5B",
    accentweak="#DCEFEB",
    onaccent="#FFFFFF",
    completed="#0B7A4B",
    pending="#945700",
    failed="#BE2428",
    refunded="#5848C2",
    info="#1A5FB4",
    completedweak="#DFF3E8",
    pendingweak="#FBEBCF",
    failedweak="#FBE0E0",
    refundedweak="#E8E4FB",
)

DARK: Final = Tokens(
    canvas="#0D1217",
    surface="#141B22",
    raised="#1A232B",
    sunken="#10161C",
    line="#27323C",
    strong="#3A4753",
    text="#E7ECF1",
    muted="#A3B1BE",
    faint="#8291A0",
    accent="#3CC7A6",
    accentweak="#143831",
    onaccent="#06251E",
    completed="#4CCB8F",
    pending="#E3A64F",
    failed="#F0787B",
    refunded="#AC9FF6",
    info="#6FB1FF",
    completedweak="#12301F",
    pendingweak="#35280F",
    failedweak="#3A191B",
    refundedweak="#272247",
)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two '#RRGGBB' colours, 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(first: str, second: str, share: float) -> str:
    """The colour that holds `share` (0 to 1) of the first and the rest of the second."""
    parts = (round(a * share + b * (1 - share)) for a, b in zip(_channels(first), _channels(second), strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


def stylesheet(tokens: Tokens, *, dark: bool) -> str:
    """The application's style sheet in the given colours."""
    icons = resources.path(f"icons/{'dark' if dark else 'light'}").as_posix()
    colours = asdict(tokens) | {"infoweak": tokens.infoweak, "accentpressed": tokens.accentpressed}
    return Template(resources.text("themes/workstation.qss")).substitute(colours, icons=icons)


def palette(tokens: Tokens) -> QPalette:
    """The Qt palette of the given colours, for everything the style sheet does not reach."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, colour in {
        role.Window: tokens.canvas,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.raised,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.faint,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.failed,
        role.Highlight: tokens.accentweak,
        role.HighlightedText: tokens.text,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Light: tokens.raised,
        role.Midlight: tokens.line,
        role.Mid: tokens.strong,
        role.Dark: tokens.strong,
        role.Shadow: tokens.line,
    }.items():
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.faint))
    return made


def font(pixels: int = BASE_PIXELS, weight: int = 400) -> QFont:
    """The product's font with tabular figures, `pixels` high; weights 400, 500 and 600 are drawn."""
    made = QFont(FAMILY)
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight(weight))
    for feature in ("tnum", "cv05"):
        made.setFeature(QFont.Tag(feature), 1)
    return made


def load_fonts() -> tuple[str, ...]:
    """Makes the vendored font known to Qt and returns its families; ValueError when a file is damaged."""
    families: list[str] = []
    for face in _FACES:
        number = QFontDatabase.addApplicationFont(str(resources.path(f"fonts/inter/{face}")))
        if number < 0:
            raise ValueError(f"the font file {face} is damaged: install the program again")
        families += QFontDatabase.applicationFontFamilies(number)
    return tuple(dict.fromkeys(families))


class Theme(QObject):
    """The appearance in force; `changed` is emitted after the new colours are everywhere."""

    changed = Signal()

    def __init__(self, mode: Mode = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode: Mode = mode
        self._app: QApplication | None = None

    @property
    def mode(self) -> Mode:
        """What the person chose: the system's scheme, or light or dark whatever the system says."""
        return self._mode

    @property
    def dark(self) -> bool:
        """Whether dark colours are in force."""
        if self._mode != "system":
            return self._mode == "dark"
        return self._system_dark()

    @property
    def tokens(self) -> Tokens:
        """The colours in force."""
        return DARK if self.dark else LIGHT

    def set_mode(self, mode: Mode) -> None:
        """Chooses system, light or dark and redraws everything at once."""
        if mode != self._mode:
            self._mode = mode
            self._redraw()

    def next_mode(self) -> Mode:
        """Goes from light to dark or back, always seen; where that is the system's own look, it is followed from then on."""
        if self.dark == self._system_dark():
            self.set_mode("light" if self.dark else "dark")
        else:
            self.set_mode("system")
        return self._mode

    def apply(self, app: QApplication) -> None:
        """Gives the application its style, font and colours, and follows the system's scheme from now on."""
        load_fonts()
        app.setStyle("Fusion")
        app.setFont(font())
        if self._app is None:
            app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._app = app
        self._redraw()

    def _system_dark(self) -> bool:
        return self._app is not None and self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark

    def _system_changed(self) -> None:
        if self._mode == "system":
            self._redraw()

    def _redraw(self) -> None:
        if self._app is not None:
            self._app.setPalette(palette(self.tokens))
            self._app.setStyleSheet(stylesheet(self.tokens, dark=self.dark))
        self.changed.emit()


def restyle(widget: QWidget, **properties: object) -> None:
    """Sets properties that the style sheet selects by, and draws the widget anew when one of them changed."""
    changed = [name for name, value in properties.items() if widget.property(name) != value]
    for name in changed:
        widget.setProperty(name, properties[name])
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
