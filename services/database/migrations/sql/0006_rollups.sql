-- Totals of payments and of revenue, kept by the projector, so that no figure is added up twice. Runs as finance_owner.

-- The projector pauses for this lock between two batches and goes on by itself; nobody else writes payments.
SELECT pg_advisory_xact_lock(7261202603);
LOCK TABLE finance.payment IN SHARE ROW EXCLUSIVE MODE;

-- Whose clock ------------------------------------------------------------------------------------------------------------------

-- The zone in which a fleet's days and hours are counted. It stays when the booking system's fleet goes or changes its zone, so
-- that a payment is taken out of the very hour that it was put in.
ALTER TABLE finance.feed ADD COLUMN timezone text NOT NULL DEFAULT 'Africa/Nairobi';
UPDATE finance.feed SET timezone = f.timezone FROM finance.fleet f WHERE f.fleet_id = feed.fleet_id;

-- The totals -------------------------------------------------------------------------------------------------------------------

-- Every payment, on the hour and day of its creation. Rows without payments are removed. Room is left on each page: the rows of
-- the running hour change all the time.
CREATE TABLE finance.payment_totals (
    fleet_id   uuid NOT NULL,
    dimension  text NOT NULL,                      -- '' | 'route' | 'method'
    member     text NOT NULL,                      -- '' | the route's id, the nil uuid where there is none | the method
    grain      text NOT NULL,                      -- 'day' | 'month' | 'year'
    start      date NOT NULL,
    hour       smallint NOT NULL,                  -- of creation, 0 to 23
    status     text NOT NULL,
    code       text NOT NULL,                      -- the result code of a failure, '' otherwise
    currency   text NOT NULL,
    payments   bigint NOT NULL,
    amount     numeric(14,2) NOT NULL,
    refunded   numeric(14,2) NOT NULL,
    PRIMARY KEY (fleet_id, dimension, member, grain, start, hour, status, code, currency)
) WITH (fillfactor = 70);

-- What was taken and refunded, on the hour and day of that. A row of zeros is the same as none.
CREATE TABLE finance.revenue_totals (
    fleet_id        uuid NOT NULL,
    dimension       text NOT NULL,                 -- '' | 'route' | 'vehicle' | 'driver' | 'method'
    member          text NOT NULL,
    grain           text NOT NULL,                 -- 'hour' | 'day' | 'month'
    start           timestamp NOT NULL,            -- by the fleet's clock
    currency        text NOT NULL,
    taken           numeric(14,2) NOT NULL,
    taken_count     bigint NOT NULL,
    refunded        numeric(14,2) NOT NULL,
    refunded_count  bigint NOT NULL,
    PRIMARY KEY (fleet_id, dimension, member, grain, start, currency)
) WITH (fillfactor = 70);

-- Taken between two clock times: completed then, or not known to be completed and created then. Not one index over coalesce(…):
-- under row-level security the planner does not trust it, and reads every payment of the fleet.
CREATE INDEX payment_by_taken_at ON finance.payment (fleet_id, completed_at, created_at) WHERE taken_day IS NOT NULL;

-- What a payment counts in: written once, for the projector, the views below and whoever proves them. The planner puts the bodies
-- in place of the calls. ---------------------------------------------------------------------------------------------------------

