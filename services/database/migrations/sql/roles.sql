-- Roles belong to the whole server, not to one database; safe to run again, and by two migrations at once.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['finance_owner', 'finance_viewer', 'finance_manager', 'finance_approver',
                                'finance_projector', 'finance_relay', 'finance_alerts', 'finance_api'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- it is there already
        END;
        IF NOT pg_has_role(session_user, role, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO %I', role, session_user);
        END IF;
    END LOOP;
    IF NOT pg_has_role('finance_manager', 'finance_viewer', 'MEMBER') THEN
        GRANT finance_viewer TO finance_manager;
    END IF;
    IF NOT pg_has_role('finance_approver', 'finance_manager', 'MEMBER') THEN
        GRANT finance_manager TO finance_approver;
    END IF;
END $$;
CREATE SCHEMA IF NOT EXISTS finance AUTHORIZATION finance_owner;
