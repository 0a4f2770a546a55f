"""How long a caller waits for an answer, as the caller hears it and as the line itself measures it.

From outside: from the end of the caller's turn (a key is let go: its message is sent; a tone ends) to the first sound
that comes more than `KEY_STOPS_SECONDS` later, so that it is not the end of what was being said. An answer may come
sooner than that; then this is too long, never too short. From inside: the journal's `answered`, from the key's arrival,
or the end of the turn after speech, to the first frame sent.
"""

from bot.store.calls import KeptCall
from tests.support.fake_exchange import FakeCall

PATIENCE_SECONDS = 2.0
KEY_STOPS_SECONDS = 0.15


async def waited_for_sound(call: FakeCall, since: float) -> float:
    """Seconds from the end of the caller's turn (`since`, on the call's clock) to the first sound of the answer."""
    waited = await call.wait_until_spoken(after=since + KEY_STOPS_SECONDS) - since
    print(f"first sound {waited:.2f} s after the caller's turn")
    return waited


def longest_wait(kept: KeptCall) -> float:
    """Until the first sound of all answers in a call, 请稍等 included, as the line measured it."""
    answered = [entry.facts for entry in kept.entries if entry.kind == "answered"]
    waits = [float(facts.get("bridged_seconds", facts["after_seconds"])) for facts in answered]
    print(f"the line's own measure: {waits}")
    return max(waits)
