-- Views that people share leave records: shared, changed, renamed, taken back, deleted. Runs as finance_owner.

-- What everybody may read of a view. What a personal one shows is its owner's alone, and what is searched for may be a passenger.
CREATE FUNCTION finance.view_told(view finance.saved_view) RETURNS jsonb
    LANGUAGE sql STABLE PARALLEL SAFE SET timezone = 'UTC'
    RETURN to_jsonb(view) - 'definition'
           || CASE WHEN view.shared THEN jsonb_build_object('definition', view.definition - 'search') ELSE '{}' END;

CREATE FUNCTION finance.note_view() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    -- A personal view, and what it is called, is its owner's alone.
    IF NOT (coalesce(OLD.shared, false) OR coalesce(NEW.shared, false)) THEN
        RETURN NULL;
    END IF;
    INSERT INTO finance.audit_pending (fleet_id, table_name, op, row_key, before, after)
    VALUES (coalesce(NEW.fleet_id, OLD.fleet_id), TG_TABLE_NAME, lower(TG_OP),
            jsonb_build_object('id', coalesce(NEW.id, OLD.id)), finance.view_told(OLD), finance.view_told(NEW));
    RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON finance.saved_view FOR EACH ROW EXECUTE FUNCTION finance.note_view();
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON finance.saved_view EXECUTE FUNCTION finance.refuse_change();
