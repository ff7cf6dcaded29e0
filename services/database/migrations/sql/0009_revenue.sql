-- What the back office keeps of revenue: analytics rows, forecasts; and the targets that people set. Runs as finance_owner.

-- What is due ------------------------------------------------------------------------------------------------------------------

-- Days whose revenue changed since their rows of revenue_analytics were calculated. Only ever inserted and removed, like the inbox:
-- a mark commits with its change, so who sees the mark sees the change, and nobody waits for who is calculating.
CREATE TABLE finance.revenue_due (
    fleet_id  uuid NOT NULL,
    seq       bigint GENERATED ALWAYS AS IDENTITY,
    day       date,                                -- null: every day of the fleet
    PRIMARY KEY (fleet_id, seq)
) WITH (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0);

-- Triggers, so that a day is marked whoever changes it: the projector, a rebuild, a bulk load.
CREATE FUNCTION finance.note_revenue_due() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO finance.revenue_due (fleet_id, day) SELECT DISTINCT fleet_id, day FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER due_insert AFTER INSERT ON finance.revenue_daily REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION finance.note_revenue_due();
CREATE TRIGGER due_update AFTER UPDATE ON finance.revenue_daily REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION finance.note_revenue_due();
CREATE TRIGGER due_delete AFTER DELETE ON finance.revenue_daily REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION finance.note_revenue_due();

-- A name stands in every row that it has a part in; a fleet's currency says what is summed.
CREATE FUNCTION finance.note_names_due() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO finance.revenue_due (fleet_id) SELECT DISTINCT fleet_id FROM changed;
    RETURN NULL;
END $$;
DO $$
DECLARE
    table_name text;
    event text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['fleet', 'route', 'vehicle', 'driver'] LOOP
        FOREACH event IN ARRAY ARRAY['INSERT', 'UPDATE', 'DELETE'] LOOP
            EXECUTE format('CREATE TRIGGER due_%s AFTER %s ON finance.%I REFERENCING %s TABLE AS changed '
                           'FOR EACH STATEMENT EXECUTE FUNCTION finance.note_names_due()',
                           lower(event), event, table_name, CASE event WHEN 'DELETE' THEN 'OLD' ELSE 'NEW' END);
        END LOOP;
    END LOOP;
END $$;

INSERT INTO finance.revenue_due (fleet_id) SELECT fleet_id FROM finance.feed;

-- Forecasts --------------------------------------------------------------------------------------------------------------------

-- One for the fleet (''), each route and each vehicle with a history; made anew as a whole.
CREATE TABLE finance.revenue_forecast (
    fleet_id    uuid NOT NULL,
    dimension   text NOT NULL CHECK (dimension IN ('', 'route', 'vehicle')),
    member      text NOT NULL,                     -- '' | the route's or vehicle's id
    made_at     timestamptz NOT NULL,
    as_of_day   date NOT NULL,                     -- the last day of the history; the first forecast day is the next one
    model       text NOT NULL,
    words       text NOT NULL,                     -- model and back-tested error in a sentence, or why there is no forecast
    mase        double precision,                  -- the back-test; null where there was none
    naive_mase  double precision,
    wape        double precision,
    starts      integer,
    alike       double precision NOT NULL,         -- how much errors of neighbouring days resemble each other
    days        jsonb NOT NULL,                    -- [{"day", "mean", "low80", "high80", "low95", "high95"}], in order
    PRIMARY KEY (fleet_id, dimension, member)
);

-- Targets ----------------------------------------------------------------------------------------------------------------------

-- Revenue a day that is aimed at, from a day on until the next one of the same fleet, route or vehicle.
CREATE TABLE finance.revenue_target (
    fleet_id   uuid NOT NULL,
    id         uuid NOT NULL DEFAULT gen_random_uuid(),
    dimension  text NOT NULL CHECK (dimension IN ('', 'route', 'vehicle')),
    member     text NOT NULL CHECK (CASE dimension WHEN '' THEN member = '' ELSE member ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' END),
    from_day   date NOT NULL,
    per_day    numeric(14,2) NOT NULL CHECK (per_day > 0),
    set_by     text NOT NULL DEFAULT finance.person(),
    set_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (fleet_id, id),
    UNIQUE (fleet_id, dimension, member, from_day)
);

CREATE FUNCTION finance.stamp_revenue_target() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.set_by := finance.person();
    NEW.set_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER stamp BEFORE UPDATE ON finance.revenue_target FOR EACH ROW EXECUTE FUNCTION finance.stamp_revenue_target();
SELECT finance.audit_table('finance.revenue_target');

-- The summary, from the totals -------------------------------------------------------------------------------------------------

CREATE OR REPLACE VIEW finance.payment_summary WITH (security_invoker = true) AS
SELECT start AS payment_date, status, sum(payments)::bigint AS transaction_count, sum(amount) AS total_amount, fleet_id
FROM finance.payment_totals
WHERE dimension = '' AND member = '' AND grain = 'day'
GROUP BY fleet_id, start, status
HAVING sum(payments) <> 0;

-- Rights -----------------------------------------------------------------------------------------------------------------------

REVOKE ALL ON FUNCTION finance.note_revenue_due(), finance.note_names_due(), finance.stamp_revenue_target() FROM PUBLIC;
GRANT SELECT ON finance.revenue_forecast, finance.revenue_target TO finance_viewer;
GRANT INSERT (fleet_id, dimension, member, from_day, per_day), UPDATE (per_day), DELETE ON finance.revenue_target TO finance_manager;

-- The projector's process keeps them.
GRANT SELECT, INSERT (fleet_id, day), DELETE ON finance.revenue_due TO finance_projector;
GRANT SELECT, DELETE,
    INSERT (fleet_id, period_type, period_start, period_end, total_revenue, transaction_count, average_transaction, revenue_by_route,
            revenue_by_vehicle, revenue_by_driver, revenue_by_payment_method, calculated_at),
    UPDATE (period_end, total_revenue, transaction_count, average_transaction, revenue_by_route, revenue_by_vehicle, revenue_by_driver,
            revenue_by_payment_method, calculated_at) ON finance.revenue_analytics TO finance_projector;
GRANT SELECT, INSERT, DELETE ON finance.revenue_forecast TO finance_projector;

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['revenue_due', 'revenue_forecast', 'revenue_target'] LOOP
        EXECUTE format('ALTER TABLE finance.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY owner_all ON finance.%I TO finance_owner USING (true) WITH CHECK (true)', table_name);
    END LOOP;
    FOREACH table_name IN ARRAY ARRAY['revenue_forecast', 'revenue_target'] LOOP
        EXECUTE format('CREATE POLICY member_reads ON finance.%I FOR SELECT TO finance_viewer '
                       'USING (fleet_id = ANY ((SELECT finance.my_fleets())::uuid[]))', table_name);
    END LOOP;
    FOREACH table_name IN ARRAY ARRAY['revenue_due', 'revenue_analytics', 'revenue_forecast'] LOOP
        EXECUTE format('CREATE POLICY projector_all ON finance.%I TO finance_projector USING (true) WITH CHECK (true)', table_name);
    END LOOP;
END $$;
CREATE POLICY manager_writes ON finance.revenue_target TO finance_manager
    USING (fleet_id = ANY ((SELECT finance.my_fleets('manager'))::uuid[]))
    WITH CHECK (fleet_id = ANY ((SELECT finance.my_fleets('manager'))::uuid[]));
