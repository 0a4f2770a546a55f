"""Cost, delay and accuracy of decoding settings: python -m tests.audio.measure_decoding [name=value …]

Sentences of the hotline by espeak-ng voices over a telephone with noise at 15 dB for accuracy and delay (no person's
recording has these words); people of the training part (noise at 25 dB) for cost and to see that their accuracy, poor
as it is with the hotline's vocabulary, does not suffer.
"""

import json
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy

from bot.listening.vosk_library import load_vosk
from tests.audio.corpus import ROOT, espeak, pcm, people, telephone, white, with_noise

vosk = load_vosk()
SENTENCES = (
    *("公积金贷款利率是多少", "我要查询余额", "怎么提取公积金", "我想转人工", "离职了还能提取吗", "网点几点开门"),
    *(
        "周六上班吗",
        "最近的网点在哪里",
        "我要投诉公司没交公积金",
        "租房可以提取多少",
        "贷款进度查询",
        "密码忘记了怎么办",
    ),
    *(
        "提前还款要什么材料",
        "缴存比例是多少",
        "异地贷款怎么办理",
        "买房提取需要什么条件",
        "人工",
        "返回",
        "是的",
        "不是",
    ),
    *("没有了谢谢", "再说一遍"),
)
VARIANTS = ("", "f2", "m3", "f4", "m7", "f5")
SETTINGS = ("beam", "min-active", "max-active", "lattice-beam", "frames-per-chunk", "acoustic-scale")
"""What may be given on the command line, besides chunk (frames fed at a time)."""


def errors(expected: str, heard: str) -> int:
    """Characters wrong, missing or too many."""
    row = list(range(len(heard) + 1))
    for i, a in enumerate(expected, 1):
        left, row[0] = row[0], i
        for j, b in enumerate(heard, 1):
            left, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, left + (a != b))
    return row[-1]


def model_with(settings: dict[str, str], folder: Path) -> vosk.Model:
    """Our model with other settings in model.conf."""
    source = ROOT / "models" / "zh-12329"
    for name in ("am", "graph"):
        (folder / name).symlink_to(source / name)
    (folder / "conf").mkdir()
    (folder / "conf" / "mfcc.conf").write_text((source / "conf" / "mfcc.conf").read_text())
    lines = (source / "conf" / "model.conf").read_text().splitlines()
    kept = [line for line in lines if line.split("=")[0].lstrip("-") not in settings]
    (folder / "conf" / "model.conf").write_text("\n".join([*kept, *(f"--{k}={v}" for k, v in settings.items())]) + "\n")
    return vosk.Model(str(folder))


def measure(settings: dict[str, str], chunk_frames: int = 5) -> str:
    """One row of the table."""
    random.seed(1)
    noise = white(20)
    with tempfile.TemporaryDirectory() as folder:
        model = model_with(settings, Path(folder))
        recogniser = vosk.KaldiRecognizer(model, 8000)
        recogniser.SetWords(True)
        wrong = total = 0
        delays, finishes, spent, seconds = [], [], 0.0, 0.0
        for sentence in SENTENCES:
            for variant in random.sample(VARIANTS, 2):
                voice = espeak(sentence, variant, random.randint(35, 65), random.randint(140, 185))
                loud = numpy.flatnonzero(numpy.abs(voice) > 0.01)
                end = loud[-1] / 8000 + 0.3
                sound = numpy.concatenate([numpy.zeros(2400), voice[: loud[-1]], numpy.zeros(4800)]).astype(
                    numpy.float32
                )
                sound = telephone(with_noise(sound, noise, 15))
                text, final_at, finish, cost = heard(recogniser, pcm(sound), chunk_frames)
                wrong += errors(sentence, text)
                total += len(sentence)
                delays.append((final_at - end) * 1000)
                finishes.append(finish * 1000)
                spent, seconds = spent + cost, seconds + len(sound) / 8000
        person_finishes, person_spent, person_seconds, person_wrong, person_total = [], 0.0, 0.0, 0, 0
        for clip in people("common-voice-zh-CN-train", 30):
            sound = telephone(with_noise(clip.samples, noise, 25))
            text, _, finish, cost = heard(recogniser, pcm(sound), chunk_frames)
            person_wrong += errors(clip.transcript, text)
            person_total += len(clip.transcript)
            person_finishes.append(finish * 1000)
            person_spent, person_seconds = person_spent + cost, person_seconds + len(sound) / 8000
    q = numpy.percentile
    row = (
        f"CER {wrong / total:.3f}",
        f"last word seen p50 {q(delays, 50):.0f} p95 {q(delays, 95):.0f} ms",
        f"finish p50 {q(finishes, 50):.0f} p95 {q(finishes, 95):.0f} ms",
        f"RTF {spent / seconds:.3f}",
        f"people: CER {person_wrong / person_total:.3f}",
        f"finish p95 {q(person_finishes, 95):.0f} ms",
        f"RTF {person_spent / person_seconds:.3f}",
    )
    return " | ".join(row)


def heard(recogniser: vosk.KaldiRecognizer, sound: bytes, chunk_frames: int) -> tuple[str, float, float, float]:
    """Text, when the partial last changed (seconds), seconds of the finish, processor seconds in all."""
    began = time.thread_time()
    recogniser.Reset()
    last, at, settled = "", 0.0, []
    step = chunk_frames * 320
    for begin in range(0, len(sound), step):
        if recogniser.AcceptWaveform(sound[begin : begin + step]):
            settled.append(json.loads(recogniser.Result())["text"])
            continue
        partial = json.loads(recogniser.PartialResult())["partial"]
        if partial != last:
            last, at = partial, (begin + step) / 16000
    finish = time.thread_time()
    settled.append(json.loads(recogniser.FinalResult())["text"])
    end = time.thread_time()
    return "".join(settled).replace(" ", ""), at, end - finish, end - began


if __name__ == "__main__":
    vosk.SetLogLevel(-1)
    given = dict(argument.split("=") for argument in sys.argv[1:])
    chunk = int(given.pop("chunk", 5))
    if strange := set(given) - set(SETTINGS):
        sys.exit(f"not a decoding setting: {', '.join(strange)}; there are {', '.join(SETTINGS)}, chunk")
    print(given, "chunk", chunk, measure(given, chunk), flush=True)
