"""Text cut where a speaker may stop and go on again."""

import re

LONGEST_CHARACTERS = 36
"""About eight seconds: a caller who says 继续 does not want to hear more than that twice."""

_END = re.compile(r"[^。！？!?；;…\n]*(?:[。！？!?；;…]+[”’」』）)》]*|\n+|$)")
_SPEAKABLE = re.compile(r"\w")


def sentences(text: str) -> list[str]:
    """Sentences in their order, each with its closing mark; long ones cut at commas, never inside a number."""
    whole = [part.strip() for part in _END.findall(text)]
    return [piece for part in whole if _SPEAKABLE.search(part) for piece in _short(part)]


def _short(sentence: str) -> list[str]:
    """A sentence as pieces of at most LONGEST_CHARACTERS where its commas allow it, of about equal length."""
    if len(sentence) <= LONGEST_CHARACTERS:
        return [sentence]
    pieces: list[str] = [""]
    longest = len(sentence) / -(-len(sentence) // LONGEST_CHARACTERS)
    for clause in _clauses(sentence):
        if pieces[-1] and len(pieces[-1]) + len(clause) / 2 > longest:
            pieces.append("")
        pieces[-1] += clause
    return [piece.strip() for piece in pieces if _SPEAKABLE.search(piece)]


def _clauses(sentence: str) -> list[str]:
    """Cut after each comma, but for those between digits (12,345 and 9:00)."""
    return re.split(r"(?<=[，、：])|(?<=[,:])(?<!\d[,:])|(?<=[,:])(?!\d)", sentence)
