"""AudioSocket, the protocol by which Asterisk lends us a call, as bytes and values. No sockets here.

One TCP connection is one call; Asterisk connects to us. A message is

    kind (1 byte)   length (2 bytes, big endian)   payload (`length` bytes)

* 0x00 hang up: from us only; the dialplan goes on. Asterisk never sends it: a caller's hang-up is the connection's end
* 0x01 UUID, 16 bytes: Asterisk's first message, names the call
* 0x03 key, one ASCII byte (0-9 * # A-D), sent once when the key is let go; Asterisk before 2025-03 sends none
* 0x10 audio, signed 16 bit little endian, mono, 8 kHz; both ways; 320 bytes are 20 ms
* 0x11 … 0x18 the same at 12, 16, 24, 32, 44.1, 48, 96, 192 kHz (Dial(AudioSocket/…/c(slin16)); early pages call 0x11
  16 kHz: it is 12)
* 0xff error, one byte of code; in Asterisk's header file, but 22.10 neither sends nor accepts it

What Asterisk will not bear from us, and ends the call for: an audio message without payload, any other kind, a message
that arrives in pieces. So `encode` makes one bytes object, to be written at once.

Source: https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket/ and res_audiosocket.c, app_audiosocket.c of
Asterisk 22.10.1; the behaviour at the end of a call was tried against that version.
"""

import struct
from dataclasses import dataclass, field
from uuid import UUID

from bot.audio.frame import LINE_RATE
from bot.errors import ChannelError

_HEADER = struct.Struct(">BH")
_HANG_UP, _UUID, _KEY, _ERROR = 0x00, 0x01, 0x03, 0xFF
_RATES = {
    0x10: LINE_RATE,
    0x11: 12000,
    0x12: 16000,
    0x13: 24000,
    0x14: 32000,
    0x15: 44100,
    0x16: 48000,
    0x17: 96000,
    0x18: 192000,
}
_AUDIO_KINDS = {rate: kind for kind, rate in _RATES.items()}
_TELEPHONE_KEYS = "0123456789*#ABCD"


@dataclass(frozen=True, slots=True)
class CallNamed:
    """The connection's call."""

    uuid: UUID


@dataclass(frozen=True, slots=True)
class KeyLetGo:
    """The caller pressed a key and let it go. The digit stays out of repr."""

    digit: str = field(repr=False)
    """One of 0-9 * # A-D."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Audio of any length."""

    samples: bytes = field(repr=False)
    """Signed 16 bit, little endian, mono; Asterisk's pieces are 20 ms, but nothing promises it."""

    rate: int = LINE_RATE
    """Hertz."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """Let go of the call; the exchange's dialplan goes on."""


Message = CallNamed | KeyLetGo | Sound | HangUp


def encode(message: Message) -> bytes:
    """One message as one bytes object, to be written at once. ValueError for audio the exchange would not bear."""
    match message:
        case Sound(samples, rate):
            if not samples or len(samples) > rate:
                raise ValueError(f"audio of {len(samples)} bytes: the exchange takes 1 byte to half a second")
            return _HEADER.pack(_AUDIO_KINDS[rate], len(samples)) + samples
        case CallNamed(uuid):
            return _HEADER.pack(_UUID, 16) + uuid.bytes
        case KeyLetGo(digit):
            return _HEADER.pack(_KEY, 1) + digit.encode("ascii")
        case HangUp():
            return _HEADER.pack(_HANG_UP, 0)


class Decoder:
    """Puts messages together from whatever pieces the network delivers."""

    def __init__(self) -> None:
        self._received = bytearray()

    def decode(self, piece: bytes) -> list[Message]:
        """The messages completed by this piece, in order.

        Raises ChannelError on a kind or a length that AudioSocket does not have; after that nothing on this connection
        can be trusted, for where the next message begins is unknown. Messages before the fault are lost with it.
        """
        self._received += piece
        messages = []
        at = 0
        while len(self._received) - at >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._received, at)
            _check(kind, length)
            if len(self._received) - at < _HEADER.size + length:
                break
            payload = bytes(self._received[at + _HEADER.size : at + _HEADER.size + length])
            messages.append(_message(kind, payload))
            at += _HEADER.size + length
        del self._received[:at]
        return messages


def _check(kind: int, length: int) -> None:
    """Judge a message by its header, before waiting for a payload that may never come."""
    if kind in _RATES:
        if length > _RATES[kind]:  # half a second, 2 bytes a sample; Asterisk sends 20 ms
            raise ChannelError("audiosocket_length", f"audio of {length} bytes at once, more than half a second")
        return
    lengths = {_HANG_UP: 0, _UUID: 16, _KEY: 1, _ERROR: length}
    if kind not in lengths:
        raise ChannelError("audiosocket_kind", f"kind 0x{kind:02x} is not of AudioSocket; is an Asterisk at this port?")
    if length != lengths[kind]:
        raise ChannelError("audiosocket_length", f"kind 0x{kind:02x} has {lengths[kind]} bytes, not {length}")


def _message(kind: int, payload: bytes) -> Message:
    if kind in _RATES:
        return Sound(payload, _RATES[kind])
    match kind:
        case 0x00:
            return HangUp()
        case 0x01:
            return CallNamed(UUID(bytes=payload))
        case 0x03:
            digit = payload.decode("latin-1")
            if digit not in _TELEPHONE_KEYS:
                raise ChannelError("audiosocket_key", "a key that no telephone has")
            return KeyLetGo(digit)
        case _:
            raise ChannelError("audiosocket_error", f"the exchange reports error {payload.hex() or 'without code'}")
