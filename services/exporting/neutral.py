"""Text that no spreadsheet takes for a formula."""

from __future__ import annotations

import re

#: = + - @ also in their full-width and small forms and after blanks of any kind, which some programs drop; and tab, CR and LF,
#: after which some programs begin to read anew.
_FORMULA = re.compile(r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠﹦﹢﹣﹫\t\r\n]")


def may_be_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula when it opens a CSV file."""
    return _FORMULA.match(text) is not None


def neutral(text: str) -> str:
    """The text behind an apostrophe where it could be taken for a formula; other text as it is."""
    return f"'{text}" if may_be_formula(text) else text
