"""Everything that can go wrong in words a finance officer can act on; one hierarchy, few classes.

`WorkstationError` is what the product knows how to say. Anything else that is raised is a bug and looks different.
"""

from __future__ import annotations


class WorkstationError(Exception):
    """What happened, where, and what to do about it, in one or two sentences."""


class EnvironmentFault(WorkstationError):
    """Something around the program is missing or does not answer; trying again later can succeed."""


class DatabaseUnreachable(EnvironmentFault):
    """The database does not answer at the configured address, or went away."""


class OutcomeUnknown(DatabaseUnreachable):
    """The connection was lost during COMMIT and the outcome cannot be asked for yet."""


class LoginRefused(EnvironmentFault):
    """The database refused the login or its password."""


class SchemaMismatch(EnvironmentFault):
    """The database's schema is older or newer than this program."""


class NotAllowed(WorkstationError):
    """The login has no right to do this; the sentence says which role would."""


class Cancelled(WorkstationError):
    """The person, or a newer request, cancelled the work; nothing was changed."""


class NotFound(WorkstationError):
    """There is no such fleet, payment, statement or file."""


class NameTaken(WorkstationError):
    """Something of this name is there already; nothing was written."""


class NotUnderstood(WorkstationError):
    """Something that was kept earlier cannot be read; the sentence names the field."""


class StatementRefused(WorkstationError):
    """A statement file that cannot be imported at all; names the file and why. Nothing was written."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


class RelayUnreachable(EnvironmentFault):
    """The live feed does not answer; the database still does."""
