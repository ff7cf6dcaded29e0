-- Finding what is common and what is rare, each in its own way; totals in the order of their key. Runs as finance_owner.

-- The projector pauses for this lock between two batches and goes on by itself; otherwise it and what follows could wait for each
-- other.
SELECT pg_advisory_xact_lock(7261202603);

-- Finding ------------------------------------------------------------------------------------------------------------------------

-- What was written last waits in a list that each search reads from end to end: a quarter of what it may usually hold keeps that
-- below three milliseconds, and costs the projector hardly anything.
ALTER INDEX finance.payment_by_search SET (gin_pending_list_limit = 1024);

-- The ids of one page. listed: {"by": "time" or "amount", "descending", "cents", "created_at", "id" (the key it follows, or
-- none), "skip", "limit" (null: all)}.
--
-- Two ways lead to a page. Along the list, word by word: its length grows as what is sought gets rarer. Through the words' index,
-- which cannot stop early and brings all that are found: its length grows as that gets more common. How common it is, nobody knows;
-- the first rows of the list tell. Where they promise that the page fills up sooner along the list, the walk goes on, for twice as
-- many rows as were promised, since what is common here may be nowhere behind. Otherwise, or if it then is not full, the index
-- answers.
CREATE OR REPLACE FUNCTION finance.find_payments(fleet uuid, words text[], digits text[], narrowed jsonb, listed jsonb)
    RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 200
    SET search_path = pg_catalog, pg_temp SET enable_indexscan = on SET enable_indexonlyscan = on SET enable_seqscan = on AS $$
DECLARE
    sample CONSTANT integer := 500;
    -- One payment through the words' index lies anywhere, and costs as much as so many that follow each other in the list.
    dearer CONSTANT integer := 4;
    first CONSTANT bigint := coalesce((listed ->> 'skip')::bigint, 0) + 1;
    last CONSTANT bigint := first - 1 + (listed ->> 'limit')::bigint;
    descending CONSTANT boolean := (listed -> 'descending')::boolean;
    place CONSTANT text := CASE listed ->> 'by' WHEN 'amount' THEN '(p.amount_cents, p.created_at, p.id)' ELSE '(p.created_at, p.id)' END;
    ordered CONSTANT text := CASE WHEN descending THEN replace(btrim(place, '()'), ',', ' DESC,') || ' DESC' ELSE btrim(place, '()') END;
    condition CONSTANT text := finance.search_condition(digits);
    within text := finance.search_narrowed(fleet, narrowed);
    payments float;
    passed integer;
    found uuid[];
    share float;
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
        EXECUTE format('SELECT count(*), coalesce(array_agg(p.id ORDER BY %2$s) FILTER (WHERE %4$s), ''{}'')'
                       ' FROM (SELECT * FROM finance.payment p WHERE %1$s ORDER BY %2$s LIMIT %3$s) p',
                       within, ordered, sample, condition)
            INTO passed, found USING whole, digits, each;
        share := cardinality(found)::float / sample;
        SELECT reltuples INTO payments FROM pg_class WHERE oid = 'finance.payment'::regclass;
        IF passed = sample AND cardinality(found) < last AND share > 0 AND last / share <= dearer * share * payments THEN
            EXECUTE format('SELECT array(SELECT p.id FROM (SELECT * FROM finance.payment p WHERE %1$s ORDER BY %2$s LIMIT %3$s) p'
                           ' WHERE %4$s ORDER BY %2$s LIMIT %5$s)',
                           within, ordered, ceil(2 * last / share), condition, last)
                INTO found USING whole, digits, each;
        END IF;
        IF passed < sample OR cardinality(found) >= last THEN
            RETURN QUERY SELECT unnest(found[first:last]);
            RETURN;
        END IF;
        PERFORM set_config(name, 'off', true)
        FROM unnest(ARRAY['enable_indexscan', 'enable_indexonlyscan', 'enable_seqscan']) AS name;
    END IF;
    RETURN QUERY EXECUTE format('SELECT p.id FROM finance.payment p WHERE %s AND %s ORDER BY %s OFFSET %s LIMIT %s',
                                within, condition, ordered, first - 1, coalesce((last - first + 1)::text, 'ALL'))
        USING whole, digits, each;
END $$;

-- Totals -------------------------------------------------------------------------------------------------------------------------

-- A page of totals then holds neighbours: a year's are a few pages, not one each.
CLUSTER finance.payment_totals USING payment_totals_pkey;
ANALYZE finance.payment_totals;
