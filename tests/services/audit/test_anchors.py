"""The file of anchors: whole lines only, never rewritten, honest about what cannot be read."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from uuid import UUID

import pytest
from sqlalchemy import text

from services.audit.anchors import Anchor, AnchorFile, Anchoring, anchor_heads
from services.database.engine import Database
from services.domain.errors import EnvironmentFault, NotAllowed
from tests.services.audit.conftest import Office

FLEET = UUID("11111111-2222-3333-4444-555555555555")


def anchor(number: int) -> Anchor:
    return Anchor(datetime(2026, 9, 22, 6, 0, tzinfo=UTC), FLEET, number, bytes([number]) * 32)


@pytest.fixture
def file(tmp_path: Path) -> AnchorFile:
    return AnchorFile(tmp_path / "outside" / "anchors.jsonl")


def test_what_was_appended_is_read(file: AnchorFile) -> None:
    assert file.read() == []
    file.append([anchor(1), anchor(2)])
    file.append([])
    file.append([anchor(3)])
    assert [found.number for found in file.read()] == [1, 2, 3]
    assert file.read()[0] == anchor(1)
    told = json.loads(file.path.read_text(encoding="utf-8").splitlines()[0])
    assert told == {"at": "2026-09-22T06:00:00+00:00", "fleet_id": str(FLEET), "number": 1, "hash": "01" * 32}


def test_a_torn_line_never_counted(file: AnchorFile) -> None:
    file.append([anchor(1)])
    with file.path.open("ab") as torn:
        torn.write(b'{"at": "2026-09-2')
    assert file.read() == [anchor(1)]
    file.append([anchor(2)])
    assert file.read() == [anchor(1), anchor(2)]


@pytest.mark.parametrize(
    "line", ["", "x", "{}", "[]", "7", '{"at": "2026-09-22", "fleet_id": 1, "number": 1, "hash": ""}']
)
def test_a_line_that_is_no_anchor_is_named(file: AnchorFile, line: str) -> None:
    file.append([anchor(1)])
    with file.path.open("a", encoding="utf-8") as written:
        written.write(line + "\n")
    with pytest.raises(EnvironmentFault, match=r"Line 2 of .*anchors\.jsonl is no anchor"):
        file.read()


def test_a_file_that_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    folder = AnchorFile(tmp_path)
    with pytest.raises(EnvironmentFault, match="cannot be read from"):
        folder.read()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(EnvironmentFault, match="cannot be written to"):
        AnchorFile(tmp_path / "file" / "anchors.jsonl").append([anchor(1)])


def test_a_full_disk_leaves_whole_lines(file: AnchorFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file.append([anchor(1)])

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken, pytest.raises(EnvironmentFault, match="No space left"):
        broken.setattr("services.audit.anchors.os.fsync", full)
        file.append([anchor(2)])
    assert file.read() == [anchor(1)]
    file.append([anchor(3)])
    assert [found.number for found in file.read()] == [1, 3]


def test_heads_are_noted_once_for_each_move(office: Office, file: AnchorFile) -> None:
    projector = office.world.database("finance_projector")
    assert [found.number for found in anchor_heads(projector, file)] == [1]
    assert anchor_heads(projector, file) == []
    office.act(20, 21)
    assert [found.number for found in anchor_heads(projector, file)] == [3]
    assert [(found.fleet_id, found.number) for found in file.read()] == [(office.fleet, 1), (office.fleet, 3)]


@pytest.mark.parametrize("role", ["finance_relay", "finance_alerts", "finance_api"])
def test_no_other_server_role_sees_heads(office: Office, file: AnchorFile, role: str) -> None:
    with pytest.raises(NotAllowed):
        anchor_heads(office.world.database(role), file)


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        ("UPDATE finance.audit_head SET number = 1", "ends with record 1, and it ended with record 2"),
        ("UPDATE finance.audit_head SET hash = ''", "ends with record 2, and it ended with record 2"),
        ("DELETE FROM finance.audit_head", "is gone"),
    ],
)
def test_a_head_that_went_back_is_said_at_once(
    office: Office, file: AnchorFile, caplog: pytest.LogCaptureFixture, tampering: str, said: str
) -> None:
    office.act(22)
    projector = office.world.database("finance_projector")
    anchor_heads(projector, file)
    office.tamper(tampering)
    with caplog.at_level(logging.ERROR, "services.audit.anchors"):
        anchor_heads(projector, file)
    assert said in caplog.text and "workstation audit verify" in caplog.text


def test_anchoring_outlives_a_disk_that_is_away(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "mounted"
    place.write_text("not mounted yet", encoding="utf-8")
    file = AnchorFile(place / "anchors.jsonl")
    stop = Event()
    anchoring = Anchoring(office.world.database("finance_projector"), file, every_seconds=0.02)
    thread = Thread(target=anchoring.run, args=(stop,))
    with caplog.at_level(logging.WARNING, "services.audit.anchors"):
        thread.start()
        try:
            _until(lambda: "audit anchors:" in caplog.text)
            place.unlink()
            _until(lambda: file.path.exists() and bool(file.read()))
        finally:
            stop.set()
            thread.join(10)
    assert [found.number for found in file.read()] == [1]


def test_anchoring_outlives_a_database_that_is_away(file: AnchorFile, caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:1/nowhere")
    stop = Event()
    with caplog.at_level(logging.WARNING, "services.audit.anchors"):
        thread = Thread(target=Anchoring(nowhere, file, every_seconds=0.02).run, args=(stop,))
        thread.start()
        _until(lambda: caplog.text.count("does not answer") > 1)
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    nowhere.close()


def _until(holds: object) -> None:
    assert callable(holds)
    pause = Event()
    for _ in range(500):
        if holds():
            return
        pause.wait(0.02)
    raise AssertionError("it did not come about within ten seconds")


def test_the_trail_cannot_be_read_by_the_role_that_anchors(office: Office) -> None:
    with pytest.raises(NotAllowed), office.world.database("finance_projector").read() as connection:
        connection.execute(text("SELECT after FROM finance.audit_record"))
