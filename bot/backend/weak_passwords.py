"""Six digits that anybody would try first: these may not be chosen, and whoever still has such a one must change it."""

from collections.abc import Iterable


def is_trivial(password: str) -> bool:
    """All digits equal, three times the same pair or twice the same three, or a run up or down (123456, 987654)."""
    steps = {(int(after) - int(before)) % 10 for before, after in zip(password, password[1:], strict=False)}
    repeated = password == password[:2] * 3 or password == password[:3] * 2
    return repeated or steps in ({1}, {9})


def ends_of(*numbers: str) -> tuple[str, ...]:
    """What others know of somebody's numbers: the last six digits of each, and the birthday in an ID number."""
    ends = [number.rstrip("Xx")[-6:] for number in numbers]
    birthdays = [number[8:14] for number in numbers if len(number) == 18]
    return tuple(dict.fromkeys([*ends, *(number[-6:] for number in numbers if number[-6:].isdigit()), *birthdays]))


def is_weak(password: str, known: Iterable[str]) -> bool:
    """Whether it may not be chosen; `known` is what `ends_of` found."""
    return is_trivial(password) or password in known
