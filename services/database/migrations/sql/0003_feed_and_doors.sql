-- What the finance schema does and who may do it: capture, projection source, functions, row-level security, rights.
-- Runs as finance_owner; the rights in schema public were granted before by the login that migrates.

-- Capture: copies, looks nothing up, and steps aside when our table is gone. A statement-level trigger sees all rows at once.

CREATE FUNCTION finance.note_payment_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF pg_catalog.to_regclass('finance.payment_change') IS NOT NULL THEN
        INSERT INTO finance.payment_change (source, source_id, booking_id, op, status, amount, refunded_amount, result_code)
        SELECT 'payment', id::text, booking_id, TG_ARGV[0], status, amount, refunded_amount, result_code FROM noted;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION finance.note_booking_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF pg_catalog.to_regclass('finance.payment_change') IS NOT NULL THEN
        INSERT INTO finance.payment_change (source, source_id, booking_id, op)
        SELECT 'booking', id::text, id, TG_ARGV[0] FROM noted;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION finance.note_name_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF pg_catalog.to_regclass('finance.payment_change') IS NOT NULL THEN
        INSERT INTO finance.payment_change (source, source_id, op)
        SELECT TG_ARGV[1], id::text, TG_ARGV[0] FROM noted;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION finance.note_till_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF pg_catalog.to_regclass('finance.payment_change') IS NOT NULL THEN
        INSERT INTO finance.payment_change (source, source_id, op)
        SELECT 'till', shortcode, TG_ARGV[0] FROM noted;
    END IF;
    RETURN NULL;
END $$;

-- Shown forms and search words ---------------------------------------------------------------------------------------------

CREATE FUNCTION finance.local_phone(written text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        WITH digits AS (SELECT regexp_replace(written, '[^0-9]', '', 'g') AS d)
        SELECT CASE
            WHEN d ~ '^00254[0-9]{9}$' THEN '0' || substr(d, 6)
            WHEN d ~ '^254[0-9]{9}$' THEN '0' || substr(d, 4)
            WHEN d ~ '^[17][0-9]{8}$' THEN '0' || d
            ELSE nullif(d, '') END
        FROM digits
    );

