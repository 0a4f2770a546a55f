"""How a caller's sound reaches the hotline, in a short notation: `gsm`, `loss:5`, `alaw+echo:20+babble:10`.

Pieces are joined with +; what follows the colon is the measure, each with its own unit (PIECES).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.qa.words import CONDITIONS


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that happens to the sound."""

    told: str
    """For people, with the measure's place marked {}."""

    usual: float | None = None
    """The measure if none is written; None: it has none."""

    least: float = 0.0
    most: float = 0.0
    noise: bool = False
    """Around the caller, not on the line; the measure is then how many dB the voice is above it."""


PIECES: Mapping[str, Piece] = {
    "clean": Piece("干净"),
    "alaw": Piece("G.711 A 律"),
    "ulaw": Piece("G.711 µ 律"),
    "gsm": Piece("GSM 手机"),
    "amr": Piece("AMR-NB 手机，每秒 {} 千比特", 12.2, 4.75, 12.2),
    "loss": Piece("成片丢包 {}%", 5.0, 0.1, 50.0),
    "echo": Piece("热线的话有回声，低 {} 分贝", 20.0, 0.0, 60.0),
    "quiet": Piece("小声，低 {} 分贝", 20.0, 1.0, 50.0),
    "clip": Piece("削波，过载 {} 分贝", 12.0, 1.0, 40.0),
    "hiss": Piece("沙沙声，信噪比 {} 分贝", 15.0, -10.0, 60.0, noise=True),
    "street": Piece("马路，信噪比 {} 分贝", 10.0, -10.0, 60.0, noise=True),
    "babble": Piece("周围有人说话，信噪比 {} 分贝", 10.0, -10.0, 60.0, noise=True),
    "station": Piece("车站广播，信噪比 {} 分贝", 5.0, -10.0, 60.0, noise=True),
}
AMR_KILOBITS = (4.75, 5.15, 5.9, 6.7, 7.4, 7.95, 10.2, 12.2)
STANDARD = ("clean", "alaw", "gsm", "amr:4.75", "loss:5", "echo:20", "quiet:20", "clip:12", "hiss:15", "street:10")
STANDARD_NOISES = ("babble:10", "station:5")


@dataclass(frozen=True, slots=True)
class Condition:
    """A line and what is heard around the caller: names of PIECES with their measures, each name once."""

    pieces: tuple[tuple[str, float], ...] = ()

    def measure(self, name: str) -> float | None:
        """The piece's measure (0 if it has none), or None where this condition is without it."""
        return dict(self.pieces).get(name)

    @property
    def noises(self) -> tuple[tuple[str, float], ...]:
        """What is heard around the caller, and how many dB the voice is above it."""
        return tuple((name, measure) for name, measure in self.pieces if PIECES[name].noise)

    def __str__(self) -> str:
        return "+".join(f"{n}:{m:g}" if PIECES[n].usual is not None else n for n, m in self.pieces) or "clean"

    @property
    def told(self) -> str:
        """In Chinese, for reports."""
        return "；".join(PIECES[name].told.format(f"{measure:g}") for name, measure in self.pieces) or "干净"

    def apart(self) -> "tuple[Condition, Condition]":
        """The line alone, and the noise alone."""
        return Condition(tuple(piece for piece in self.pieces if piece not in self.noises)), Condition(self.noises)

    def on(self, line: "Condition | None", noise: "Condition | None") -> "Condition":
        """The same on another line, or with another noise; None: as it is."""
        own_line, own_noise = self.apart()
        return Condition((own_line if line is None else line).pieces + (own_noise if noise is None else noise).pieces)


CLEAN = Condition()


def condition_of(written: str | Iterable[str], *, noise: bool | None = None) -> Condition:
    """A condition from its notation, or from a list of pieces. `noise`: only noises (True) or only lines (False).

    Raises ValueError with a sentence in Chinese.
    """
    texts = written.split("+") if isinstance(written, str) else list(written)
    found: dict[str, float] = {}
    for text in texts:
        name, measure = _piece(text.strip(), noise)
        if name in found:
            raise ValueError(f"{text} 写了两次。")
        if name != "clean":
            found[name] = measure
    if len({"alaw", "ulaw", "gsm", "amr"} & found.keys()) > 1:
        raise ValueError("alaw、ulaw、gsm、amr 只能写一个。")
    return Condition(tuple(found.items()))


def _piece(text: str, noise: bool | None) -> tuple[str, float]:
    written, _, figure = text.partition(":")
    name = CONDITIONS.get(written, written.lower())
    allowed = [known for known, piece in PIECES.items() if noise is None or piece.noise is noise or known == "clean"]
    if name not in allowed:
        raise ValueError(f"不认识“{text}”。可以写：{'、'.join(allowed)}。")
    piece = PIECES[name]
    if not figure:
        return name, piece.usual or 0.0
    try:
        measure = float(figure)
    except ValueError:
        raise ValueError(f"“{text}”里冒号后面应当是数字。") from None
    if piece.usual is None:
        raise ValueError(f"{name} 后面不写数字。")
    if not piece.least <= measure <= piece.most:
        raise ValueError(f"“{text}”：应当在 {piece.least:g} 到 {piece.most:g} 之间。")
    if name == "amr" and measure not in AMR_KILOBITS:
        raise ValueError(f"“{text}”：AMR 只有 {'、'.join(f'{each:g}' for each in AMR_KILOBITS)}。")
    return name, measure
