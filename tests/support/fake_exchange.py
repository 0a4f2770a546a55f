"""A telephone exchange made of Python: real HTTP, real AudioSocket, real time, and every fault a real one can have.

    async with FakeExchange(audio_port, http_port).call(caller="13800001234") as call:
        await call.wait_until_spoken()          # the bot began to speak
        await call.wait_until_quiet()           # … and finished
        await call.play(Path("question.wav"))   # or line audio as bytes
        await call.press("1")
        await call.ended                        # the bot let go of the line
    assert await call.next_step() == ["agent", "asked", ""]
    assert call.widest_gap_seconds() < 0.06

A caller's side sends a frame every 20 ms for the whole call, silence when nothing is played, as a real caller's
telephone does. Leaving the block hangs up. Everything is recorded: `heard` (what the caller's ear got, on its own
time line), `arrivals` (when each frame came), `ended_by`.
"""

import asyncio
import contextlib
import itertools
import socket
import struct
import wave
from bisect import bisect_left
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import numpy as np

FRAME_SECONDS = 0.02
FRAME_BYTES = 320
SILENCE = bytes(FRAME_BYTES)
BUFFER_SECONDS = 0.1
"""A telephone keeps so much of what came too soon."""

SOUNDING = 10 ** (-45 / 20) * 32768
"""Root mean square of a frame above which the bot is speaking: −45 dBFS."""