CREATE FUNCTION finance.phone_shown(written text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN written ~ '[*•xX]' AND length(regexp_replace(written, '[^0-9]', '', 'g')) >= 3
            THEN regexp_replace(left(regexp_replace(regexp_replace(written, '^[+ ]*254', '0'), '[^0-9].*$', ''), 4), '$', ' ••• ')
                 || right(regexp_replace(written, '[^0-9]', '', 'g'), 3)
        WHEN length(finance.local_phone(written)) >= 8
            THEN left(finance.local_phone(written), 4) || ' ••• ' || right(finance.local_phone(written), 3)
        WHEN finance.local_phone(written) IS NOT NULL THEN '•••'
    END;

-- 'Alice Wanjiru' → 'Alice W.'; one word stays; never longer than 60 characters.
CREATE FUNCTION finance.passenger_shown(full_name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        WITH words AS (SELECT regexp_split_to_array(btrim(regexp_replace(full_name, '\s+', ' ', 'g')), ' ') AS w)
        SELECT nullif(left(w[1], 60) || CASE WHEN array_length(w, 1) > 1
            THEN ' ' || left(w[array_length(w, 1)], 1) || '.' ELSE '' END, '')
        FROM words
    );

-- Lexemes: 'n:' words of the name, 'd:' every run of four digits of the phone (in local form, up to fifteen digits),
-- 'r:' receipt, 'b:' booking reference. Written out without sub-queries: this runs once for every projected payment.
CREATE FUNCTION finance.search_words(full_name text, digits text, receipt text, reference text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_to_tsvector(array_remove(array_remove(
        string_to_array('n:' || replace(btrim(regexp_replace(lower(left(full_name, 200)), '[^[:alnum:]'']+', ' ', 'g')), ' ', ' n:'), ' ')
        || ARRAY[CASE WHEN length(digits) >= 4 THEN 'd:' || substr(digits, 1, 4) END, CASE WHEN length(digits) >= 5 THEN 'd:' || substr(digits, 2, 4) END,
             CASE WHEN length(digits) >= 6 THEN 'd:' || substr(digits, 3, 4) END, CASE WHEN length(digits) >= 7 THEN 'd:' || substr(digits, 4, 4) END,
             CASE WHEN length(digits) >= 8 THEN 'd:' || substr(digits, 5, 4) END, CASE WHEN length(digits) >= 9 THEN 'd:' || substr(digits, 6, 4) END,
             CASE WHEN length(digits) >= 10 THEN 'd:' || substr(digits, 7, 4) END, CASE WHEN length(digits) >= 11 THEN 'd:' || substr(digits, 8, 4) END,
             CASE WHEN length(digits) >= 12 THEN 'd:' || substr(digits, 9, 4) END, CASE WHEN length(digits) >= 13 THEN 'd:' || substr(digits, 10, 4) END,
             CASE WHEN length(digits) >= 14 THEN 'd:' || substr(digits, 11, 4) END, CASE WHEN length(digits) >= 15 THEN 'd:' || substr(digits, 12, 4) END,
             'r:' || lower(left(nullif(receipt, ''), 100)), 'b:' || lower(left(nullif(reference, ''), 100))],
        NULL), 'n:'));

-- What the read model must be: the booking system's truth, one row a payment. The projector, verify and rebuild share it.
-- Days need a zone that PostgreSQL knows, so the fleet is the projected copy, whose zone was checked when it was copied.
CREATE VIEW finance.payment_source WITH (security_invoker = true) AS
SELECT b.fleet_id,
       t.id,
       t.booking_id,
       b.reference AS booking_reference,
       b.route_id,
       b.vehicle_id,
       b.driver_id,
       b.passenger_name AS passenger,
       coalesce(t.phone_number, b.passenger_phone) AS phone,
       finance.passenger_shown(b.passenger_name) AS passenger_shown,
       finance.phone_shown(coalesce(t.phone_number, b.passenger_phone)) AS phone_shown,
       t.amount::numeric(14,2) AS amount,
       (t.amount * 100)::bigint AS amount_cents,
       t.currency,
       t.payment_method AS method,
       t.status,
       t.transaction_id AS receipt,
       t.checkout_request_id,
       t.shortcode AS short_code,
       t.result_code,
       t.failure_reason,
       t.refunded_amount::numeric(14,2) AS refunded_amount,
       t.created_at,
       t.completed_at,
       t.refunded_at,
       t.updated_at,
       (t.created_at AT TIME ZONE f.timezone)::date AS created_day,
       CASE WHEN t.status IN ('completed', 'refunded', 'partially_refunded')
            THEN (coalesce(t.completed_at, t.created_at) AT TIME ZONE f.timezone)::date END AS taken_day,
       CASE WHEN t.status IN ('completed', 'refunded', 'partially_refunded') AND t.refunded_amount <> 0
            THEN (coalesce(t.refunded_at, t.updated_at) AT TIME ZONE f.timezone)::date END AS refunded_day,
       finance.search_words(b.passenger_name, local.digits, t.transaction_id, b.reference) AS search
FROM public.payment_transactions t
JOIN public.bookings b ON b.id = t.booking_id
JOIN finance.fleet f ON f.fleet_id = b.fleet_id
CROSS JOIN LATERAL (SELECT finance.local_phone(coalesce(t.phone_number, b.passenger_phone)) AS digits OFFSET 0) local;

-- A payment as figures need it, without personal data: an event's before and after.
CREATE FUNCTION finance.payment_state(status text, amount numeric, refunded_amount numeric, currency text, method text, route_id uuid,
    vehicle_id uuid, driver_id uuid, created_at timestamptz, completed_at timestamptz, result_code text) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN jsonb_build_object('status', status, 'amount', amount::text, 'refunded_amount', refunded_amount::text,
        'currency', currency, 'method', method, 'route_id', route_id, 'vehicle_id', vehicle_id, 'driver_id', driver_id,
        'created_at', created_at, 'completed_at', completed_at, 'result_code', result_code);

-- What the roll-up must be, from the read model.
CREATE VIEW finance.revenue_source WITH (security_invoker = true) AS
SELECT p.fleet_id, booked.day, keyed.route_id, keyed.vehicle_id, keyed.driver_id, p.method, p.currency,
       sum(taken) AS taken, sum(taken_count)::bigint AS taken_count,
       sum(refunded) AS refunded, sum(refunded_count)::bigint AS refunded_count
FROM finance.payment p
CROSS JOIN LATERAL (VALUES (p.taken_day, p.amount, 1, 0::numeric, 0),
                           (p.refunded_day, 0::numeric, 0, p.refunded_amount, 1))
           AS booked(day, taken, taken_count, refunded, refunded_count)
CROSS JOIN LATERAL (SELECT coalesce(p.route_id, '00000000-0000-0000-0000-000000000000'),
                           coalesce(p.vehicle_id, '00000000-0000-0000-0000-000000000000'),
                           coalesce(p.driver_id, '00000000-0000-0000-0000-000000000000'))
           AS keyed(route_id, vehicle_id, driver_id)
WHERE booked.day IS NOT NULL
GROUP BY 1, 2, 3, 4, 5, 6, 7;

CREATE VIEW finance.payment_summary WITH (security_invoker = true) AS
SELECT created_day AS payment_date, status, count(*) AS transaction_count, sum(amount) AS total_amount, fleet_id
FROM finance.payment
GROUP BY fleet_id, created_day, status;

-- Search: one door that checks membership itself, because under row-level security `@@` cannot reach its index. ---------------
-- words: any must begin a word of the name, a receipt or a reference; digits: a run of the phone in local form, or null.
-- Each element of `words` is one sought word; `digits` at the same position, where not null, may match instead.

CREATE FUNCTION finance.search_payments(fleet uuid, words text[], digits text[], since timestamptz, until timestamptz)
    RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sought tsquery;
    part tsquery;
    word text;
BEGIN
    IF NOT (fleet = ANY (finance.my_fleets()) OR finance.is_operator()) THEN
        RETURN;
    END IF;
    FOR position IN 1 .. cardinality(words) LOOP
        word := replace(replace(lower(left(words[position], 100)), '\', '\\'), '''', '''''');
        part := format('''n:%1$s'':* | ''r:%1$s'':* | ''b:%1$s'':*', word)::tsquery;
        IF digits[position] IS NOT NULL THEN
            part := part || (SELECT string_agg(format('''d:%s''', substr(digits[position], i, 4)), ' & ')::tsquery
                             FROM generate_series(1, length(digits[position]) - 3) i);
        END IF;
        sought := CASE WHEN sought IS NULL THEN part ELSE sought && part END;
    END LOOP;
    RETURN QUERY
        SELECT p.id FROM finance.payment p
        WHERE p.fleet_id = fleet AND p.search @@ sought AND p.created_at >= since AND p.created_at < until
          -- four-digit runs can meet by chance: the whole run is looked for again
          AND NOT EXISTS (
              SELECT 1 FROM unnest(words, digits) AS s(w, d)
              WHERE s.d IS NOT NULL AND length(s.d) > 4
                AND strpos(coalesce(finance.local_phone(p.phone), ''), s.d) = 0
                AND NOT (p.search @@ format('''r:%1$s'':* | ''b:%1$s'':* | ''n:%1$s'':*',
                                            replace(replace(lower(left(s.w, 100)), '\', '\\'), '''', ''''''))::tsquery));
END $$;

-- Tickets: issued over the person's own connection, consumed once by the relay within 60 seconds. --------------------------------

CREATE FUNCTION finance.issue_relay_ticket() RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ticket text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
BEGIN
    DELETE FROM finance.relay_ticket WHERE expires_at < now();
    INSERT INTO finance.relay_ticket (ticket_hash, login, operator, expires_at)
    VALUES (sha256(convert_to(ticket, 'UTF8')), session_user, finance.is_operator(), now() + interval '60 seconds');
    RETURN ticket;
END $$;

CREATE FUNCTION finance.fleets_of(person_login text, operator boolean) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN (
        SELECT coalesce(array_agg(DISTINCT f.fleet_id), '{}')
        FROM finance.fleet f
        WHERE operator OR EXISTS (
            SELECT 1 FROM finance.fleet_member m
            WHERE m.fleet_id = f.fleet_id AND m.login = person_login
              AND now() >= m.valid_from AND (m.valid_to IS NULL OR now() < m.valid_to))
    );

CREATE FUNCTION finance.consume_relay_ticket(ticket text)
    RETURNS TABLE (login text, operator boolean, fleets uuid[])
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    DELETE FROM finance.relay_ticket t
    WHERE t.ticket_hash = sha256(convert_to(ticket, 'UTF8')) AND t.expires_at >= now()
    RETURNING t.login, t.operator, finance.fleets_of(t.login, t.operator);
END;

-- Who reconciled a day, and when, is the server's word. ---------------------------------------------------------------------

CREATE FUNCTION finance.stamp_reconciliation() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.reconciled_by := finance.person();
    NEW.reconciled_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON finance.payment_reconciliation
    FOR EACH ROW EXECUTE FUNCTION finance.stamp_reconciliation();

-- Rights -----------------------------------------------------------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA finance FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA finance FROM PUBLIC;
GRANT USAGE ON SCHEMA finance
    TO finance_viewer, finance_projector, finance_relay, finance_alerts, finance_api;

GRANT SELECT ON finance.alembic_version TO finance_viewer, finance_projector, finance_relay, finance_alerts, finance_api;
GRANT EXECUTE ON FUNCTION finance.is_operator(), finance.person(), finance.my_fleets(text), finance.role_rank(text),
    finance.search_payments(uuid, text[], text[], timestamptz, timestamptz), finance.issue_relay_ticket(),
    finance.stamp_reconciliation() TO finance_viewer;
GRANT SELECT ON finance.fleet, finance.route, finance.vehicle, finance.driver, finance.till, finance.revenue_daily,
    finance.feed, finance.payment_event, finance.statement, finance.statement_line, finance.statement_rejection,
    finance.payment_reconciliation, finance.reconciliation_match, finance.match_payment, finance.match_line,
    finance.reconciliation_exception, finance.revenue_analytics, finance.payment_alerts, finance.payment_summary,
    finance.relay, finance.projector, finance.fleet_member TO finance_viewer;
GRANT SELECT (fleet_id, id, booking_id, booking_reference, route_id, vehicle_id, driver_id, passenger_shown, phone_shown, amount,
    amount_cents, currency, method, status, receipt, checkout_request_id, short_code, result_code, failure_reason, refunded_amount,
    created_at, completed_at, refunded_at, updated_at, created_day, taken_day, refunded_day) ON finance.payment TO finance_viewer;

GRANT INSERT (fleet_id, id, short_code, layout, file_name, sha256, holder, first_day, last_day, covered_from, covered_to,
    opening_balance, closing_balance, total_paid_in, total_withdrawn, rows, imported, duplicates, rejected, controls, balance_chain) ON finance.statement TO finance_manager;
GRANT INSERT ON finance.statement_line, finance.statement_rejection TO finance_manager;
GRANT INSERT (fleet_id, id, day, state, pass, score, reasons) ON finance.reconciliation_match TO finance_manager;
GRANT UPDATE (state) ON finance.reconciliation_match TO finance_manager;
GRANT INSERT, DELETE ON finance.match_payment, finance.match_line, finance.reconciliation_exception TO finance_manager;
GRANT INSERT (id, reconciliation_date, fleet_id, system_total, mpesa_total, difference, status, notes),
    UPDATE (system_total, mpesa_total, difference, status, notes) ON finance.payment_reconciliation TO finance_manager;

GRANT SELECT, INSERT, DELETE ON finance.payment_change TO finance_projector;
GRANT SELECT, INSERT, UPDATE, DELETE ON finance.payment_change_parked, finance.payment, finance.revenue_daily, finance.fleet,
    finance.route, finance.vehicle, finance.driver, finance.till, finance.feed, finance.projector TO finance_projector;
GRANT SELECT, INSERT ON finance.payment_event TO finance_projector;
GRANT SELECT ON finance.payment_source, finance.revenue_source TO finance_projector;
GRANT EXECUTE ON FUNCTION finance.local_phone(text), finance.phone_shown(text), finance.passenger_shown(text),
    finance.search_words(text, text, text, text), finance.payment_state(text, numeric, numeric, text, text, uuid, uuid, uuid,
    timestamptz, timestamptz, text) TO finance_projector;

GRANT SELECT ON finance.feed, finance.payment_event, finance.projector TO finance_relay;
GRANT SELECT, INSERT, UPDATE, DELETE ON finance.relay TO finance_relay;
GRANT EXECUTE ON FUNCTION finance.consume_relay_ticket(text), finance.fleets_of(text, boolean) TO finance_relay;

-- Row-level security, forced: also the owner sees only what a policy grants. ----------------------------------------------------

DO $$
DECLARE
    table_name text;
BEGIN
    FOR table_name IN
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'fleet_id'
        WHERE c.relnamespace = 'finance'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('ALTER TABLE finance.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY owner_all ON finance.%I TO finance_owner USING (true) WITH CHECK (true)', table_name);
        EXECUTE format('CREATE POLICY member_reads ON finance.%I FOR SELECT TO finance_viewer '
                       'USING (fleet_id = ANY ((SELECT finance.my_fleets())::uuid[]))', table_name);
    END LOOP;
    FOREACH table_name IN ARRAY ARRAY['payment', 'revenue_daily', 'fleet', 'route', 'vehicle', 'driver', 'till', 'feed', 'payment_event'] LOOP
        EXECUTE format('CREATE POLICY projector_all ON finance.%I TO finance_projector USING (true) WITH CHECK (true)', table_name);
    END LOOP;
    FOREACH table_name IN ARRAY ARRAY['feed', 'payment_event'] LOOP
        EXECUTE format('CREATE POLICY relay_reads ON finance.%I FOR SELECT TO finance_relay USING (true)', table_name);
    END LOOP;
    FOREACH table_name IN ARRAY ARRAY['statement', 'statement_line', 'statement_rejection', 'reconciliation_match', 'match_payment',
                                      'match_line', 'reconciliation_exception', 'payment_reconciliation'] LOOP
        EXECUTE format('CREATE POLICY manager_writes ON finance.%I TO finance_manager '
                       'USING (fleet_id = ANY ((SELECT finance.my_fleets(''manager''))::uuid[])) '
                       'WITH CHECK (fleet_id = ANY ((SELECT finance.my_fleets(''manager''))::uuid[]))', table_name);
    END LOOP;
END $$;
