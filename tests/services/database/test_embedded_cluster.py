"""The cluster on disk, where no server is needed to tell."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from services.database import embedded_cluster as cluster
from services.database.embedded_cluster import Postmaster
from services.database.embedded_place import Place


def test_a_process_file_without_a_server_means_nobody(tmp_path: Path) -> None:
    place = Place(tmp_path, Path(), None)
    assert Postmaster.of(place) is None
    cluster.halt(place)
    place.data.mkdir()
    (place.data / "postmaster.pid").write_text("0\n")
    cluster.halt(place)
    assert not (place.data / "postmaster.pid").exists()


def test_a_frozen_program_does_not_lend_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle")
    monkeypatch.setenv("PGPORT", "1")
    found = cluster._environment()
    assert "LD_LIBRARY_PATH" not in found
    assert "PGPORT" not in found
