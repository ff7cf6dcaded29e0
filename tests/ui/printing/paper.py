"""Reads a PDF that Qt wrote, as a viewer's search does: by the character that each drawn glyph stands for."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from pathlib import Path

_OBJECT = re.compile(rb"\n(\d+) 0 obj\s*(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)endstream", re.DOTALL)
_FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
_RANGE = re.compile(rb"<(\w{4})> <(\w{4})> (<\w+>|\[[^\]]*\])")
_BLOCK = re.compile(rb"BT(.*?)ET", re.DOTALL)
_MOVED = re.compile(rb"([-\d.]+) ([-\d.]+) Td")
_SHOWN = re.compile(rb"<(\w+)> Tj")
_SCALED = re.compile(rb"([\d.]+) 0 0 \1 0 0 cm")
_SIZED = re.compile(rb"/(F\d+) ([\d.]+) Tf")


@dataclass(frozen=True)
class Word:
    """A text as it was drawn: its left end and its baseline, in units of the paper from the upper left."""

    text: str
    left: float
    baseline: float


def pages(file: Path) -> list[list[Word]]:
    """What stands on each page, in the order it was drawn; ValueError where a glyph has no character."""
    objects = {int(number): body for number, body in _OBJECT.findall(file.read_bytes())}
    kinds = [body for body in objects.values() if b"/Type /Page\n" in body]
    return [_page(objects, page) for page in kinds]


def texts(file: Path) -> list[list[str]]:
    """The texts of each page."""
    return [[word.text for word in page] for page in pages(file)]


def _page(objects: dict[int, bytes], page: bytes) -> list[Word]:
    fonts = {
        name: _characters(objects, objects[int(font)])
        for name, font in _FONT.findall(objects[_reference(page, b"Resources")])
    }
    content = zlib.decompress(_stream(objects[_reference(page, b"Contents")]))
    scaled = _SCALED.search(content)
    scale = float(scaled[1]) if scaled else 1.0
    return [_word(block, fonts, scale) for block in _BLOCK.findall(content)]


def _word(block: bytes, fonts: dict[bytes, dict[int, str]], scale: float) -> Word:
    sized, moves = _SIZED.search(block), _MOVED.findall(block)
    assert sized is not None
    known = fonts[sized[1]]
    glyphs = [int(pair, 16) for shown in _SHOWN.findall(block) for pair in re.findall(rb"\w{4}", shown)]
    if unknown := [glyph for glyph in glyphs if glyph not in known]:
        raise ValueError(f"glyphs {unknown} stand for no character")
    return Word("".join(known[glyph] for glyph in glyphs), float(moves[0][0]) * scale, -float(moves[0][1]) * scale)


def _characters(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for first, last, to in _RANGE.findall(_stream(objects[_reference(font, b"ToUnicode")])):
        codes = re.findall(rb"<(\w+)>", to)
        for step in range(int(last, 16) - int(first, 16) + 1):
            code = int(codes[step], 16) if to.startswith(b"[") else int(codes[0], 16) + step
            if code:
                found[int(first, 16) + step] = chr(code)
    return found


def _reference(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    assert found is not None
    return int(found[1])


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    return found[1]
