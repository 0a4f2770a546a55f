"""What may not stand in a log: identity numbers, accounts, telephones."""

import re

LONGEST_SHOWN = 6
"""A run of more digits than this is taken for an identity number, an account or a telephone."""

LAST_SHOWN = 4

_DIGIT = "0-9０-９零〇一幺二两三四五六七八九洞拐勾"
_RUN = re.compile(
    # An order number and a date are no secrets, whatever their length.
    r"(?P<open>(?<![\d-])[2-9]\d[01]\d-[0-3]\d{3}-\d{4}(?![\d-])|(?<![\d-])(?:19|20)\d\d-[01]\d-[0-3]\d(?![\d-]))"
    rf"|[{_DIGIT}](?:[ \t\-—－_，、,个十百]{{0,2}}[{_DIGIT}])*[ \t]?[Xx叉]?",
    re.ASCII,
)


_PASSWORD = re.compile(rf"(密码[^{_DIGIT}]{{0,8}})((?:[{_DIGIT}][ ，、,]?){{6}})(?![{_DIGIT}])")
_SIX_DIGITS = re.compile(rf"[^{_DIGIT}]{{0,2}}(?:[{_DIGIT}][ ，、,]?){{6}}[^{_DIGIT}]{{0,2}}")
_FOUR_DIGITS = re.compile(rf"(?:[{_DIGIT}][ ，、,]?){{4}}")


def says_password(text: str) -> bool:
    """Whether a caller has said a password aloud: six digits after the word 密码, or six digits and nothing else."""
    return bool(_PASSWORD.search(text) or _SIX_DIGITS.fullmatch(text))


def holds_a_number(text: str) -> bool:
    """Whether four or more digits follow each other: it may become a secret while it is still being said."""
    return bool(_FOUR_DIGITS.search(text))


def masked(text: str) -> str:
    """The text with each run of seven or more digits, typed or spoken, starred but for its last four.

    Runs may be broken by spaces, hyphens or commas, as people write and say telephone numbers; order numbers and
    dates stay. Six digits after the word 密码 are starred to the last one.
    """
    hidden = _PASSWORD.sub(lambda match: match[1] + "*" * sum(one.isalnum() for one in match[2]), text)
    return _RUN.sub(_starred, hidden)


def _starred(match: re.Match[str]) -> str:
    run = match.group()
    digits = re.findall(rf"[{_DIGIT}Xx叉]", run)
    if match.group("open") or len(digits) <= LONGEST_SHOWN:
        return run
    return "*" * (len(digits) - LAST_SHOWN) + "".join(digits[-LAST_SHOWN:])
