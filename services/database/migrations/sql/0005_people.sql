-- Doors, people, secrets: memberships that end on time, the recorded door to a passenger's name and phone, and functions that
-- are closed to PUBLIC from birth. Runs as finance_owner.

-- Memberships -----------------------------------------------------------------------------------------------------------------

-- The statement's clock, not the transaction's: a transaction that is kept open would otherwise outlive the membership.
CREATE OR REPLACE FUNCTION finance.my_fleets(at_least text DEFAULT 'viewer') RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN (
        SELECT coalesce(array_agg(m.fleet_id), '{}')
        FROM finance.fleet_member m
        WHERE m.login = session_user
          AND statement_timestamp() >= m.valid_from AND (m.valid_to IS NULL OR statement_timestamp() < m.valid_to)
          AND finance.role_rank(m.role) >= finance.role_rank(at_least)
    );

CREATE OR REPLACE FUNCTION finance.fleets_of(person_login text, operator boolean) RETURNS uuid[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    RETURN (
        SELECT coalesce(array_agg(DISTINCT f.fleet_id), '{}')
        FROM finance.fleet f
        WHERE operator OR EXISTS (
            SELECT 1 FROM finance.fleet_member m
            WHERE m.fleet_id = f.fleet_id AND m.login = person_login
              AND statement_timestamp() >= m.valid_from AND (m.valid_to IS NULL OR statement_timestamp() < m.valid_to))
    );

-- Revealing -------------------------------------------------------------------------------------------------------------------

-- Two doors, because one would have a way back: who reads in the transaction that records it can roll both back and has read
-- all the same. So the record is committed first, and only then, and for a minute, and to the same person, the name is shown.
-- Every member may: who is called about a fare is a viewer's work too; the reason stands in the trail that all of them read.

-- Records why the person wants to see the payment's passenger; false, and no record, where it is not one of their payments,
-- whether it belongs to another fleet or to none.
CREATE FUNCTION finance.ask_to_reveal(fleet uuid, payment uuid, reason text) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(length(regexp_replace(reason, '\s', '', 'g')), 0) < 5 THEN
        RAISE EXCEPTION 'a reason of at least five characters is needed' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (
        SELECT FROM finance.payment p
        WHERE p.fleet_id = fleet AND p.id = payment AND (fleet = ANY (finance.my_fleets()) OR finance.is_operator())
    ) THEN
        RETURN false;
    END IF;
    -- The audit trail links it at commit, like a row of a table.
    INSERT INTO finance.audit_pending (fleet_id, table_name, op, row_key, after, reason)
    VALUES (fleet, 'payment_reveal', 'insert', jsonb_build_object('payment_id', payment),
            jsonb_build_object('payment_id', payment), left(btrim(reason, E' \t\r\n'), 500));
    RETURN true;
END $$;

-- The passenger in full, to who asked within the last minute and has committed it. A record of the running transaction (linked
-- early by SET CONSTRAINTS) does not count: its xmin is the transaction's own or, in a savepoint, later, so not older than it.
CREATE FUNCTION finance.reveal_payment(fleet uuid, payment uuid) RETURNS TABLE (passenger text, phone text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT p.passenger, p.phone
    FROM finance.payment p
    WHERE p.fleet_id = fleet AND p.id = payment AND (fleet = ANY (finance.my_fleets()) OR finance.is_operator())
      AND EXISTS (
          SELECT FROM finance.audit_record a
          WHERE a.fleet_id = fleet AND a.at > statement_timestamp() - interval '60 seconds'
            AND a.table_name = 'payment_reveal' AND a.who = finance.person()
            AND a.row_key ->> 'payment_id' = payment::text AND age(a.xmin) > 0);
END;

-- Rights ----------------------------------------------------------------------------------------------------------------------

-- What a later migration adds is closed too, until it says for whom it opens.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA finance FROM PUBLIC;
GRANT EXECUTE ON FUNCTION finance.ask_to_reveal(uuid, uuid, text), finance.reveal_payment(uuid, uuid) TO finance_viewer;
