"""Whether what the caller says over a prompt is meant to interrupt it."""

from pypinyin import lazy_pinyin

from bot.listening.base import Question

FILLERS = (
    *("对对对", "对对", "嗯嗯", "那个", "这个", "就是", "哎呀"),
    *("嗯", "啊", "呃", "喂", "好", "哦", "噢", "诶", "哎", "唉", "呀"),
)
"""Said while listening or thinking; longest first."""

SOUNDS_LIKE_A_FILLER = "额五"
"""呃 and 嗯嗯 as the recogniser may write them; beside any other word each is a part of one (余额, 额度, 五年)."""

HESITATIONS = ("那个", "这个", "就是", "然后", "还有", "嗯", "呃", "额", "我想", "我要", "请问")
"""A turn that ends with one of these is probably not over."""


LONG_VOICE_SECONDS = 0.7
"""So much voice is more than two characters, even if the recogniser is still looking for words (嗯嗯 takes 0.5 s)."""

WORD_SECONDS = 0.38
"""So much voice is two characters, where the recogniser made one of them (数字 heard as 是) and that is no filler."""


def interrupts(partial: str, question: Question, voiced_seconds: float = 0.0) -> bool:
    """At least two characters that are not fillers, or a one-character answer to this question.

    With `voiced_seconds` (PartialHeard has them) so much voice as two characters take counts as well, with one
    character that is no filler; and a long voice without words so far.
    """
    if partial in question.short_words:
        return True
    rest = without_fillers(partial)
    if len(rest) >= 2 or rest in question.short_words:
        return True
    if rest and voiced_seconds >= WORD_SECONDS:
        return True
    return voiced_seconds >= LONG_VOICE_SECONDS and not partial


def without_fillers(text: str) -> str:
    """What remains of a text without its fillers."""
    for filler in FILLERS:
        text = text.replace(filler, "")
    return text if text.strip(SOUNDS_LIKE_A_FILLER) else ""


def hesitates(partial: str) -> bool:
    """True if the caller seems to look for words."""
    return partial.endswith(HESITATIONS)


class Prompt:
    """What we are saying, to recognise our own words when they come back."""

    def __init__(self, text: str) -> None:
        self._sounds = _sounds(text)

    def says(self, heard: str) -> bool:
        """Whether what was heard is a piece of the prompt, by its sound (characters may differ)."""
        return bool(heard) and _sounds(heard) in self._sounds


def _sounds(text: str) -> str:
    return "".join(f"{syllable} " for syllable in lazy_pinyin([char for char in text if "\u4e00" <= char <= "\u9fff"]))
