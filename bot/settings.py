"""Every setting of the service, with unit and meaning. From hotline.toml, overridden by HOTLINE_… variables
(HOTLINE_AUDIOSOCKET__PORT=9093)."""

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, NaiveDatetime
from pydantic import BaseModel as Group
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from bot.backend.centre import CentreSettings
from bot.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent

_HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_:-]{1,63}(\.[A-Za-z0-9_:-]{1,63})*\.?")


def _a_host(name: str) -> str:
    if not _HOST.fullmatch(name):
        raise ValueError("应为主机名或 IP 地址")
    return name


def _a_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.port == 0:  # asking for the port refuses one beyond 65535
        raise ValueError("应为 http://主机:端口")
    _a_host(parts.hostname or "")
    return url


def _a_path(path: Path) -> Path:
    if "\0" in str(path):
        raise ValueError("路径里有空字符")
    return path


Host = Annotated[str, AfterValidator(_a_host)]
Count = Annotated[int, Field(ge=1)]
Port = Annotated[int, Field(ge=1, le=65535)]
Url = Annotated[str, AfterValidator(_a_url)]
File = Annotated[Path, AfterValidator(_a_path)]
Seconds = Annotated[float, Field(gt=0, le=86400, allow_inf_nan=False)]


class WebSettings(Group):
    """The browser phone."""

    host: Host = "127.0.0.1"
    port: Port = 8080
    tls: Literal["off", "self_signed", "files"] = "off"
    """Browsers give the microphone only to secure pages: anything but localhost needs TLS."""

    tls_names: list[str] = ["localhost", "127.0.0.1"]
    """Names and addresses in the self-signed certificate."""

    tls_certificate: File | None = None
    tls_key: File | None = None
    longest_idle_seconds: Seconds = 10.0
    """Without any message from the page for so long, the connection counts as lost."""


class AudioSocketSettings(Group):
    """The telephone exchange (Asterisk AudioSocket) and the listener where it announces calls."""

    host: Host = "127.0.0.1"
    port: Port = 9092
    exchange_host: Host = "127.0.0.1"
    exchange_port: Port = 18080
    """POST /calls/{uuid}/start and GET /calls/{uuid}/next; also /healthz and /metrics. Loopback."""

    announced_seconds: Seconds = 30.0
    """An announced UUID may connect within this time, once."""

    sends_keys: bool = True
    """False for exchanges before the 2025-03 change, which send no 0x03: keys are heard as tones."""


class ListeningSettings(Group):
    """The ear."""

    model: File = ROOT / "models" / "zh-12329"
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    """Vosk threads shared by all calls."""


class SpeakingSettings(Group):
    """The voice."""

    cache: File = ROOT / "var" / "speech-cache"
    cache_megabytes: Count = 200
    longest_sentence_seconds: Seconds = 1.5
    """A synthesiser that takes longer for one sentence stalls: it is replaced, and the caller hears a kept sentence."""


class RasaSettings(Group):
    """Where the dialogue engine and the action server are."""

    url: Url = "http://127.0.0.1:5005"
    actions_url: Url = "http://127.0.0.1:5055"
    longest_answer_seconds: Seconds = 6.0
    """Longer than this is a DialogueError, and the caller hears an apology. Before, after 0.8 s, they hear 请稍等
    (bot/call/bridge.py): something within 2 s whatever happens."""


class LoginSettings(Group):
    """Wrong passwords that are allowed beside the three per account and day; reasons in bot/backend/login_limits.py."""

    wrong_per_caller_a_day: Count = 9
    wrong_without_number_an_hour: Count = 30
    """Of all callers together whose number the exchange does not tell."""

    wrong_on_the_line_an_hour: Count = 200
    """Of all callers together; registered telephones are let in beyond it."""


class CallSettings(Group):
    """Bounds of one call."""

    longest_call_seconds: Seconds = 1800.0
    first_key_seconds: Seconds = 10.0
    """Time to find the keypad before the first digit of a number or password."""

    next_key_seconds: Seconds = 6.0
    hang_up_after_goodbye_seconds: Seconds = 10.0
    """The guide: the caller hangs up first; after this long we do."""

    no_barge_in_seconds: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] = 0.3
    """No interruption by speech at the very start of a prompt."""

    admission_limit: Count = 20
    """Simultaneous calls; one more hears a polite sentence and goes to a person. So many two cores hold within the
    promised times (docs/performance.md); `make bench` finds the number of another machine."""

    recordings: File | None = ROOT / "var" / "recordings"
    """None: calls are not recorded."""


class Settings(BaseSettings):
    """All of them."""

    model_config = SettingsConfigDict(
        env_prefix="HOTLINE_", env_nested_delimiter="__", toml_file=ROOT / "hotline.toml", extra="forbid"
    )

    mode: Literal["demo", "production"] = "demo"
    """Production refuses to start with demo customers or default passwords."""

    pretend_now: NaiveDatetime | None = None
    """Demo only: every call takes place at this moment (2026-11-24T10:00), so that office hours can be shown."""

    database_url: str = f"sqlite:///{ROOT / 'var' / 'hotline.db'}"
    """SQLAlchemy URL: sqlite:///… or postgresql+psycopg://…"""

    database_busy_seconds: Seconds = 1.0
    """A lock that is held longer is a fault (the journal then waits in the spool); a silent server, 0.5 s later."""

    secret_key_file: File = ROOT / "var" / "secret.key"
    """Encrypts account numbers in the store; made at first start, readable by its owner only."""

    run_dir: File = ROOT / "var"
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

    def for_actions(self) -> dict[str, str]:
        """What the action server must know: it opens the same store and the same centre's data."""
        return {
            "HOTLINE_DATABASE_URL": self.database_url,
            "HOTLINE_DATABASE_BUSY_SECONDS": str(self.database_busy_seconds),
            "HOTLINE_SECRET_KEY_FILE": str(self.secret_key_file),
            "HOTLINE_MODE": self.mode,
            **self.backend.to_environment(),
        }

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over hotline.toml. Raises SettingsError, in Chinese."""
        try:
            written = TomlConfigSettingsSource(settings_cls)
        except (OSError, ValueError, RecursionError) as wrong:  # ValueError: no TOML, or no UTF-8
            raise SettingsError("settings", f"设置文件 hotline.toml 读不出来：{wrong}") from wrong
        return init_settings, env_settings, written
