"""One payment in full, beside the grid: its story, its booking, its passenger, its statement line, and who looked at it."""

from ui.payments.drawer.drawer import PaymentDrawer

__all__ = ["PaymentDrawer"]
