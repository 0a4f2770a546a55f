"""One call at this machine's microphone, in a process of its own (sound systems read the environment once).

python -m tests.support.microphone_call FOLDER     says a tone, listens until # or q, writes FOLDER/heard.wav and
                                                   FOLDER/order (f, m, and the keys)
"""

import asyncio
import sys
import wave
from pathlib import Path

import numpy as np

from bot.channels.microphone import microphone_call
from bot.errors import ChannelError
from tests.support.answering import Heard


def a_tone(seconds: float) -> bytes:
    """440 Hz."""
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(int(8000 * seconds)) / 8000)).astype("<i2").tobytes()


def main(folder: Path) -> None:
    """The call."""
    heard = Heard(says=bytes(16000) + a_tone(2.0), obeys=True)
    try:
        asyncio.run(microphone_call(heard.answer))
    except ChannelError as error:
        sys.exit(str(error))
    (folder / "order").write_text(heard.order)
    with wave.open(str(folder / "heard.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(heard.samples)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
