"""All a line needs to say something: recordings, then what is kept, then the engine."""

import asyncio
from collections.abc import Iterable

from bot.errors import ContentError, SynthesisError
from bot.mandarin import spoken
from bot.speaking.base import Manner, Synthesizer
from bot.speaking.cache import SpeechCache
from bot.speaking.recorded import RecordedPrompts

USUAL = Manner()


class LineVoice:
    """The Voice of every call."""

    def __init__(self, synthesizer: Synthesizer, cache: SpeechCache, recorded: RecordedPrompts) -> None:
        self._synthesizer = synthesizer
        self._cache = cache
        self._recorded = recorded

    async def sound_of(self, sentence: str, manner: Manner, *, utterance: str = "", fixed: bool = True) -> bytes:
        """Line audio of one sentence as written. Raises SynthesisError, while fixed sentences still play from disk.

        A recording knows one pace only: slower or faster, the engine speaks. Sentences that are not `fixed` hold a
        caller's values and are neither looked for on disk nor left there.
        """
        if utterance and manner.speed == 1.0 and manner.voice == USUAL.voice:
            recording = await asyncio.to_thread(self._recording, utterance, sentence, manner)
            if recording is not None:
                return recording
        if not fixed:
            return await self._synthesizer.synthesize(spoken(sentence), manner)
        kept = await asyncio.to_thread(self._cache.get, sentence, manner)
        if kept is not None:
            return kept
        sound = await self._synthesizer.synthesize(spoken(sentence), manner)
        await asyncio.to_thread(self._cache.put, sentence, manner, sound)
        return sound

    async def warm(self, sentences: Iterable[str], manner: Manner = USUAL) -> int:
        """Make the sound of fixed sentences beforehand, one at a time, so that calls come in between.

        Answers how many are ready; stops at the first failure, the engine's supervision will show it.
        """
        ready = 0
        for sentence in sentences:
            try:
                await self.sound_of(sentence, manner)
            except SynthesisError:
                break
            ready += 1
        return ready

    def _recording(self, utterance: str, sentence: str, manner: Manner) -> bytes | None:
        try:
            return self._recorded.get(utterance, sentence, manner.gain_db)
        except ContentError:
            return None  # `check` reports a broken recording; the caller hears the engine
