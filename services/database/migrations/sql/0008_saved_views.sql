-- Filters that people keep by name, and what the drawer of a payment asks. Runs as finance_owner.

-- Saved views ------------------------------------------------------------------------------------------------------------------

-- Personal ones are seen and changed by their owner alone, whatever the role. Sharing one, and changing a shared one of one's
-- own, is for managers and approvers; they also remove any shared one, so that none outlives the person who left it.
CREATE TABLE finance.saved_view (
    fleet_id    uuid NOT NULL,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    page        text NOT NULL CHECK (page ~ '^[a-z_]{1,40}$'),
    name        text NOT NULL CHECK (name = btrim(name) AND length(name) BETWEEN 1 AND 80),
    owner       text NOT NULL DEFAULT finance.person(),         -- nobody may write it: the server's word
    shared      boolean NOT NULL DEFAULT false,
    definition  jsonb NOT NULL CHECK (jsonb_typeof(definition) = 'object' AND octet_length(definition::text) <= 65536),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (fleet_id, id),
    UNIQUE (fleet_id, page, owner, name)
);

CREATE FUNCTION finance.stamp_saved_view() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END $$;
CREATE TRIGGER stamp BEFORE UPDATE ON finance.saved_view FOR EACH ROW EXECUTE FUNCTION finance.stamp_saved_view();

GRANT SELECT, DELETE, INSERT (fleet_id, page, name, shared, definition), UPDATE (name, shared, definition)
    ON finance.saved_view TO finance_viewer;

ALTER TABLE finance.saved_view ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_all ON finance.saved_view TO finance_owner USING (true) WITH CHECK (true);
CREATE POLICY member_reads ON finance.saved_view FOR SELECT TO finance_viewer
    USING (fleet_id = ANY ((SELECT finance.my_fleets())::uuid[]) AND (shared OR owner = (SELECT finance.person())));
CREATE POLICY member_saves ON finance.saved_view FOR INSERT TO finance_viewer
    WITH CHECK (fleet_id = ANY ((SELECT finance.my_fleets())::uuid[]) AND owner = (SELECT finance.person())
                AND (NOT shared OR fleet_id = ANY ((SELECT finance.my_fleets('manager'))::uuid[])));
CREATE POLICY owner_changes ON finance.saved_view FOR UPDATE TO finance_viewer
    USING (fleet_id = ANY ((SELECT finance.my_fleets())::uuid[]) AND owner = (SELECT finance.person())
           AND (NOT shared OR fleet_id = ANY ((SELECT finance.my_fleets('manager'))::uuid[])))
    WITH CHECK (fleet_id = ANY ((SELECT finance.my_fleets())::uuid[]) AND owner = (SELECT finance.person())
                AND (NOT shared OR fleet_id = ANY ((SELECT finance.my_fleets('manager'))::uuid[])));
CREATE POLICY member_removes ON finance.saved_view FOR DELETE TO finance_viewer
    USING (fleet_id = ANY ((SELECT finance.my_fleets())::uuid[])
           AND CASE WHEN shared THEN fleet_id = ANY ((SELECT finance.my_fleets('manager'))::uuid[])
                    ELSE owner = (SELECT finance.person()) END);

-- The drawer -------------------------------------------------------------------------------------------------------------------

CREATE INDEX reconciliation_exception_by_payment ON finance.reconciliation_exception (fleet_id, payment_id)
    WHERE payment_id IS NOT NULL;
-- Records that name a payment: as their key (reveals, freed links), or among those of a new match.
CREATE INDEX audit_record_by_payment ON finance.audit_record ((row_key ->> 'payment_id')) WHERE row_key ->> 'payment_id' IS NOT NULL;
CREATE INDEX audit_record_by_matched ON finance.audit_record USING gin ((after -> 'payment_ids'))
    WHERE table_name = 'reconciliation_match' AND op = 'insert';

-- The numbers of the records that concern a payment. A door that checks membership itself: under row-level security neither
-- operator on jsonb would reach its index.
CREATE FUNCTION finance.audit_of_payment(fleet uuid, payment uuid) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 10 SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT a.number FROM finance.audit_record a
    WHERE a.row_key ->> 'payment_id' = payment::text AND a.fleet_id = fleet
      AND (fleet = ANY (finance.my_fleets()) OR finance.is_operator())
    UNION ALL
    SELECT a.number FROM finance.audit_record a
    WHERE a.table_name = 'reconciliation_match' AND a.op = 'insert' AND a.after -> 'payment_ids' ? payment::text AND a.fleet_id = fleet
      AND (fleet = ANY (finance.my_fleets()) OR finance.is_operator());
END;
GRANT EXECUTE ON FUNCTION finance.audit_of_payment(uuid, uuid) TO finance_viewer;
