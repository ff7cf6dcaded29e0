"""What a Linux desktop is told about links: a valid file, and tools that are only run where they are."""

from __future__ import annotations

import configparser
import subprocess
from pathlib import Path

import pytest

from services.domain.errors import EnvironmentFault
from workstation.link_handler import FILE, desktop_entry, install_link_handler, program


def read(text: str) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys of the specification have capitals
    parser.read_string(text)
    return parser["Desktop Entry"]


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of tools that write down what they were told, the only one on the path."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, tool: str, status: int = 0) -> Path:
    told = folder / f"{tool}.told"
    file = folder / tool
    file.write_text(f'#!/bin/sh\necho "$@" >> "{told}"\nexit {status}\n')
    file.chmod(0o755)
    return told


def test_the_entry_says_what_opens_links() -> None:
    entry = read(desktop_entry(["/opt/fleet finance/workstation"], Path("/opt/icon.svg")))
    assert entry["MimeType"] == "x-scheme-handler/workstation;"
    assert entry["Exec"] == '"/opt/fleet finance/workstation" --open %u'
    assert entry["Icon"] == "/opt/icon.svg"
    assert "Icon" not in read(desktop_entry(["workstation"]))


@pytest.mark.parametrize("path", ["/a b/c", '/quo"te', "/back\\slash", "/$HOME/`id`", "/100%/u"])
def test_a_strange_path_stays_one_argument(path: str) -> None:
    written = read(desktop_entry([path]))["Exec"]
    # As the specification reads it: first a string of the file, then a quoted argument, then the field codes.
    unescaped = written.removesuffix(" --open %u").replace("\\\\", "\\").replace("%%", "%")
    assert subprocess.run(["/bin/sh", "-c", f"printf %s {unescaped}"], capture_output=True, text=True).stdout == path


def test_this_program_can_be_started_again() -> None:
    assert Path(program()[0]).exists()


def test_it_is_made_the_one_for_links(tmp_path: Path, tools: Path) -> None:
    default, update = put(tools, "xdg-mime"), put(tools, "update-desktop-database")
    file = install_link_handler(tmp_path / "share" / "applications", ["workstation"])
    assert file == tmp_path / "share" / "applications" / FILE
    assert default.read_text() == f"default {FILE} x-scheme-handler/workstation\n"
    assert update.read_text() == f"{file.parent}\n"


def test_it_works_without_the_tools_and_twice(tmp_path: Path, tools: Path) -> None:
    for _ in range(2):
        file = install_link_handler(tmp_path, ["workstation"])
    assert read(file.read_text("utf-8"))["Exec"] == '"workstation" --open %u'
    assert list(tools.iterdir()) == []


def test_a_tool_that_fails_is_named(tmp_path: Path, tools: Path) -> None:
    put(tools, "xdg-mime", status=3)
    with pytest.raises(EnvironmentFault, match="xdg-mime failed"):
        install_link_handler(tmp_path, ["workstation"])


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, tools: Path) -> None:
    (tmp_path / "applications").write_text("a file")
    with pytest.raises(EnvironmentFault, match="applications"):
        install_link_handler(tmp_path / "applications", ["workstation"])
