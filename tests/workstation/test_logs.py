"""What goes to stderr, and what does not."""

from __future__ import annotations

import logging

import pytest

from workstation.logs import start_logging


def test_one_line_an_event_from_the_level_on(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("INFO")
    logging.getLogger("services.feed").debug("quiet")
    logging.getLogger("services.feed").info("%d notes were set aside", 3)
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert "info" in told.err and "3 notes were set aside" in told.err


def test_the_wire_and_the_migrations_only_report_faults(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("DEBUG")
    for name in ("websockets.server", "alembic.runtime"):
        logging.getLogger(name).info("connection open")
        logging.getLogger(name).warning("the handshake failed")
    assert capsys.readouterr().err.count("connection open") == 0


def test_starting_again_does_not_say_everything_twice(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("WARNING")
    start_logging("WARNING")
    logging.getLogger("services").warning("once")
    assert capsys.readouterr().err.count("once") == 1


def test_a_bug_comes_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("ERROR")
    try:
        raise KeyError("no such thing")
    except KeyError:
        logging.getLogger("services").exception("a bug")
    said = capsys.readouterr().err
    assert "Traceback" in said and "no such thing" in said


def test_a_logger_with_a_level_of_its_own_says_no_more_than_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    start_logging("ERROR")
    logging.getLogger("websockets").warning("the handshake failed")
    assert capsys.readouterr().err == ""
