"""The browser phone's sound in a real Chromium: what the microphone hears, what the loudspeaker plays."""

import asyncio
import base64
import wave
from pathlib import Path

import numpy as np
import pytest
import soxr

from bot.audio.frame import LINE_RATE, SILENCE, frames_of
from bot.channels.browser import BrowserChannel
from bot.events import DigitPressed
from tests.support.chromium import BrowserCaller, caller_at
from tests.support.phone_server import Calls, server

UNTOUCHED_MICROPHONE = """
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (asked) => {
    window.asked = asked.audio;
    return open({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  };
"""
"""Chromium's echo canceller and noise filter change what is heard; to compare samples they must be off."""

LOUDSPEAKER_TAP = """
  const connect = AudioNode.prototype.connect;
  const played = [[], []];
  AudioNode.prototype.connect = function (to, ...more) {
    const context = this.context;
    if (this instanceof AudioWorkletNode && to === context.destination) {
      const both = context.createChannelMerger(2);
      const mark = context.createConstantSource();
      mark.offset.value = 0;
      mark.start();
      const tap = context.createScriptProcessor(16384, 2, 1);
      tap.onaudioprocess = ({ inputBuffer }) =>
        played.forEach((kept, n) => kept.push(inputBuffer.getChannelData(n).slice()));
      connect.call(this, both, 0, 0);
      connect.call(mark, both, 0, 1);
      connect.call(both, tap);
      connect.call(tap, to);
      document.addEventListener("click", () => (mark.offset.value = 1), true);
      window.playedRate = context.sampleRate;
    }
    return connect.call(this, to, ...more);
  };
  const asText = (kept) => new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",")[1]);
    reader.readAsDataURL(new Blob(kept));
  });
  window.playedAsText = () => Promise.all(played.map(asText));
"""
"""Keeps what the page plays (not the tones of the keys), and beside it when a button was clicked."""


async def played_by(caller: BrowserCaller) -> tuple[np.ndarray, np.ndarray, int]:
    """What the loudspeaker played, a track that rises at the last click, and their rate."""
    sound, clicks = (
        np.frombuffer(base64.b64decode(text), "<f4") for text in await caller.page.evaluate("window.playedAsText()")
    )
    return sound, clicks, await caller.page.evaluate("window.playedRate")


def babble(seconds: float, seed: int) -> np.ndarray:
    """Noise of the telephone band with the rhythm of syllables: easy to align, hard to fake. Float, peak about 0.5."""
    random = np.random.default_rng(seed)
    count = int(seconds * LINE_RATE)
    spectrum = np.fft.rfft(random.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / LINE_RATE)
    spectrum[(hertz < 250) | (hertz > 3200)] = 0
    sound = np.fft.irfft(spectrum, count)
    sound *= 0.55 + 0.45 * np.sin(2 * np.pi * 4 * np.arange(count) / LINE_RATE)
    return 0.5 * sound / np.abs(sound).max()


def as_samples(sound: np.ndarray) -> bytes:
    return (sound * 32767).astype("<i2").tobytes()


def write_wav(path: Path, sound: np.ndarray, rate: int = LINE_RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(as_samples(sound))
    return path


def lag_of(piece: np.ndarray, sound: np.ndarray) -> int:
    """Where in the sound the piece begins, in samples."""
    size = len(sound) + len(piece)
    alike = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(piece, size)), size)
    return int(np.argmax(alike[: len(sound)]))


def snr_of_pieces(sent: np.ndarray, got: np.ndarray, piece_seconds: float = 0.5) -> list[float]:
    """Signal to noise in decibels, piece by piece, once each piece is aligned (lag, fraction of a sample, gain)."""
    length = int(piece_seconds * LINE_RATE)
    found = []
    for at in range(length, len(sent) - length, length):
        piece = sent[at : at + length]
        lag = lag_of(piece, got)
        if lag < 20 or lag + length + 20 > len(got):
            found.append(0.0)
            continue
        shifted = np.stack([got[lag + shift : lag + shift + length] for shift in range(-16, 17)], axis=1)
        fitted = shifted @ np.linalg.lstsq(shifted, piece, rcond=None)[0]
        found.append(float(10 * np.log10(np.sum(piece**2) / np.sum((piece - fitted) ** 2))))
    return found


