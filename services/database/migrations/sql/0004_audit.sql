-- The audit trail: what people change leaves a record in the same transaction, and every record carries the hash of the one
-- before it. Runs as finance_owner.
--
--   INSERT, UPDATE, DELETE ── trigger ──▶ audit_pending ── at commit, under the lock of audit_head ──▶ audit_record
--
-- A record gets its number and its link only at commit: the chain's head is the last lock that a transaction takes, so nobody
-- waits for a person who thinks, two transactions never fork the chain, and one that is rolled back leaves no gap.

CREATE TABLE finance.audit_record (
    fleet_id    uuid NOT NULL,
    number      bigint NOT NULL,                   -- from 1, gap-free per fleet, in the order of commits
    at          timestamptz NOT NULL,              -- the server's clock when it was done
    who         text NOT NULL,                     -- finance.person()
    table_name  text NOT NULL,
    op          text NOT NULL CHECK (op IN ('insert', 'update', 'delete')),
    row_key     jsonb NOT NULL,                    -- the row's primary key, fleet_id apart
    before      jsonb,
    after       jsonb,
    reason      text,                              -- finance.reason(), where the act needs one
    previous    bytea NOT NULL,                    -- the hash of record number − 1; empty for the first
    hash        bytea NOT NULL,                    -- finance.audit_hash() of all the columns above
    PRIMARY KEY (fleet_id, number)
);
CREATE INDEX audit_record_by_time ON finance.audit_record (fleet_id, at DESC, number DESC);

CREATE TABLE finance.audit_head (
    fleet_id  uuid PRIMARY KEY,
    number    bigint NOT NULL,
    hash      bytea NOT NULL
);

-- Why it was done: what the acting program says with set_config('finance.reason', …, true) in its transaction.
CREATE FUNCTION finance.reason() RETURNS text
    LANGUAGE sql STABLE
    RETURN nullif(btrim(current_setting('finance.reason', true)), '');

-- What the running transaction has done and not linked yet. Nobody ever sees a row of it committed, hence unlogged.
CREATE UNLOGGED TABLE finance.audit_pending (
    fleet_id    uuid NOT NULL,
    id          bigint GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    who         text NOT NULL DEFAULT finance.person(),
    table_name  text NOT NULL,
    op          text NOT NULL,
    row_key     jsonb NOT NULL,
    before      jsonb,
    after       jsonb,
    reason      text DEFAULT finance.reason(),
    PRIMARY KEY (fleet_id, id)
);

-- The digest of a statement is asked by its id.
CREATE INDEX statement_line_by_statement ON finance.statement_line (fleet_id, statement_id);

-- Hashes ---------------------------------------------------------------------------------------------------------------------

-- SHA-256 over length-prefixed fields: PostgreSQL's binary form of a row is the number of fields, then for each its type
-- (oid), its length in bytes (−1 for NULL) and its bytes; big-endian throughout. Texts go as bytea because the binary form of
-- text follows the client's encoding. Written so that the planner can inline it: this runs for every record in `verify`.
CREATE FUNCTION finance.audit_hash(fleet_id uuid, number bigint, at timestamptz, who text, table_name text, op text,
                                   row_key jsonb, before jsonb, after jsonb, reason text, previous bytea) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(record_send(ROW(
        fleet_id, number, at, convert_to(who, 'UTF8'), convert_to(table_name, 'UTF8'), convert_to(op, 'UTF8'),
        convert_to(row_key::text, 'UTF8'), convert_to(before::text, 'UTF8'), convert_to(after::text, 'UTF8'),
        convert_to(reason, 'UTF8'), previous)));

-- One import is one record: the digest stands for its lines and rejections. Columns are named, so that a column added later
-- leaves earlier digests true.
CREATE FUNCTION finance.statement_digest(fleet uuid, statement uuid) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (
        SELECT encode(sha256(coalesce(string_agg(part.hash, ''::bytea ORDER BY part.place, part.hash), ''::bytea)), 'hex')
        FROM (
            SELECT 1 AS place, sha256(record_send(ROW(
                l.id, l.row, convert_to(l.short_code, 'UTF8'), convert_to(l.receipt, 'UTF8'), convert_to(l.leg, 'UTF8'),
                l.occurrence, convert_to(l.kind, 'UTF8'), convert_to(l.status, 'UTF8'), l.completed_at, l.initiated_at, l.day,
                l.paid_in, l.withdrawn, l.balance, convert_to(l.details, 'UTF8'), convert_to(l.reason_type, 'UTF8'),
                convert_to(l.other_party, 'UTF8'), convert_to(l.linked_receipt, 'UTF8'), convert_to(l.account, 'UTF8'),
                convert_to(l.currency, 'UTF8')))) AS hash
            FROM finance.statement_line l
            WHERE l.fleet_id = fleet AND l.statement_id = statement
            UNION ALL
            SELECT 2, sha256(record_send(ROW(r.row, convert_to(r.field, 'UTF8'), convert_to(r.reason, 'UTF8'),
                                             convert_to(r.raw, 'UTF8'))))
            FROM finance.statement_rejection r
            WHERE r.fleet_id = fleet AND r.statement_id = statement
        ) part
    );

