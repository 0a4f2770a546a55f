"""One rating a call: asked once, answered once, unrated until then."""

import asyncio
from datetime import datetime

from bot.store.ratings import Grade, ask_rating, rate, rating_of
from bot.store.working_days import BEIJING

AT = datetime(2026, 11, 24, 10, 0, tzinfo=BEIJING)


async def test_a_call_is_asked_once_and_is_unrated_until_it_answers(store):
    assert await rating_of(store.database, "c1") == (False, None)
    assert await ask_rating(store.database, "c1", AT)
    assert not await ask_rating(store.database, "c1", AT)
    assert await rating_of(store.database, "c1") == (True, None)
    assert await rate(store.database, "c1", Grade.FAIR)
    assert await rating_of(store.database, "c1") == (True, Grade.FAIR)


async def test_the_first_answer_counts(store):
    await ask_rating(store.database, "c1", AT)
    given = await asyncio.gather(*(rate(store.database, "c1", grade) for grade in Grade))
    assert given.count(True) == 1
    _, kept = await rating_of(store.database, "c1")
    assert not await rate(store.database, "c1", Grade.DISSATISFIED)
    assert (await rating_of(store.database, "c1"))[1] is kept


async def test_nobody_rates_a_call_that_was_not_asked(store):
    assert not await rate(store.database, "c1", Grade.SATISFIED)
    assert await rating_of(store.database, "c1") == (False, None)
