"""What synthetic voices say and what digit grammars hold: digits, amounts, dates, words, made up at random."""

import random
from pathlib import Path

DIGITS = "零一二三四五六七八九"
SPOKEN_DIGITS = "零一二三四五六七八九幺两"


def digits(rng: random.Random) -> str:
    """One to eleven digits; 一 is 幺 half of the time in longer strings, as on the telephone."""
    length = rng.choices(range(1, 12), weights=[6, 3, 4, 4, 2, 5, 2, 3, 1, 1, 3])[0]
    yao = length > 2 and rng.random() < 0.5
    return "".join("幺" if d == "一" and yao else d for d in rng.choices(DIGITS, k=length))


def spell_number(value: int) -> str:
    """A number as it is read: 12050 → 一万二千零五十. Up to 一亿."""
    if value >= 10000:
        rest = value % 10000
        head = spell_number(value // 10000) + "万"
        return head if rest == 0 else head + ("零" if rest < 1000 else "") + spell_number(rest)
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + name
            gap = False
        else:
            gap = True
    text = text or "零"
    return text[1:] if text.startswith("一十") else text


def number(rng: random.Random) -> str:
    """An amount, a date, a time, a percentage."""
    kind = rng.randrange(6)
    if kind == 0:
        return spell_number(rng.choice([rng.randrange(1, 100), rng.randrange(100, 10000)])) + rng.choice(
            ["元", "块", "块钱"]
        )
    if kind == 1:
        amount = rng.choice(
            [rng.randrange(1, 100) * 10000, rng.randrange(1, 1000) * 1000, rng.randrange(10000, 999999)]
        )
        return spell_number(amount) + rng.choice(["", "元", "块"])
    if kind == 2:
        return spell_number(rng.randrange(1, 13)) + "月" + spell_number(rng.randrange(1, 32)) + rng.choice(["号", "日"])
    if kind == 3:
        year = "二零" + "".join(rng.choices(DIGITS[:4], k=1) + rng.choices(DIGITS, k=1)) + "年"
        return rng.choice(["", year]) + spell_number(rng.randrange(1, 13)) + "月"
    if kind == 4:
        return (
            rng.choice(["上午", "下午", "明天上午", "周" + rng.choice("一二三四五六日")])
            + spell_number(rng.randrange(1, 13))
            + rng.choice(["点", "点半", "点钟"])
        )
    return "百分之" + spell_number(rng.randrange(1, 100))


def visits() -> tuple[list[str], list[str]]:
    """When a caller would like to come: near days (下周二上午, 后天下午), and dates (十二月三号上午)."""
    halves, weeks = ("", "上午", "下午"), ("周", "星期", "礼拜")
    weekdays = [which + week + day for which in ("", "这", "下") for week in weeks for day in "一二三四五六"]
    near = [day + half for day in ("明天", "后天", "大后天", *weekdays) for half in halves]
    dates = [spell_number(month) + "月" + spell_number(day) + "号" for month in range(1, 13) for day in range(1, 32)]
    return near, [date + half for date in dates for half in halves]


def changes(what: list[str]) -> list[str]:
    """How a caller asks for these who has changed their mind or was misheard (不对改成下午, 换到南苑管理部吧)."""
    openings = ("", "不对", "不是", "错了", "我说错了", "哎不对", "那就", "我想")
    verbs = ("改成", "改到", "换成", "换到", "改", "换", "我要", "我说的是", "是", "还是")
    return [opening + verb + one + end for opening in openings for verb in verbs for one in what for end in ("", "吧")]


def domain(terms: list[str], rng: random.Random) -> str:
    """One to three words of the domain in a row."""
    return "".join(rng.sample(terms, rng.choices([1, 2, 3], weights=[5, 3, 1])[0]))


def general(words: list[str], rng: random.Random) -> str:
    """Two to five frequent words: broad cover of syllable pairs."""
    return "".join(rng.choices(words, k=rng.randrange(2, 6)))


def frequent_words(dictionary: Path, count: int) -> list[tuple[str, int]]:
    """The most frequent words (one to four characters) of jieba's dictionary with their counts."""
    rows = []
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, times, *_ = line.split()
        if 1 <= len(word) <= 4 and all("\u4e00" <= c <= "\u9fff" for c in word):
            rows.append((word, int(times)))
    rows.sort(key=lambda row: -row[1])
    return rows[:count]
