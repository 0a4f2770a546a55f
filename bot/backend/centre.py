"""The three doors to one centre's business data, as the settings choose them: the demo's, or its own system's."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, SecretStr, ValidationError, model_validator

from bot.backend.appointments import AppointmentBook
from bot.backend.base import Backend
from bot.backend.call_numbers import CallNumbers
from bot.backend.demo import DemoBackend
from bot.backend.demo_appointments import DemoAppointments
from bot.backend.demo_sms import DemoMessages
from bot.backend.http import HttpBackend
from bot.backend.http_appointments import HttpAppointments
from bot.backend.http_sms import HttpMessages
from bot.backend.http_wire import CentreSystem, Wire
from bot.backend.login_limits import USUAL_LIMITS, LoginLimits
from bot.backend.sms import Messages
from bot.errors import BackendError, SettingsError
from bot.store.database import Database
from bot.store.passwords import Passwords
from bot.store.sealing import Seal

VARIABLES = "HOTLINE_BACKEND__"


class CentreSettings(BaseModel):
    """Where the business data is. The protocol of a centre's own system: docs/backend.md."""

    kind: Literal["demo", "http"] = "demo"
    """demo: invented customers in our own store. http: the centre's own system."""

    url: str = ""
    """http: where it is, without /v1; https unless it is on this machine."""

    token: SecretStr = SecretStr("")
    """http: what it knows us by; better in a file."""

    token_file: Path | None = None
    """http: a file that holds the token and nothing else."""

    authority_file: Path | None = None
    """http: certificate of the authority that signed the system's, if it is the centre's own."""

    answer_seconds: float = 1.5
    """http: time for one try of a request."""

    longest_seconds: float = 3.5
    """http: with the second try. Less than rasa.longest_answer_seconds, or callers do not hear what is the matter."""

    @model_validator(mode="after")
    def _has_an_address(self) -> "CentreSettings":
        address = urlsplit(self.url)
        usable = address.scheme in ("http", "https") and address.hostname and not address.username
        if self.kind == "http" and not (usable and not address.query):
            raise ValueError("kind 是 http 时，url 要写成 https://主机:端口/路径，不带用户名和参数")
        return self

    def system(self) -> CentreSystem:
        """What the wire must know. Raises SettingsError."""
        return CentreSystem(
            self.url, self._token_kept(), self.answer_seconds, self.longest_seconds, self.authority_file
        )

    def refuse_unsafe(self) -> None:
        """Raise SettingsError if real callers' accounts and passwords must not travel like this."""
        if self.kind == "demo":
            return
        address = urlsplit(self.url)
        if address.scheme != "https" and not _is_this_machine(address.hostname or ""):
            raise SettingsError(
                "backend_not_encrypted", "正式运行时 backend.url 必须是 https（本机除外）：请给业务系统配证书"
            )
        if not self._token_kept():
            raise SettingsError(
                "backend_token",
                "正式运行时要有业务系统的口令：请把它写进文件，在 hotline.toml 里设置 backend.token_file",
            )

    def to_environment(self) -> dict[str, str]:
        """For the action server, which has no settings of its own."""
        named = {
            "KIND": self.kind,
            "URL": self.url,
            "TOKEN": self.token.get_secret_value(),
            "TOKEN_FILE": str(self.token_file.absolute()) if self.token_file else "",
            "AUTHORITY_FILE": str(self.authority_file.absolute()) if self.authority_file else "",
            "ANSWER_SECONDS": str(self.answer_seconds),
            "LONGEST_SECONDS": str(self.longest_seconds),
        }
        return {VARIABLES + name: value for name, value in named.items() if value}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "CentreSettings":
        """The other end of it. Raises BackendError('no_settings')."""
        given = {name: environment.get(VARIABLES + name.upper(), "") for name in cls.model_fields}
        try:
            return cls.model_validate({name: value for name, value in given.items() if value})
        except ValidationError as wrong:
            names = ", ".join(str(one["loc"]) for one in wrong.errors(include_input=False))
            raise BackendError("no_settings", f"the back end's settings do not fit: {names}") from None

    def _token_kept(self) -> str:
        if self.token_file is None:
            return self.token.get_secret_value()
        try:
            return self.token_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as unread:
            raise SettingsError(
                "backend_token", f"backend.token_file 读不出来：{self.token_file}（{type(unread).__name__}）"
            ) from unread


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Centre:
    """One centre."""

    backend: Backend
    appointments: AppointmentBook
    messages: Messages
    wire: Wire | None = None
    """To its own system, if it has one."""

    async def close(self) -> None:
        """At the program's end."""
        if self.wire is not None:
            await self.wire.close()


def open_centre(
    settings: CentreSettings,
    database: Database,
    seal: Seal,
    passwords: Passwords,
    limits: LoginLimits = USUAL_LIMITS,
) -> Centre:
    """The doors. Nothing is asked through them yet. Raises SettingsError."""
    if settings.kind == "demo":
        return Centre(
            DemoBackend(database, seal, passwords, limits),
            DemoAppointments(database, seal),
            DemoMessages(database, seal),
        )
    wire, numbers = Wire(settings.system()), CallNumbers(database, seal)
    return Centre(HttpBackend(wire, numbers), HttpAppointments(wire, numbers), HttpMessages(wire, numbers), wire)
