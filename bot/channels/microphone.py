"""A call from this machine: its microphone, loudspeaker and keyboard. For trying the hotline without a telephone."""

import asyncio
import contextlib
import sys
import threading
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic
from types import ModuleType
from typing import Any

import numpy as np
import soxr

from bot.audio.frame import FRAME_SECONDS, LINE_RATE
from bot.channels.base import Caller, Caption, Channel, Incoming, NextStep
from bot.channels.intake import Intake
from bot.channels.keyboard import keypad
from bot.channels.pacer import Pacer
from bot.errors import ChannelError

Device = int | str | None
"""A device's number, part of its name, or None for the system's default."""

_CHOOSE = "用 python -m bot mic --list-devices 查看可用设备。"
_LONGEST_WAKING_SECONDS = 5.0
_PAUSE_SECONDS = 0.1
"""A sleeping card fills its buffer at once, then asks for nothing until it is awake; who plays asks every 20 ms."""

_LONGEST_UNPLAYED_SECONDS = 0.2
"""Sound cards run by their own clock; what a slow one has not played by then is thrown away."""


async def microphone_call(
    answer: Callable[[Channel], Awaitable[None]], input_device: Device = None, output_device: Device = None
) -> None:
    """One call from this machine, until either side hangs up. Raises ChannelError, in Chinese, without a device."""
    channel = MicrophoneChannel(input_device, output_device)
    await channel.open()
    try:
        with keypad(sys.stdin.fileno(), channel.press, channel.hang_up):
            print("电话已接通。直接说话；按 0–9、*、# 相当于按电话键（不显示）；按 q 挂断。建议戴耳机。", flush=True)
            await answer(channel)
    finally:
        await channel.close(NextStep("hangup"))


def list_devices() -> str:
    """Every device with its number, in Chinese. Raises ChannelError if there is no sound system at all."""
    devices = _sounddevice().query_devices()
    if not len(devices):
        return "这台机器上没有声音设备。"
    lines = []
    for number, device in enumerate(devices):
        directions = [
            name for name, key in (("麦克风", "input"), ("扬声器", "output")) if device[f"max_{key}_channels"]
        ]
        lines.append(f"{number:3}  {device['name']}（{'、'.join(directions)}，{device['default_samplerate']:.0f} Hz）")
    return "\n".join(lines)


def play(samples: bytes, output_device: Device = None) -> None:
    """Line audio on this machine's loudspeaker, to its end. Raises ChannelError, in Chinese, without a device."""
    sounddevice = _sounddevice()
    rate = _rate(output_device, "output")
    if rate != LINE_RATE:
        samples = soxr.resample(np.frombuffer(samples, "<i2"), LINE_RATE, rate).astype("<i2").tobytes()
    try:
        with sounddevice.RawOutputStream(device=output_device, samplerate=rate, channels=1, dtype="int16") as stream:
            stream.write(samples)
    except sounddevice.PortAudioError as error:
        raise ChannelError("device_busy", f"声音设备打不开（{error}）：是否被别的程序占用？{_CHOOSE}") from error


