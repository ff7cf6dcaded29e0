-- Payments narrowed by weekday, by the hour of payment or refund, and by why they failed. Runs as finance_owner.

-- The failed payments of one reason in the order of time; a CASE is trusted under row-level security, a coalesce is not.
CREATE INDEX payment_by_reason ON finance.payment
    (fleet_id, (CASE WHEN result_code IS NULL THEN '' ELSE result_code END), created_at DESC, id DESC) WHERE status = 'failed';

-- The moment whose hour and weekday narrow, the same as that of the days: "basis" is 'taken', 'refunded', or creation.
CREATE FUNCTION finance.search_moment(narrowed jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    RETURN CASE narrowed ->> 'basis' WHEN 'taken' THEN 'coalesce(p.completed_at, p.created_at)'
                WHEN 'refunded' THEN 'coalesce(p.refunded_at, p.updated_at)' ELSE 'p.created_at' END;

REVOKE ALL ON FUNCTION finance.search_moment(jsonb) FROM PUBLIC;

-- The SQL of everything else that narrows. Its values stand in it, so that each search is planned for what it looks for.
CREATE OR REPLACE FUNCTION finance.search_narrowed(fleet uuid, narrowed jsonb) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    nobody CONSTANT text := '00000000-0000-0000-0000-000000000000';
    clock CONSTANT text := format('%s AT TIME ZONE %L', finance.search_moment(narrowed), narrowed ->> 'zone');
    conditions text[] := ARRAY[format('p.fleet_id = %L', fleet)];
    dimension record;
BEGIN
    FOR dimension IN
        SELECT d.expression, d.kind, d.nullable, ARRAY(SELECT jsonb_array_elements_text(narrowed -> d.name)) AS members
        FROM (VALUES ('ids', 'p.id', 'uuid', false), ('statuses', 'p.status', 'text', false), ('methods', 'p.method', 'text', false),
                     ('routes', 'p.route_id', 'uuid', true), ('vehicles', 'p.vehicle_id', 'uuid', true),
                     ('drivers', 'p.driver_id', 'uuid', true), ('tills', 'coalesce(p.short_code, '''')', 'text', false))
             AS d(name, expression, kind, nullable)
        WHERE narrowed ? d.name
    LOOP
        conditions := conditions || format(
            CASE WHEN dimension.nullable AND nobody = ANY (dimension.members) THEN '(%1$s = ANY (%2$L::%3$s[]) OR %1$s IS NULL)'
                 ELSE '%1$s = ANY (%2$L::%3$s[])' END,
            dimension.expression, dimension.members, dimension.kind);
    END LOOP;
    FOR dimension IN
        SELECT d.written, narrowed ->> d.name AS bound
        FROM (VALUES ('since', 'p.created_at >= %L::timestamptz'), ('until', 'p.created_at < %L::timestamptz'),
                     ('taken_from', 'p.taken_day >= %L::date'), ('taken_to', 'p.taken_day <= %L::date'),
                     ('refunded_from', 'p.refunded_day >= %L::date'), ('refunded_to', 'p.refunded_day <= %L::date'),
                     ('least', 'p.amount_cents >= %L::bigint'), ('most', 'p.amount_cents <= %L::bigint'))
             AS d(name, written)
        WHERE narrowed ->> d.name IS NOT NULL
    LOOP
        conditions := conditions || format(dimension.written, dimension.bound);
    END LOOP;
    IF narrowed ? 'known' THEN  -- of the statuses sought, some are known and named, or all that nobody knows are meant as well
        conditions := conditions || format('(p.status = ANY (%L::text[]) OR p.status <> ALL (%L::text[]))',
            ARRAY(SELECT jsonb_array_elements_text(narrowed -> 'named')), ARRAY(SELECT jsonb_array_elements_text(narrowed -> 'known')));
    END IF;
    IF narrowed ? 'reasons' THEN
        conditions := conditions || format('p.status = ''failed'' AND coalesce(p.result_code, '''') = ANY (%L::text[])',
            ARRAY(SELECT jsonb_array_elements_text(narrowed -> 'reasons')));
    END IF;
    IF narrowed ? 'weekdays' THEN
        conditions := conditions || format('extract(isodow FROM %s) = ANY (%L::integer[])', clock,
            ARRAY(SELECT jsonb_array_elements_text(narrowed -> 'weekdays')));
    END IF;
    IF narrowed ? 'hour' THEN
        conditions := conditions || format('extract(hour FROM %s) = %L::integer', clock, narrowed ->> 'hour');
    END IF;
    RETURN array_to_string(conditions, ' AND ');
END $$;

-- Their count, Σ amount and Σ refunded by hour (of creation, payment or refund, as the days are), status, result code of a failure,
-- and currency.
CREATE OR REPLACE FUNCTION finance.find_totals(fleet uuid, words text[], digits text[], narrowed jsonb, zone text)
    RETURNS TABLE (hour integer, status text, code text, currency text, count bigint, amount numeric, refunded numeric,
                   oldest_pending timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100 SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    whole tsquery;
    each tsquery[];
BEGIN
    IF NOT (fleet = ANY (finance.my_fleets()) OR finance.is_operator()) THEN
        RETURN;
    END IF;
    SELECT w.whole, w.each INTO whole, each FROM finance.sought_by(words, digits) w;
    RETURN QUERY EXECUTE format(
        'SELECT extract(hour FROM %s AT TIME ZONE $4)::integer, p.status,'
        ' CASE WHEN p.status = ''failed'' THEN coalesce(p.result_code, '''') ELSE '''' END, p.currency,'
        ' count(*), sum(p.amount), sum(p.refunded_amount), min(p.created_at) FILTER (WHERE p.status = ''pending'')'
        ' FROM finance.payment p WHERE %s AND %s GROUP BY 1, 2, 3, 4',
        finance.search_moment(narrowed), finance.search_narrowed(fleet, narrowed), finance.search_condition(digits))
        USING whole, digits, each, zone;
END $$;