-- Noting ---------------------------------------------------------------------------------------------------------------------

-- One row that was inserted, updated or deleted; the arguments name its key. UTC, so that a record reads alike for everybody.
CREATE FUNCTION finance.note_audit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    becomes jsonb := to_jsonb(NEW);
    told jsonb := coalesce(becomes, was);
BEGIN
    INSERT INTO finance.audit_pending (fleet_id, table_name, op, row_key, before, after)
    VALUES ((told ->> 'fleet_id')::uuid, TG_TABLE_NAME, lower(TG_OP),
            (SELECT jsonb_object_agg(k, told -> k) FROM unnest(TG_ARGV) k), was, becomes);
    RETURN NULL;
END $$;

-- Links of a match that was made in this transaction stand in the match's own record; other links get one each.
CREATE FUNCTION finance.note_audit_links() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    INSERT INTO finance.audit_pending (fleet_id, table_name, op, row_key, after)
    SELECT a.fleet_id, TG_TABLE_NAME, 'insert', (SELECT jsonb_object_agg(k, to_jsonb(a) -> k) FROM unnest(TG_ARGV) k), to_jsonb(a)
    FROM added a
    WHERE a.match_id::text NOT IN (
        SELECT p.row_key ->> 'id' FROM finance.audit_pending p
        WHERE p.table_name = 'reconciliation_match' AND p.op = 'insert');
    RETURN NULL;
END $$;

-- Lines and rejections come with their statement. Where somebody adds some later, the statement's new digest is recorded.
CREATE FUNCTION finance.note_audit_lines() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    INSERT INTO finance.audit_pending (fleet_id, table_name, op, row_key, before, after)
    SELECT s.fleet_id, 'statement', 'update', jsonb_build_object('id', s.id), to_jsonb(s), to_jsonb(s)
    FROM finance.statement s
    WHERE (s.fleet_id, s.id) IN (SELECT a.fleet_id, a.statement_id FROM added a)
      AND s.id::text NOT IN (SELECT p.row_key ->> 'id' FROM finance.audit_pending p WHERE p.table_name = 'statement');
    RETURN NULL;
END $$;

-- Linking --------------------------------------------------------------------------------------------------------------------

