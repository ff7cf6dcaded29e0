"""A whole statement: what its file says, and whether the file agrees with itself."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from services.domain.errors import NotFound, StatementRefused
from services.statements.balance import BalanceChain, Control, balance_chain, controls
from services.statements.layout_l1 import Contents, read_l1
from services.statements.line import Rejected, StatementLine
from services.statements.reading import LARGEST_FILE, decode

_NAMED = re.compile(r"ORG_(\d{5,7})_", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement file; amounts KES, times Nairobi's, lines in the file's order (portals write newest first)."""

    layout: str
    file_name: str
    sha256: str
    short_code: str | None
    holder: str
    account: str
    period_from: datetime | None
    period_to: datetime | None
    reported_at: datetime | None
    opening: Decimal | None
    closing: Decimal | None
    available: Decimal | None
    total_paid_in: Decimal | None
    total_withdrawn: Decimal | None
    rows: int
    lines: tuple[StatementLine, ...]
    rejected: tuple[Rejected, ...]
    controls: tuple[Control, ...]
    balance_chain: BalanceChain

    @property
    def covered(self) -> tuple[datetime, datetime] | None:
        """The span in which every line is in the file: the stated period, but never beyond the moment of the export.

        None where the file states no period.
        """
        if self.period_from is None or self.period_to is None:
            return None
        ends = self.period_to if self.reported_at is None else min(self.period_to, self.reported_at)
        return self.period_from, max(ends, self.period_from)


def read_statement(path: Path) -> Statement:
    """The statement in a file; NotFound where there is none, StatementRefused where it cannot be read at all."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise StatementRefused(path.name, f"is larger than {LARGEST_FILE >> 20} MB: export a shorter period")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound(f"{path}: there is no such file") from error
    except OSError as error:
        raise StatementRefused(path.name, f"cannot be opened: {error.strerror}") from error
    return parse_statement(data, path.name)


def parse_statement(data: bytes, name: str) -> Statement:
    """The statement in `data`; `name` is the file's, for messages and where the content names no short code."""
    contents = read_l1(decode(data, name), name)
    return _statement(contents, name, hashlib.sha256(data).hexdigest())


def _statement(contents: Contents, name: str, sha256: str) -> Statement:
    header, lines = contents.header, contents.lines
    withdrawn = header.total_withdrawn
    return Statement(
        layout="L1",
        file_name=name,
        sha256=sha256,
        short_code=header.short_code or _short_code_in(name),
        holder=header.holder,
        account=header.account,
        period_from=header.period_from,
        period_to=header.period_to,
        reported_at=header.reported_at,
        opening=header.opening,
        closing=header.closing,
        available=header.available,
        total_paid_in=header.total_paid_in,
        total_withdrawn=None if withdrawn is None else abs(withdrawn),
        rows=contents.rows,
        lines=lines,
        rejected=contents.rejected,
        controls=controls(lines, header),
        balance_chain=balance_chain(lines, header),
    )


def _short_code_in(name: str) -> str | None:
    found = _NAMED.match(name)
    return found[1] if found else None
