"""What is written, as a good agent says it: amounts, dates, times, telephone numbers, order numbers."""

import re
from collections.abc import Callable

from bot.mandarin.numerals import cardinal, counted, dictated, year_read

NUMBER = r"\d+(?:\.\d+)?"
TO = r"\s*(?:-|~|～|—|–|至|到)\s*"

MEASURES = (
    "个|年|天|周岁|周|岁|人|次|位|名|家|套|间|笔|张|份|期|倍|种|类|条|项|款|步|遍|户|段|层|代|级|档|件|本|部|"
    "小时|分钟|秒|点|刻|块|元|角|分|毛|亿|万|千|百|平方米|平米|米|公里|度|成|折|页|轮|批|组|排|站|季度|"
    "工作日|楼|室|栋|幢|单元|路|线|日|号|月"
)
"""Words before which a number counts something; a number before one of them is never read digit by digit."""

PLAIN_TWO = "楼|室|栋|幢|单元|路|线|日|号|月|分|级|期|段"
"""Before these a lone 2 stays 二: 二楼, 二月, 二号."""

DICTATED_AFTER = (
    "尾号|尾数|账号|帐号|卡号|账户|号码|电话|手机|手机号|热线|拨打|致电|身份证|证件号|编号|单号|工号|代码|验证码|"
    "邮编|区号|分机"
)

