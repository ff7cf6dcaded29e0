"""Live tables: declared columns, a model that changes in place, and a view that never moves what is being read."""

from ui.grid.columns import Column, Order
from ui.grid.held import Held
from ui.grid.layout import GridState
from ui.grid.model import GridModel
from ui.grid.span import Span
from ui.grid.view import GridView
from ui.grid.whole import WholeList
from ui.grid.window import Window

__all__ = ["Column", "GridModel", "GridState", "GridView", "Held", "Order", "Span", "WholeList", "Window"]
