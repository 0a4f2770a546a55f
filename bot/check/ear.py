"""Whether a text can be spoken and kept in mind."""

import re
from collections.abc import Iterator
from functools import cache

from pypinyin import lazy_pinyin

from actions.wording import PLACEHOLDER
from bot.check.finding import Finding
from bot.check.project import USUAL_PACE, Project
from bot.mandarin import sentences, spoken

LONGEST_SECONDS = 45.0
"""A caller does not keep more than this in mind."""

LONGEST_SHORT_SECONDS = 15.0
"""The short form is what a second telling, or a text message, has room for."""

SECONDS_PER_CHARACTER, SECONDS_PER_PAUSE, SECONDS_PER_SENTENCE = 0.215, 0.224, 0.047
"""Of the synthesiser at its usual pace; fitted to a third of the policies, none of which is off by more than 6 %."""

UNSPEAKABLE = re.compile(r"[^\u3007\u4e00-\u9fffA-Za-z0-9\s，。！？；：、…—·“”‘’（）《》「」『』,.!?;:()\-~～{}'\"%]")
HAN = re.compile(r"[\u4e00-\u9fff]")


def for_the_ear(
    project: Project, file: str, line: int, name: str, text: str, longest_seconds: float = LONGEST_SECONDS
) -> Iterator[Finding]:
    """All that is wrong with one text as speech."""
    seconds = heard_seconds(text, project.pace)
    if seconds > longest_seconds:
        message = f"{name} 念完约{seconds:.0f}秒，超过{longest_seconds:.0f}秒，来电人记不住"
        yield Finding(file, line, message, "删减，或分成几句，先说最要紧的")
    said = spoken(PLACEHOLDER.sub("", text))
    signs = "".join(sign for sign in dict.fromkeys(UNSPEAKABLE.findall(said) + HAN.findall(said)) if not _read(sign))
    if signs:
        yield Finding(file, line, f"{name} 里的“{signs}”念不出来", "改成汉字，生僻字换成常用字")


def heard_seconds(text: str, words_per_minute: int = USUAL_PACE) -> float:
    """About how long the telephone's voice takes to say this."""
    said = spoken(PLACEHOLDER.sub("", text))
    characters, pauses = len(re.findall(r"\w", said)), len(re.findall(r"[^\w\s]", said))
    paced = SECONDS_PER_CHARACTER * characters + SECONDS_PER_PAUSE * pauses
    return paced * USUAL_PACE / words_per_minute + SECONDS_PER_SENTENCE * len(sentences(text))


@cache
def _read(sign: str) -> bool:
    """Whether the engine has a sound for it."""
    return bool(HAN.fullmatch(sign) and lazy_pinyin(sign, errors="ignore"))
