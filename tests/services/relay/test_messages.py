"""The frames: what goes in comes out, and nothing else gets through."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.period import NAIROBI
from services.feed.event import event_from_json
from services.relay.messages import (
    Beat,
    Events,
    Hello,
    NotAFrame,
    Position,
    Reload,
    Welcome,
    decode_frame,
    decode_hello,
    encode_beat,
    encode_events,
    encode_hello,
    encode_reload,
    encode_welcome,
)

FLEET = UUID(int=7)
TICKET = "0123456789abcdef" * 4
POSITIONS = st.dictionaries(
    st.uuids(), st.builds(Position, st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1)), max_size=5
)


def event(seq: int, amount: str = "600.10") -> str:
    state = {
        "status": "completed", "amount": amount, "refunded_amount": "0.00", "currency": "KES", "method": "mpesa",
        "route_id": None, "vehicle_id": str(UUID(int=3)), "driver_id": None,
        "created_at": "2026-09-22T06:00:00+00:00", "completed_at": None, "result_code": None,
    }  # fmt: skip
    return json.dumps(
        {"seq": seq, "kind": "payment", "payment_id": str(UUID(int=seq)), "at": "2026-09-22T06:00:01+00:00"}
        | {"before": None, "after": state}
    )


@given(POSITIONS)
def test_hello_and_welcome_come_back_as_they_were(positions: dict[UUID, Position]) -> None:
    assert decode_hello(encode_hello(Hello(TICKET, positions))) == Hello(TICKET, positions)
    assert decode_frame(encode_welcome(positions)) == Welcome(positions)


def test_reload_and_beat_come_back_as_they_were() -> None:
    at = Position(2, 40)
    assert decode_frame(encode_reload(FLEET, at, "rebuilt")) == Reload(FLEET, at, "rebuilt")
    assert decode_frame(encode_beat(0.1234, {FLEET: at})) == Beat(0.123, {FLEET: at})
    assert decode_frame(encode_beat(None, {})) == Beat(None, {})
    assert decode_frame('{"type":"beat","behind":3,"fleets":{}}') == Beat(3.0, {})


def test_events_come_back_to_the_cent() -> None:
    found = decode_frame(encode_events(FLEET, 1, 5, [event(5, "600.10"), event(6, "0.05")]))
    assert isinstance(found, Events)
    assert (found.fleet, found.epoch, found.first, found.last) == (FLEET, 1, 5, 6)
    assert [one.seq for one in found.events] == [5, 6]
    assert [one.after.amount for one in found.events if one.after] == [Decimal("600.10"), Decimal("0.05")]


STATES = st.fixed_dictionaries(
    {
        "status": st.text(max_size=9),
        "amount": st.decimals(-9999, 9999, places=2).map(str) | st.integers(-9, 9),
        "refunded_amount": st.just("0.00"),
        "currency": st.sampled_from(["KES", "USD"]),
        "method": st.text(max_size=5),
        "route_id": st.none() | st.uuids().map(str),
        "vehicle_id": st.none() | st.uuids().map(lambda known: known.hex),
        "driver_id": st.none(),
        "created_at": st.datetimes(timezones=st.sampled_from([UTC, NAIROBI])).map(datetime.isoformat),
        "completed_at": st.none() | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
        "result_code": st.none() | st.text(max_size=4) | st.integers(0, 9),
    },
    optional={"short_code": st.none() | st.text(max_size=7), "newer": st.integers()},
)


@given(STATES, st.none() | STATES, st.sampled_from(["payment", "booking", "removed", "names"]))
def test_an_event_is_read_alike_in_one_go_and_with_care(
    before: dict[str, object], after: dict[str, object] | None, kind: str
) -> None:
    written = json.loads(event(1)) | {"before": before, "after": after, "kind": kind}
    found = decode_frame(encode_events(FLEET, 3, 1, [json.dumps(written)]))
    assert isinstance(found, Events)
    assert found.events == (event_from_json(FLEET, written),)


def test_usual_events_are_read_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.relay.messages._object", lambda _: pytest.fail("read with care"))
    for text in (encode_events(FLEET, 1, 5, [event(5), event(6)]), encode_events(FLEET, 1, 5, [event(5)]).decode()):
        assert isinstance(decode_frame(text), Events)


def test_amounts_written_as_numbers_stay_exact() -> None:
    exact = event(1).replace('"600.10"', "12345678901.10")
    found = decode_frame(encode_events(FLEET, 1, 1, [exact]))
    assert isinstance(found, Events)
    assert found.events[0].after is not None
    assert found.events[0].after.amount == Decimal("12345678901.10")


def test_a_frame_of_a_newer_relay_is_passed_over() -> None:
    assert decode_frame('{"type":"presence","who":"a colleague"}') is None


@pytest.mark.parametrize(
    "text",
    [
        "", "nonsense", b"\xff\xfe\xff", "[]", "{}", "[" * 60_000, '{"type":"hello"}',
        '{"type":"hello","ticket":"short"}',
        json.dumps({"type": "hello", "ticket": "'; DROP TABLE finance.payment; --"}),
        json.dumps({"type": "hello", "ticket": TICKET + "\0"}),
        json.dumps({"type": "events", "ticket": TICKET}),
        json.dumps({"type": "hello", "ticket": TICKET, "positions": []}),
        json.dumps({"type": "hello", "ticket": TICKET, "positions": {"no fleet": [1, 2]}}),
        json.dumps({"type": "hello", "ticket": TICKET, "positions": {str(FLEET): [1]}}),
        json.dumps({"type": "hello", "ticket": TICKET, "positions": {str(FLEET): [1, -1]}}),
        json.dumps({"type": "hello", "ticket": TICKET, "positions": {str(FLEET): [True, 1]}}),
        json.dumps({"type": "hello", "ticket": TICKET, "positions": {str(FLEET): [1, 2**63]}}),
        json.dumps({"type": "hello", "ticket": TICKET, "positions": {str(FLEET): [1, 1.5]}}),
    ],
)  # fmt: skip
def test_what_is_no_hello_is_refused(text: str | bytes) -> None:
    with pytest.raises(NotAFrame):
        decode_hello(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"events"}',
        f'{{"type":"events","fleet":"{FLEET}","epoch":1,"first":1,"last":1,"events":{{}}}}',
        f'{{"type":"events","fleet":"{FLEET}","epoch":1,"first":1,"last":1,"events":[]}}',
        f'{{"type":"events","fleet":"{FLEET}","epoch":1,"first":1,"last":1,"events":[7]}}',
        f'{{"type":"events","fleet":"{FLEET}","epoch":1,"first":1,"last":1,"events":[{{"seq":1}}]}}',
        encode_events(FLEET, 1, 1, [event(2)]),
        encode_events(FLEET, 1, 1, [event(1), event(1)]),
        encode_events(FLEET, 1, 1, [event(1, "much")]),
        encode_events(FLEET, 1, 1, [event(1).replace("payment", "greeting", 1)]),
        '{"type":"beat","behind":"long","fleets":{}}',
        '{"type":"beat","behind":true,"fleets":{}}',
        '{"type":"welcome"}',
        '{"type":"reload","fleet":"x","epoch":1,"seq":1}',
    ],
)
def test_what_makes_no_sense_is_no_frame(text: str | bytes) -> None:
    with pytest.raises(NotAFrame):
        decode_frame(text)


@given(st.text() | st.binary() | st.recursive(st.none() | st.integers(), st.lists).map(json.dumps))
def test_no_input_raises_anything_else(text: str | bytes) -> None:
    for decode in (decode_hello, decode_frame):
        try:
            decode(text)
        except NotAFrame:
            continue
        assert decode is decode_frame
