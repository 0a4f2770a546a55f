"""The call script: who calls when, what they say and press, and what must come of it. YAML; docs/call-scripts.md.

Every mistake is reported with file and line. Digits must be quoted: YAML reads 012 as 10. Every key has a Chinese name
as well (bot.qa.words).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ContentError
from bot.events import KEYS
from bot.qa import words
from bot.qa.conditions import CLEAN, Condition, condition_of
from bot.yaml_file import BrokenYaml, compose, line_of, value_of


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that must be true after a step, or at the end of the call."""

    what: str
    """A key of STEP_EXPECTATIONS or END_EXPECTATIONS."""

    value: Any
    """Of `hears` and `heard` also a Tolerant."""

    line: int


@dataclass(frozen=True, slots=True)
class Tolerant:
    """A text of which some characters may be others."""

    text: str
    cer: float
    """Changed, missing and added characters, by the text's length."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the caller does, and what must come of it before the next."""

    line: int
    say: str = ""
    type: str = ""
    press: str = ""
    play: Path | None = None
    text: str = ""
    """What is said in the recording played."""

    wait_seconds: float = 0.0
    after_seconds: float | None = None
    """Interrupts the prompt after so many seconds of it; None: waits until it is the caller's turn."""

    hang_up: bool = False
    voice: str = "caller"
    condition: Condition | None = None
    """Line and noise until the next step; None: the call's."""

    expect: tuple[Expectation, ...] = ()

    @property
    def words(self) -> str:
        """What the caller says in it, as far as the script knows."""
        return self.say or self.text

    @property
    def slots(self) -> dict[str, Any]:
        """What slots must hold after it, by their names in domain.yml."""
        return {name: held for each in self.expect if each.what == "slots" for name, held in each.value.items()}


@dataclass(frozen=True)
class Script:
    """A whole call."""

    path: Path
    name: str
    steps: tuple[Step, ...]
    on: datetime | None = None
    """When the call takes place; a date alone means ten in the morning."""

    caller: str = "13800000001"
    exchange: bool = True
    """Whether a telephone exchange is behind the caller, which can connect a person."""

    condition: Condition = CLEAN
    """Line and noise."""

    expect: tuple[Expectation, ...] = field(default=())


EXPECTATIONS: Mapping[str, type | tuple[type, ...]] = {
    "hears": (str, list, dict),
    "utterance": (str, list),
    "said": (str, list),
    "not_said": (str, list),
    "heard": (str, list, dict),
    "intent": (str, list),
    "within_ms": int,
    "note": str,
    "state": str,
    "no_input": int,
    "no_match": int,
    "interrupted": bool,
    "number": str,
    "pin": str,
    "failed": str,
}
STEP_EXPECTATIONS: Mapping[str, type | tuple[type, ...]] = {**EXPECTATIONS, "slots": dict}
END_EXPECTATIONS: Mapping[str, type | tuple[type, ...]] = {"hand_off": str, "ended": str, "store": dict}
_MORNING = time(10, 0)
_STEP_KEYS = (
    *("say", "type", "press", "play", "text", "wait", "interrupt", "hang_up"),
    *("voice", "line", "noise", "expect"),
)
_TOP_KEYS = ("name", "date", "caller", "exchange", "line", "noise", "steps", "expect")


def load_script(path: Path) -> Script:
    """Read one script. Raises ContentError with file and line."""
    try:
        return _Reader(path).script(compose(path.read_bytes()))
    except OSError as wrong:
        raise ContentError("script", f"{path}：读不出来（{wrong.strerror}）。") from wrong
    except BrokenYaml as wrong:
        raise ContentError("script", f"{path}:{wrong.line}：{wrong.reason}") from wrong