class FakeExchange:
    """Where to announce (HTTP) and where to connect (AudioSocket)."""

    def __init__(self, audio_port: int, http_port: int, host: str = "127.0.0.1") -> None:
        self.host, self.audio_port, self.http_port = host, audio_port, http_port

    @contextlib.asynccontextmanager
    async def call(
        self, caller: str = "13800001234", called: str = "12329", name: str = "", announced: bool = True
    ) -> AsyncIterator["FakeCall"]:
        """A call from announcement to hang-up. announced=False: connects without having said so."""
        uuid = uuid4()
        if announced:
            status, text = await self.start(uuid, caller=caller, called=called, name=name)
            assert (status, text) == (200, "ok"), text
        call = FakeCall(self, uuid)
        await call.connect()
        try:
            yield call
        finally:
            await call.hang_up()

    async def start(self, uuid: UUID | str, **fields: str) -> tuple[int, str]:
        """Announce a call; status and text of the answer."""
        return await self.request("POST", f"/calls/{uuid}/start", urlencode(fields))

    async def request(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        """One HTTP/1.0 request, as plain as Asterisk's CURL()."""
        reader, writer = await asyncio.open_connection(self.host, self.http_port)
        writer.write(
            f"{method} {path} HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        head, _, text = (await reader.read()).decode().partition("\r\n\r\n")
        writer.close()
        return int(head.split()[1]), text


class FakeCall:
    """One caller on the line."""

    def __init__(self, exchange: FakeExchange, uuid: UUID) -> None:
        self.exchange = exchange
        self.uuid = uuid
        self.arrivals: list[tuple[float, bytes]] = []
        """(seconds since the connection, samples) of every frame from the bot."""
        self.departures: list[float] = []
        """Second at which each frame of what the caller played went, in order."""
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """How it ended: 'hung up' (0x00 came), 'closed' (end of the connection without 0x00), 'reset',
        'by caller'."""
        self.faults: list[str] = []
        """What a real Asterisk would have dropped the call for."""
        self._sounds: list[float] = []
        self.background: Iterator[bytes] = itertools.repeat(SILENCE)
        """Frames that go out while the caller says nothing."""
        self._to_play: deque[bytes] = deque()
        self._echo_gain = 0.0
        self._echo_seconds = 0.0
        self._at_ear = bytearray()
        """What sounded at the caller's ear since the connection."""
        self._played = asyncio.Event()
        self._quiet_line = False
        self._pause_seconds = 0.0
        self._piece_bytes = 0
        self._in_pieces = False
        self._after_pieces = b""
        self._tasks: list[asyncio.Task[None]] = []

    # What the caller does

    async def play(self, sound: Path | str | bytes) -> float:
        """Say a WAV (8 kHz, mono, 16 bit) or line audio; returns when it was said: the second its last frame went."""
        samples = sound if isinstance(sound, bytes) else read_wav(Path(sound))
        self._played.clear()
        self._to_play.extend(
            samples[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0") for at in range(0, len(samples), FRAME_BYTES)
        )
        await self._or_ended(self._played.wait())
        return self.seconds

    async def press(
        self, keys: str, each_seconds: float = 0.1, gap_seconds: float = 0.1, as_tones: bool = False
    ) -> float:
        """Press keys; returns the second at which the last one was let go. While a key is held no audio goes out,
        as with RFC 4733; as_tones=True plays them into the audio instead and sends no message."""
        for key in keys:
            if as_tones:
                await self.play(tone(key, each_seconds) + bytes(2 * int(8000 * gap_seconds)))
                continue
            await self.send_nothing(each_seconds)
            self.send_raw(b"\x03\0\1" + key.encode())
            at = self.seconds
            await asyncio.sleep(gap_seconds)
        return self.seconds if as_tones else at

    async def wait(self, seconds: float) -> None:
        """Stay silent on the line."""
        await self._or_ended(asyncio.sleep(seconds))

    async def wait_until_spoken(self, within_seconds: float = 10.0, after: float | None = None) -> float:
        """The bot speaks: the second of its first sound after now (or `after`)."""
        begin = self.seconds if after is None else after
        return await self._wait_for(lambda: self.first_sound(begin), within_seconds, "the bot stayed silent")

    async def wait_until_quiet(self, quiet_seconds: float = 0.6, within_seconds: float = 60.0) -> float:
        """The bot has said something and is silent since `quiet_seconds`: the second of its last sound."""

        def finished() -> float | None:
            last = self.last_sound()
            return last if last is not None and self.seconds - last >= quiet_seconds else None

        return await self._wait_for(finished, within_seconds, "the bot did not stop speaking")

    async def hang_up(self) -> None:
        """The caller puts the receiver down: Asterisk closes the connection."""
        if not self.ended.done():
            self.ended.set_result("by caller")
        await self._close()

    async def next_step(self) -> list[str]:
        """What the dialplan asks after the bot: [step, reason, queue]."""
        status, text = await self.exchange.request("GET", f"/calls/{self.uuid}/next")
        assert status == 200, text
        return text.split(",")

    # Faults

    async def reset(self) -> None:
        """The connection breaks with RST."""
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
        if not self.ended.done():
            self.ended.set_result("by caller")
        await self._close()

    async def send_nothing(self, seconds: float) -> None:
        """No audio at all for a while: lost packets, a muted caller, a held key. Time of the audio is lost."""
        self._quiet_line = True
        await asyncio.sleep(seconds)
        self._quiet_line = False

    async def stall(self, seconds: float) -> None:
        """The exchange hangs: for a while nothing comes, then all of it at once."""
        self._pause_seconds = seconds
        await asyncio.sleep(seconds)

    def let_back(self, gain_db: float, delay_seconds: float) -> None:
        """From now on the caller's telephone lets what the bot says back in, so long after it sounded."""
        self._echo_gain, self._echo_seconds = 10 ** (gain_db / 20), delay_seconds

    def split_messages(self, piece_bytes: int) -> None:
        """From now on every message is sent in pieces of so many bytes (0: whole again)."""
        self._piece_bytes = piece_bytes

    def send_raw(self, data: bytes) -> None:
        """Any bytes: a garbage kind, a zero-length audio message, a second UUID."""
        if self._in_pieces:
            self._after_pieces += data
        elif not self._writer.is_closing():
            self._writer.write(data)

    # What was heard

    @property
    def seconds(self) -> float:
        """Since the connection."""
        return asyncio.get_running_loop().time() - self.connected_at

    @property
    def heard(self) -> bytes:
        """All frames of the bot, one after the other (a bot sends all the time, so this is a time line)."""
        return b"".join(samples for _, samples in self.arrivals)

    def gaps(self) -> list[float]:
        """Seconds between consecutive frames of the bot."""
        times = [at for at, _ in self.arrivals]
        return [later - earlier for earlier, later in zip(times, times[1:], strict=False)]

    def widest_gap_seconds(self) -> float:
        """The longest time the caller's ear got nothing."""
        return max(self.gaps(), default=0.0)

    def first_sound(self, after: float = 0.0) -> float | None:
        """Second at which the first frame with sound in it came, from `after` on."""
        place = bisect_left(self._sounds, after)
        return self._sounds[place] if place < len(self._sounds) else None

    def sounds_from(self, after: float) -> list[float]:
        """Seconds at which frames with sound in them came, from `after` on."""
        return self._sounds[bisect_left(self._sounds, after) :]

    def last_sound(self) -> float | None:
        """Second at which the last frame with sound in it came."""
        return self._sounds[-1] if self._sounds else None

    def save(self, path: Path) -> None:
        """What the caller heard, as WAV."""
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(self.heard)

    # The line

    async def connect(self) -> None:
        """Connect the audio, name the call, begin to send."""
        self._reader, self._writer = await asyncio.open_connection(self.exchange.host, self.exchange.audio_port)
        self._writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connected_at = asyncio.get_running_loop().time()
        self._writer.write(b"\x01\0\x10" + self.uuid.bytes)
        self._tasks = [asyncio.create_task(self._speak()), asyncio.create_task(self._listen())]

    async def _speak(self) -> None:
        """A frame every 20 ms, by deadlines."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self.ended.done():
            if self._pause_seconds:
                await asyncio.sleep(self._pause_seconds)
                self._pause_seconds = 0.0
            if not self._quiet_line:
                if self._to_play:
                    samples = self._to_play.popleft()
                    self.departures.append(self.seconds)
                else:
                    samples = next(self.background)
                if self._echo_gain:
                    samples = self._with_echo(samples, due - self.connected_at)
                await self._write(b"\x10" + struct.pack(">H", len(samples)) + samples)
                if not self._to_play:
                    self._played.set()
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _with_echo(self, samples: bytes, at_seconds: float) -> bytes:
        """What the caller says, and what sounded at his ear a while before the frame of this second."""
        begin = 2 * round((at_seconds - FRAME_SECONDS - self._echo_seconds) * 8000)
        sounded = bytes(self._at_ear[begin : begin + FRAME_BYTES]) if begin >= 0 else b""
        back = np.frombuffer(sounded.ljust(FRAME_BYTES, b"\0"), "<i2") * self._echo_gain
        both = np.frombuffer(samples.ljust(FRAME_BYTES, b"\0"), "<i2") + back
        return bytes(np.clip(both, -32768, 32767).astype("<i2"))

    def _sound(self, samples: bytes) -> None:
        """A frame sounds when it comes, or after those before it; what the telephone cannot keep so long is lost."""
        now = 2 * int(self.seconds * 8000)
        if len(self._at_ear) - now <= 2 * int(BUFFER_SECONDS * 8000):
            self._at_ear += bytes(max(0, now - len(self._at_ear))) + samples

    async def _write(self, message: bytes) -> None:
        if not self._piece_bytes:
            self.send_raw(message)
            return
        self._in_pieces = True
        for at in range(0, len(message), self._piece_bytes):
            if not self._writer.is_closing():
                self._writer.write(message[at : at + self._piece_bytes])
            await asyncio.sleep(0.0005)
        self._in_pieces = False
        self.send_raw(self._after_pieces)
        self._after_pieces = b""

    async def _listen(self) -> None:
        """Takes what the bot sends as strictly as Asterisk does."""
        how = "closed"
        try:
            while True:
                kind, length = struct.unpack(">BH", await self._reader.readexactly(3))
                samples = await self._reader.readexactly(length)
                if kind == 0:
                    how = "hung up"
                    break
                if kind != 0x10 or not length:
                    self.faults.append(f"kind 0x{kind:02x}, {length} bytes")
                now = self.seconds
                self.arrivals.append((now, samples))
                self._sound(samples)
                if samples != SILENCE and loudness(samples) > SOUNDING:
                    self._sounds.append(now)
        except asyncio.IncompleteReadError as error:
            if error.partial:
                self.faults.append("closed in the middle of a message")
        except ConnectionError:
            how = "reset"
        if not self.ended.done():
            self.ended.set_result(how)
        self._writer.close()  # Asterisk closes at once

    async def _close(self) -> None:
        self._writer.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _or_ended(self, work: Coroutine[Any, Any, Any]) -> None:
        """Wait for something, but not longer than the call."""
        task = asyncio.create_task(work)
        await asyncio.wait({task, self.ended}, return_when=asyncio.FIRST_COMPLETED)
        task.cancel()

    async def _wait_for(self, seen: Callable[[], float | None], within_seconds: float, otherwise: str) -> float:
        until = self.seconds + within_seconds
        while (at := seen()) is None:
            ended = self.ended.result() if self.ended.done() else ""
            assert not ended, f"the call ended ({ended}): {otherwise}"
            assert self.seconds < until, f"{otherwise} within {within_seconds} s"
            await asyncio.sleep(0.01)
        return at


def read_wav(path: Path) -> bytes:
    """Line audio of a WAV that is line audio already."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2), (
            f"{path} is not 8 kHz mono"
        )
        return bytes(file.readframes(file.getnframes()))


def loudness(samples: bytes) -> float:
    """Root mean square."""
    audio = np.frombuffer(samples, "<i2").astype(np.float64)
    return float(np.sqrt(np.mean(audio**2))) if len(audio) else 0.0


def tone(key: str, seconds: float = 0.1, low_dbfs: float = -16.0, twist_db: float = 0.0, detune: float = 0.0) -> bytes:
    """A key as it sounds. twist_db: how much stronger the high tone is; detune: share by which both are off."""
    row, column = next(
        (row, keys.index(key)) for row, keys in enumerate(("123A", "456B", "789C", "*0#D")) if key in keys
    )
    times = np.arange(int(8000 * seconds)) / 8000
    pairs = ((697, 770, 852, 941)[row], low_dbfs), ((1209, 1336, 1477, 1633)[column], low_dbfs + twist_db)
    audio = sum(10 ** (level / 20) * 32768 * np.sin(2 * np.pi * f * (1 + detune) * times) for f, level in pairs)
    return bytes(np.clip(audio, -32768, 32767).astype("<i2"))
