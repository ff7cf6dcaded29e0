-- The finance schema: what the workstation owns. Read top to bottom as the data travels:
-- people, who asks, names, inbox, read model, roll-up, events, doors to the relay, statements, reconciliation.

-- People ---------------------------------------------------------------------------------------------------------------

CREATE TABLE finance.fleet_member (
    fleet_id    uuid NOT NULL,
    login       text NOT NULL,                     -- a PostgreSQL login; finance.person() compares with it
    person_id   uuid NOT NULL DEFAULT gen_random_uuid(),
    role        text NOT NULL CHECK (role IN ('viewer', 'manager', 'approver')),
    valid_from  timestamptz NOT NULL DEFAULT now(),
    valid_to    timestamptz,
    PRIMARY KEY (fleet_id, login, valid_from),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);

-- Who asks -----------------------------------------------------------------------------------------------------------------

CREATE FUNCTION finance.is_operator() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user);

-- The one place that names the acting person: a login today, an identity provider's subject tomorrow.
CREATE FUNCTION finance.person() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN CASE WHEN finance.is_operator() THEN 'operator' ELSE session_user::text END;

CREATE FUNCTION finance.role_rank(role text) RETURNS integer
    LANGUAGE sql IMMUTABLE
    RETURN CASE role WHEN 'viewer' THEN 1 WHEN 'manager' THEN 2 WHEN 'approver' THEN 3 END;

-- The fleets in which the person holds at least the role; called once a query (InitPlan), so that only uuid = uuid, which is
-- leakproof, meets the rows and indexes stay reachable under row-level security.
CREATE FUNCTION finance.my_fleets(at_least text DEFAULT 'viewer') RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN (
        SELECT coalesce(array_agg(m.fleet_id), '{}')
        FROM finance.fleet_member m
        WHERE m.login = session_user
          AND now() >= m.valid_from AND (m.valid_to IS NULL OR now() < m.valid_to)
          AND finance.role_rank(m.role) >= finance.role_rank(at_least)
    );

-- Names, copied from the booking system by the projector ---------------------------------------------------------------

CREATE TABLE finance.fleet (
    fleet_id  uuid PRIMARY KEY,
    code      text NOT NULL,
    name      text NOT NULL,
    timezone  text NOT NULL,
    currency  text NOT NULL
);
CREATE TABLE finance.route (
    fleet_id     uuid NOT NULL,
    route_id     uuid NOT NULL,
    name         text NOT NULL,
    origin       text,
    destination  text,
    PRIMARY KEY (fleet_id, route_id)
);
CREATE TABLE finance.vehicle (
    fleet_id      uuid NOT NULL,
    vehicle_id    uuid NOT NULL,
    registration  text NOT NULL,
    capacity      integer,
    PRIMARY KEY (fleet_id, vehicle_id)
);
CREATE TABLE finance.driver (
    fleet_id   uuid NOT NULL,
    driver_id  uuid NOT NULL,
    full_name  text NOT NULL,
    PRIMARY KEY (fleet_id, driver_id)
);
CREATE TABLE finance.till (
    fleet_id    uuid NOT NULL,
    short_code  text NOT NULL,
    kind        text NOT NULL,
    vehicle_id  uuid,
    PRIMARY KEY (fleet_id, short_code)
);

-- The inbox: what the booking system did, noted by its own transactions. No index beyond the key, no row-level security: -
-- a fault of ours must never slow or fail a payment, and nobody but the projector reads it.

CREATE TABLE finance.payment_change (
    seq              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source           text NOT NULL,                -- the table: payment, booking, fleet, route, vehicle, driver, till
    source_id        text NOT NULL,                -- its key
    booking_id       uuid,
    op               text NOT NULL,                -- I, U, D
    status           text,
    amount           numeric(14,2),
    refunded_amount  numeric(14,2),
    result_code      text,
    at               timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0);

-- Notes that could not be projected (an amount that is not a number, say): set aside with the reason, so that one bad row of
-- the booking system stops nobody else; `verify` names them.
CREATE TABLE finance.payment_change_parked (
    seq        bigint PRIMARY KEY,
    source     text NOT NULL,
    source_id  text NOT NULL,
    error      text NOT NULL,
    parked_at  timestamptz NOT NULL DEFAULT now()
);

-- The read model ---------------------------------------------------------------------------------------------------------