async def test_what_the_microphone_hears_arrives_undistorted_fifty_frames_a_second(tmp_path: Path) -> None:
    spoken = babble(4.0, seed=1)
    wav = write_wav(tmp_path / "caller.wav", np.concatenate([np.zeros(LINE_RATE), spoken, np.zeros(LINE_RATE)]))
    calls = Calls()
    async with server(calls) as address, caller_at(address, wav=wav, script=UNTOUCHED_MICROPHONE) as caller:
        await caller.call()
        began, before = asyncio.get_running_loop().time(), len(calls.frames())
        await asyncio.sleep(6)
        rate = (len(calls.frames()) - before) / (asyncio.get_running_loop().time() - began)
        asked = await caller.page.evaluate("window.asked")
        assert caller.complaints == []
    heard = np.frombuffer(b"".join(frame.samples for frame in calls.frames()), "<i2").astype(float) / 32768
    pieces = snr_of_pieces(spoken, heard)
    print(f"frames a second {rate:.1f}, SNR of pieces {np.round(pieces, 1)}")
    assert 48 <= rate <= 52
    assert not any(frame.missing for frame in calls.frames())
    assert np.median(pieces) > 30  # Chromium's fake microphone itself slips now and then; G.711 has 37
    assert asked["echoCancellation"] is True and asked["noiseSuppression"] is True


async def test_a_caller_of_the_tests_speaks_when_told_to(tmp_path: Path) -> None:
    spoken = [babble(1.5, seed=seed) for seed in (6, 7)]
    calls = Calls()
    async with server(calls) as address, caller_at(address, speaks=True) as caller:
        await caller.call()
        for n, sound in enumerate(spoken):
            await caller.says(write_wav(tmp_path / f"{n}.wav", sound))
            await asyncio.sleep(0.5)
    heard = np.frombuffer(b"".join(frame.samples for frame in calls.frames()), "<i2").astype(float) / 32768
    assert all(np.median(snr_of_pieces(sound, heard, 0.25)) > 30 for sound in spoken)


async def test_what_the_hotline_says_is_played_undistorted() -> None:
    spoken = babble(4.0, seed=2)

    async def talk(channel: BrowserChannel) -> None:
        for frame in [SILENCE] * 50 + frames_of(as_samples(spoken)) + [SILENCE] * 60:
            await channel.send(frame)

    async with server(Calls(talk)) as address, caller_at(address, script=LOUDSPEAKER_TAP) as caller:
        await caller.call(silently=True)
        await caller.wait_for_state("speaking")
        await caller.wait_for_state("over", 15)
        played, _, rate = await played_by(caller)
    heard = soxr.resample(played, rate, LINE_RATE, quality="VHQ").astype(float)
    pieces = snr_of_pieces(spoken, heard)
    print(f"sound card at {rate} Hz, SNR of pieces {np.round(pieces, 1)}")
    assert np.median(pieces) > 35
    assert sum(piece > 35 for piece in pieces) >= len(pieces) - 2


async def test_a_stalled_line_loses_no_word_and_is_caught_up_in_the_pauses() -> None:
    """2 s of sound come at once: all of it is played, and in the silence after it the delay melts away."""
    late, after = babble(2.0, seed=3), babble(0.6, seed=4)

    async def talk(channel: BrowserChannel) -> None:
        frames = frames_of(as_samples(late))
        for frame in [SILENCE] * 20:
            await channel.send(frame)
        await channel._socket.send_bytes(b"".join(frames))
        for frame in [SILENCE] * 200 + frames_of(as_samples(after)) + [SILENCE] * 60:
            await channel.send(frame)

    async with server(Calls(talk)) as address, caller_at(address, script=LOUDSPEAKER_TAP) as caller:
        await caller.call(silently=True)
        await caller.wait_for_state("over", 15)
        played, _, rate = await played_by(caller)
    heard = soxr.resample(played, rate, LINE_RATE).astype(float)
    assert np.median(snr_of_pieces(late, heard)) > 30
    begun = [lag_of(sound, heard) / LINE_RATE for sound in (late, after)]
    print(f"the stalled words begin at {begun[0]:.2f} s, the next at {begun[1]:.2f} s")
    assert 3.8 <= begun[1] - begun[0] <= 4.3  # sent 4.0 s apart: no delay has stayed


