"""Words heard where nobody speaks, and quiet callers not heard, by the product's own ear, ten minutes of each:

python -m tests.audio.measure_non_speech [--music FOLDER] [--seed N] [--report] [--model FOLDER]

Not speech: music on hold (any WAV files; Debian's asterisk-moh-opsound-wav has five), ringing and busy tones, hum,
breath, knocks, noise of every colour that swells and falls, −60 to −20 dBFS, through the telephone. A false word is a
word of an utterance that the ear hands on. Each thirty seconds are a call of their own.
Quiet callers: people at −35 dBFS (the training part's; with --report the test part's). One is missed if no utterance
with words comes of it.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy

from bot.audio.frame import SILENCE, Frame
from bot.clock import run_in_audio_time
from bot.events import Utterance
from bot.listening.base import Question
from bot.listening.ear import Ear
from bot.listening.questions import load_questions
from bot.listening.vad import Vad
from bot.listening.vosk_recognizer import VoskModel
from speech import noise
from tests.audio.corpus import ROOT, Samples, decoded, levelled, pcm, people, telephone

CALL_SECONDS = 30
MUSIC = Path("/usr/share/asterisk/moh")
QUIET_DBFS = -35.0


@dataclass
class Count:
    """What came of some calls."""

    seconds: float = 0.0
    turns: int = 0
    words: int = 0
    texts: list[str] = field(default_factory=list)

    def row(self) -> str:
        """One cell of the table."""
        minutes = self.seconds / 60
        return f"{self.words / minutes:.2f} words, {self.turns / minutes:.1f} turns a minute"


def hear(model: VoskModel, vad: Vad, question: Question, line: Samples) -> list[Utterance]:
    """What the ear of one call hands on."""
    sound = pcm(line)

    async def call() -> list[Utterance]:
        vad.reset()
        ear = Ear(model.recognizer(), vad)
        ear.attend(question)
        heard = []
        for at in range(0, len(sound) - 319, 320):
            heard += [e for e in await ear.hear(Frame(sound[at : at + 320]), SILENCE) if isinstance(e, Utterance)]
        return heard

    return run_in_audio_time(call())


def generated(seed: int, minutes: float = 6) -> Iterator[tuple[str, Samples]]:
    """Calls of noises by name, in turn; the same for the same seed."""
    rng = numpy.random.default_rng(seed)
    kinds = {
        "noise": lambda: noise.coloured(rng, length, rng.uniform(0, 2)) * noise.swelling(rng, length),
        "steady": lambda: noise.coloured(rng, length, rng.uniform(0, 1.2)),
        "tones": lambda: noise.tones(rng, length),
        "knocks": lambda: noise.knocks(rng, length),
        "breath": lambda: noise.breath(rng, length),
    }
    length = CALL_SECONDS * noise.RATE
    for number in range(int(minutes * 60 / CALL_SECONDS)):
        name = list(kinds)[number % len(kinds)]
        sound = numpy.asarray(kinds[name](), numpy.float32)
        loud = sound / (numpy.sqrt((sound.astype(numpy.float64) ** 2).mean()) + 1e-9)
        yield name, telephone((loud * 10 ** (rng.uniform(-60, -20) / 20)).astype(numpy.float32))


def music(folder: Path, seed: int, minutes: float = 4) -> Iterator[tuple[str, Samples]]:
    """Calls of music on hold, from every piece in turn, at a place of the seed's choice."""
    pieces = [decoded(path.read_bytes()) for path in sorted(folder.rglob("*.wav"))]
    rng = numpy.random.default_rng(seed)
    for number in range(int(minutes * 60 / CALL_SECONDS) if pieces else 0):
        piece = pieces[number % len(pieces)]
        begin = int(rng.integers(0, max(1, len(piece) - CALL_SECONDS * 8000)))
        level = rng.uniform(-40, -20)
        yield "music", telephone(levelled(piece[begin : begin + CALL_SECONDS * 8000], level))


def false_words(model: VoskModel, questions: list[Question], calls: list[tuple[str, Samples]]) -> None:
    """One line a question, and what it heard where."""
    vad = Vad()
    for question in questions:
        counts: dict[str, Count] = {}
        for name, line in calls:
            heard = hear(model, vad, question, line)
            for count in (counts.setdefault("all", Count()), counts.setdefault(name, Count())):
                count.seconds += len(line) / 8000
                count.turns += len(heard)
                count.words += sum(max(1, len(u.words)) for u in heard if u.text)
                count.texts += [f"{u.text}({u.confidence:.2f})" for u in heard if u.text]
        print(f"{question.name}: {counts['all'].row()}", flush=True)
        for name, count in counts.items():
            if name != "all" and count.turns:
                print(f"  {name}: {count.row()}: {' '.join(count.texts)}", flush=True)


def quiet_line(samples: Samples) -> Samples:
    """A soft voice over the telephone, a second of line noise (−65 dBFS) around it."""
    line = numpy.concatenate([numpy.zeros(8000), levelled(samples, QUIET_DBFS), numpy.zeros(10000)])
    line += numpy.random.default_rng(1).standard_normal(len(line)) * 10 ** (-65 / 20)
    return telephone(line.astype(numpy.float32))


def missed(model: VoskModel, questions: list[Question], report: bool, most: int) -> None:
    """How many quiet callers are not heard."""
    vad = Vad()
    parts = {"human-test": most} if report else {"common-voice-zh-CN-train": most // 3, "dsp20-train": most * 2 // 3}
    clips = [clip for part, count in parts.items() for clip in people(part, count, per_speaker=40 if report else 9)]
    quiet = [(clip, quiet_line(clip.samples)) for clip in clips]
    for question in questions:
        lost = 0
        for clip, line in quiet:
            if not any(u.text for u in hear(model, vad, question, line)):
                lost += 1
                print(f"  not heard: {clip.transcript} by {clip.speaker[:12]}", flush=True)
        share = 100 * lost / len(quiet)
        print(f"{question.name}: {lost} of {len(quiet)} quiet callers missed ({share:.1f} %)", flush=True)


def main() -> None:
    """Both halves of the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--music", type=Path, default=MUSIC)
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "zh-12329")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", action="store_true", help="people of the test part")
    parser.add_argument("--only", default="false,missed")
    parser.add_argument("--most", type=int, default=300, help="quiet callers")
    options = parser.parse_args()
    asked = load_questions(ROOT / "voices" / "questions.yml")
    strict = Question("yes/no as a grammar", grammar=asked["yes_no"].answers)
    model = VoskModel(options.model)
    if "false" in options.only:
        calls = [*music(options.music, options.seed), *generated(options.seed)]
        if all(name != "music" for name, _ in calls):
            print(f"{options.music}: no music on hold here, so less than ten minutes")
        false_words(model, [asked["open"], asked["yes_no"], asked["digits"], strict], calls)
    if "missed" in options.only:
        missed(model, [asked["open"], strict], options.report, options.most)
    model.close()


if __name__ == "__main__":
    main()
