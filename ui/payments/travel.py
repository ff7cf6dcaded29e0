"""Getting about in a list of which only a stretch is loaded: its ends, its bar, and the newest rows."""

from __future__ import annotations

from PySide6.QtCore import QObject

from services.payments.row import PaymentRow
from ui.grid import GridModel, GridView, Held, Span, WholeList
from ui.payments.live import END, LivePayments


class Travel(QObject):
    """Takes the reader where keys, the bar and the pill lead, and keeps the bar right."""

    def __init__(
        self,
        model: GridModel[PaymentRow],
        grid: GridView[PaymentRow],
        whole: WholeList[PaymentRow],
        held: Held[PaymentRow],
        live: LivePayments,
    ) -> None:
        super().__init__(grid)
        self._model, self._grid, self._whole, self._held, self._live = model, grid, whole, held, live
        self._land_on: int | None = None
        self._total: int | None = None
        self._connect()

    def set_total(self, total: int | None) -> None:
        """How many rows the whole list has; None while that is not known."""
        self._total = total
        self.show_span()

    def newest(self) -> None:
        """Goes to the beginning of the list and lets in the rows that wait."""
        # At the top first: rows let in while somebody reads keep away from what is read.
        self._grid.go_to_top()
        if self._live.rows.top is None:
            self._held.release()
        else:
            self._live.newest()

    def show_span(self) -> None:
        """Tells the bar what is loaded of how much."""
        first, loaded = self._live.rows.first, self._model.rowCount()
        ends_here = self._live.rows.bottom is None or self._total is None
        end = first + loaded
        self._whole.set_span(Span(first, loaded, end if ends_here else max(self._total or 0, end + 1)))

    def _connect(self) -> None:
        self._model.more_wanted.connect(self._live.more)
        self._model.earlier_wanted.connect(self._live.earlier)
        self._held.reload_wanted.connect(self._live.newest)
        self._held.held_changed.connect(self.show_span)
        self._grid.position_changed.connect(self._held.follow)
        self._grid.position_changed.connect(self._live.look)
        self._grid.start_wanted.connect(self._to_start)
        self._grid.end_wanted.connect(self._to_end)
        self._whole.place_wanted.connect(self._live.go_to)
        self._live.moved.connect(self.show_span)
        self._live.landed.connect(self._landed)
        self._live.missed.connect(self._missed)

    def _to_start(self) -> None:
        self._land_on = 0
        self._live.newest()

    def _to_end(self) -> None:
        self._land_on = -1
        self._live.go_to(END)

    def _landed(self) -> None:
        at, self._land_on = self._land_on, None
        rows = self._model.rowCount()
        self.show_span()
        if at is not None and rows:
            self._grid.select(self._model.id_of(self._model.row_at(at % rows)))
        self._whole.landed()

    def _missed(self) -> None:
        self._land_on = None
        self._whole.missed()
