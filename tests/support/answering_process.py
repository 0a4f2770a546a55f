"""The telephone side in a process of its own, so that its pace can be measured from outside.

python -m tests.support.answering_process     says a tone to every caller for ever; prints its two ports, then on
                                              end of input the CPU seconds it used
"""

import asyncio
import sys
import time

from bot.channels.base import Channel
from tests.support.answering import Heard, hotline
from tests.support.fake_exchange import tone


async def main() -> None:
    """Until the end of input."""

    async def answer(channel: Channel) -> None:
        await Heard(says=tone("5", 60.0)).answer(channel)

    async with hotline(answer) as exchange:
        print(exchange.audio_port, exchange.http_port, flush=True)
        before = time.process_time()
        await asyncio.to_thread(sys.stdin.read)
        print(f"{time.process_time() - before:.3f}", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