class MicrophoneChannel:
    """See Channel. Two streams, one for each direction: one stream for both was seen to underrun for seconds."""

    kind = "microphone"
    detects_keys = True
    takes_back_calls = False

    def __init__(self, input_device: Device = None, output_device: Device = None) -> None:
        self.call_id = str(uuid.uuid4())
        self.caller = Caller(name="麦克风")
        self._devices = {"input": input_device, "output": output_device}
        self._pacer = Pacer(lead_seconds=2 * FRAME_SECONDS)
        self._streams: list[Any] = []
        self._closed = False
        self._unplayed = bytearray()
        self._playing = threading.Lock()
        self._awake = threading.Event()
        self._asked_since = self._asked_at = 0.0

    async def open(self) -> None:
        """Take microphone and loudspeaker. Raises ChannelError."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._open_streams)
        self._intake = Intake()
        for stream in self._streams:
            await asyncio.to_thread(stream.start)
        # Some sound systems take seconds to wake; what we said before that would be lost.
        await asyncio.to_thread(self._awake.wait, _LONGEST_WAKING_SECONDS)

    def incoming(self) -> AsyncIterator[Incoming]:
        """Frames and keys, until somebody hangs up; ChannelError if the microphone is pulled out."""
        return self._intake.incoming()

    def press(self, key: str) -> None:
        """A key of the keyboard."""
        self._intake.press(key)

    def hang_up(self) -> None:
        """The caller has had enough."""
        self._intake.end()

    async def send(self, samples: bytes) -> None:
        """One frame to the loudspeaker."""
        if not self._closed:
            played_at = self._resampler.resample_chunk(np.frombuffer(samples, "<i2")) if self._resampler else None
            with self._playing:
                self._unplayed += samples if played_at is None else played_at.astype("<i2").tobytes()
                too_much = len(self._unplayed) - int(_LONGEST_UNPLAYED_SECONDS * self._output_rate) * 2
                if too_much > 0:
                    del self._unplayed[:too_much]
        await self._pacer.tick()

    async def show(self, caption: Caption) -> None:
        """The terminal is a screen, too."""
        speaker = {"said": "热线", "heard": "您　", "note": "请记下"}.get(caption.kind)
        if speaker:
            print(f"{speaker}：{caption.text}", flush=True)

    async def close(self, next_step: NextStep) -> None:
        """Everything sent is played, then both devices are given back. Nobody here connects a person."""
        if self._closed:
            return
        if self._streams:
            await asyncio.sleep(len(self._unplayed) / 2 / self._output_rate + self._streams[-1].latency)
        self._closed = True
        self._intake.end()
        await asyncio.to_thread(self._close_streams)

    def _open_streams(self) -> None:
        """In a thread: sound systems take their time."""
        sounddevice = _sounddevice()
        try:
            self._input_rate = _rate(self._devices["input"], "input")
            self._output_rate = _rate(self._devices["output"], "output")
            self._resampler = (
                soxr.ResampleStream(LINE_RATE, self._output_rate, 1, dtype="int16", quality="MQ")
                if self._output_rate != LINE_RATE
                else None
            )
            self._streams = [
                open_stream(
                    device=self._devices[direction],
                    samplerate=rate,
                    blocksize=int(rate * FRAME_SECONDS),
                    channels=1,
                    dtype="int16",
                    callback=callback,
                    finished_callback=self._finished,
                )
                for open_stream, direction, rate, callback in (
                    (sounddevice.RawInputStream, "input", self._input_rate, self._heard),
                    (sounddevice.RawOutputStream, "output", self._output_rate, self._play),
                )
            ]
        except sounddevice.PortAudioError as error:
            raise ChannelError("device_busy", f"声音设备打不开（{error}）：是否被别的程序占用？{_CHOOSE}") from error

    def _heard(self, samples: Any, frames: int, time: object, status: object) -> None:
        """In PortAudio's thread, every 20 ms."""
        with contextlib.suppress(RuntimeError):  # the loop has ended before the stream
            self._loop.call_soon_threadsafe(self._intake.hear, bytes(samples), self._input_rate)

    def _play(self, samples: Any, frames: int, time: object, status: object) -> None:
        """In PortAudio's thread, every 20 ms."""
        now = monotonic()
        if now - self._asked_at > _PAUSE_SECONDS:
            self._asked_since = now
        self._asked_at = now
        if now - self._asked_since > _PAUSE_SECONDS:
            self._awake.set()
        with self._playing:
            ready = bytes(self._unplayed[: len(samples)])
            del self._unplayed[: len(samples)]
        samples[:] = ready.ljust(len(samples), b"\0")

    def _finished(self) -> None:
        """In PortAudio's thread: a stream ended; if we did not end it, the device is gone."""
        if not self._closed:
            lost = ChannelError("device_lost", "声音设备断开了，通话结束。")
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._intake.end, lost)

    def _close_streams(self) -> None:
        for stream in self._streams:
            stream.close()


def _rate(device: Device, direction: str) -> int:
    """The telephone's rate if the device has it, else the device's own."""
    sounddevice = _sounddevice()
    name = {"input": "麦克风", "output": "扬声器"}[direction]
    try:
        found = sounddevice.query_devices(device, direction)
    except (ValueError, sounddevice.PortAudioError) as error:
        asked = "" if device is None else f"“{device}”"
        raise ChannelError(f"no_{direction}", f"找不到{name}{asked}。请接上设备；{_CHOOSE}") from error
    check = {"input": sounddevice.check_input_settings, "output": sounddevice.check_output_settings}[direction]
    with contextlib.suppress(sounddevice.PortAudioError):
        check(device=device, channels=1, dtype="int16", samplerate=LINE_RATE)
        return LINE_RATE
    return int(found["default_samplerate"])


def _sounddevice() -> ModuleType:
    """The library, loaded when a call is made: it wants a sound system's C library as soon as it is imported."""
    try:
        import sounddevice
    except OSError as error:
        raise ChannelError("no_portaudio", "缺少声音库 PortAudio：请执行 apt-get install libportaudio2。") from error
    return sounddevice  # type: ignore[no-any-return]
