"""What the embedded server is told: its settings, and who may come in by which door. Pure text, no files."""

from __future__ import annotations

from dataclasses import dataclass

OPERATOR = "postgres"
"""The superuser; only the person who runs the program becomes it."""

HOST = "127.0.0.1"

_PLAIN = {
    "listen_addresses": HOST,
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
_THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Setup:
    """How one server runs: TCP port on loopback, socket folder ('' for none), and whether commits reach the disk."""

    port: int
    socket_folder: str
    durable: bool
    small_shared_memory: bool = False


def settings(setup: Setup) -> str:
    """The text of the settings file that `postgresql.conf` includes."""
    values = {
        **_PLAIN,
        "port": str(setup.port),
        "unix_socket_directories": _folder_list(setup.socket_folder),
        **({} if setup.durable else _THROW_AWAY),
        # A container often gives /dev/shm only 64 MB, which parallel queries exhaust; files have no such limit.
        **({"dynamic_shared_memory_type": "mmap"} if setup.small_shared_memory else {}),
    }
    return "".join(f"{name} = {_quoted(value)}\n" for name, value in values.items())


def doors(setup: Setup) -> str:
    """The text of `pg_hba.conf`: the operator by the operating system's word (or a password), all others by scram."""
    operator = ("scram-sha-256", f"{HOST}/32") if not setup.socket_folder else ("reject", f"{HOST}/32")
    lines = [f"host all {OPERATOR} {operator[1]} {operator[0]}", f"host all all {HOST}/32 scram-sha-256"]
    if setup.socket_folder:
        lines = [
            f"local all {OPERATOR} peer map=operator",
            f"local replication {OPERATOR} peer map=operator",
            "local all all scram-sha-256",
            *lines,
        ]
    return "".join(f"{line}\n" for line in lines)


def operators(os_users: list[str]) -> str:
    """The text of `pg_ident.conf`: which users of this machine are the operator."""
    return "".join(f'operator "{user}" {OPERATOR}\n' for user in os_users)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _folder_list(folder: str) -> str:
    return '"' + folder.replace('"', '""') + '"' if folder else ""
