"""The statements that invent a fleet, its passengers and a day of its payments, set by set."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Date, DateTime, Float, Integer, Numeric, Text, Uuid, bindparam, text
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.types import TypeEngine

from services.domain.payment import result_in_words

ROUTES: Final = 12
VEHICLES: Final = 400
DRIVERS: Final = 420
TILLS: Final = 6
CODES: Final = {"1032": 0.45, "1": 0.25, "1037": 0.15, "2001": 0.08, "1019": 0.07}
"""Why payments fail, and how often."""
LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_TYPES: Final[dict[str, TypeEngine[Any]]] = {
    "fleet": Uuid(),
    "routes": ARRAY(Uuid()),
    "vehicles": ARRAY(Uuid()),
    "drivers": ARRAY(Uuid()),
    "tills": ARRAY(Text()),
    "first_names": ARRAY(Text()),
    "last_names": ARRAY(Text()),
    "people": BigInteger(),
    "day": Date(),
    "now": DateTime(timezone=True),
    "number": Integer(),
    "first": BigInteger(),
    "last": BigInteger(),
    "hours": ARRAY(Float()),
    "fares": ARRAY(Numeric()),
    "codes": ARRAY(Text()),
    "code_steps": ARRAY(Float()),
    "receipts": Text(),
}


def _typed(statement: str) -> TextClause:
    """The statement with its parameters' types, which the server cannot always guess."""
    typed = text(statement)
    return typed.bindparams(*(bindparam(name, type_=_TYPES[name]) for name in typed.compile().params))


def _one_of(drawn: str, *choices: tuple[str, float]) -> str:
    """The SQL that picks a word by how far up a chance in 0…1 came."""
    cases = " ".join(f"WHEN {drawn} < {below} THEN '{word}'" for word, below in choices)
    return f"CASE {cases} END"


