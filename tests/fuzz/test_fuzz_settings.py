"""hotline.toml with anything in it: the service starts, or says in a sentence what is wrong."""

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import BaseModel
from pydantic_settings import SettingsConfigDict

from bot.__main__ import carry_out
from bot.commands.run import _address, refuse_taken_ports
from bot.errors import SettingsError
from bot.settings import Settings

LOOPBACK = {"127.0.0.1", "0.0.0.0", "::1"}
CHINESE = re.compile("[一-鿿]{2,}")


def names(model: type[BaseModel], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """All settings, by group and name."""
    for name, field in model.model_fields.items():
        inner = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        group = next((kind for kind in inner if issubclass(kind, BaseModel)), None)
        if group is not None:
            yield from names(group, (*before, name))
        else:
            yield (*before, name)


NAMES = list(names(Settings))
NUMBERS = some.integers() | some.sampled_from(["nan", "-inf", "inf", "1e400", "0", "-1", "65536", "0.0", "1e-9"]).map(
    float
)
TEXTS = some.text(max_size=20) | some.sampled_from(
    [
        "",
        "\0",
        "a\0b",
        "x" * 300,
        "..",
        "0.0.0.0",
        "::1",
        "http://[::1",
        "http://a:99999",
        "http://a:0",
        "http://",
        "//",
    ]
    + [
        "sqlite:///\0",
        "sqlite://",
        "oracle://x",
        "postgresql://",
        "2026-11-24T10:00:00+08:00",
        "2026-02-30",
        "production",
    ]
)
VALUES = NUMBERS | some.booleans() | TEXTS | some.lists(TEXTS, max_size=2)


def as_toml(value: Any) -> str:
    """A value as TOML writes it."""
    return str(value).lower() if isinstance(value, float | bool) else json.dumps(value)


def written(chosen: dict[tuple[str, ...], Any]) -> str:
    """hotline.toml with these settings."""
    return "\n".join(f"{'.'.join(name)} = {as_toml(value)}" for name, value in chosen.items())


@pytest.fixture(scope="module")
def here() -> Iterator[type[Settings]]:
    """Settings that read a hotline.toml of the test."""
    with tempfile.TemporaryDirectory() as folder:

        class Here(Settings):
            model_config = SettingsConfigDict(toml_file=Path(folder) / "hotline.toml")

        yield Here


def read(here: type[Settings], content: bytes, capsys: pytest.CaptureFixture[str]) -> Settings | None:
    """What the service makes of the file; None if it was refused, in a sentence."""
    Path(str(here.model_config["toml_file"])).write_bytes(content)
    found: list[Settings] = []

    def command(_: list[str]) -> int:
        found.append(here())
        return 0

    code, printed = carry_out(command, []), capsys.readouterr().err
    assert code == (0 if found else 1)
    assert bool(found) != bool(CHINESE.search(printed)), printed
    return found[0] if found else None


@given(content=some.binary(max_size=80) | some.text(max_size=60).map(str.encode) | some.just(b"a = " + b"[" * 3000))
def test_any_bytes_are_settings_or_refused(here: type[Settings], capsys: pytest.CaptureFixture[str], content: bytes):
    read(here, content, capsys)


@given(chosen=some.dictionaries(some.sampled_from(NAMES), VALUES, min_size=1, max_size=3))
def test_any_value_of_any_setting_is_usable_or_refused(
    here: type[Settings], capsys: pytest.CaptureFixture[str], chosen: dict[tuple[str, ...], Any]
):
    settings = read(here, written(chosen).encode("utf-8", "surrogatepass"), capsys)
    if settings is None:
        return
    for url in (settings.rasa.url, settings.rasa.actions_url):
        host, port = _address(url)
        assert host and 0 < port < 65536
    if {settings.web.host, settings.audiosocket.host, settings.audiosocket.exchange_host} <= LOOPBACK:  # others: DNS
        try:
            refuse_taken_ports(settings)
        except SettingsError as taken:
            assert CHINESE.search(str(taken))
    assert settings.pretend_now is None or settings.pretend_now.tzinfo is None
    assert settings.call.longest_call_seconds > 0 and settings.call.admission_limit > 0
