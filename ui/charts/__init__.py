"""Charts people can read, click and walk by keyboard."""

from ui.charts.hours import HoursChart

__all__ = ["HoursChart"]
