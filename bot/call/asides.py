"""A question of the caller's while a number is asked for (等一下，利率是多少): answered, then back to the number."""

from collections.abc import Sequence
from dataclasses import replace

from bot.dialogue.base import CollectNumber, Reply, Say
from bot.dialogue.one_by_one import DONE, FREE
from bot.mandarin import sentences

MOST_QUESTIONS = 3
"""While one number is asked for. After that what sounds like a question counts as a number badly heard, or somebody
whose digits are never understood would never be told about keys and a person."""

_OFFERS = (*DONE, "utter_sms_offer")
"""Asked after an answer. Here the number is asked for in their place."""

_NOT_UNDERSTOOD = "utter_repair_"


def before_asking_again(ask: CollectNumber, replies: Sequence[Reply]) -> Sequence[Say] | None:
    """What to say before the number is asked for again; None if the caller wants something else than `ask` now.

    What the dialogue could not make sense of was a number badly heard.
    """
    *answer, last = replies or (None,)
    says = [reply for reply in answer if isinstance(reply, Say)]
    if len(says) < len(answer):
        return None
    match last:
        case Say(utterance=name) if name.startswith(_NOT_UNDERSTOOD):
            return ()
        case Say(utterance=name) if name in _OFFERS:
            return says
        case Say(question=question) if question in FREE:  # whoever may name a business may as well give the number
            return [*says, *_without_question(last)]
        case _:
            return says if last == ask else None


def _without_question(say: Say) -> list[Say]:
    told = sentences(say.text)
    if told and told[-1].endswith("？"):
        told = told[:-1]
    return [replace(say, text="".join(told))] if told else []
