"""The panel where targets are set: KES a day for the fleet, a route or a vehicle, from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final, cast
from uuid import UUID

from PySide6.QtCore import QDate, QSize, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from services.domain.money import amount, parse, shown
from services.payments.row import Names
from services.revenue.targets import Scope, Target
from ui.icons import icon
from ui.theme import Theme, restyle
from ui.widgets.button import button
from ui.widgets.drop_button import DropButton
from ui.widgets.label import ElidedLabel, label
from ui.widgets.popup import Popup

NOT_ALLOWED: Final = "Setting targets needs a manager or an approver of the fleet."
OFFLINE: Final = "Targets can be set again once the database is back."
#: More would not fit the panel; the newest are shown.
_MOST: Final = 8


class TargetsButton(DropButton):
    """`set_wanted(Target)` and `clear_wanted(Target)` when a person asks for it; `opened()` when the panel drops."""

    set_wanted = Signal(object)
    clear_wanted = Signal(object)
    opened = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Targets", tip="What is to be earned a day")
        self.popup = TargetsPanel(theme, self)
        self.popup.set_wanted.connect(self.set_wanted)
        self.popup.clear_wanted.connect(self.clear_wanted)
        self.clicked.connect(self.open_panel)

    def open_panel(self) -> None:
        """Drops the panel."""
        self.opened.emit()
        self.popup.drop()
        self.popup.take_focus()

    def set_names(self, names: Names) -> None:
        """Offers these routes and vehicles."""
        self.popup.set_names(names)


class TargetsPanel(Popup):
    """A form for one more target, and those there are."""

    set_wanted = Signal(object)
    clear_wanted = Signal(object)

    def __init__(self, theme: Theme, anchor: QWidget) -> None:
        super().__init__(anchor)
        self._theme = theme
        self._names: dict[tuple[Scope, UUID | None], str] = {("", None): "Whole fleet"}
        self._targets: tuple[Target, ...] = ()
        self._reason = ""
        self.member = QComboBox()
        self.amount = QLineEdit()
        self.first = QDateEdit()
        self.save = button("Set target", "primary")
        self._complaint = label(tone="failed", scale="small")
        self._attained = label(tone="muted", scale="small")
        self._list = QVBoxLayout()
        self._build()
        self.set_names(Names({}, {}, {}, {}))
        self.show_targets(())

    @property
    def complaint(self) -> str:
        """Why nothing can be set, or what is wrong with what is written."""
        return self._complaint.text()

    @property
    def attained(self) -> str:
        """How the shown range stands."""
        return self._attained.text()

    def take_focus(self) -> None:
        """Puts the keyboard where the typing begins."""
        (self.amount if self.amount.isEnabled() else self.member).setFocus()

    def set_names(self, names: Names) -> None:
        """Offers the fleet, its routes and its vehicles."""
        routes = {("route", known): name for known, name in _sorted(names.routes)}
        vehicles = {("vehicle", known): name for known, name in _sorted(names.vehicles)}
        self._names = cast(dict[tuple[Scope, UUID | None], str], {("", None): "Whole fleet", **routes, **vehicles})
        chosen = self.member.currentIndex()
        self.member.clear()
        self.member.addItems(list(self._names.values()))
        self.member.setCurrentIndex(max(0, min(chosen, len(self._names) - 1)))

    def show_targets(self, targets: Sequence[Target]) -> None:
        """Lists what is set, the latest first."""
        self._targets = tuple(targets)
        while (item := self._list.takeAt(0)) is not None:
            if (line := item.widget()) is not None:
                line.hide()
                line.deleteLater()
        newest = sorted(targets, key=lambda target: target.from_day, reverse=True)
        for target in newest[:_MOST]:
            self._list.addWidget(self._line(target))
        if not targets:
            self._list.addWidget(label("No target is set yet.", tone="faint", scale="small"))
        elif len(targets) > _MOST:
            self._list.addWidget(label(f"and {len(targets) - _MOST:,} earlier ones", tone="faint", scale="small"))
        self.adjustSize()

    def show_attained(self, words: str) -> None:
        """Says how the shown range stands; '' where it has no target."""
        self._attained.setText(words)
        self._attained.setVisible(bool(words))

    def allow(self, reason: str) -> None:
        """Lets targets be set where there is no reason against it; otherwise says the reason."""
        self._reason = reason
        for part in (self.member, self.amount, self.first, self.save):
            part.setEnabled(not reason)
        self._complain(reason, tone="muted" if reason else "failed")
        self.show_targets(self._targets)

    def set_today(self, day: date) -> None:
        """Offers a day to begin with."""
        self.first.setDate(QDate(day.year, day.month, day.day))

    def refused(self, words: str) -> None:
        """Says why a target was not set; what was typed stays."""
        self._complain(words)

    def kept(self) -> None:
        """A target was set: the field is free for the next one."""
        self.amount.clear()
        self._complain("")

    def _save(self) -> None:
        per_day = self._per_day()
        if per_day is None:
            self._complain("An amount is written like 400,000 or 1,250.50, and is more than 0.")
            return
        self._complain("")
        scope, member = list(self._names)[self.member.currentIndex()]
        day = self.first.date()
        self.set_wanted.emit(Target(scope, member, date(day.year(), day.month(), day.day()), per_day))

    def _per_day(self) -> Decimal | None:
        try:
            written = parse(self.amount.text())
            return amount(written) if written is not None and written > 0 else None
        except ValueError:
            return None

    def _complain(self, words: str, tone: str = "failed") -> None:
        self._complaint.setText(words)
        self._complaint.setVisible(bool(words))
        restyle(self._complaint, tone=tone)
        restyle(self.amount, invalid=bool(words) and tone == "failed")
        self.amount.setAccessibleDescription(words)

    def _line(self, target: Target) -> QWidget:
        name = self._names.get((target.scope, target.member), f"{target.scope.capitalize()} {str(target.member)[:8]}")
        words = f"{name}: {shown(target.per_day)} a day from {_dated(target.from_day)}"
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        told = ElidedLabel(words + (f", set by {target.set_by}" if target.set_by else ""), scale="small")
        row.addWidget(told, 1)
        if not self._reason:
            row.addWidget(self._cross(target, name))
        return line

    def _cross(self, target: Target, name: str) -> QToolButton:
        cross = QToolButton()
        cross.setIcon(icon("close", self._theme.tokens.muted, 12))
        cross.setIconSize(QSize(12, 12))
        cross.setToolTip("Take this target away")
        cross.setAccessibleName(f"Take the target of {name} from {_dated(target.from_day)} away")
        cross.clicked.connect(partial(self.clear_wanted.emit, target))
        return cross

    def _build(self) -> None:
        self.setAccessibleName("Targets")
        self.setFixedWidth(420)
        self.body.setContentsMargins(12, 10, 12, 12)
        self.body.addWidget(label("What is to be earned a day", scale="heading"))
        self.body.addWidget(self._attained)
        self._attained.setWordWrap(True)
        self._attained.hide()
        self.body.addLayout(self._form())
        self._complaint.setWordWrap(True)
        self._complaint.hide()
        self.body.addWidget(self._complaint)
        self._list.setSpacing(2)
        self.body.addLayout(self._list)
        self.save.clicked.connect(self._save)
        self.amount.returnPressed.connect(self._save)

    def _form(self) -> QGridLayout:
        form = QGridLayout()
        form.setSpacing(6)
        self.first.setDisplayFormat("d MMM yyyy")
        self.first.lineEdit().setTextMargins(6, 0, 0, 0)
        self.amount.setPlaceholderText("400,000")
        self.member.setMaxVisibleItems(12)
        fields = (("For", self.member, 150), ("KES a day", self.amount, 100), ("From", self.first, 110))
        for place, (words, field, width) in enumerate(fields):
            field.setAccessibleName(words)
            field.setFixedWidth(width)
            form.addWidget(label(words, tone="muted", scale="small"), 0, place)
            form.addWidget(field, 1, place)
        form.addWidget(self.save, 2, 0, 1, 3)
        return form


def _dated(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _sorted(names: dict[UUID, str]) -> list[tuple[UUID, str]]:
    return sorted(names.items(), key=lambda pair: pair[1].casefold())
