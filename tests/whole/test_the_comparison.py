"""`bot qa compare` on real runs: an unchanged product run again and again, and products made worse on purpose.

`python -m pytest -m long tests/whole/test_the_comparison.py -s`: 308 calls. COMPARE_RUNS=FOLDER keeps the runs, and
takes those that are there, so that it can be made in pieces (`-k rerun`, `-k endpoint`). What it found: docs/qa.zh.md.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from bot.audio.loudness import levelled
from bot.audio.wav import write_wav
from bot.qa import results
from tests.audio.corpus import espeak, pcm
from tests.conftest import ROOT

pytestmark = pytest.mark.long

SCRIPTS = ("问利率", "国庆上班吗", "说话约贷款中间问利率", "线路/AMR手机念账号")
EVERY, RECORDED = 9, (*range(0, 29, 2), 5, 11, 21)
"""Every ninth phrasing of tests/dialogue/phrasings_dev.yml, and of those these: a run is to last minutes."""

RERUNS = 10
VOICES = ("f1", "m1", "f3", "m3", "f4", "m5")
SPEEDS = (155, 175, 195)
BREATH = bytes(2 * 8 * 350)
"""Every third caller takes one in the middle: 0.35 s, less than the shortest wait for the end of a turn."""


def in_the_recogniser(copy: Path) -> None:
    """The sound counts for less, so that words are guessed."""
    conf = copy / "models" / "zh-12329" / "conf" / "model.conf"
    conf.write_text(re.sub(r"--acoustic-scale=[\d.]+", "--acoustic-scale=0.25", conf.read_text("utf-8")), "utf-8")


def in_the_endpoint(copy: Path) -> None:
    """Answers are to come faster."""
    questions = copy / "voices" / "questions.yml"
    text = re.sub(r"(end_of_turn|whole_answer|begun_answer): [\d.]+", r"\1: 0.15", questions.read_text("utf-8"))
    questions.write_text(text, "utf-8")


@dataclass(frozen=True)
class Planted:
    """One way to make the product or the line worse, and the figure by which it should be found."""

    name: str
    figure: str
    plant: Callable[[Path], None] | None = None
    line: str = ""


PLANTED = (
    Planted("endpoint", "话没说完被截断", in_the_endpoint),
    Planted("recogniser", "字错误率", in_the_recogniser),
    Planted("line", "字错误率", line="gsm+loss:10"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of all runs."""
    kept = os.environ.get("COMPARE_RUNS")
    return Path(kept) if kept else tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def material(folder: Path) -> Path:
    """Scripts and recordings, the same in each run."""
    made = folder / "material"
    if made.exists():
        return made
    made.mkdir(parents=True)
    for name in SCRIPTS:
        shutil.copy(ROOT / "tests" / "calls" / f"{name}.yml", made)
    spoken = yaml.safe_load((ROOT / "tests/dialogue/phrasings_dev.yml").read_text("utf-8"))["questions"][::EVERY]
    rows = ["文件\t文字\t意图\t说话人"]
    for number in RECORDED:
        one = spoken[number]
        voice, speed = VOICES[number % len(VOICES)], SPEEDS[number % len(SPEEDS)]
        half = len(one["say"]) // 2
        parts = (one["say"][:half], one["say"][half:]) if number % 3 == 2 else (one["say"],)
        sound = BREATH.join(trimmed(levelled(pcm(espeak(part, voice, speed=speed)))) for part in parts)
        write_wav(made / f"{number:02d}.wav", sound)
        rows.append(f"{number:02d}.wav\t{one['say']}\t{one['leaf']}\t{voice}")
    (made / "清单.tsv").write_text("\n".join(rows), "utf-8")
    return made


def trimmed(sound: bytes) -> bytes:
    """Without the zeros around it."""
    samples = memoryview(sound).cast("h")
    loud = [at for at, value in enumerate(samples) if abs(value) > 60]
    return sound[2 * loud[0] : 2 * loud[-1] + 2]


def run(folder: Path, material: Path, name: str, planted: Planted | None = None, repeat: int = 1) -> Path:
    """The folder of a run of this product, or of a copy in which something is planted; each call so many times."""
    out = folder / name
    if (out / "summary.json").is_file():
        return out
    shutil.rmtree(out, ignore_errors=True)
    product = ROOT
    if planted is not None and planted.plant is not None:
        product = copied(folder / f"{name}-product")
        planted.plant(product)
    command = [str(ROOT / ".venv/bin/python"), "-m", "bot", "qa", "run", str(material), "--out", str(out)]
    command += ["--repeat", str(repeat)]
    command += ["--line", planted.line] if planted is not None and planted.line else []
    subprocess.run(command, cwd=product, check=False, capture_output=True)
    assert (out / "summary.json").is_file()
    return out


def copied(copy: Path) -> Path:
    """The product as it is here, in another place."""
    shutil.rmtree(copy, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    shutil.copytree(ROOT / "models" / "rasa", copy / "models" / "rasa")
    for environment in (".venv", ".venv-rasa"):
        (copy / environment).symlink_to((ROOT / environment).resolve())
    return copy


def compared(before: Path, after: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """What the command says."""
    command = [str(ROOT / ".venv/bin/python"), "-m", "bot", "qa", "compare", str(before), str(after), *options]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    print(f"\n{after.name}, exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


@pytest.mark.parametrize("planted", PLANTED, ids=[planted.name for planted in PLANTED])
def test_what_was_made_worse_is_found_by_the_figure_that_tells_it(folder: Path, material: Path, planted: Planted):
    before, after = run(folder, material, "before"), run(folder, material, planted.name, planted)
    done = compared(before, after, *(["--across"] if planted.line else []))
    assert done.returncode == 1
    assert re.search(rf"{planted.figure}：.*变差了", done.stdout)


@pytest.mark.parametrize("number", range(1, RERUNS + 1))
def test_a_rerun_of_an_unchanged_product_is_no_worse(folder: Path, material: Path, number: int):
    before, reruns = run(folder, material, "before"), run(folder, material, "reruns", repeat=RERUNS)
    one = folder / f"rerun-{number}"
    one.mkdir(exist_ok=True)
    (one / results.FILE).unlink(missing_ok=True)
    results.write(one / results.FILE, [call for call in results.read(reruns) if call.repetition == number])
    done = compared(before, one)
    assert done.returncode == 0 and "结论：没有变差" in done.stdout
