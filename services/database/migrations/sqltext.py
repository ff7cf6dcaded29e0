"""The SQL text of a migration."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection


def run_sql(connection: Connection, name: str) -> None:
    """Executes `sql/<name>.sql` beside this module, all its statements, in the connection's transaction."""
    script = (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    # The driver itself takes several statements in one text, as long as no parameters come with it.
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(script)
