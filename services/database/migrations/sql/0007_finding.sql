-- Finding payments: one page at a time, and their totals. Runs as finance_owner.

-- Indexes ----------------------------------------------------------------------------------------------------------------------

-- A page of a rare driver, method or short code, newest first, is a walk of as many rows as it shows.
CREATE INDEX payment_by_driver ON finance.payment (fleet_id, driver_id, created_at DESC, id DESC);
CREATE INDEX payment_by_method ON finance.payment (fleet_id, method, created_at DESC, id DESC);
CREATE INDEX payment_by_till ON finance.payment
    (fleet_id, (CASE WHEN short_code IS NULL THEN '' ELSE short_code END), created_at DESC, id DESC);
-- So is a page of what was taken or refunded on a day. (Nearly all that is taken is mpesa: the method narrowed nothing there.)
DROP INDEX finance.payment_by_taken_day, finance.payment_by_refunded_day;
CREATE INDEX payment_by_taken_day ON finance.payment (fleet_id, taken_day, created_at DESC, id DESC)
    WHERE taken_day IS NOT NULL;
CREATE INDEX payment_by_refunded_day ON finance.payment (fleet_id, refunded_day, created_at DESC, id DESC)
    WHERE refunded_day IS NOT NULL;
-- When a name last changed: names are then read once and not with every page.
CREATE INDEX payment_event_by_names ON finance.payment_event (fleet_id, seq) WHERE kind = 'names';

-- What was typed ---------------------------------------------------------------------------------------------------------------

