"""A caller's SIP telephone that does one thing after the other: says, waits, presses keys (RFC 4733), hangs up.

The rig's own call.sh plays one WAV and presses keys after it; a whole conversation needs them mixed.
"""

import asyncio
import shutil
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bot.audio.frame import FRAME_SECONDS, frames_of
from tests.support.asterisk import Asterisk, PlacedCall

_EVENTS = "0123456789*#ABCD"
_KEY_FRAMES = 5
_KEY_GAP_SECONDS = 0.3
_PCMU, _TELEPHONE_EVENT = 0, 101


@dataclass
class SipScript:
    """What the caller does from the moment of the answer on, 20 ms by 20 ms: a sound, or a key that is held."""

    frames: list[bytes | tuple[str, int]] = field(default_factory=list)

    def wait(self, seconds: float) -> "SipScript":
        """Be silent."""
        self.frames += [bytes(320)] * round(seconds / FRAME_SECONDS)
        return self

    def say(self, samples: bytes) -> "SipScript":
        """Play line audio."""
        self.frames += frames_of(samples)
        return self

    def press(self, keys: str) -> "SipScript":
        """Press keys, each for 100 ms, as events and not as sound."""
        for key in keys:
            self.frames += [(key, n) for n in range(1, _KEY_FRAMES + 1)]
            self.wait(_KEY_GAP_SECONDS)
        return self

    @property
    def seconds(self) -> float:
        """How long all of it lasts."""
        return len(self.frames) * FRAME_SECONDS

    def write(self, path: Path) -> None:
        """As a capture of RTP, which sipp plays."""
        with path.open("wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            sequence = key_began = 0
            for n, frame in enumerate(self.frames):
                stamp = 160000 + n * 160
                if isinstance(frame, bytes):
                    kind, mark, payload, copies = _PCMU, n == 0, _ulaw(frame), 1
                else:
                    key, part = frame
                    key_began = stamp if part == 1 else key_began
                    stamp, last = key_began, part == _KEY_FRAMES
                    event = struct.pack(">BBH", _EVENTS.index(key), 0x80 * last | 10, part * 160)
                    kind, mark, payload, copies = _TELEPHONE_EVENT, part == 1, event, 3 if last else 1
                for copy in range(copies):
                    sequence += 1
                    header = struct.pack(">BBHII", 0x80, kind | 0x80 * mark, sequence & 0xFFFF, stamp, 0x1234)
                    file.write(_captured(header + payload, n * FRAME_SECONDS + copy * 0.0005))


async def place(
    asterisk: Asterisk, script: SipScript, folder: Path, wait_seconds: float, user: str = "caller"
) -> PlacedCall:
    """Dial 12329 and do what the script says; then wait so long for the hotline to hang up before the caller does.

    `user`: which endpoint of the exchange the call comes from ("inband": a trunk that sends keys as tones only).
    """
    rig, environment = asterisk.rig, asterisk.environment
    script.write(folder / "caller.pcap")
    scenario = (rig / "sipp" / "uac.xml").read_text()
    for place_in_it, value in {
        "@PCAP@": str(folder / "caller.pcap"),
        "@MS@": str(round(1000 * (script.seconds + wait_seconds))),
        "[pt]": str(_PCMU),
        "sip:caller@": f"sip:{user}@",
    }.items():
        scenario = scenario.replace(place_in_it, value)
    (folder / "caller.xml").write_text(scenario)
    media, port = environment["RIG_MEDIA"], environment["RIG_CALLER"]
    listening = f"-q -i lo -F pcap -w {folder}/heard.pcap -f".split()
    capture = await asyncio.create_subprocess_exec(
        "tshark", *listening, f"udp and dst host 127.0.0.1 and dst port {media}", stderr=asyncio.subprocess.PIPE
    )
    assert capture.stderr is not None
    while b"Capturing" not in await capture.stderr.readline():
        pass
    await asyncio.sleep(0.3)
    dial = (
        f"sipp 127.0.0.1:{environment['RIG_SIP']} -sf caller.xml -s 12329 -i 127.0.0.1 -p {port} -mi 127.0.0.1"
        f" -mp {media} -key claim none -m 1 -l 1 -nostdin -trace_msg -message_file caller.sip"
    )
    with (folder / "sipp.txt").open("wb") as output:
        sipp = await asyncio.create_subprocess_exec(*dial.split(), cwd=folder, stdout=output, stderr=output)
        try:
            code = await asyncio.wait_for(sipp.wait(), script.seconds + wait_seconds + 30)
        finally:
            await asyncio.sleep(0.3)
            capture.terminate()
            await capture.communicate()
    assert code == 0, (folder / "sipp.txt").read_text(errors="replace")[-2000:]
    heard = folder / "heard.wav"
    converted = await asyncio.create_subprocess_exec(
        shutil.which("python3") or "python3", rig / "py" / "pcap2wav.py", folder / "heard.pcap", media, heard
    )
    assert await converted.wait() == 0
    return PlacedCall(f"\nBYE sip:{user}@" in (folder / "caller.sip").read_text(errors="replace"), heard)


def _ulaw(frame: bytes) -> bytes:
    """G.711 µ-law of 16 bit samples."""
    samples = np.frombuffer(frame, "<i2").astype(int)
    size = np.minimum(np.abs(samples), 32635) + 132
    exponent = np.floor(np.log2(size)).astype(int) - 7
    code = np.where(samples < 0, 0x80, 0) | exponent << 4 | size >> (exponent + 3) & 15
    return (~code & 255).astype(np.uint8).tobytes()


def _captured(rtp: bytes, at_seconds: float) -> bytes:
    """One packet as in a capture file: times, Ethernet, IP, UDP."""
    udp = struct.pack(">HHHH", 6000, 6002, 8 + len(rtp), 0) + rtp
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, 0x7F000001, 0x7F000001) + udp
    frame = bytes(12) + b"\x08\x00" + ip
    return struct.pack("<IIII", int(at_seconds), round(at_seconds % 1 * 1e6), len(frame), len(frame)) + frame
