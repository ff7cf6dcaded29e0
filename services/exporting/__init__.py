"""Tables as files that accountants open: CSV and XLSX, streamed, whole or not at all, and never a formula.

A file says where it comes from (its stamp: filter, person, time, number of rows, sums). In XLSX the stamp has a sheet of its own.
In CSV it follows the data, each line in the first cell alone: the header stays in the first row, where every tool looks for it,
numeric columns stay numeric, no column's sum counts twice, and the counted rows and sums are those that were really written.
"""

from services.exporting.csv_file import write_csv
from services.exporting.table import Field, Kind, Progress, Row, Table, Tally
from services.exporting.whole_file import whole_file
from services.exporting.xlsx_file import write_xlsx

__all__ = ["Field", "Kind", "Progress", "Row", "Table", "Tally", "whole_file", "write_csv", "write_xlsx"]
