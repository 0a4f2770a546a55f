"""What is heard around a caller: some seconds of each noise, at a root mean square of one, played in a loop."""

from collections.abc import Awaitable, Callable, Mapping

import numpy as np
import numpy.typing as npt

from bot.audio.frame import LINE_RATE

Floats = npt.NDArray[np.float64]
Speaks = Callable[[str, str], Awaitable[bytes]]
"""(text, voice name) → line audio of somebody saying it."""

_SECONDS = 16
_LENGTH = _SECONDS * LINE_RATE
_PEOPLE = (
    ("你今天晚上回不回家吃饭啊，我买了排骨，还有一条鱼", "caller"),
    ("这个星期天气一直不好，洗的衣服都晾不干，真烦人", "caller_m"),
    ("昨天的球赛你看了没有，最后一分钟才进了一个球", "male"),
    ("孩子的作业还没有写完，老师又在群里发通知了", "female"),
    ("你把那个表格发给我一下，我下午开会的时候要用", "default"),
    ("超市的鸡蛋又涨价了，我们明天早点去菜市场看看", "caller"),
)
_ANNOUNCEMENT = "各位旅客请注意，开往南京方向的列车就要检票了，请您带好行李物品，到三号检票口排队检票上车"


async def surroundings(name: str, speaks: Speaks) -> Floats:
    """One noise of bot.qa.conditions, the same each time."""
    if name in _VOICES:
        return _unit(await _VOICES[name](speaks))
    return _unit(_SOUNDS[name](np.random.default_rng(12329)))


def _hiss(rng: np.random.Generator) -> Floats:
    return rng.standard_normal(_LENGTH)


def _street(rng: np.random.Generator) -> Floats:
    """Rumble that swells as cars go by; its power falls with frequency."""
    spectrum = np.fft.rfft(rng.standard_normal(_LENGTH))
    frequency = np.fft.rfftfreq(_LENGTH, 1 / LINE_RATE)
    rumble = np.fft.irfft(spectrum / np.maximum(frequency, 80) ** 0.75, _LENGTH)
    cars = np.exp(np.interp(np.arange(_LENGTH), np.linspace(0, _LENGTH, 9), [*rng.uniform(-1, 1, 8), 0]))
    return np.asarray(rumble * cars)


async def _babble(speaks: Speaks) -> Floats:
    """Six people at once, none of them talking of the fund."""
    crowd = np.zeros(_LENGTH)
    for place, (text, voice) in enumerate(_PEOPLE):
        sound = _floats(await speaks(text, voice))
        crowd += np.roll(np.resize(sound, _LENGTH), place * _LENGTH // 7)
    return crowd


async def _station(speaks: Speaks) -> Floats:
    """A loudspeaker in a hall, twice in the loop, with the hall's echo."""
    sound = np.append(_floats(await speaks(_ANNOUNCEMENT, "female")), np.zeros(LINE_RATE))
    announced = np.resize(sound, _LENGTH)
    hall = np.random.default_rng(8).standard_normal(LINE_RATE // 2) * np.exp(-np.arange(LINE_RATE // 2) / 900)
    hall[0] = 8.0
    spectrum = np.fft.rfft(announced) * np.fft.rfft(hall, _LENGTH)
    return np.asarray(np.fft.irfft(spectrum, _LENGTH))


_SOUNDS: Mapping[str, Callable[[np.random.Generator], Floats]] = {"hiss": _hiss, "street": _street}
_VOICES: Mapping[str, Callable[[Speaks], Awaitable[Floats]]] = {"babble": _babble, "station": _station}


def _floats(samples: bytes) -> Floats:
    return np.frombuffer(samples, "<i2").astype(np.float64)


def _unit(sound: Floats) -> Floats:
    return np.asarray(sound / np.sqrt(np.mean(sound**2)))
