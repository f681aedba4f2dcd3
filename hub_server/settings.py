"""The hub's settings: environment `MPS_HUB_*`, or a TOML file with the same names in lower case (surface.md).

Typed and declared once. No secret has a default, and none shows in a representation.
"""

import os
import sys
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, StringConstraints
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

CONFIG_VARIABLE = "MPS_HUB_CONFIG"
_Positive = Annotated[int, Field(ge=1)]
_BcryptCost = Annotated[int, Field(ge=4, le=16)]


def _known_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no time zone is called {name}") from error
    return name


def default_data_dir() -> Path:
    """Where this platform keeps a program's own data."""
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "mps-hub"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "mps-hub"
    return Path(os.environ.get("XDG_DATA_HOME", home / ".local" / "share")) / "mps-hub"


class Settings(BaseSettings):
    """Seconds end in `_s`, milliseconds in `_ms`, bytes in `_bytes`; money is in minor units."""

    model_config = SettingsConfigDict(
        env_prefix="MPS_HUB_", extra="forbid", frozen=True, env_ignore_empty=True
    )

    data_dir: Path = Field(default_factory=default_data_dir)
    database_url: SecretStr | None = None
    migration_database_url: SecretStr | None = None
    base_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")] = (
        "http://127.0.0.1:8080"
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "TWD"
    exponent: Annotated[int, Field(ge=0, le=4)] = 2
    default_region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "TW"
    sms_url: SecretStr | None = None

    # Keys: the text of a key file, or the file's place (default: in the data directory).
    signing_keys: SecretStr | None = None
    key_file: Path | None = None

    # Payment codes and passwords.
    code_ttl_s: Annotated[int, Field(ge=60, le=3600)] = 900
    code_bcrypt_cost: _BcryptCost = 4
    pin_bcrypt_cost: _BcryptCost = 12
    password_bcrypt_cost: _BcryptCost = 12
    offline_allowance: Annotated[int, Field(ge=0)] = 200_000
    offline_code_limit: Annotated[int, Field(ge=0)] = 50_000
    offline_max_duration_s: _Positive = 14_400

    card_charge_limit: Annotated[int, Field(ge=0)] = 0
    card_daily_limit: Annotated[int, Field(ge=0)] = 0
    time_zone: Annotated[str, AfterValidator(_known_time_zone)] = "Asia/Taipei"
    kiosk_code_ttl_s: Annotated[int, Field(ge=60, le=3600)] = 300
    kiosk_rotation_s: _Positive = 240

    # Sharing of cards.
    binding_tries: _Positive = 5
    binding_lock_s: _Positive = 900
    bindings_per_member_per_hour: _Positive = 20
    bindings_per_address_per_hour: _Positive = 100
    invitation_ttl_s: _Positive = 86_400

    # Passwords of admins and merchants.
    login_tries: _Positive = 5
    login_lock_s: _Positive = 900
    logins_per_address_per_hour: _Positive = 300
    login_session_ttl_s: _Positive = 3_600
    login_refresh_ttl_s: _Positive = 12 * 3_600
    member_refresh_ttl_s: _Positive = 90 * 86_400
    api_key_overlap_s: _Positive = 7 * 86_400

    # What one caller may ask for in a minute before it is told to wait; the counter's own roads have no limit.
    key_requests_per_minute: _Positive = 6_000
    member_requests_per_minute: _Positive = 600
    public_requests_per_minute: _Positive = 600

    # The audit chain, and refusals that pile up.
    audit_chain_s: _Positive = 30
    audit_head_s: _Positive = 3_600
    refusals_window_s: _Positive = 300
    refusals_alert_count: _Positive = 50
    consistency_check_s: _Positive = 900

    # One-time passwords and sessions.
    otp_ttl_s: _Positive = 300
    otp_max_tries: _Positive = 5
    otp_resend_s: _Positive = 60
    otp_per_phone_per_day: _Positive = 20
    otp_per_address_per_hour: _Positive = 60
    otp_per_prefix_per_day: _Positive = 2_000
    otp_per_day: _Positive = 20_000
    otp_members_percent: Annotated[int, Field(ge=0, le=100)] = 50
    session_ttl_s: _Positive = 30 * 86_400
    registration_ttl_s: _Positive = 900

    # Terminals.
    enrolment_code_ttl_s: _Positive = 86_400
    enrolment_wrong_tries: _Positive = 10
    enrolment_window_s: _Positive = 900
    access_token_ttl_s: _Positive = 600
    assertion_ttl_s: _Positive = 60
    live_window_s: _Positive = 60
    skew_s: Annotated[int, Field(ge=0)] = 60

    # The change feed and what carries it.
    keep_alive_s: _Positive = 15
    feed_poll_ms: Annotated[int, Field(ge=10)] = 250
    outbox_poll_ms: Annotated[int, Field(ge=10)] = 250
    outbox_max_attempts: _Positive = 5
    code_sweep_s: _Positive = 30
    max_streams: _Positive = 5_000

    # The web.
    body_limit_bytes: _Positive = 1 << 20
    body_timeout_s: _Positive = 10
    shutdown_timeout_s: _Positive = 10
    log_level: Annotated[str, StringConstraints(pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the TOML file that `MPS_HUB_CONFIG` names."""
        named = os.environ.get(CONFIG_VARIABLE)
        if named is None:
            return init_settings, env_settings
        if not Path(named).is_file():
            raise FileNotFoundError(f"{CONFIG_VARIABLE} names {named}, which is not a file")
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(named))

    @property
    def database_address(self) -> str:
        """SQLAlchemy's URL of the database; by default SQLite in the data directory."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'hub.sqlite'}"

    @property
    def migration_address(self) -> str:
        """The same database by a role that may alter tables."""
        if self.migration_database_url is not None:
            return self.migration_database_url.get_secret_value()
        return self.database_address

    @property
    def sms_address(self) -> str:
        """Where one-time passwords go; by default a file in the data directory."""
        if self.sms_url is not None:
            return self.sms_url.get_secret_value()
        return (self.data_dir / "sms.jsonl").absolute().as_uri()

    @property
    def key_path(self) -> Path:
        """The file of private keys."""
        return self.key_file or self.data_dir / "hub-keys.json"
