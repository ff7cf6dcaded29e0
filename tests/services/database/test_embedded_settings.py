"""The texts that the embedded server is told."""

from __future__ import annotations

from services.database.embedded_settings import Setup, doors, operators, settings


def test_settings_quote_names_and_fit_small_machines() -> None:
    text = settings(Setup(5555, '/home/o\'neil, "x"', durable=True, small_shared_memory=True))
    assert 'unix_socket_directories = \'"/home/o\'\'neil, ""x"""\'\n' in text
    assert "dynamic_shared_memory_type = 'mmap'\n" in text
    assert "fsync" not in text


def test_doors_end_with_scram_for_everybody() -> None:
    assert doors(Setup(1, "/s", durable=True)).splitlines() == [
        "local all postgres peer map=operator",
        "local replication postgres peer map=operator",
        "local all all scram-sha-256",
        "host all postgres 127.0.0.1/32 reject",
        "host all all 127.0.0.1/32 scram-sha-256",
    ]
    assert operators(["mary jane"]) == 'operator "mary jane" postgres\n'
