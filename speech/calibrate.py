"""Tool. What heard words are worth: recordings of questions heard, read by the engine, the doubt of the model fitted.

A folder holds recordings and a table recordings.tsv: file, what is said, the intents that are right (none: no business
of ours, whatever the engine takes it for is wrong). `speak` makes one of a list of questions. Each recording is heard
clean and over the telephone (noise at 15 dB) by the recogniser as the line uses it, and read by the trained engine.
Development speakers of Common Voice (`score` has unpacked them) say other things. Printed: how true the
probabilities come, of the doubt there was and of the new one (each question judged by a fit to the others). `--write`
puts the new one into the model's folder.
"""

import argparse
import asyncio
from datetime import date
from pathlib import Path

import numpy as np
from tqdm import tqdm

from bot.audio.wav import read_wav
from bot.dialogue.rasa_python import printed_by
from bot.errors import DialogueError
from bot.listening.calibration import Calibration
from bot.listening.vosk_recognizer import VoskModel
from bot.training import current_model
from speech import doubt, scoring_parts, telephone
from speech.doubt import Outcomes
from speech.settings import ROOT, Settings
from speech.speak import TABLE

LEVEL = 32768 * 10 ** (-26 / 20)
"""Loudness of the recordings' speaking parts."""

CONFIDENCE_YML = """\
# Doubt, in nats, of what was heard = unheard - slope × mean confidence of its words. The odds of a reading (the
# dialogue engine's own confidence as odds) fall by a factor of e^doubt. Fitted by `python -m speech calibrate`
# on {day}: {count} readings, {right} of them right. How true it comes: docs/listening.md, "Confidence".
unheard: {unheard:.2f}
slope: {slope:.2f}
"""


def arguments(command: argparse.ArgumentParser) -> None:
    """Options of this tool."""
    command.add_argument("folders", type=Path, nargs="+", help="recordings with recordings.tsv")
    command.add_argument("--model", type=Path, default=ROOT / "models" / "zh-12329")
    command.add_argument("--others", type=int, default=30, help="sentences of people about other things")
    command.add_argument("--judge", action="store_true", help="fit nothing: only how true today's doubt comes")
    command.add_argument("--write", action="store_true", help="write confidence.yml of the model")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Hear, read, fit, print."""
    outcomes = heard_and_read(settings, options)
    now = Calibration.of(options.model)
    print(f"{len(outcomes.right)} readings, {int(outcomes.right.sum())} right")
    show("the engine's confidence alone", outcomes, outcomes.engine)
    show(f"today's doubt, {now.unheard} and {now.slope}", outcomes, doubt.told(outcomes, now.unheard, now.slope))
    if options.judge:
        return
    show("a new one, questions it was not fitted to", outcomes, doubt.told_by_others(outcomes))
    unheard, slope = doubt.fit(outcomes)
    print(f"unheard: {unheard:.2f}\nslope: {slope:.2f}")
    if options.write:
        written = CONFIDENCE_YML.format(
            day=date.today(),
            count=len(outcomes.right),
            right=int(outcomes.right.sum()),
            unheard=unheard,
            slope=slope,
        )
        (options.model / "confidence.yml").write_text(written, encoding="utf-8")


def show(name: str, outcomes: Outcomes, p: np.ndarray) -> None:
    """The reliability of some probabilities."""
    found = doubt.reliability(p, outcomes.right)
    print(f"\n{name}: AUC {found.ranking:.3f}, log loss {found.log_loss:.3f}, calibration error {found.error:.3f}")
    for number, (mean, share, count) in enumerate(found.table):
        bounds = f"{number / doubt.BINS:.1f} – {(number + 1) / doubt.BINS:.1f}"
        print(f"  told {bounds}  {f'mean {mean:.2f}, right {share:.2f}' if count else '':24} {count:4}")
    likely = p >= 0.5
    right = outcomes.right > 0
    print(f"  likelier than not: {int((likely & right).sum())} right, {int((likely & ~right).sum())} wrong", flush=True)


def heard_and_read(settings: Settings, options: argparse.Namespace) -> Outcomes:
    """Every recording in both conditions; what the recogniser hears nothing of is left out."""
    asked: list[tuple[np.ndarray, list[str]]] = []
    for folder in options.folders:
        for row in (folder / TABLE).read_text(encoding="utf-8").splitlines():
            name, _, *intents = row.split("\t")
            samples = np.frombuffer(read_wav(folder / name), "<i2").astype(np.float32)
            asked.append((samples, " ".join(intents).split()))
    people = [s for s in scoring_parts.development(settings) if s.part == "cv"] if options.others else []
    places = np.linspace(0, len(people) - 1, min(options.others, len(people))).astype(int)
    asked += [(people[place].samples, []) for place in places]
    model = VoskModel(options.model)
    rng = np.random.default_rng(settings["seed"])
    found = []
    for number, (samples, intents) in enumerate(tqdm(asked, desc="hearing", disable=None)):
        loud = levelled(samples)
        for sound in (loud, telephone.telephone(loud, rng)):
            text, confidence = asyncio.run(heard(model, sound))
            if text:
                found.append((number, text, confidence, intents))
    model.close()
    read = readings([text for _, text, _, _ in found])
    right = [float(intent in intents) for (_, _, _, intents), (intent, _) in zip(found, read, strict=True)]
    return Outcomes(
        engine=np.array([confidence for _, confidence in read]),
        words=np.array([confidence for _, _, confidence, _ in found]),
        right=np.array(right),
        question=np.array([number for number, *_ in found]),
    )


def levelled(samples: np.ndarray) -> np.ndarray:
    """At one loudness, 0.3 s of quiet in front and 0.5 s behind."""
    frames = np.sqrt((samples[: len(samples) // 160 * 160].reshape(-1, 160) ** 2).mean(1))
    speaking = frames[frames > np.percentile(frames, 95) / 10]
    scaled = samples * (LEVEL / (np.sqrt((speaking**2).mean()) + 1e-9))
    return np.concatenate([np.zeros(2400), scaled, np.zeros(4000)]).astype(np.float32)


async def heard(model: VoskModel, sound: np.ndarray) -> tuple[str, float]:
    """Text and confidence of one turn, open decoding, as a call's recogniser tells them."""
    line = sound.clip(-32768, 32767).astype("<i2").tobytes()
    recognizer = model.recognizer()
    await recognizer.begin(())
    for at in range(0, len(line), 1600):
        await recognizer.accept(line[at : at + 1600])
    found = await recognizer.finish()
    recognizer.close()
    return found.text, found.confidence


def readings(texts: list[str]) -> list[tuple[str, float]]:
    """The trained engine's likeliest intent of each text, in Rasa's own environment."""
    engine = current_model()
    if engine is None:
        raise SystemExit("the dialogue engine must be trained first: python -m bot train")
    try:
        told: list[tuple[str, float]] = printed_by("speech/readings.py", str(engine), given=texts)
    except DialogueError as failed:
        raise SystemExit(str(failed)) from failed
    return told