CREATE TABLE finance.payment (
    fleet_id             uuid NOT NULL,
    id                   uuid NOT NULL,
    booking_id           uuid NOT NULL,
    booking_reference    text NOT NULL,
    route_id             uuid,
    vehicle_id           uuid,
    driver_id            uuid,
    passenger            text,                     -- in full: no group may select it
    phone                text,                     -- in full: no group may select it
    passenger_shown      text,                     -- 'Alice W.'
    phone_shown          text,                     -- '0712 ••• 111'
    amount               numeric(14,2) NOT NULL,
    amount_cents         bigint NOT NULL,          -- sorts under row-level security, where numeric cannot reach an index
    currency             text NOT NULL,
    method               text NOT NULL,
    status               text NOT NULL,
    receipt              text,
    checkout_request_id  text,
    short_code           text,
    result_code          text,
    failure_reason       text,
    refunded_amount      numeric(14,2) NOT NULL,
    created_at           timestamptz NOT NULL,
    completed_at         timestamptz,
    refunded_at          timestamptz,
    updated_at           timestamptz NOT NULL,
    created_day          date NOT NULL,            -- the fleet's calendar days
    taken_day            date,                     -- day of coalesce(completed_at, created_at), for the taken set
    refunded_day         date,                     -- day of coalesce(refunded_at, updated_at), for the taken set
    search               tsvector NOT NULL,        -- words of the name, digit runs of the phone, receipt, reference
    PRIMARY KEY (fleet_id, id)
);
CREATE INDEX payment_by_time ON finance.payment (fleet_id, created_at DESC, id DESC);
CREATE INDEX payment_by_status ON finance.payment (fleet_id, status, created_at DESC, id DESC);
CREATE INDEX payment_by_route ON finance.payment (fleet_id, route_id, created_at DESC, id DESC);
CREATE INDEX payment_by_vehicle ON finance.payment (fleet_id, vehicle_id, created_at DESC, id DESC);
CREATE INDEX payment_by_amount ON finance.payment (fleet_id, amount_cents DESC, created_at DESC, id DESC);
CREATE INDEX payment_by_taken_day ON finance.payment (fleet_id, taken_day, method);
CREATE INDEX payment_by_refunded_day ON finance.payment (fleet_id, refunded_day) WHERE refunded_day IS NOT NULL;
CREATE INDEX payment_by_receipt ON finance.payment (fleet_id, receipt);
CREATE INDEX payment_by_reference ON finance.payment (fleet_id, booking_reference);
CREATE INDEX payment_by_booking ON finance.payment (booking_id);
CREATE UNIQUE INDEX payment_by_id ON finance.payment (id);
CREATE INDEX payment_by_search ON finance.payment USING gin (search);

CREATE TABLE finance.revenue_daily (
    fleet_id        uuid NOT NULL,
    day             date NOT NULL,
    route_id        uuid NOT NULL,                 -- the nil uuid where there is none, here and in the two below
    vehicle_id      uuid NOT NULL,
    driver_id       uuid NOT NULL,
    method          text NOT NULL,
    currency        text NOT NULL,
    taken           numeric(14,2) NOT NULL,
    taken_count     bigint NOT NULL,
    refunded        numeric(14,2) NOT NULL,
    refunded_count  bigint NOT NULL,
    PRIMARY KEY (fleet_id, day, route_id, vehicle_id, driver_id, method, currency)
);

-- The feed ---------------------------------------------------------------------------------------------------------------

CREATE TABLE finance.feed (
    fleet_id  uuid PRIMARY KEY,
    epoch     bigint NOT NULL,                     -- changes only on rebuild or restore
    last_seq  bigint NOT NULL
);
CREATE TABLE finance.payment_event (
    fleet_id    uuid NOT NULL,
    seq         bigint NOT NULL,                   -- from 1, gap-free per fleet
    kind        text NOT NULL CHECK (kind IN ('payment', 'booking', 'removed', 'names')),
    payment_id  uuid,                              -- null for kind 'names'
    at          timestamptz NOT NULL,              -- when the booking system's statement ran
    before      jsonb,
    after       jsonb,
    PRIMARY KEY (fleet_id, seq)
);
CREATE INDEX payment_event_by_payment ON finance.payment_event (fleet_id, payment_id, seq);

