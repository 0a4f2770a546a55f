"""What editors write, or their programs make of it: any bytes, any YAML, any value in any place of a real file.

Every reader answers with content or with a ContentError that names the file, in Chinese; never with anything else.
"""

import copy
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from actions.content import read
from actions.live_file import load
from bot.backend.demo_customers import read_customers
from bot.backend.demo_units import read_units
from bot.call.commands import Commands
from bot.call.prompts import Prompts
from bot.check import CHECKS, check_spelling
from bot.check.answers import check_answers
from bot.check.project import Project
from bot.errors import ContentError
from bot.listening.questions import load_questions
from bot.qa.recordings import played
from bot.qa.script import load_script
from bot.speaking.lexicon import Lexicon
from bot.speaking.voices import read_voices
from bot.training import _load as load_for_training
from tests.conftest import ROOT

CHINESE = re.compile("[一-鿿]{2,}")
FEW, FEWEST = (settings(max_examples=settings.default.max_examples // part) for part in (2, 5))

PIECES = some.sampled_from(
    ["a: ", "b: ", "- ", "\n", "\n  ", "\n    ", "? ", "[", "]", "{", "}", ", ", "&x ", "*x", "<<: ", "!!int ", "!t "]
    + [
        "!!timestamp ",
        "!!set ",
        "!!binary ",
        "2026-02-30",
        "2026-11-28 25:00:00",
        "0b_",
        "0o9",
        "1:99",
        ".nan",
        "-.inf",
    ]
    + ["9" * 5000, "1e999", "|\n", ">-\n", '"', "'", '"\\ud800"', '"\\UFFFFFFFF"', "\t", "#", "%YAML 9.9\n", "---\n"]
    + ["...\n", "：", "　", "是", "null", "~", "yes", "questions:\n  ", "steps: ", "open: ", "default: ", "{x}", "{"]
    + ["[" * 300, "{a: " * 300, "- " * 300, "\x00", "\x07", "\x85", "\u2028", "\ufeff"]
)
YAMLISH = some.lists(PIECES | some.text(max_size=8), max_size=14).map("".join)
CONTENT = some.binary(max_size=200) | YAMLISH.map(lambda text: text.encode("utf-8", "surrogatepass"))
CONTENT |= YAMLISH.map(lambda text: text.encode("gb18030", "replace")) | YAMLISH.map(lambda text: text.encode("utf-16"))
VALUES = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.dates()
    | some.datetimes()
    | some.text(max_size=9)
    | some.sampled_from(
        ["²", "{", "{x", "{facts.no}", "25:61", "9:00-8:00", "0", "", " ", "一" * 400, "\x07", "a.b", "/"]
    ),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)

READERS: dict[str, Callable[[Path], object]] = {
    "content": read,
    "live file": load,
    "call script": load_script,
    "questions": load_questions,
    "prompts": Prompts.load,
    "commands": Commands.load,
    "voices": read_voices,
    "lexicon": Lexicon.read,
    "demo customers": read_customers,
    "demo units": read_units,
    "training": load_for_training,
}


def told(error: ContentError, file: str) -> bool:
    """Whether an editor learns which file and what is wrong."""
    return file in str(error) and CHINESE.search(str(error)) is not None


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """For files that are written again and again."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@pytest.mark.parametrize("reader", READERS)
@given(content=CONTENT)
def test_any_bytes_are_read_or_refused_by_name(folder: Path, reader: str, content: bytes):
    file = folder / "edited.yml"
    file.unlink(missing_ok=True)  # a new time: what is kept by time of change is not asked
    file.write_bytes(content)
    try:
        READERS[reader](file)
    except ContentError as error:
        assert told(error, "edited.yml"), error


@given(content=CONTENT)
def test_the_check_tells_what_is_wrong_with_any_bytes(folder: Path, content: bytes):
    project = folder / "project"
    (project / "content").mkdir(parents=True, exist_ok=True)
    (project / "content" / "edited.yml").write_bytes(content)
    document = Project(project).documents[0]
    found = list(check_spelling(Project(project)))
    assert document.problem is None or found
    for finding in found:
        assert finding.file == "content/edited.yml" and CHINESE.search(finding.message) and CHINESE.search(finding.mend)


ROWS = some.lists(
    some.sampled_from(["file", "文件", "text", "文字", "a.wav", "\t", "\n", "\r\n", '"', "\x00", "..", "x" * 200_000])
)


@FEW
@given(content=some.binary(max_size=100) | ROWS.map(lambda row: "".join(row).encode()))
def test_any_table_of_recordings_is_read_or_refused(folder: Path, content: bytes):
    recordings = folder / "recordings"
    recordings.mkdir(exist_ok=True)
    (recordings / "a.wav").write_bytes(b"")
    (recordings / "edited.tsv").write_bytes(content)
    try:
        played(recordings)
    except ContentError as error:
        assert CHINESE.search(str(error))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a document."""
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


def replaced(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    """The document with another value in one place."""
    if not place:
        return value
    changed = copy.deepcopy(document)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return changed


def edited(folder: Path, original: Path, data: some.DataObject) -> Path:
    """The folder's copy of a file of this project, with anything in any one place."""
    document = yaml.load(original.read_text("utf-8"), yaml.CSafeLoader)
    place = data.draw(some.sampled_from(list(places(document))), label="place")
    changed = replaced(document, place, data.draw(VALUES, label="value"))
    file = folder / original.relative_to(ROOT)
    file.unlink(missing_ok=True)
    file.write_text(yaml.dump(changed, allow_unicode=True, Dumper=yaml.CSafeDumper, sort_keys=False), "utf-8")
    return file


OWN_READERS = {
    "voices/prompts.yml": Prompts.load,
    "voices/commands.yml": Commands.load,
    "voices/questions.yml": load_questions,
    "voices/voices.yml": read_voices,
    "voices/lexicon.yml": Lexicon.read,
    "content/demo/customers.yml": read_customers,
    "tests/calls/不评价.yml": load_script,
}


@pytest.mark.parametrize("name", OWN_READERS)
@FEWEST
@given(data=some.data())
def test_any_value_in_any_place_of_a_file_is_read_or_refused(folder: Path, name: str, data: some.DataObject):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    file = edited(folder, ROOT / name, data)
    try:
        OWN_READERS[name](file)
    except ContentError as error:
        assert told(error, file.name), error


@pytest.fixture(scope="module")
def project(folder: Path) -> Path:
    """A copy of this project's content, with what its check reads beside it."""
    copied = folder / "copy"
    for name in ("content", "voices", "nlu", "stories"):
        shutil.copytree(ROOT / name, copied / name)
    for name in ("domain.yml", "config.yml"):
        shutil.copy(ROOT / name, copied / name)
    return copied


CHECKED = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "content").rglob("*.yml") if "demo" not in path.parts)


@FEWEST
@given(data=some.data())
def test_the_centres_answers_are_checked_with_any_value_in_any_place(project: Path, data: some.DataObject):
    name = data.draw(some.sampled_from(CHECKED), label="file")
    try:
        edited(project, ROOT / name, data)
        for finding in check_answers(Project(project)):
            assert CHINESE.search(finding.message) and (project / finding.file).exists(), finding
    finally:
        shutil.copy(ROOT / name, project / name)


@pytest.mark.long
@settings(max_examples=60)
@given(data=some.data())
def test_all_checks_look_at_any_value_in_any_place(project: Path, data: some.DataObject):
    name = data.draw(
        some.sampled_from([*CHECKED, "voices/voices.yml", "voices/prompts.yml", "domain.yml"]), label="file"
    )
    try:
        edited(project, ROOT / name, data)
        for one in CHECKS:
            for finding in one(Project(project)):
                assert CHINESE.search(finding.message), finding
    finally:
        shutil.copy(ROOT / name, project / name)
