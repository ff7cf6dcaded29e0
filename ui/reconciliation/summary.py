"""What an import did, file by file, until the person has read it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QToolButton, QVBoxLayout

from services.statements.imported import ImportResult
from ui.icons import icon
from ui.reconciliation.importing import ImportReport
from ui.reconciliation.words import chain_in_words, controls_in_words, counted, day_title, joined, left_open
from ui.theme import Theme, restyle
from ui.widgets.card import Card
from ui.widgets.label import label

#: At most this share of the window's height, so that the day below it stays in view.
_SHARE = 0.2


class ImportSummary(Card):
    """A report as plain text that can be selected and copied; `dismissed` by its ×."""

    dismissed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(margins=(14, 8, 8, 10))
        self._theme = theme
        self._title = label(scale="heading")
        self._text = QPlainTextEdit()
        self._close = QToolButton()
        self._build()
        theme.changed.connect(self._redraw)
        self._redraw()
        self.hide()

    @property
    def title(self) -> str:
        """What the summary is headed with."""
        return self._title.text()

    @property
    def text(self) -> str:
        """All that is said."""
        return self._text.toPlainText()

    def show_report(self, report: ImportReport) -> None:
        """Tells what became of every file, with every rejected row, and of every day."""
        self._title.setText(report_title(report))
        refused = any(file.result is None for file in report.files)
        restyle(self._title, tone="failed" if refused else "")
        self._text.setPlainText("\n".join(report_lines(report)))
        self.setAccessibleDescription(self._title.text())
        self.show()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Takes as much height as the wrapped lines need, up to a limit."""
        super().resizeEvent(event)
        self._fit()

    def dismiss(self) -> None:
        """Goes away."""
        self.hide()
        self.dismissed.emit()

    def _build(self) -> None:
        self.setAccessibleName("Import summary")
        self._text.setReadOnly(True)
        self._text.setAccessibleName("What the import did")
        self._text.setStyleSheet("QPlainTextEdit { border: 0; padding: 0; background: transparent; }")
        self._text.setTabChangesFocus(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._close.setToolTip("Close the summary")
        self._close.setAccessibleName("Close the import summary")
        self._close.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._close)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._text)
        self.body.addLayout(column)

    def _fit(self) -> None:
        # A plain-text document counts its height in lines.
        lines, tallest = self._text.document().size().height(), round(self.window().height() * _SHARE)
        self._text.setFixedHeight(min(tallest, round(lines * self._text.fontMetrics().lineSpacing()) + 12))

    def _redraw(self) -> None:
        self._close.setIcon(icon("close", self._theme.tokens.muted))
        self._close.setIconSize(QSize(14, 14))


def report_title(report: ImportReport) -> str:
    """'2 files imported, 1 refused'."""
    refused = sum(file.result is None for file in report.files)
    imported = len(report.files) - refused
    parts = [counted(imported, "file imported", "files imported")] if imported else []
    return ", ".join([*parts, *([counted(refused, "file refused", "files refused")] if refused else [])])


def report_lines(report: ImportReport) -> list[str]:
    """Everything a report says, in lines of plain text: what was refused first."""
    refused = [f"{file.file} was refused: {file.refusal}" for file in report.files if file.result is None]
    lines = [line for file in report.files if file.result for line in _result_lines(file.result)]
    days = [f"{day_title(result.day)}: {left_open(result)}" for result in report.days]
    return [*refused, *lines, *days, *report.refused_days]


def _result_lines(result: ImportResult) -> list[str]:
    counts = (
        f"{result.file_name}: short code {result.short_code}",
        counted(result.rows, "row", "rows"),
        f"{result.imported:,} imported",
        counted(result.duplicates, "duplicate", "duplicates"),
        f"{len(result.rejected):,} rejected",
    )
    kinds = [
        counted(count, kind, kind if kind == "other" else f"{kind}s") for kind, count in result.by_kind.items() if count
    ]
    chain = chain_in_words(result.balance_chain.checked, result.balance_chain.breaks)
    proof = (*controls_in_words(result.controls), chain)
    return [joined(counts), *(f"    {line}" for line in (joined((*kinds, *proof)), *_rejected(result)) if line)]


def _rejected(result: ImportResult) -> list[str]:
    return [f"row {bad.row}" + (f", {bad.field}" if bad.field else "") + f": {bad.reason}" for bad in result.rejected]