-- A lexeme that begins so, as a tsquery is written.
CREATE FUNCTION finance.beginning(kind text, word text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN format('''%s:%s'':*', kind, replace(replace(word, '\', '\\'), '''', ''''''));

-- Each element of `words` begins a word of the name, a receipt or a reference, or is in the phone as `digits` has it at the same
-- place: a run of four or more in local form, a masked number as it is shown ('0712 ••• 111'), or null. All of them must be found.
CREATE FUNCTION finance.sought(words text[], digits text[]) RETURNS tsquery
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    word text;
    alternatives text[];
    sought text[] := '{}';
BEGIN
    FOR place IN 1 .. cardinality(words) LOOP
        word := lower(left(words[place], 100));
        alternatives := array_remove(ARRAY[
            finance.beginning('r', word), finance.beginning('b', word),
            -- 'anne-marie' stands in a name as two words
            (SELECT '(' || string_agg(finance.beginning('n', piece), ' & ') || ')'
             FROM regexp_split_to_table(word, '[^[:alnum:]'']+') AS piece WHERE piece <> ''),
            CASE WHEN strpos(digits[place], '•') > 0
                -- the last run of four ends in the three that are shown
                THEN format('(''d:%s'' & (%s))', left(digits[place], 4),
                            (SELECT string_agg(format('''d:%s%s''', i, right(digits[place], 3)), ' | ') FROM generate_series(0, 9) i))
                ELSE (SELECT '(' || string_agg(format('''d:%s''', substr(digits[place], i, 4)), ' & ') || ')'
                      FROM generate_series(1, length(digits[place]) - 3) i)
            END], NULL);
        sought := sought || ('(' || array_to_string(alternatives, ' | ') || ')');
    END LOOP;
    RETURN array_to_string(sought, ' & ')::tsquery;
END $$;

-- What is sought, and by each word alone.
CREATE FUNCTION finance.sought_by(words text[], digits text[], OUT whole tsquery, OUT each tsquery[])
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT finance.sought(words, digits),
           ARRAY(SELECT finance.sought(ARRAY[word], ARRAY[NULL::text]) FROM unnest(words) WITH ORDINALITY AS w(word, place) ORDER BY place);
END;

-- The SQL of a search on finance.payment p: $1 is what is sought, $2 the digits, and $3 for each word what is sought by it alone.
CREATE FUNCTION finance.search_condition(digits text[]) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    -- Four-digit runs can meet by chance: the whole run, or the masked form, is looked for again.
    RETURN 'p.search @@ $1' || coalesce((
        SELECT string_agg(format(
            CASE WHEN strpos(run, '•') > 0 THEN ' AND (p.phone_shown = $2[%1$s] OR p.search @@ $3[%1$s])'
                 ELSE ' AND (strpos(finance.local_phone(p.phone), $2[%1$s]) > 0 OR p.search @@ $3[%1$s])' END, place), '')
        FROM unnest(digits) WITH ORDINALITY AS d(run, place) WHERE length(run) > 4), '');

-- The SQL of everything else that narrows. Its values stand in it, so that each search is planned for what it looks for.
CREATE FUNCTION finance.search_narrowed(fleet uuid, narrowed jsonb) RETURNS text
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    nobody CONSTANT text := '00000000-0000-0000-0000-000000000000';
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
    IF narrowed ? 'hour' THEN
        conditions := conditions || format('extract(hour FROM p.created_at AT TIME ZONE %L) = %L::integer',
            narrowed ->> 'zone', narrowed ->> 'hour');
    END IF;
    RETURN array_to_string(conditions, ' AND ');
END $$;

-- The doors ----------------------------------------------------------------------------------------------------------------------

-- Under row-level security `@@` cannot reach its index, so these check membership themselves. They answer with ids and sums alone:
-- what stands in a row is read by the person's own rights.

-- The ids of one page. listed: {"by": "time" or "amount", "descending", "cents", "created_at", "id" (the key it follows, or
-- none), "skip", "limit" (null: all)}.
--
-- Nobody knows how many a word finds: a walk along the list for a word that is nowhere would read the whole list, and a word that is
-- everywhere brings more from the words' index than can be sorted. So a short stretch of the list is walked first; then the words'
-- index is asked; and only for what is neither common there nor rare here is the walk gone to its end.
CREATE FUNCTION finance.find_payments(fleet uuid, words text[], digits text[], narrowed jsonb, listed jsonb) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
    SET search_path = pg_catalog, pg_temp SET enable_indexscan = on SET enable_indexonlyscan = on SET enable_seqscan = on AS $$
DECLARE
    stretch CONSTANT integer := 2500;
    few CONSTANT integer := 20000;
    first CONSTANT bigint := coalesce((listed ->> 'skip')::bigint, 0) + 1;
    last CONSTANT bigint := first - 1 + (listed ->> 'limit')::bigint;
    descending CONSTANT boolean := (listed -> 'descending')::boolean;
    place CONSTANT text := CASE listed ->> 'by' WHEN 'amount' THEN '(p.amount_cents, p.created_at, p.id)' ELSE '(p.created_at, p.id)' END;
    ordered CONSTANT text := CASE WHEN descending THEN replace(btrim(place, '()'), ',', ' DESC,') || ' DESC' ELSE btrim(place, '()') END;
    condition CONSTANT text := finance.search_condition(digits);
    within text := finance.search_narrowed(fleet, narrowed);
    complete boolean;
    found uuid[];
    whole tsquery;
    each tsquery[];
BEGIN
    IF NOT (fleet = ANY (finance.my_fleets()) OR finance.is_operator()) THEN
        RETURN;
    END IF;
    SELECT w.whole, w.each INTO whole, each FROM finance.sought_by(words, digits) w;
    IF listed ->> 'id' IS NOT NULL THEN
        within := format('%s AND %s %s (%s%L::timestamptz, %L::uuid)', within, place, CASE WHEN descending THEN '<' ELSE '>' END,
            CASE listed ->> 'by' WHEN 'amount' THEN format('%L::bigint, ', listed ->> 'cents') END,
            listed ->> 'created_at', listed ->> 'id');
    END IF;
    IF last IS NOT NULL THEN
        EXECUTE format('WITH p AS MATERIALIZED (SELECT * FROM finance.payment p WHERE %1$s ORDER BY %2$s LIMIT %3$s),'
                       ' f AS (SELECT array_agg(p.id ORDER BY %2$s) AS ids FROM p WHERE %4$s)'
                       ' SELECT coalesce(cardinality(ids) >= %6$s, false) OR (SELECT count(*) < %3$s FROM p), ids[%5$s:%6$s] FROM f',
                       within, ordered, stretch, condition, first, last)
            INTO complete, found USING whole, digits, each;
        IF NOT complete THEN
            PERFORM set_config(name, 'off', true)
            FROM unnest(ARRAY['enable_indexscan', 'enable_indexonlyscan', 'enable_seqscan']) AS name;
            EXECUTE format('SELECT count(*) <= %3$s, (array_agg(p.id ORDER BY %2$s))[%5$s:%6$s]'
                           ' FROM (SELECT p.id, p.created_at, p.amount_cents FROM finance.payment p WHERE %1$s AND %4$s LIMIT %3$s + 1) p',
                           within, ordered, few, condition, first, last)
                INTO complete, found USING whole, digits, each;
            PERFORM set_config(name, 'on', true)
            FROM unnest(ARRAY['enable_indexscan', 'enable_indexonlyscan', 'enable_seqscan']) AS name;
        END IF;
        IF complete THEN
            RETURN QUERY SELECT unnest(found);
            RETURN;
        END IF;
    END IF;
    RETURN QUERY EXECUTE format('SELECT p.id FROM finance.payment p WHERE %s AND %s ORDER BY %s OFFSET %s LIMIT %s',
                                within, condition, ordered, first - 1, coalesce((last - first + 1)::text, 'ALL'))
        USING whole, digits, each;
END $$;

-- Their count, Σ amount and Σ refunded by hour of creation, status, result code of a failure, and currency.
CREATE FUNCTION finance.find_totals(fleet uuid, words text[], digits text[], narrowed jsonb, zone text)
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
        'SELECT extract(hour FROM p.created_at AT TIME ZONE $4)::integer, p.status,'
        ' CASE WHEN p.status = ''failed'' THEN coalesce(p.result_code, '''') ELSE '''' END, p.currency,'
        ' count(*), sum(p.amount), sum(p.refunded_amount), min(p.created_at) FILTER (WHERE p.status = ''pending'')'
        ' FROM finance.payment p WHERE %s AND %s GROUP BY 1, 2, 3, 4',
        finance.search_narrowed(fleet, narrowed), finance.search_condition(digits))
        USING whole, digits, each, zone;
END $$;

-- All ids at once are too many for a page.
DROP FUNCTION finance.search_payments(uuid, text[], text[], timestamptz, timestamptz);

-- Rights -------------------------------------------------------------------------------------------------------------------------

REVOKE ALL ON FUNCTION finance.beginning(text, text), finance.sought(text[], text[]),
    finance.sought_by(text[], text[]), finance.search_condition(text[]), finance.search_narrowed(uuid, jsonb),
    finance.find_payments(uuid, text[], text[], jsonb, jsonb),
    finance.find_totals(uuid, text[], text[], jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finance.find_payments(uuid, text[], text[], jsonb, jsonb),
    finance.find_totals(uuid, text[], text[], jsonb, text) TO finance_viewer;
