"""Views that people keep by name, for themselves or, if they may, for everybody of the fleet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, RowMapping, text
from sqlalchemy.exc import IntegrityError

from services.database.certainty import act
from services.database.engine import Database
from services.domain.errors import NameTaken, NotAllowed, NotFound, WorkstationError

LONGEST_NAME: Final = 80
_LARGEST: Final = 60_000  # bytes of a definition; the table refuses little more

_RETURNED = "id, name, shared, owner, owner = finance.person() AS mine, definition"
# The operator passes by row-level security and is held to the same rules here.
_SEEN = "fleet_id = :fleet AND page = :page AND (shared OR owner = finance.person())"
_MINE = "fleet_id = :fleet AND page = :page AND id = :id AND owner = finance.person()"
_LIST = text(f"SELECT {_RETURNED} FROM finance.saved_view WHERE {_SEEN} ORDER BY shared, lower(name), name, owner, id")
_SAVE = (
    "INSERT INTO finance.saved_view (fleet_id, page, name, shared, definition)"
    " VALUES (:fleet, :page, :name, :shared, CAST(:definition AS jsonb)) ON CONFLICT (fleet_id, page, owner, name) DO "
)
_ADD = text(f"{_SAVE} NOTHING RETURNING {_RETURNED}")
_REPLACE = text(f"{_SAVE} UPDATE SET shared = excluded.shared, definition = excluded.definition RETURNING {_RETURNED}")
_RENAME = text(f"UPDATE finance.saved_view SET name = :name WHERE {_MINE} RETURNING {_RETURNED}")
_UPDATE = text(
    f"UPDATE finance.saved_view SET definition = CAST(:definition AS jsonb) WHERE {_MINE} RETURNING {_RETURNED}"
)
_SHARE = text(f"UPDATE finance.saved_view SET shared = :shared WHERE {_MINE} RETURNING {_RETURNED}")
_DELETE = text(f"DELETE FROM finance.saved_view WHERE {_SEEN} AND id = :id RETURNING {_RETURNED}")
_MAY_SHARE = text("SELECT :fleet = ANY (finance.my_fleets('manager')) OR finance.is_operator()")


@dataclass(frozen=True, slots=True)
class SavedView:
    """A kept view: `owner` is the login that keeps it, `definition` what services.payments.codec reads."""

    id: UUID
    name: str
    shared: bool
    owner: str
    mine: bool
    definition: Mapping[str, Any]


class ViewService:
    """Keeps the views of one page with the rights of the database's login; the database decides who may see and change what."""

    def __init__(self, database: Database, page: str = "payments") -> None:
        self._database = database
        self._page = page

    def list(self, fleet_id: UUID) -> list[SavedView]:
        """One's own views and the shared ones, personal first, by name."""
        with self._database.read() as connection:
            rows = connection.execute(_LIST, {"fleet": fleet_id, "page": self._page}).mappings()
            return [SavedView(**row) for row in rows]

    def may_share(self, fleet_id: UUID) -> bool:
        """Whether the login may share views with the fleet: managers and approvers may."""
        with self._database.read() as connection:
            return bool(connection.execute(_MAY_SHARE, {"fleet": fleet_id}).scalar())

    def save(
        self, fleet_id: UUID, name: str, shared: bool, definition: Mapping[str, object], *, replace: bool = False
    ) -> SavedView:
        """Keeps a view; `replace` overwrites one's own of that name, whoever wrote it last at another desk.

        NameTaken where one has such a name already (and does not replace), NotAllowed where one may not share.
        """
        values = {"name": _checked(name), "shared": shared, "definition": _json(definition)}
        try:
            return self._changed(_REPLACE if replace else _ADD, fleet_id, NameTaken(_taken(name)), **values)
        except NotAllowed as error:
            raise NotAllowed(_SHARING if shared or replace else _MEMBERS) from error

    def rename(self, fleet_id: UUID, view_id: UUID, name: str) -> SavedView:
        """Gives one's own view another name; NameTaken where one has such a view, NotFound where it is not one's own."""
        try:
            return self._changed(_RENAME, fleet_id, NotFound(_GONE), id=view_id, name=_checked(name))
        except IntegrityError as error:
            raise NameTaken(_taken(name)) from error

    def update(self, fleet_id: UUID, view_id: UUID, definition: Mapping[str, object]) -> SavedView:
        """Lets one's own view show something else; NotFound where it is not one's own."""
        return self._changed(_UPDATE, fleet_id, NotFound(_GONE), id=view_id, definition=_json(definition))

    def share(self, fleet_id: UUID, view_id: UUID, shared: bool) -> SavedView:
        """Shares one's own view, or takes it back; NotAllowed where one may not share, NotFound where it is not one's own."""
        try:
            return self._changed(_SHARE, fleet_id, NotFound(_GONE), id=view_id, shared=shared)
        except NotAllowed as error:
            raise NotAllowed(_SHARING) from error

    def delete(self, fleet_id: UUID, view_id: UUID) -> None:
        """Removes one's own view, or as a manager any shared one; NotFound where it is gone or not one's to remove."""
        self._changed(_DELETE, fleet_id, NotFound(_GONE), id=view_id)

    def _changed(self, statement: Any, fleet_id: UUID, otherwise: WorkstationError, **values: object) -> SavedView:
        """The view that the statement changed, `otherwise` raised where there was none."""

        def work(connection: Connection) -> RowMapping | None:
            found = connection.execute(statement, {"fleet": fleet_id, "page": self._page, **values})
            return found.mappings().one_or_none()

        row = act(self._database, work)
        if row is None:
            raise otherwise
        return SavedView(**row)


_SHARING = "Sharing a view with the fleet, or changing a shared one, needs a manager or an approver. Keep one for yourself alone."
_MEMBERS = "Only members of the fleet keep views of its payments."
_GONE = "This view is gone, or not yours to change. Open the list of views again."


def _taken(name: str) -> str:
    return f"You have a view named “{_tidy(name)}” already. Choose another name, or update that one."


def _tidy(name: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())


def _checked(name: str) -> str:
    tidy = _tidy(name)
    if not tidy:
        raise WorkstationError("Give the view a name.")
    if len(tidy) > LONGEST_NAME:
        raise WorkstationError(f"A view's name has at most {LONGEST_NAME} characters; this one has {len(tidy)}.")
    return tidy


def _json(definition: Mapping[str, object]) -> str:
    written = json.dumps(definition, ensure_ascii=False)
    if len(written.encode()) > _LARGEST:
        raise WorkstationError("This view names too many things to be kept. Choose fewer, or a shorter search.")
    return written
