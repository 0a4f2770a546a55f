"""What callers say, as it is written: digits of an account, numbers, amounts."""

import re
from decimal import Decimal

from bot.mandarin.numerals import DIGITS, value_of
from bot.mandarin.spacing import spaceless

SPOKEN_DIGITS = dict(zip(DIGITS, "0123456789", strict=True)) | {
    "〇": "0",
    "洞": "0",
    "幺": "1",
    "妖": "1",
    "腰": "1",
    "两": "2",
    "俩": "2",
    "拐": "7",
    "勾": "9",
}
"""How callers say single digits; 洞幺两拐勾 is the radio operator's way, 妖 and 腰 are how recognisers write 幺."""

_LETTER_X = re.compile(r"(?:[大小]写的?)?(?:[艾爱埃]克[斯思丝]|[Xx叉])")
_NOT_A_DIGIT = re.compile(
    r"一(?:下|点|共|会|样|遍|起|直|定|般|些)|第[一二三四五六七八九十](?:个|次|位)?|[一二两三四五六七八九十]位(?=[密的]|$)"
    r"|[一二两三四五六七八九十]个(?![零〇一幺二两三四五六七八九洞拐勾0-9])|[统唯]一"
)
_DIGIT = f"[{''.join(SPOKEN_DIGITS)}0-9]"
_PIECE = re.compile(
    rf"(?P<times>[一二两三四五六七八九2-9])个(?P<repeated>{_DIGIT})"
    r"|(?P<number>[一二两三四五六七八九]百(?:零[一二三四五六七八九]|[一二三四五六七八九]十[一二三四五六七八九]?|)"
    r"|[二三四五六七八九]?十[一二三四五六七八九]?|一十[一二三四五六七八九]?)"
    rf"|(?P<digit>{_DIGIT})|(?P<x>X)"
)

_PLAIN = "零〇一二两三四五六七八九0-9"
_NUMERAL = rf"[{_PLAIN}十百千万亿](?:[{_PLAIN}十百千万亿]|[点.](?=[{_PLAIN}]))*+"
_NUMBER = re.compile(rf"负?{_NUMERAL}")
_AMOUNT = re.compile(
    # Yuan: a number with its unit, or bare, unless it counts something else or is only approximate.
    rf"(?:(?P<yuan>{_NUMERAL})(?:[元块圆]|(?![角毛分年月日号次岁点位套天个笔成厘来多几]|期(?!限))))?"
    # Jiao and fen, and the jiao of 三块五.
    rf"(?:(?<![{_PLAIN}])(?P<jiao>[{_PLAIN}])[角毛](?:(?P<last>[{_PLAIN}])(?![{_PLAIN}分]))?)?"
    rf"(?:(?<![{_PLAIN}十])零?(?P<fen>[{_PLAIN}])分(?![之钟期行])"
    rf"|(?<=[元块圆])(?P<tail>[{_PLAIN}])(?![{_PLAIN}十百千万亿角毛分年月日号期个次]))?"
)
_NOT_AN_AMOUNT = re.compile(r"一(?:下|共|会|样|遍|起|直|定|般|些|次|部分)|百分之.|第.|千万(?=别|不|要)|[统唯]一")


def digits_in(text: str) -> str:
    """The digits a caller dictated, X for the letter of an identity number; "" if there are none.

    Understands 幺两洞拐勾, 三个零 (000), pieces like 十二 and 三百零五 in a longer number,
    叉 and 艾克斯 for X. Words that merely hold a numeral (一下, 第一, 六位) are left out.
    """
    plain = _NOT_A_DIGIT.sub(" ", _LETTER_X.sub("X", spaceless(text)))
    return "".join(_written(piece) for piece in _PIECE.finditer(plain))


def _written(piece: re.Match[str]) -> str:
    if piece.group("times"):
        return _digit(piece.group("repeated")) * int(_digit(piece.group("times")))
    if piece.group("number"):
        return str(value_of(piece.group("number")))
    return "X" if piece.group("x") else _digit(piece.group("digit"))


def _digit(said: str) -> str:
    return SPOKEN_DIGITS.get(said, said)


def number_in(text: str) -> Decimal | None:
    """The first number in what a caller said (第三个 → 3, 二十年 → 20, 三点五 → 3.5), or None."""
    plain = re.sub(r"一(?:下|共|会|样|遍|起|直|定|般|些)|[统唯]一", " ", spaceless(text))
    values = (value_of(found.group()) for found in _NUMBER.finditer(plain))
    return next((value for value in values if value is not None), None)


def amount_in(text: str) -> Decimal | None:
    """The amount of money in yuan a caller said: 一万二千三, 两万五, 三千块, 12万, 三块五毛, 五角六分.

    None if there is none, or if there are two different ones: then one has to ask.
    """
    plain = _NOT_AN_AMOUNT.sub(" ", spaceless(text).replace(",", "").replace("个亿", "亿"))
    found = {value for match in _AMOUNT.finditer(plain) if (value := _amount(match)) is not None}
    return found.pop() if len(found) == 1 else None


def _amount(match: re.Match[str]) -> Decimal | None:
    said = match.groupdict()
    yuan = value_of(said["yuan"]) if said["yuan"] else None
    jiao, fen = said["jiao"] or said["tail"], said["fen"] or said["last"]
    if yuan is None and not jiao and not fen:
        return None
    return (yuan or Decimal(0)) + Decimal(f"0.{_digit(jiao or '0')}{_digit(fen or '0')}")
