"""AudioSocket messages, whatever pieces they arrive in."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.channels.audiosocket_codec import CallNamed, Decoder, HangUp, KeyLetGo, Message, Sound, encode
from bot.errors import ChannelError

messages = some.one_of(
    some.builds(CallNamed, some.uuids()),
    some.builds(KeyLetGo, some.sampled_from("0123456789*#ABCD")),
    some.builds(Sound, some.binary(min_size=1, max_size=700), some.sampled_from([8000, 12000, 16000, 192000])),
    some.just(HangUp()),
)


def test_the_bytes_are_those_asterisk_sends() -> None:
    uuid = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
    assert encode(CallNamed(uuid)) == bytes.fromhex("010010 6ba7b8109dad11d180b400c04fd430c8")
    assert encode(KeyLetGo("#")) == b"\x03\x00\x01#"
    assert encode(Sound(b"\x01\x02" * 160)) == b"\x10\x01\x40" + b"\x01\x02" * 160
    assert encode(Sound(b"\x00\x00", 16000)) == b"\x12\x00\x02\x00\x00"
    assert encode(HangUp()) == b"\x00\x00\x00"


@given(some.lists(messages, max_size=8), some.lists(some.integers(1, 50), min_size=1, max_size=40))
def test_messages_survive_any_cutting(sent: list[Message], cuts: list[int]) -> None:
    data = b"".join(map(encode, sent))
    decoder, received, at = Decoder(), [], 0
    for cut in cuts:
        received += decoder.decode(data[at : at + cut])
        at += cut
    received += decoder.decode(data[at:])
    assert received == sent


@given(some.lists(some.binary(max_size=100), max_size=20))
def test_noise_gives_messages_or_a_channel_error_and_is_never_hoarded(pieces: list[bytes]) -> None:
    decoder = Decoder()
    try:
        for piece in pieces:
            decoder.decode(piece)
            assert len(decoder._received) <= 3 + 65535
    except ChannelError as error:
        assert error.code.startswith("audiosocket_")


@pytest.mark.parametrize(
    ("garbage", "code"),
    [
        (b"\x47\x45\x54", "audiosocket_kind"),  # GET: a browser at the wrong port
        (b"\x02\x00\x00", "audiosocket_kind"),
        (b"\x19\x01\x40", "audiosocket_kind"),
        (b"\x01\x00\x11", "audiosocket_length"),
        (b"\x03\x00\x02", "audiosocket_length"),
        (b"\x00\x00\x01", "audiosocket_length"),
        (b"\x10\xff\xff", "audiosocket_length"),
        (b"\x03\x00\x01x", "audiosocket_key"),
        (b"\xff\x00\x01\x04", "audiosocket_error"),
    ],
)
def test_what_audiosocket_does_not_have_is_refused_at_its_header(garbage: bytes, code: str) -> None:
    with pytest.raises(ChannelError) as caught:
        Decoder().decode(garbage)
    assert caught.value.code == code


@pytest.mark.parametrize("samples", [b"", bytes(8001)])
def test_audio_that_would_end_the_call_is_not_sent(samples: bytes) -> None:
    with pytest.raises(ValueError, match="half a second"):
        encode(Sound(samples))


def test_no_repr_shows_a_key() -> None:
    assert "7" not in repr(KeyLetGo("7"))
