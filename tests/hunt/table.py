"""What a hunt did and found, as tables that a document can show."""

from collections import Counter
from collections.abc import Iterator

from tests.hunt.left import Left
from tests.hunt.search import likelihood


def tables(left: Left) -> str:
    """Kinds × channels, then places with what was found in each."""
    return "\n".join([*_calls(left.entered.calls), "", *left.entered.otherwise, "", *_places(left), "", *_chance(left)])


def p_value(left: Left) -> float:
    """How likely so many chance hits of what was typed are, if typing makes no difference."""
    return likelihood(*([left.hunt.by_chance[each] for each in group] for group in (left.typed, left.decoys)))


def _calls(calls: Counter[tuple[str, str]]) -> Iterator[str]:
    channels = list(dict.fromkeys(channel for _, channel in calls))
    yield f"| what the caller did | {' | '.join(channels)} | all |"
    yield f"|---|{'--:|' * (len(channels) + 1)}"
    for kind in dict.fromkeys(kind for kind, _ in calls):
        counts = [calls[kind, channel] for channel in channels]
        yield f"| {kind} | {' | '.join(str(count or '') for count in counts)} | {sum(counts)} |"
    sums = [sum(count for (_, its), count in calls.items() if its == channel) for channel in channels]
    yield f"| **all** | {' | '.join(map(str, sums))} | **{sum(sums)}** |"


def _places(left: Left) -> Iterator[str]:
    hunt = left.hunt
    yield "| place | pieces | MB | passwords found | typed ones in raw bytes | decoys in raw bytes | numbers, amounts |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    found, numbers = Counter(hit.place for hit in hunt.hits), Counter(hit.place for hit in hunt.numbers)
    for place in sorted(hunt.bytes_in):
        typed, decoys = hunt.chance(left.typed, place), hunt.chance(left.decoys, place)
        yield (
            f"| {place} | {hunt.files_in[place]} | {hunt.bytes_in[place] / 1e6:.2f} | {found[place]} | {typed} | "
            f"{decoys} | {numbers[place]} |"
        )


def _chance(left: Left) -> Iterator[str]:
    hunt = left.hunt
    yield (
        f"{len(left.typed)} passwords typed, {len(left.decoys)} decoys, {hunt.megabytes:.0f} MB; in raw bytes "
        f"{hunt.chance(left.typed)} of the typed by chance and {hunt.chance(left.decoys)} of the decoys: "
        f"Fisher's exact test, one sided, p = {p_value(left):.2f}"
    )