FUNCTIONS: Final = (
    # An even chance in 0…1 that depends on a number and on what it is drawn for.
    """
    CREATE FUNCTION bench.chance(number bigint, drawn_for bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (hashint8extended(number, drawn_for) & 9007199254740991)::float8 / 9007199254740992
    """,
    # A number below 36⁷ as the last seven characters of a receipt.
    f"""
    CREATE FUNCTION bench.receipt_tail(n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN {" || ".join(f"substr('{LETTERS}', 1 + (n / {36**place} % 36)::int, 1)" for place in range(6, -1, -1))}
    """,
)
#: The passengers and the fleet's names. A passenger's is drawn by the square of a chance, so that some are common.
NAMES: Final = tuple(
    _typed(statement)
    for statement in (
        """
        CREATE UNLOGGED TABLE bench.passenger AS
        SELECT n, name, phone, finance.passenger_shown(name) AS name_shown, finance.phone_shown(phone) AS phone_shown,
               finance.local_phone(phone) AS digits
        FROM (SELECT n,
                     (:first_names)[1 + floor(cardinality(:first_names) * bench.chance(n, 1) ^ 2)::int] || ' '
                     || (:last_names)[1 + floor(cardinality(:last_names) * bench.chance(n, 2) ^ 2)::int] AS name,
                     (ARRAY['07', '2547', '+2547'])[1 + n % 3] || lpad((n * 7919 % 100000000)::text, 8, '0') AS phone
              FROM generate_series(1, :people) n) made
        """,
        "ALTER TABLE bench.passenger ADD PRIMARY KEY (n)",
        """
        INSERT INTO finance.fleet (fleet_id, code, name, timezone, currency)
        VALUES (:fleet, 'BENCH', 'Bench Express', 'Africa/Nairobi', 'KES')
        """,
        """
        INSERT INTO finance.route (fleet_id, route_id, name)
        SELECT :fleet, id, 'Nairobi – Stage ' || n FROM unnest(:routes) WITH ORDINALITY named(id, n)
        """,
        """
        INSERT INTO finance.vehicle (fleet_id, vehicle_id, registration)
        SELECT :fleet, id, format('K%s%s %sA', chr(65 + n::int / 26 % 26), chr(65 + n::int % 26), to_char(100 + n, 'FM000'))
        FROM unnest(:vehicles) WITH ORDINALITY named(id, n)
        """,
        """
        INSERT INTO finance.driver (fleet_id, driver_id, full_name)
        SELECT :fleet, id, 'Driver ' || n FROM unnest(:drivers) WITH ORDINALITY named(id, n)
        """,
        "INSERT INTO finance.till (fleet_id, short_code, kind) SELECT :fleet, code, 'till' FROM unnest(:tills) code",
    )
)
_METHOD = _one_of("by_method", ("mpesa", 0.80), ("cash", 0.90), ("airtel_money", 0.95), ("card", 1))
_STATUS = _one_of(
    "by_status",
    ("completed", 0.840),
    ("failed", 0.920),
    ("refunded", 0.968),
    ("partially_refunded", 0.998),
    ("on_hold", 1),
)
_REASONS = " ".join(f"WHEN '{code}' THEN '{result_in_words(code)}'" for code in CODES)
#: A day's payments, `first` to `last`, in the order of time: what the projector would have written of them.
PAY: Final = _typed(f"""
WITH drawn AS MATERIALIZED (        -- each chance is taken once
    SELECT n,
           (:day + (width_bucket(bench.chance(n, 10), :hours) + bench.chance(n, 11)) * interval '1 hour')
               AT TIME ZONE 'Africa/Nairobi' AS created_at,
           floor({VEHICLES} * bench.chance(n, 12) ^ 1.1)::int AS bus,
           1 + floor(:people * bench.chance(n, 13) ^ 1.3)::bigint AS passenger,
           bench.chance(n, 14) AS by_method, bench.chance(n, 15) AS by_status, bench.chance(n, 16) AS by_time,
           bench.chance(n, 17) AS by_fare, bench.chance(n, 18) AS by_gap,
           -- 48271 shares no factor with 36, so that no two receipts of a day are alike
           (n * 48271 + 777) % {36**7} AS mixed
    FROM generate_series(:first, :last) n
),
stated AS (
    SELECT *, bus * {ROUTES} / {VEHICLES} AS line, {_METHOD} AS method,
           CASE WHEN created_at > :now - interval '1 hour' AND by_gap < 0.5 THEN 'pending' ELSE {_STATUS} END AS status
    FROM drawn
),
priced AS MATERIALIZED (
    SELECT *, status IN ('completed', 'refunded', 'partially_refunded') AS taken,
           (:fares)[1 + line] * (1 + floor(3 * by_fare ^ 3)::int) + 10 * (n % 7)
               + CASE method WHEN 'card' THEN 0.50 ELSE 0 END AS amount
    FROM stated
),
timed AS (
    SELECT *,
           CASE WHEN taken THEN least(created_at + (4 + 50 * by_time) * interval '1 second', :now) END AS completed_at,
           CASE WHEN status IN ('refunded', 'partially_refunded')
                THEN least(created_at + (1 + 400 * by_time) * interval '1 hour', :now) END AS refunded_at,
           CASE status WHEN 'refunded' THEN amount WHEN 'partially_refunded' THEN round(amount / 2, 2) ELSE 0 END AS refunded_amount,
           CASE WHEN status = 'failed' THEN (:codes)[1 + width_bucket(by_time, :code_steps)]
                WHEN status = 'completed' AND method = 'mpesa' THEN '0' END AS result_code,
           CASE WHEN taken AND method <> 'cash' THEN :receipts || bench.receipt_tail(mixed) END AS receipt
    FROM priced
)
INSERT INTO finance.payment
      (fleet_id, id, booking_id, booking_reference,
       route_id, vehicle_id, driver_id,
       passenger, phone, passenger_shown, phone_shown, amount, amount_cents, currency, method, status, receipt,
       checkout_request_id, short_code,
       result_code, failure_reason, refunded_amount, created_at, completed_at, refunded_at, updated_at,
       created_day, taken_day, refunded_day,
       search)
SELECT :fleet, md5('payment' || t.n)::uuid, md5('booking' || t.n)::uuid, 'BKG' || t.n,
       CASE WHEN by_gap > 0.005 THEN (:routes)[1 + line] END, CASE WHEN by_gap > 0.01 THEN (:vehicles)[1 + bus] END,
       CASE WHEN by_gap > 0.03 THEN (:drivers)[1 + (bus * 7 + :number) % {DRIVERS}] END,
       p.name, p.phone, p.name_shown, p.phone_shown, amount, amount * 100, 'KES', method, status, receipt,
       CASE method WHEN 'mpesa' THEN 'ws_CO_' || t.n END, CASE method WHEN 'mpesa' THEN (:tills)[1 + bus % {TILLS}] END,
       result_code, CASE result_code {_REASONS} END, refunded_amount,
       created_at, completed_at, refunded_at, coalesce(refunded_at, completed_at, created_at),
       :day, (completed_at AT TIME ZONE 'Africa/Nairobi')::date, (refunded_at AT TIME ZONE 'Africa/Nairobi')::date,
       finance.search_words(p.name, p.digits, receipt, 'BKG' || t.n)
FROM timed t
JOIN bench.passenger p ON p.n = t.passenger
ORDER BY created_at
""")