async def test_a_key_stops_the_sound_at_once() -> None:
    """Not even the tail already in the browser is played, though the hotline needs 40 ms to hear the key."""

    async def talk(channel: BrowserChannel) -> None:
        prompt = iter(frames_of(as_samples(babble(20.0, seed=5))))
        pressed = asyncio.Event()

        async def wait_for_key() -> None:
            async for happened in channel.incoming():
                if isinstance(happened, DigitPressed):
                    await asyncio.sleep(0.04)
                    pressed.set()

        waiting = asyncio.create_task(wait_for_key())
        while not pressed.is_set():
            await channel.send(next(prompt))
        for _ in range(60):
            await channel.send(SILENCE)
        waiting.cancel()

    async with server(Calls(talk)) as address, caller_at(address, script=LOUDSPEAKER_TAP) as caller:
        await caller.call(silently=True)
        await caller.wait_for_state("speaking")
        await asyncio.sleep(1)
        await caller.press("5")
        await caller.wait_for_state("over", 10)
        played, clicks, rate = await played_by(caller)
    pressed_at = int(np.argmax(clicks > 0.5))
    sounding = np.flatnonzero(np.abs(played) > 0.005)
    stopped_after = (sounding[-1] - pressed_at) / rate
    print(f"sound stopped {stopped_after * 1000:.0f} ms after the key")
    assert (pressed_at - sounding[0]) / rate > 0.8  # it was speaking
    assert stopped_after <= 0.06


RESAMPLED = """
async ([rate, hertz]) => {
  const sound = Float32Array.from({ length: rate * 2 }, (_, n) => 0.5 * Math.sin((2 * Math.PI * hertz * n) / rate));
  const context = new OfflineAudioContext(1, rate * 2, rate);
  await context.audioWorklet.addModule("/static/handset-worklet.js");
  const handset = new AudioWorkletNode(context, "handset", { outputChannelCount: [1] });
  const frames = [];
  handset.port.onmessage = (event) => {
    if (event.data instanceof ArrayBuffer) frames.push(...new Int16Array(event.data));
  };
  const source = context.createBufferSource();
  source.buffer = context.createBuffer(1, sound.length, rate);
  source.buffer.copyToChannel(sound, 0);
  source.connect(handset).connect(context.destination);
  source.start();
  await context.startRendering();
  await new Promise((done) => setTimeout(done, 300));
  return frames;
}
"""


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
async def test_every_sound_card_rate_becomes_the_telephones(rate: int) -> None:
    """A tone inside the band passes unharmed; one above 4 kHz does not fold down into it."""

    def level(frames: list[int], hertz: float) -> tuple[float, float]:
        heard = np.array(frames[2000:14000]) / 32768
        at = np.arange(len(heard)) / LINE_RATE
        basis = np.stack([np.sin(2 * np.pi * hertz * at), np.cos(2 * np.pi * hertz * at)], axis=1)
        fitted = basis @ np.linalg.lstsq(basis, heard, rcond=None)[0]
        return float(np.sqrt(2 * np.mean(fitted**2))), float(10 * np.log10(np.mean((heard - fitted) ** 2) + 1e-12))

    async with server(Calls()) as address, caller_at(address) as caller:
        amplitude, noise = level(await caller.page.evaluate(RESAMPLED, [rate, 1000]), 1000)
        assert amplitude == pytest.approx(0.5, rel=0.02) and noise < -75
        folded = np.array((await caller.page.evaluate(RESAMPLED, [rate, 5000]))[2000:14000]) / 32768
        assert 10 * np.log10(np.mean(folded**2) + 1e-12) < -65
        print(f"{rate} Hz: amplitude {amplitude:.3f}, noise {noise:.0f} dB")
