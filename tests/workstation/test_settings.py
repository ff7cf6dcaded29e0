"""Settings: where each comes from, and a sentence for the one that cannot be used."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest
from pydantic import ValidationError

from services.domain.errors import EnvironmentFault
from workstation.early import APPLICATION, early, settings_file
from workstation.settings import Settings, load_settings


def test_without_anything_the_defaults_are_in_force() -> None:
    settings = load_settings()
    assert settings.database_url is None
    assert (settings.relay_host, settings.relay_port, settings.relay_origins) == ("127.0.0.1", 8765, ())
    assert settings.data_folder == Path(platformdirs.user_data_dir(APPLICATION))
    assert (settings.environment, settings.theme, settings.reduced_motion) == ("production", "system", False)


def test_the_file_gives_what_the_environment_does_not(settings_toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings_toml.write_text('relay_port = 9100\ntheme = "dark"\nrelay_origins = ["https://finance.example"]\n')
    monkeypatch.setenv("WORKSTATION_THEME", "light")
    monkeypatch.setenv("WORKSTATION_DATA_FOLDER", "elsewhere")
    settings = load_settings()
    assert (settings.relay_port, settings.theme) == (9100, "light")
    assert settings.relay_origins == ("https://finance.example",)
    assert settings.data_folder == Path("elsewhere")


def test_the_password_in_the_address_is_in_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKSTATION_DATABASE_URL", "postgresql://amina:secret@localhost/fleet")
    settings = load_settings()
    assert "secret" not in repr(settings)
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://amina:secret@localhost/fleet"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("relay_port", "70000"),
        ("relay_port", "many"),
        ("theme", "pink"),
        ("reduced_motion", "perhaps"),
        ("environment", "live"),
        ("log_level", "LOUD"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"WORKSTATION_{name.upper()}", value)
    with pytest.raises(EnvironmentFault, match=rf"^The setting {name} \(WORKSTATION_{name.upper()}\) cannot be used: "):
        load_settings()


def test_a_list_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKSTATION_RELAY_ORIGINS", "https://finance.example")
    with pytest.raises(EnvironmentFault, match="relay_origins"):
        load_settings()


def test_a_setting_that_nobody_knows_is_named(settings_toml: Path) -> None:
    settings_toml.write_text("relay_prot = 9100\n")
    with pytest.raises(EnvironmentFault, match="The setting relay_prot"):
        load_settings()


def test_a_file_that_is_no_toml_is_named(settings_toml: Path) -> None:
    settings_toml.write_text("relay_port 9100\n")
    with pytest.raises(EnvironmentFault) as caught:
        load_settings()
    assert str(caught.value).startswith(f"The settings file {settings_toml} cannot be read: ")


def test_settings_do_not_change_and_every_one_says_what_it_means() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.theme = "dark"  # type: ignore[misc]
    assert all(field.description for field in Settings.model_fields.values())


def test_the_file_stands_where_the_system_keeps_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(platformdirs, "user_config_dir", lambda name: str(tmp_path / name))
    assert settings_file() == tmp_path / "fleet-finance-workstation" / "settings.toml"


def test_what_the_first_picture_needs_is_read_early_and_faults_are_left_to_the_settings(
    settings_toml: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.early.settings_file", lambda: settings_toml)
    assert early("environment", "production") == "production"
    settings_toml.write_text('environment = "demo"\n')
    assert early("environment", "production") == "demo"
    monkeypatch.setenv("WORKSTATION_ENVIRONMENT", "test")
    assert early("environment", "production") == "test"
    settings_toml.write_text("environment demo")
    assert early("theme", "system") == "system"
