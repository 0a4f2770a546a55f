"""The spaces a recogniser writes between words."""

import re

_BETWEEN_LATIN = re.compile(r"(?<=[A-Za-z0-9])\s+(?=[A-Za-z0-9])")
_SPACE = re.compile(r"\s+")


def spaceless(text: str) -> str:
    """The text without the spaces Vosk writes between words; jieba would take each of them for a word.

    Training data and callers' words go through this same function. One space stays between Latin words.
    """
    kept = _BETWEEN_LATIN.sub("\0", text.strip())
    return _SPACE.sub("", kept).replace("\0", " ")
