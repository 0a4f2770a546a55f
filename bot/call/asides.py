"""A question of the caller's while a number is asked for (等一下，利率是多少): answered, then back to the number."""

from collections.abc import Sequence

from bot.dialogue.base import CollectNumber, Reply, Say

MOST_QUESTIONS = 3
"""While one number is asked for. After that what sounds like a question counts as a number badly heard, or somebody
whose digits are never understood would never be told about keys and a person."""

_DONE = ("utter_anything_else", "utter_branch_anything_else", "utter_sms_offer")
"""What the dialogue asks after an answer. Here the number is asked for in its place."""

_NOT_UNDERSTOOD = "utter_repair_"


def before_asking_again(ask: CollectNumber, replies: Sequence[Reply]) -> Sequence[Say] | None:
    """What to say before the number is asked for again; None if the caller wants something else than `ask` now.

    What the dialogue could not make sense of was a number badly heard.
    """
    *answer, last = replies or (None,)
    says = [reply for reply in answer if isinstance(reply, Say)]
    if isinstance(last, Say) and last.utterance.startswith(_NOT_UNDERSTOOD):
        return ()
    if len(says) == len(answer) and (last == ask or isinstance(last, Say) and last.utterance in _DONE):
        return says
    return None