_WIDE = str.maketrans("０１２３４５６７８９％＊＃", "0123456789%*#")
_WIDE_BETWEEN_DIGITS = str.maketrans("：／．－", ":/.-")
_LETTERS_WIDE = str.maketrans({chr(0xFEE0 + ord(c)): c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"})
_SIGNS = {
    "≥": "不低于",
    "≤": "不超过",
    "＞": "高于",
    "＜": "低于",
    "±": "正负",
    "×": "乘",
    "℃": "摄氏度",
    "㎡": "平方米",
}
_MONEY = rf"(?<![\d.])(?P<minus>-?)(?P<amount>{NUMBER})(?P<times>万|亿|)元"

Match = re.Match[str]


def spoken(text: str) -> str:
    """The text with everything that is not words written as words; what is already words stays as it is.

    12,345.60元 → 一万二千三百四十五元六角, 2.6% → 百分之二点六, 2026-12-03 → 二零二六年十二月三日,
    14:30 → 下午两点半, 1-3个工作日 → 一到三个工作日, 尾号1234 → 尾号幺二三四.
    """
    said = text.translate(_WIDE).translate(_LETTERS_WIDE)
    said = re.sub(r"(?<=\d)[：／．－](?=\d)", lambda match: match.group().translate(_WIDE_BETWEEN_DIGITS), said)
    said = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", said)
    for pattern, say in _RULES:
        said = pattern.sub(say, said)
    return said


def _date(match: Match) -> str:
    day = match.groupdict().get("day")
    return f"{year_read(match['year'])}年{cardinal(match['month'])}月" + (f"{cardinal(day)}日" if day else "")


def _in_part(part: str, hour: int) -> int:
    """The hour of 24: 下午 2:00 is 14."""
    return hour + 12 if part in ("下午", "晚上") and hour < 12 else hour


def _clock(hour: int, minute: int) -> str:
    """14, 30 → 下午两点半."""
    parts = ((6, "凌晨"), (12, "上午"), (13, "中午"), (19, "下午"), (24, "晚上"))
    part = next((name for until, name in parts if hour < until), "")
    shown = hour - 12 if part in ("下午", "晚上") else hour
    minutes = {0: "", 30: "半"}.get(minute, f"{'零' if minute < 10 else ''}{cardinal(str(minute))}分")
    return f"{part}{counted(str(shown))}点{minutes}"


def _time(match: Match) -> str:
    """One time of day. 上午 or 下午 is added unless it was written before it."""
    part = match.group("part") or ""
    hour, minute = int(match.group("hour")), int(match.group("minute"))
    return part + _clock(_in_part(part, hour), minute).removeprefix(part)


def _hours(match: Match) -> str:
    """Opening hours: the part of the day is said again only when it changes."""
    part = match.group("part") or ""
    opens = _clock(_in_part(part, int(match.group("h1"))), int(match.group("m1")))
    closes = _clock(_in_part(part, int(match.group("h2"))), int(match.group("m2")))
    return f"{part}{opens.removeprefix(part)}到{closes.removeprefix(part or opens[:2])}"


def _money(match: Match) -> str:
    """Yuan with jiao and fen; 万元 and 亿元 keep their decimals."""
    sign = "负" if match.group("minus") else ""
    amount, times = match.group("amount"), match.group("times")
    whole, _, decimals = amount.partition(".")
    if times:
        decimals = decimals.rstrip("0")
        return sign + (cardinal(f"{whole}.{decimals}") if decimals else counted(whole)) + times + "元"
    if len(decimals) > 2:
        return f"{sign}{cardinal(amount)}元"
    jiao, fen = decimals[:1] or "0", decimals[1:] or "0"
    small = (f"{counted(jiao)}角" if jiao != "0" else "") + (f"{cardinal(fen)}分" if fen != "0" else "")
    if int(whole) == 0 and small:
        return sign + small
    gap = "零" if jiao == "0" and fen != "0" else ""
    return f"{sign}{counted(whole)}元{gap}{small}"


def _per_cent(match: Match) -> str:
    base = {"%": "百分之", "‰": "千分之"}[match.group("of")]
    numbers = [base + cardinal(number) for number in (match.group("first"), match.group("last")) if number]
    return "到".join(numbers)


def _range(match: Match) -> str:
    return f"{counted(match.group(1))}到{counted(match.group(2))}{match.group(3)}"


def _order_number(match: Match) -> str:
    """Letters one by one, groups of digits with a pause between them, as one dictates."""
    groups = [" ".join(match.group("letters"))] + [dictated(group) for group in match.group("digits").split("-")]
    return f"{groups[0]} {'，'.join(groups[1:])}"


def _grouped(match: Match) -> str:
    return "，".join(dictated(group) for group in re.findall(r"\d+", match.group()))


def _mobile(match: Match) -> str:
    digits = match.group()
    return "，".join(dictated(digits[a:b]) for a, b in ((0, 3), (3, 7), (7, 11)))


def _identity(match: Match) -> str:
    """Digits one by one; the X of an identity number is a letter of its own."""
    return re.sub(r"\d+", lambda run: dictated(run.group()), match.group()).replace("X", " X").replace("x", " X")


def _measured(match: Match) -> str:
    number, measure = match.group(1), match.group(2)
    plain = re.fullmatch(PLAIN_TWO, measure)
    return (cardinal(number) if plain else counted(number)) + measure


def _bare(match: Match) -> str:
    number = match.group()
    whole = number.partition(".")[0]
    one_by_one = len(whole) >= 7 or (len(whole) > 1 and whole.startswith("0")) or re.fullmatch(r"12[0-9]{3}", number)
    return dictated(number) if one_by_one and number.isdigit() else cardinal(number)


def _rule(pattern: str, say: Callable[[Match], str] | str) -> tuple[re.Pattern[str], Callable[[Match], str] | str]:
    return re.compile(pattern, re.ASCII), say


_PART = r"(?P<part>上午|下午|中午|晚上|早上|凌晨)?\s*"
_NO_DIGIT = r"(?![\d.]?\d)"

_YEAR, _MONTH, _DAY = r"(?P<year>(?:19|20)\d\d)", r"(?P<month>1[0-2]|0?[1-9])", r"(?P<day>3[01]|[12]\d|0?[1-9])"

_RULES = (
    # Earlier rules win: what they wrote in characters, later ones no longer see.
    _rule(r"\*+(?=\d)", ""),
    _rule(r"\*号?(?=键)", "星号"),
    _rule(r"#号?(?=键)", "井号"),
    _rule(r"(?<=[按键])\s*\*", "星号"),
    _rule(r"(?<=[按键])\s*#", "井号"),
    _rule(r"(?<![A-Za-z0-9])(?P<letters>[A-Z]{1,4})-?(?P<digits>\d{4,}(?:-\d+)*)" + _NO_DIGIT, _order_number),
    _rule(rf"(?<![\d.]){_YEAR}(?P<sep>[-/.]){_MONTH}(?P=sep){_DAY}(?!\d)", _date),
    _rule(rf"(?<![\d.]){_YEAR}年{_MONTH}月(?:{_DAY}[日号])?", _date),
    _rule(rf"(?<![\d.]){_YEAR}-(?P<month>0[1-9]|1[0-2])(?![-.\d元])", _date),
    _rule(r"(?<!\d)(\d{4})(?=年)|(?<=〔)(\d{4})(?=〕)", lambda match: year_read(match.group())),
    _rule(
        _PART
        + r"(?<![\d:])(?P<h1>[01]?\d|2[0-4]):(?P<m1>[0-5]\d)"
        + TO
        + r"(?P<h2>[01]?\d|2[0-4]):(?P<m2>[0-5]\d)(?![\d:])",
        _hours,
    ),
    _rule(_PART + r"(?<![\d:])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::[0-5]\d)?(?![\d:])", _time),
    _rule(rf"(?<![\d.])(?P<first>-?{NUMBER})(?:%|‰)?{TO}(?P<last>{NUMBER})(?P<of>[%‰])", _per_cent),
    _rule(rf"(?<![\d.])(?P<first>-?{NUMBER})(?P<last>)(?P<of>[%‰])", _per_cent),
    _rule(r"(?<![\d-])\d{4}-\d{4}-\d{4}(?![\d-])", _grouped),
    _rule(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)|(?<!\d)[48]00-?\d{3}-?\d{4}(?!\d)", _grouped),
    _rule(r"(?<!\d)1[3-9]\d{9}(?!\d)", _mobile),
    _rule(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])", _identity),
    _rule(
        rf"((?:{DICTATED_AFTER})(?:末四位|后四位)?(?:是|为|：|:)?\s*)(\d+)(?!\d)",
        lambda m: m.group(1) + dictated(m.group(2)),
    ),
    _rule(r"第(\d+)", lambda match: "第" + cardinal(match.group(1))),
    _rule(r"(?<=[\d万亿元年月日号个天])\s*[-~～—–]+\s*(?=\d)", "到"),
    _rule(rf"(?<![\d.])({NUMBER}){TO}({NUMBER})((?:{MEASURES}))", _range),
    _rule(_MONEY, _money),
    _rule(rf"[¥￥](?P<minus>-?)(?P<amount>{NUMBER})(?P<times>万|亿|)元?", _money),
    _rule(r"(?<![\d/])(\d+)/([1-9]\d*)(?![\d/])", lambda m: f"{cardinal(m.group(2))}分之{cardinal(m.group(1))}"),
    _rule(rf"(?<![\d.])({NUMBER})\s*({MEASURES})", _measured),
    _rule(rf"(?<![\dA-Za-z])-(?={NUMBER})", "负"),
    _rule(NUMBER, _bare),
    _rule("[" + "".join(_SIGNS) + "]", lambda match: _SIGNS[match.group()]),
)