CREATE FUNCTION finance.payment_dimensions(route uuid, method text) RETURNS TABLE (dimension text, member text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    SELECT * FROM (VALUES ('', ''),
                          ('route', coalesce(route, '00000000-0000-0000-0000-000000000000')::text),
                          ('method', method)) AS d(dimension, member);
END;

CREATE FUNCTION finance.revenue_dimensions(route uuid, vehicle uuid, driver uuid, method text)
    RETURNS TABLE (dimension text, member text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 5
BEGIN ATOMIC
    SELECT * FROM (VALUES ('', ''),
                          ('route', coalesce(route, '00000000-0000-0000-0000-000000000000')::text),
                          ('vehicle', coalesce(vehicle, '00000000-0000-0000-0000-000000000000')::text),
                          ('driver', coalesce(driver, '00000000-0000-0000-0000-000000000000')::text),
                          ('method', method)) AS d(dimension, member);
END;

CREATE FUNCTION finance.payment_grains(clock timestamp) RETURNS TABLE (grain text, start date)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    SELECT * FROM (VALUES ('day', clock::date),
                          ('month', date_trunc('month', clock)::date),
                          ('year', date_trunc('year', clock)::date)) AS g(grain, start);
END;

CREATE FUNCTION finance.revenue_grains(clock timestamp) RETURNS TABLE (grain text, start timestamp)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 3
BEGIN ATOMIC
    SELECT * FROM (VALUES ('hour', date_trunc('hour', clock)),
                          ('day', date_trunc('day', clock)),
                          ('month', date_trunc('month', clock))) AS g(grain, start);
END;

-- A payment's entries: its amount when it was taken, its refund when it was refunded. The days are those of finance.payment, null
-- where there is nothing to book.
CREATE FUNCTION finance.revenue_entries(zone text, taken_day date, taken_at timestamptz, amount numeric,
    refunded_day date, refunded_at timestamptz, refunded_amount numeric)
    RETURNS TABLE (day date, clock timestamp, taken numeric, taken_count integer, refunded numeric, refunded_count integer)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 2
BEGIN ATOMIC
    SELECT e.* FROM (VALUES (taken_day, date_trunc('hour', taken_at AT TIME ZONE zone), amount, 1, 0::numeric, 0),
                            (refunded_day, date_trunc('hour', refunded_at AT TIME ZONE zone), 0::numeric, 0, refunded_amount, 1))
                   AS e(day, clock, taken, taken_count, refunded, refunded_count)
    WHERE e.day IS NOT NULL;
END;

-- What the totals must be, from the read model -----------------------------------------------------------------------------------

CREATE VIEW finance.payment_totals_source WITH (security_invoker = true) AS
WITH counted AS (
    SELECT p.fleet_id, p.route_id, p.method, date_trunc('hour', p.created_at AT TIME ZONE f.timezone) AS clock, p.status,
           CASE p.status WHEN 'failed' THEN coalesce(p.result_code, '') ELSE '' END AS code, p.currency,
           count(*) AS payments, sum(p.amount) AS amount, sum(p.refunded_amount) AS refunded
    FROM finance.payment p JOIN finance.feed f ON f.fleet_id = p.fleet_id
    GROUP BY 1, 2, 3, 4, 5, 6, 7
),
by_hour AS (                                       -- few rows are left for the grains to multiply
    SELECT c.fleet_id, d.dimension, d.member, c.clock, c.status, c.code, c.currency,
           sum(c.payments) AS payments, sum(c.amount) AS amount, sum(c.refunded) AS refunded
    FROM counted c
    CROSS JOIN LATERAL finance.payment_dimensions(c.route_id, c.method) d
    GROUP BY 1, 2, 3, 4, 5, 6, 7
)
SELECT c.fleet_id, c.dimension, c.member, g.grain, g.start, extract(hour FROM c.clock)::smallint AS hour, c.status, c.code, c.currency,
       sum(c.payments)::bigint AS payments, sum(c.amount) AS amount, sum(c.refunded) AS refunded
FROM by_hour c
CROSS JOIN LATERAL finance.payment_grains(c.clock) g
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;

CREATE VIEW finance.revenue_totals_source WITH (security_invoker = true) AS
WITH booked AS (
    SELECT p.fleet_id, d.dimension, d.member, e.clock, p.currency, sum(e.taken) AS taken, sum(e.taken_count) AS taken_count,
           sum(e.refunded) AS refunded, sum(e.refunded_count) AS refunded_count
    FROM finance.payment p JOIN finance.feed f ON f.fleet_id = p.fleet_id
    CROSS JOIN LATERAL finance.revenue_entries(f.timezone, p.taken_day, coalesce(p.completed_at, p.created_at), p.amount,
                                               p.refunded_day, coalesce(p.refunded_at, p.updated_at), p.refunded_amount) e
    CROSS JOIN LATERAL finance.revenue_dimensions(p.route_id, p.vehicle_id, p.driver_id, p.method) d
    GROUP BY 1, 2, 3, 4, 5
)
SELECT b.fleet_id, b.dimension, b.member, g.grain, g.start, b.currency, sum(b.taken) AS taken,
       sum(b.taken_count)::bigint AS taken_count, sum(b.refunded) AS refunded, sum(b.refunded_count)::bigint AS refunded_count
FROM booked b
CROSS JOIN LATERAL finance.revenue_grains(b.clock) g
GROUP BY 1, 2, 3, 4, 5, 6;

-- Events name the short code -----------------------------------------------------------------------------------------------------

CREATE FUNCTION finance.payment_state(status text, amount numeric, refunded_amount numeric, currency text, method text, route_id uuid,
    vehicle_id uuid, driver_id uuid, created_at timestamptz, completed_at timestamptz, result_code text, short_code text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN jsonb_build_object('status', status, 'amount', amount::text, 'refunded_amount', refunded_amount::text,
        'currency', currency, 'method', method, 'route_id', route_id, 'vehicle_id', vehicle_id, 'driver_id', driver_id,
        'created_at', created_at, 'completed_at', completed_at, 'result_code', result_code, 'short_code', short_code);

-- A back office of an earlier release knows no totals and would let them drift. This stops it: its notes stay for a newer one.
CREATE OR REPLACE FUNCTION finance.payment_state(status text, amount numeric, refunded_amount numeric, currency text, method text,
    route_id uuid, vehicle_id uuid, driver_id uuid, created_at timestamptz, completed_at timestamptz, result_code text) RETURNS jsonb
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RAISE EXCEPTION 'this back office is older than the database: update it' USING ERRCODE = 'object_not_in_prerequisite_state';
END $$;

-- Rights -------------------------------------------------------------------------------------------------------------------------

GRANT SELECT ON finance.payment_totals, finance.revenue_totals TO finance_viewer;
GRANT SELECT, INSERT, UPDATE, DELETE ON finance.payment_totals, finance.revenue_totals TO finance_projector;
GRANT SELECT ON finance.payment_totals_source, finance.revenue_totals_source TO finance_projector;
GRANT EXECUTE ON FUNCTION finance.payment_dimensions(uuid, text), finance.revenue_dimensions(uuid, uuid, uuid, text),
    finance.payment_grains(timestamp), finance.revenue_grains(timestamp),
    finance.revenue_entries(text, date, timestamptz, numeric, date, timestamptz, numeric),
    finance.payment_state(text, numeric, numeric, text, text, uuid, uuid, uuid, timestamptz, timestamptz, text, text)
    TO finance_projector;

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['payment_totals', 'revenue_totals'] LOOP
        EXECUTE format('ALTER TABLE finance.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY owner_all ON finance.%I TO finance_owner USING (true) WITH CHECK (true)', table_name);
        EXECUTE format('CREATE POLICY member_reads ON finance.%I FOR SELECT TO finance_viewer '
                       'USING (fleet_id = ANY ((SELECT finance.my_fleets())::uuid[]))', table_name);
        EXECUTE format('CREATE POLICY projector_all ON finance.%I TO finance_projector USING (true) WITH CHECK (true)', table_name);
    END LOOP;
END $$;

-- What is there already ----------------------------------------------------------------------------------------------------------

-- The planner takes the groups for few and would sort every row that goes into them.
SET LOCAL enable_sort = off;
SET LOCAL work_mem = '128MB';
INSERT INTO finance.payment_totals SELECT * FROM finance.payment_totals_source;
INSERT INTO finance.revenue_totals SELECT * FROM finance.revenue_totals_source;
RESET enable_sort;
RESET work_mem;
-- A table that was just filled is otherwise taken for empty.
ANALYZE finance.payment_totals, finance.revenue_totals;
