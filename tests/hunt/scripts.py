"""The hunt's calls by script: `bot qa run` in a service of its own, faster than real time, with its reports."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from bot.backend.demo_customers import DemoCustomer, read_customers
from tests.conftest import ROOT
from tests.hunt.plots import NUMERALS
from tests.hunt.strangers import DEMO, Secrets

SCRIPT = "script"
LOGIN = [{"press": "2"}, {"press": "1"}]


@dataclass
class Written:
    """A script's name and its steps, with places for {account}, {old} (printed), {new}, {other} and {said}."""

    name: str
    steps: list[dict[str, object]]


PIN = {"expect": {"pin": "wrong"}}
ASKED = [*LOGIN, {"press": "{account}#"}]
KINDS = [
    Written("wrong", [*ASKED, {"press": "{new}", **PIN}]),
    Written("wrong, by ID number", [*LOGIN, {"press": "{id}"}, {"press": "{new}", **PIN}]),
    Written("wrong, typed ahead", [*LOGIN, {"press": "{account}#{new}", **PIN}]),
    Written("wrong, a digit too many", [*ASKED, {"press": "{new}7", **PIN}]),
    Written("wrong, cleared and again", [*ASKED, {"press": "{other:.4}*{new}", **PIN}]),
    Written("wrong, spoken aloud too", [*ASKED, {"say": "{said}"}, {"press": "{new}", **PIN}]),
    Written("wrong, said in a sentence before", [{"say": "我的密码是{said}"}, *ASKED, {"press": "{new}", **PIN}]),
    Written("wrong, written too", [{"type": "我的密码是{new}"}, *ASKED, {"type": "{new}"}, {"press": "{new}", **PIN}]),
    Written("timed out after five digits", [*ASKED, {"press": "{new:.5}"}, {"wait": 45}]),
    Written("three times wrong", [*ASKED, {"press": "{new}"}, *[{"press": "{account}#"}, {"press": "{other}"}] * 2]),
    Written("hung up in the middle", [*ASKED, {"press": "{new:.5}"}, {"hang_up": True}]),
    Written(
        "changed for a new one",
        [
            *({"press": "2"}, {"press": "6"}, {"press": "{account}#"}, {"press": "{old}"}, {"press": "{new}"}),
            {"press": "{new}", "expect": {"pin": "new_changed"}},
        ],
    ),
    Written("wrong, and the script expects another outcome", [*ASKED, {"press": "{new}", "expect": {"pin": "ok"}}]),
]
"""The last one fails on purpose: what is reported of a failure may not hold a digit either."""


class ScriptedCalls:
    """Runs beside the others; its reports stay."""

    def __init__(self, folder: Path, secrets: Secrets, rounds: int, kinds: list[Written] = KINDS) -> None:
        self.folder = folder
        self.passwords: list[str] = []
        self.kinds = kinds
        self.rounds = rounds
        customers = [customer for customer in read_customers(DEMO) if customer.status == "01"]
        (folder / "scripts").mkdir()
        (folder / "tmp").mkdir()
        for number in range(rounds):
            for place, kind in enumerate(kinds):
                customer = customers[(number * len(kinds) + place) % len(customers)]
                self._write(f"{number:02d}{place:02d}", kind, customer, secrets)
        settings = {
            "HOTLINE_RUN_DIR": str(folder),
            "HOTLINE_LOG_LEVEL": "DEBUG",
            "HOTLINE_LOG_CALLER_TEXT": "true",
            "HOTLINE_SPEAKING__CACHE": str(folder / "cache"),
            "TMPDIR": str(folder / "tmp"),
        }
        command = [sys.executable, "-m", "bot", "qa", "run", str(folder / "scripts"), "--out", str(folder / "qa")]
        with (folder / "messages.txt").open("wb") as messages:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | settings, stdout=messages, stderr=messages
            )

    def wait(self, seconds: float = 1200) -> None:
        """Until they are over, and went as they should."""
        self.process.wait(seconds)
        told = (self.folder / "messages.txt").read_text("utf-8")
        assert (self.folder / "qa" / "index.html").exists(), told
        results = [json.loads(line) for line in (self.folder / "qa" / "results.jsonl").read_text("utf-8").splitlines()]
        assert len(results) == self.rounds * len(self.kinds), told
        failed = [call for call in results if not call["passed"]]
        meant = [path for path in (self.folder / "scripts").iterdir() if "expects another" in path.read_text("utf-8")]
        assert len(failed) == len(meant), told
        for path in (self.folder / "scripts").iterdir():  # where the passwords are meant to be
            path.unlink()

    def _write(self, name: str, kind: Written, customer: DemoCustomer, secrets: Secrets) -> None:
        new, other = secrets.draw(), secrets.draw()
        self.passwords += [new, other] if "{other" in str(kind.steps) else [new]
        filled = {
            "account": customer.account,
            "id": customer.id_number.replace("X", "*"),
            "old": customer.password,
            "new": new,
            "other": other,
            "said": "".join(NUMERALS[int(digit)] for digit in new),
        }
        steps = [
            {key: value.format_map(filled) if isinstance(value, str) else value for key, value in step.items()}
            for step in kind.steps
        ]
        script = {"name": kind.name, "date": date(2026, 11, 24), "steps": steps}
        (self.folder / "scripts" / f"{name}.yml").write_text(yaml.safe_dump(script, allow_unicode=True), "utf-8")