CREATE TABLE finance.projector (                   -- one row: how the leader stands
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    leader     text NOT NULL,
    beat_at    timestamptz NOT NULL,
    oldest_at  timestamptz                         -- the oldest change that is noted and not yet projected
);

-- Doors to the relay -----------------------------------------------------------------------------------------------------

CREATE TABLE finance.relay (
    url       text PRIMARY KEY,
    beat_at   timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE finance.relay_ticket (
    ticket_hash  bytea PRIMARY KEY,
    login        text NOT NULL,
    operator     boolean NOT NULL,
    expires_at   timestamptz NOT NULL
);

-- Statements -------------------------------------------------------------------------------------------------------------

CREATE TABLE finance.statement (
    fleet_id         uuid NOT NULL,
    id               uuid NOT NULL DEFAULT gen_random_uuid(),
    short_code       text NOT NULL,
    layout           text NOT NULL,
    file_name        text NOT NULL,
    sha256           text NOT NULL,
    holder           text,
    first_day        date NOT NULL,                -- days covered, Nairobi, inclusive
    last_day         date NOT NULL,
    covered_from     timestamptz NOT NULL,         -- every line from here …
    covered_to       timestamptz NOT NULL,         -- … until before here is in the file: an export at noon proves no evening
    opening_balance  numeric(14,2),
    closing_balance  numeric(14,2),
    total_paid_in    numeric(14,2) NOT NULL,
    total_withdrawn  numeric(14,2) NOT NULL,
    rows             integer NOT NULL,
    imported         integer NOT NULL,
    duplicates       integer NOT NULL,
    rejected         integer NOT NULL,
    controls         jsonb NOT NULL,
    balance_chain    jsonb NOT NULL,
    imported_by      text NOT NULL DEFAULT finance.person(),
    imported_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (fleet_id, id)
);
CREATE INDEX statement_by_days ON finance.statement (fleet_id, short_code, first_day, last_day);

CREATE TABLE finance.statement_line (
    fleet_id           uuid NOT NULL,
    id                 uuid NOT NULL DEFAULT gen_random_uuid(),
    statement_id       uuid NOT NULL,              -- the file that brought it first
    row                integer NOT NULL,
    short_code         text NOT NULL,
    receipt            text NOT NULL,
    leg                text NOT NULL,              -- kind and direction: 'payment:in'
    occurrence         integer NOT NULL,           -- the n-th line with equal receipt, leg, completion time and amount
    kind               text NOT NULL,
    status             text NOT NULL,
    completed_at       timestamptz NOT NULL,
    initiated_at       timestamptz,
    day                date NOT NULL,              -- the fleet's day of completed_at
    paid_in            numeric(14,2),
    withdrawn          numeric(14,2),
    balance            numeric(14,2),
    details            text NOT NULL,
    reason_type        text,
    other_party        text,
    linked_receipt     text,
    account            text,
    currency           text NOT NULL,
    PRIMARY KEY (fleet_id, id),
    FOREIGN KEY (fleet_id, statement_id) REFERENCES finance.statement (fleet_id, id)
);
-- Time and amount stand in the key because one receipt may carry two different charges.
CREATE UNIQUE INDEX statement_line_identity ON finance.statement_line
    (fleet_id, short_code, receipt, leg, completed_at, coalesce(paid_in, 0), coalesce(withdrawn, 0), occurrence);
CREATE INDEX statement_line_by_day ON finance.statement_line (fleet_id, day, kind);
CREATE INDEX statement_line_by_receipt ON finance.statement_line (fleet_id, receipt);
CREATE INDEX statement_line_by_linked_receipt ON finance.statement_line (fleet_id, linked_receipt) WHERE linked_receipt IS NOT NULL;

CREATE TABLE finance.statement_rejection (
    fleet_id      uuid NOT NULL,
    statement_id  uuid NOT NULL,
    row           integer NOT NULL,
    field         text NOT NULL,
    reason        text NOT NULL,
    raw           text NOT NULL,
    PRIMARY KEY (fleet_id, statement_id, row, field),
    FOREIGN KEY (fleet_id, statement_id) REFERENCES finance.statement (fleet_id, id)
);

-- Reconciliation ---------------------------------------------------------------------------------------------------------

CREATE TABLE finance.payment_reconciliation (
    id                   uuid NOT NULL DEFAULT gen_random_uuid(),
    reconciliation_date  date NOT NULL,
    fleet_id             uuid NOT NULL,
    system_total         numeric(14,2) NOT NULL,
    mpesa_total          numeric(14,2) NOT NULL,
    difference           numeric(14,2) NOT NULL,
    status               text NOT NULL CHECK (status IN ('no_statement', 'open', 'reconciled', 'signed_off')),
    reconciled_by        text,
    reconciled_at        timestamptz,
    notes                text,
    created_at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (fleet_id, id),
    UNIQUE (fleet_id, reconciliation_date)
);
CREATE TABLE finance.reconciliation_match (
    fleet_id    uuid NOT NULL,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    day         date NOT NULL,                     -- the statement line's day, on both sides
    state       text NOT NULL CHECK (state IN ('matched', 'undone')),
    pass        text NOT NULL,                     -- receipt, account, manual
    score       numeric(4,3) NOT NULL,
    reasons     text[] NOT NULL,
    matched_by  text NOT NULL DEFAULT finance.person(),
    matched_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (fleet_id, id)
);
CREATE INDEX reconciliation_match_by_day ON finance.reconciliation_match (fleet_id, day);
-- A payment and a statement line can each be used once: by constraint, not by care. An undone match frees both.
CREATE TABLE finance.match_payment (
    fleet_id    uuid NOT NULL,
    payment_id  uuid NOT NULL,
    match_id    uuid NOT NULL,
    PRIMARY KEY (fleet_id, payment_id),
    FOREIGN KEY (fleet_id, match_id) REFERENCES finance.reconciliation_match (fleet_id, id)
);
CREATE INDEX match_payment_by_match ON finance.match_payment (fleet_id, match_id);
CREATE TABLE finance.match_line (
    fleet_id  uuid NOT NULL,
    line_id   uuid NOT NULL,
    match_id  uuid NOT NULL,
    PRIMARY KEY (fleet_id, line_id),
    FOREIGN KEY (fleet_id, match_id) REFERENCES finance.reconciliation_match (fleet_id, id),
    FOREIGN KEY (fleet_id, line_id) REFERENCES finance.statement_line (fleet_id, id)
);
CREATE INDEX match_line_by_match ON finance.match_line (fleet_id, match_id);
CREATE TABLE finance.reconciliation_exception (
    fleet_id    uuid NOT NULL,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    day         date NOT NULL,
    name        text NOT NULL,
    payment_id  uuid,
    line_id     uuid,
    amount      numeric(14,2) NOT NULL,            -- KES at stake, positive
    detail      text NOT NULL,                     -- one sentence
    found_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (fleet_id, id),
    CHECK (payment_id IS NOT NULL OR line_id IS NOT NULL)
);
CREATE INDEX reconciliation_exception_by_day ON finance.reconciliation_exception (fleet_id, day, name);

-- What was specified for later pages, under its specified names --------------------------------------------------------------

CREATE TABLE finance.revenue_analytics (
    id                         uuid NOT NULL DEFAULT gen_random_uuid(),
    fleet_id                   uuid NOT NULL,
    period_type                text NOT NULL CHECK (period_type IN ('daily', 'weekly', 'monthly')),
    period_start               date NOT NULL,
    period_end                 date NOT NULL,
    total_revenue              numeric(14,2) NOT NULL,
    transaction_count          integer NOT NULL,
    average_transaction        numeric(14,2),
    revenue_by_route           jsonb NOT NULL DEFAULT '[]',
    revenue_by_vehicle         jsonb NOT NULL DEFAULT '[]',
    revenue_by_driver          jsonb NOT NULL DEFAULT '[]',
    revenue_by_payment_method  jsonb NOT NULL DEFAULT '[]',
    calculated_at              timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (fleet_id, id),
    UNIQUE (fleet_id, period_type, period_start)
);
CREATE TABLE finance.payment_alerts (
    id                    uuid NOT NULL DEFAULT gen_random_uuid(),
    fleet_id              uuid NOT NULL,
    alert_type            text NOT NULL,
    alert_name            text NOT NULL,
    conditions            jsonb NOT NULL,
    notification_methods  text[] NOT NULL DEFAULT '{}',
    recipients            uuid[] NOT NULL DEFAULT '{}',
    is_active             boolean NOT NULL DEFAULT true,
    created_at            timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (fleet_id, id)
);
