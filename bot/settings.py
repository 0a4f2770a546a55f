"""Every setting of the service, with unit and meaning. From hotline.toml, overridden by HOTLINE_… variables
(HOTLINE_AUDIOSOCKET__PORT=9093)."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel as Group
from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bot.backend.centre import CentreSettings

ROOT = Path(__file__).resolve().parent.parent


class WebSettings(Group):
    """The browser phone."""

    host: str = "127.0.0.1"
    port: int = 8080
    tls: Literal["off", "self_signed", "files"] = "off"
    """Browsers give the microphone only to secure pages: anything but localhost needs TLS."""

    tls_names: list[str] = ["localhost", "127.0.0.1"]
    """Names and addresses in the self-signed certificate."""

    tls_certificate: Path | None = None
    tls_key: Path | None = None
    longest_idle_seconds: float = 10.0
    """Without any message from the page for so long, the connection counts as lost."""


class AudioSocketSettings(Group):
    """The telephone exchange (Asterisk AudioSocket) and the listener where it announces calls."""

    host: str = "127.0.0.1"
    port: int = 9092
    exchange_host: str = "127.0.0.1"
    exchange_port: int = 18080
    """POST /calls/{uuid}/start and GET /calls/{uuid}/next; also /healthz and /metrics. Loopback."""

    announced_seconds: float = 30.0
    """An announced UUID may connect within this time, once."""

    sends_keys: bool = True
    """False for exchanges before the 2025-03 change, which send no 0x03: keys are heard as tones."""


class ListeningSettings(Group):
    """The ear."""

    model: Path = ROOT / "models" / "zh-12329"
    threads: int = 2
    """Vosk threads shared by all calls."""


class SpeakingSettings(Group):
    """The voice."""

    cache: Path = ROOT / "var" / "speech-cache"
    cache_megabytes: int = 200


class RasaSettings(Group):
    """Where the dialogue engine and the action server are."""

    url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    longest_answer_seconds: float = 6.0
    """Longer than this is a DialogueError, and the caller hears an apology. Before, after 0.8 s, they hear 请稍等
    (bot/call/bridge.py): something within 2 s whatever happens."""


class LoginSettings(Group):
    """Wrong passwords that are allowed beside the three per account and day; reasons in bot/backend/login_limits.py."""

    wrong_per_caller_a_day: int = 9
    wrong_without_number_an_hour: int = 30
    """Of all callers together whose number the exchange does not tell."""

    wrong_on_the_line_an_hour: int = 200
    """Of all callers together; registered telephones are let in beyond it."""


class CallSettings(Group):
    """Bounds of one call."""

    longest_call_seconds: float = 1800.0
    first_key_seconds: float = 10.0
    """Time to find the keypad before the first digit of a number or password."""

    next_key_seconds: float = 6.0
    hang_up_after_goodbye_seconds: float = 10.0
    """The guide: the caller hangs up first; after this long we do."""

    no_barge_in_seconds: float = 0.3
    """No interruption by speech at the very start of a prompt."""

    admission_limit: int = 30
    """Simultaneous calls; one more hears a polite sentence and goes to a person."""

    recordings: Path | None = ROOT / "var" / "recordings"
    """None: calls are not recorded."""


class Settings(BaseSettings):
    """All of them."""

    model_config = SettingsConfigDict(
        env_prefix="HOTLINE_", env_nested_delimiter="__", toml_file=ROOT / "hotline.toml", extra="forbid"
    )

    mode: Literal["demo", "production"] = "demo"
    """Production refuses to start with demo customers or default passwords."""

    pretend_now: datetime | None = None
    """Demo only: every call takes place at this moment (2026-11-24T10:00), so that office hours can be shown."""

    database_url: str = f"sqlite:///{ROOT / 'var' / 'hotline.db'}"
    """SQLAlchemy URL: sqlite:///… or postgresql+psycopg://…"""

    secret_key_file: Path = ROOT / "var" / "secret.key"
    """Encrypts account numbers in the store; made at first start, readable by its owner only."""

    run_dir: Path = ROOT / "var"
    """Logs, spool, process files."""

    log_level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"
    log_caller_text: bool = False
    """What callers say is written to logs only if this is set, and only at DEBUG."""

    web: WebSettings = Field(default_factory=WebSettings)
    audiosocket: AudioSocketSettings = Field(default_factory=AudioSocketSettings)
    listening: ListeningSettings = Field(default_factory=ListeningSettings)
    speaking: SpeakingSettings = Field(default_factory=SpeakingSettings)
    rasa: RasaSettings = Field(default_factory=RasaSettings)
    call: CallSettings = Field(default_factory=CallSettings)
    login: LoginSettings = Field(default_factory=LoginSettings)
    backend: CentreSettings = Field(default_factory=CentreSettings)
    """Whose accounts, appointments and messages: the demo's, or a centre's own system. See bot/backend/centre.py."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over hotline.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
