"""Every setting, declared once with its type, default and meaning.

A setting comes from the environment (WORKSTATION_…), else from the settings file, else from its default.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from services.domain.errors import EnvironmentFault
from workstation.early import APPLICATION, settings_file


class Settings(BaseSettings):
    """What a process of the workstation can be told."""

    model_config = SettingsConfigDict(env_prefix="WORKSTATION_", extra="forbid", frozen=True)

    database_url: SecretStr | None = Field(
        None, description="The database: postgresql://login:password@server:5432/name. Without one the desktop asks."
    )
    relay_url: str | None = Field(
        None, description="The live feed's address (ws:// or wss://); by default what the back office announces."
    )
    relay_host: str = Field("127.0.0.1", description="The address on which `workstation serve` offers the live feed.")
    relay_port: int = Field(8765, ge=0, le=65535, description="Its port; 0 takes any free one.")
    relay_announce: str | None = Field(
        None, description="The address that desktops are told, where it differs (behind a proxy with TLS, say)."
    )
    relay_certificate: Path | None = Field(None, description="PEM certificate chain: the live feed then speaks wss://.")
    relay_key: Path | None = Field(None, description="The certificate's private key.")
    relay_origins: tuple[str, ...] = Field((), description="Web origins that may connect; none by default.")
    data_folder: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir(APPLICATION)),
        description="Where the embedded database and the demo keep their data.",
    )
    audit_anchors: Path | None = Field(
        None,
        description="Where the back office anchors the audit trail every 15 minutes, out of the database's reach;"
        " by default a file of this database's in the data folder.",
    )
    environment: Literal["production", "test", "demo"] = Field(
        "production", description="Shown as a coloured word in the window, except for production."
    )
    theme: Literal["system", "light", "dark"] = Field("system", description="Light, dark, or as the system says.")
    reduced_motion: bool = Field(False, description="No flashing of changed cells.")
    tray_notices: bool = Field(True, description="Tell of failed payments beside the clock, without names or amounts.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="What is logged to stderr.")

    @property
    def anchors_file(self) -> Path:
        """The anchors of the configured database's audit trail: one file for each database."""
        if self.audit_anchors is not None:
            return self.audit_anchors
        url = self.database_url.get_secret_value() if self.database_url is not None else ""
        return self.data_folder / "audit anchors" / f"{sha256(url.rpartition('@')[2].encode()).hexdigest()[:12]}.jsonl"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the settings file."""
        del dotenv_settings, file_secret_settings  # no other places: what is in force must be easy to find
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, settings_file())


def load_settings() -> Settings:
    """The settings in force; EnvironmentFault names the setting that cannot be used and why."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise EnvironmentFault(
            f"The setting {name} (WORKSTATION_{name.upper()}) cannot be used: {first['msg']}."
        ) from error
    except ValueError as error:
        raise EnvironmentFault(f"The settings file {settings_file()} cannot be read: {error}.") from error
