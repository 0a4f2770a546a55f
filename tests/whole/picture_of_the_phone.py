"""Takes the picture of the browser phone for the README, in the middle of a real call to a running service.

python -m tests.whole.picture_of_the_phone [http://127.0.0.1:8080/]      writes docs/images/browser-phone.png
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.audio.wav import write_wav
from tests.conftest import ROOT
from tests.support.caller_voice import CallerVoice
from tests.support.chromium import caller_at


async def main(address: str) -> None:
    """Ask for the rate, ask for a person, and take the picture while the order number is read out."""
    with tempfile.TemporaryDirectory() as folder:
        voice, question = CallerVoice(Path(folder)), Path(folder) / "question.wav"
        write_wav(question, await voice.says("公积金贷款利率是多少"))
        await voice.close()
        window = {"width": 1040, "height": 1180}
        async with caller_at(address, speaks=True, viewport=window, device_scale_factor=1.5) as phone:
            await phone.call()
            await phone.wait_for_caption("住房公积金", 20)
            await phone.page.wait_for_timeout(1500)
            await phone.says(question)
            await phone.wait_for_caption("3.075%", 40)
            await phone.page.wait_for_timeout(4000)
            await phone.write("转人工")
            await phone.wait_for_caption("手机号码", 20)
            await phone.press("13800001234")
            await phone.page.locator("#notes li").wait_for(timeout=30_000)
            await phone.page.wait_for_timeout(3000)
            await phone.page.screenshot(path=ROOT / "docs" / "images" / "browser-phone.png")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080/"))
