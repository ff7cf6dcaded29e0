"""What the catalog says that a role may do: every schema, relation, column, sequence and function, read as text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text

#: role → object → verbs, e.g. {'finance_viewer': {'feed': 'SELECT', 'payment': 'SELECT(amount id …)'}}.
Rights = dict[str, dict[str, str]]

#: Schema finance's things go by their bare name.
_OURS = "replace(%s, 'finance.', '')"
_RELATIONS = text(f"""
    SELECT r.role, {_OURS % "format('%s.%s', n.nspname, c.relname)"} AS thing, v.verb
    FROM unnest(CAST(:roles AS text[])) AS r(role)
    CROSS JOIN pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN unnest(CAST(:verbs AS text[])) AS v(verb)
    WHERE n.nspname IN ('finance', 'public') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND has_table_privilege(r.role, c.oid, v.verb)
""")
_COLUMNS = text(f"""
    SELECT r.role, {_OURS % "format('%s.%s', n.nspname, c.relname)"} AS thing,
           format('%s(%s)', v.verb, string_agg(a.attname, ' ' ORDER BY a.attname)) AS verb
    FROM unnest(CAST(:roles AS text[])) AS r(role)
    CROSS JOIN pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
    CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS v(verb)
    WHERE n.nspname IN ('finance', 'public') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND has_column_privilege(r.role, c.oid, a.attnum, v.verb) AND NOT has_table_privilege(r.role, c.oid, v.verb)
    GROUP BY 1, 2, v.verb
""")
_SEQUENCES = text(f"""
    SELECT r.role, {_OURS % "format('%s.%s', n.nspname, c.relname)"} AS thing, v.verb
    FROM unnest(CAST(:roles AS text[])) AS r(role)
    CROSS JOIN pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) AS v(verb)
    WHERE n.nspname IN ('finance', 'public') AND c.relkind = 'S' AND has_sequence_privilege(r.role, c.oid, v.verb)
""")
_FUNCTIONS = text(f"""
    SELECT r.role, {_OURS % "format('%s.%s()', n.nspname, p.proname)"} AS thing, 'EXECUTE' AS verb
    FROM unnest(CAST(:roles AS text[])) AS r(role)
    CROSS JOIN pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('finance', 'public') AND has_function_privilege(r.role, p.oid, 'EXECUTE')
""")
_SCHEMAS = text("""
    SELECT r.role, 'schema ' || n.nspname AS thing, v.verb
    FROM unnest(CAST(:roles AS text[])) AS r(role) CROSS JOIN pg_namespace n CROSS JOIN unnest(ARRAY['USAGE', 'CREATE']) AS v(verb)
    WHERE n.nspname IN ('finance', 'public') AND has_schema_privilege(r.role, n.oid, v.verb)
""")


def rights(connection: Connection, roles: Iterable[str]) -> Rights:
    """Everything that the roles may do in schemas finance and public, column rights only where the whole is not theirs."""
    roles = list(roles)
    verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
    if connection.execute(text("SELECT current_setting('server_version_num')::int >= 170000")).scalar_one():
        verbs.append("MAINTAIN")
    found: dict[str, dict[str, set[str]]] = {role: defaultdict(set) for role in roles}
    for query in (_RELATIONS, _COLUMNS, _SEQUENCES, _FUNCTIONS, _SCHEMAS):
        asked = {"roles": roles, "verbs": verbs} if query is _RELATIONS else {"roles": roles}
        for role, thing, verb in connection.execute(query, asked):
            found[role][thing].add(verb)
    return {role: {thing: " ".join(sorted(held)) for thing, held in things.items()} for role, things in found.items()}


def without(more: Mapping[str, str], less: Mapping[str, str]) -> dict[str, str]:
    """What the first may do on things where the second may not do just the same."""
    return {thing: verbs for thing, verbs in more.items() if less.get(thing) != verbs}


def unforced(connection: Connection) -> list[str]:
    """Tables of schema finance with a fleet whose row-level security is not both enabled and forced."""
    query = text("""
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'fleet_id' AND NOT a.attisdropped
        WHERE c.relnamespace = 'finance'::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY 1
    """)
    return list(connection.execute(query).scalars())


def leaning(connection: Connection) -> list[str]:
    """Views of schema finance that act with their owner's rights, and materialised views, which have no row-level security."""
    query = text("""
        SELECT relname FROM pg_class
        WHERE relnamespace = 'finance'::regnamespace
          AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)) ORDER BY 1
    """)
    return list(connection.execute(query).scalars())


def wandering(connection: Connection) -> list[str]:
    """Functions of schema finance that act with their owner's rights and look names up where the caller says."""
    query = text("""
        SELECT proname FROM pg_proc
        WHERE pronamespace = 'finance'::regnamespace AND prosecdef
          AND NOT coalesce(proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false) ORDER BY 1
    """)
    return list(connection.execute(query).scalars())