-- What a record tells of the row's surroundings as they are at commit: the digest of an import, the two sides of a match.
CREATE FUNCTION finance.audit_surroundings(fleet uuid, table_name text, op text, row_key jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF table_name = 'statement' AND op <> 'delete' THEN
        RETURN jsonb_build_object('digest', finance.statement_digest(fleet, (row_key ->> 'id')::uuid));
    ELSIF table_name = 'reconciliation_match' AND op = 'insert' THEN
        RETURN (
            SELECT jsonb_build_object('line_ids', coalesce(jsonb_agg(m.line_id ORDER BY l.receipt, m.line_id), '[]'),
                                      'receipts', coalesce(jsonb_agg(l.receipt ORDER BY l.receipt, m.line_id), '[]'))
            FROM finance.match_line m
            JOIN finance.statement_line l ON l.fleet_id = m.fleet_id AND l.id = m.line_id
            WHERE m.fleet_id = fleet AND m.match_id = (row_key ->> 'id')::uuid
        ) || (
            SELECT jsonb_build_object('payment_ids', coalesce(jsonb_agg(m.payment_id ORDER BY m.payment_id), '[]'))
            FROM finance.match_payment m
            WHERE m.fleet_id = fleet AND m.match_id = (row_key ->> 'id')::uuid
        );
    END IF;
    RETURN '{}';
END $$;

-- Called once for every noted row, at commit; the first call links them all, fleet by fleet in one order, so that two
-- transactions that touch the same fleets cannot wait for each other.
CREATE FUNCTION finance.link_audit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head finance.audit_head;
    noted finance.audit_pending;
    link bytea;
BEGIN
    IF NOT EXISTS (SELECT FROM finance.audit_pending p WHERE p.fleet_id = NEW.fleet_id AND p.id = NEW.id) THEN
        RETURN NULL;
    END IF;
    FOR head.fleet_id IN SELECT DISTINCT p.fleet_id FROM finance.audit_pending p ORDER BY p.fleet_id LOOP
        INSERT INTO finance.audit_head VALUES (head.fleet_id, 0, '') ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT head FROM finance.audit_head h WHERE h.fleet_id = head.fleet_id FOR UPDATE;
        FOR noted IN SELECT * FROM finance.audit_pending p WHERE p.fleet_id = head.fleet_id ORDER BY p.id LOOP
            noted.after := noted.after
                || finance.audit_surroundings(noted.fleet_id, noted.table_name, noted.op, noted.row_key);
            head.number := head.number + 1;
            link := finance.audit_hash(noted.fleet_id, head.number, noted.at, noted.who, noted.table_name, noted.op,
                                       noted.row_key, noted.before, noted.after, noted.reason, head.hash);
            INSERT INTO finance.audit_record
            VALUES (noted.fleet_id, head.number, noted.at, noted.who, noted.table_name, noted.op,
                    noted.row_key, noted.before, noted.after, noted.reason, head.hash, link);
            head.hash := link;
        END LOOP;
        UPDATE finance.audit_head h SET number = head.number, hash = head.hash WHERE h.fleet_id = head.fleet_id;
    END LOOP;
    DELETE FROM finance.audit_pending;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER link AFTER INSERT ON finance.audit_pending
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION finance.link_audit();

-- Append-only ------------------------------------------------------------------------------------------------------------------

-- Holds for the owner and the operator too, until they switch the trigger off; what they do then is what `audit verify` finds.
CREATE FUNCTION finance.refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'finance.% keeps what it has: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON finance.audit_record
    FOR EACH STATEMENT EXECUTE FUNCTION finance.refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON finance.audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION finance.refuse_change();
-- A head moves from within the linking trigger alone.
CREATE TRIGGER linked_only BEFORE UPDATE ON finance.audit_head
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION finance.refuse_change();

-- The tables that people change --------------------------------------------------------------------------------------------------

-- A later migration audits its table with one call: SELECT finance.audit_table('finance.alert_item').
CREATE FUNCTION finance.audit_table(audited regclass, events text DEFAULT 'INSERT OR UPDATE OR DELETE') RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    key_columns text;
BEGIN
    SELECT string_agg(quote_literal(a.attname), ', ' ORDER BY k.place) INTO STRICT key_columns
    FROM pg_index i
    CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
    WHERE i.indrelid = audited AND i.indisprimary AND a.attname <> 'fleet_id';
    EXECUTE format('CREATE TRIGGER audit AFTER %s ON %s FOR EACH ROW EXECUTE FUNCTION finance.note_audit(%s)',
                   events, audited, key_columns);
    -- No row trigger sees a TRUNCATE.
    EXECUTE format('CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON %s EXECUTE FUNCTION finance.refuse_change()', audited);
END $$;

-- Not here: statement_line and statement_rejection (their statement's digest stands for them), the projection (`verify` proves
-- it), and reconciliation_exception (each run finds it anew from payments, lines and matches).
SELECT finance.audit_table('finance.fleet_member'), finance.audit_table('finance.statement'),
       finance.audit_table('finance.reconciliation_match'), finance.audit_table('finance.payment_reconciliation'),
       finance.audit_table('finance.payment_alerts'), finance.audit_table('finance.match_line', 'UPDATE OR DELETE'),
       finance.audit_table('finance.match_payment', 'UPDATE OR DELETE');
CREATE TRIGGER audit_links AFTER INSERT ON finance.match_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance.note_audit_links('line_id');
CREATE TRIGGER audit_links AFTER INSERT ON finance.match_payment REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance.note_audit_links('payment_id');
CREATE TRIGGER audit_lines AFTER INSERT ON finance.statement_line REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance.note_audit_lines();
CREATE TRIGGER audit_lines AFTER INSERT ON finance.statement_rejection REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION finance.note_audit_lines();

-- Rights -------------------------------------------------------------------------------------------------------------------------

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA finance FROM PUBLIC;
-- Every member of a fleet may read its trail and prove it. The anchors are written from the heads by the projector's process.
GRANT SELECT ON finance.audit_record, finance.audit_head TO finance_viewer;
GRANT EXECUTE ON FUNCTION finance.audit_hash(uuid, bigint, timestamptz, text, text, text, jsonb, jsonb, jsonb, text, bytea),
    finance.statement_digest(uuid, uuid) TO finance_viewer;
GRANT SELECT ON finance.audit_head TO finance_projector;

DO $$
DECLARE
    table_name text;
BEGIN
    FOREACH table_name IN ARRAY ARRAY['audit_record', 'audit_head', 'audit_pending'] LOOP
        EXECUTE format('ALTER TABLE finance.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', table_name);
        EXECUTE format('CREATE POLICY owner_all ON finance.%I TO finance_owner USING (true) WITH CHECK (true)', table_name);
    END LOOP;
    FOREACH table_name IN ARRAY ARRAY['audit_record', 'audit_head'] LOOP
        EXECUTE format('CREATE POLICY member_reads ON finance.%I FOR SELECT TO finance_viewer '
                       'USING (fleet_id = ANY ((SELECT finance.my_fleets())::uuid[]))', table_name);
    END LOOP;
END $$;
CREATE POLICY projector_reads ON finance.audit_head FOR SELECT TO finance_projector USING (true);