class _Reader:
    """Turns YAML nodes into a script; nodes know their line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._call = CLEAN

    def script(self, root: yaml.Node | None) -> Script:
        top = self._entries(root, _TOP_KEYS, "脚本", words.CALL)
        if "steps" not in top or not isinstance(top["steps"], yaml.SequenceNode):
            raise self._wrong(root, "缺少 steps:，来电人做什么？")
        self._call = self._condition(top) or CLEAN
        return Script(
            path=self._path,
            name=str(self._value(top["name"])) if "name" in top else self._path.stem,
            steps=tuple(self._step(node) for node in top["steps"].value),
            on=self._date(top["date"]) if "date" in top else None,
            caller=self._caller(top["caller"]) if "caller" in top else Script.caller,
            exchange=bool(self._yes(top["exchange"])) if "exchange" in top else True,
            condition=self._call,
            expect=self._expectations(top.get("expect"), {**EXPECTATIONS, **END_EXPECTATIONS}),
        )

    def _step(self, node: yaml.Node) -> Step:
        entries = self._entries(node, _STEP_KEYS, "步骤", words.STEP)
        acts = [key for key in ("say", "type", "press", "play", "wait", "interrupt", "hang_up") if key in entries]
        if len(acts) > 1:
            raise self._wrong(node, f"一个步骤只能做一件事，这里有 {'、'.join(acts)}。请拆成几步。")
        found: dict[str, Any] = {"line": line_of(node), "condition": self._condition(entries)}
        if "interrupt" in entries:
            inner = self._entries(entries["interrupt"], ("after", "say", "press"), "interrupt", words.STEP)
            if "after" not in inner or len(inner) != 2:
                raise self._wrong(node, "interrupt 要写 after（秒）和 say 或 press 之一。")
            found["after_seconds"] = self._number(inner.pop("after"))
            entries = {**entries, **inner}
        if "text" in entries and "play" not in entries:
            raise self._wrong(entries["text"], "text 写的是录音里说了什么，要和 play 一起用。")
        for key in ("say", "type", "text", "voice"):
            if key in entries:
                found[key] = self._text(entries[key])
        if "press" in entries:
            found["press"] = self._digits(entries["press"])
        if "play" in entries:
            found["play"] = self._path.parent / self._text(entries["play"])
            if not found["play"].is_file():
                raise self._wrong(entries["play"], f"找不到录音 {found['play']}。")
        if "wait" in entries:
            found["wait_seconds"] = self._number(entries["wait"])
        found["hang_up"] = "hang_up" in entries
        found["expect"] = self._expectations(entries.get("expect"), STEP_EXPECTATIONS)
        return Step(**found)

    def _expectations(
        self, node: yaml.Node | None, known: Mapping[str, type | tuple[type, ...]]
    ) -> tuple[Expectation, ...]:
        if node is None:
            return ()
        entries = self._entries(node, tuple(known), "expect", words.EXPECTED)
        expectations = []
        for key, value_node in entries.items():
            value = self._yes(value_node) if known[key] is bool else self._value(value_node)
            if not isinstance(value, known[key]):
                raise self._wrong(value_node, f"{key} 的内容不对：{value!r}。文字和数字串请加引号。")
            if key in ("hears", "heard") and isinstance(value, dict):
                value = self._tolerant(value_node)
            if key == "store":
                value = {words.LEFT_BEHIND.get(name, name): left for name, left in value.items()}
            expectations.append(Expectation(key, value, line_of(value_node)))
        return tuple(expectations)

    def _tolerant(self, node: yaml.Node) -> Tolerant:
        entries = self._entries(node, ("text", "cer"), "有误差的文字", words.TOLERANT)
        if len(entries) != 2:
            raise self._wrong(node, "要写文字（text）和误差（cer，0 到 1）。")
        cer = self._value(entries["cer"])
        if isinstance(cer, bool) or not isinstance(cer, (int, float)) or not 0 <= cer <= 1:
            raise self._wrong(entries["cer"], f"误差应当在 0 到 1 之间，0.1 是一成；现在是 {cer!r}。")
        return Tolerant(self._text(entries["text"]), float(cer))

    def _condition(self, entries: Mapping[str, yaml.Node]) -> Condition | None:
        """Line and noise, where one of them is written; the other is the call's."""
        line, noise = (
            self._pieces(entries[key], noise=key == "noise") if key in entries else None for key in ("line", "noise")
        )
        return self._call.on(line, noise) if line is not None or noise is not None else None

    def _pieces(self, node: yaml.Node, *, noise: bool) -> Condition:
        written = self._value(node)
        if not isinstance(written, (str, list)) or not all(isinstance(piece, str) for piece in written):
            raise self._wrong(node, f"线路和噪声写成 gsm、loss:5 这样的文字，或一串这样的文字；现在是 {written!r}。")
        try:
            return condition_of(written, noise=noise)
        except ValueError as wrong:
            raise self._wrong(node, str(wrong)) from wrong

    def _yes(self, node: yaml.Node) -> Any:
        """True or false, in Chinese as well; anything else as it is."""
        value = self._value(node)
        return words.YES_AND_NO.get(value, value) if isinstance(value, str) else value

    def _entries(
        self, node: yaml.Node | None, known: tuple[str, ...], what: str, chinese: Mapping[str, str]
    ) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node, f"{what}应当是“名字: 内容”的形式。")
        entries: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._wrong(key, f"{what}里的名字只能是文字。")
            name = chinese.get(key.value, key.value)
            if name not in known:
                also = [word for word, means in chinese.items() if means in known]
                raise self._wrong(key, f"{what}里不认识“{key.value}”。可以写：{'、'.join([*known, *also])}。")
            if name in entries:
                raise self._wrong(key, f"{what}里 {key.value} 写了两次。")
            entries[name] = value
        return entries

    def _value(self, node: yaml.Node) -> Any:
        return value_of(node)

    def _text(self, node: yaml.Node) -> str:
        value = self._value(node)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(node, f"这里应当是文字，现在是 {value!r}。数字请加引号。")
        return value.strip()

    def _caller(self, node: yaml.Node) -> str:
        """A telephone number, or "" for a caller whose channel tells none (a browser)."""
        return "" if self._value(node) == "" else self._digits(node)

    def _digits(self, node: yaml.Node) -> str:
        text = self._value(node)
        if not isinstance(text, str):
            raise self._wrong(node, f'数字串必须加引号，例如 "012#"（YAML 会把 012 读成 10）。现在是 {node.value}。')
        if not text or any(key not in KEYS for key in text):
            raise self._wrong(node, f"“{text}”里有电话上没有的键。可以写：{KEYS}。")
        return text

    def _number(self, node: yaml.Node) -> float:
        value = self._value(node)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise self._wrong(node, f"这里应当是秒数，现在是 {value!r}。")
        return float(value)

    def _date(self, node: yaml.Node) -> datetime:
        value = self._value(node)
        if isinstance(value, datetime):
            return value
        if isinstance(value, date):
            return datetime.combine(value, _MORNING)
        raise self._wrong(node, f"日期应当写成 2026-11-24 或 2026-11-24 20:30:00，现在是 {value!r}。")

    def _wrong(self, node: yaml.Node | None, told: str) -> ContentError:
        line = line_of(node) if node is not None else 1
        return ContentError("script", f"{self._path}:{line}：{told}")
