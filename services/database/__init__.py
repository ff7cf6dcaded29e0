"""PostgreSQL: the engine, the tables, their migrations, the embedded server, the people."""
