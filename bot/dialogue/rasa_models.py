"""Rasa's models in its own process: a new one is loaded beside the old one, and each call keeps the one it began with.

A conversation's tracker knows its model's domain, so a model never takes over calls that are going on. New calls get
the new model; the old one goes when its last call has ended.
"""

import asyncio
import gc
import logging
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import TrackerStore

log = logging.getLogger(__name__)


class Models:
    """All models that still have calls, each with its own conversations (`trackers`).

    `app` is Rasa's server; its agent is the model of new calls.
    """

    def __init__(self, trackers: type[TrackerStore]) -> None:
        self._trackers = trackers
        self._of_call: dict[str, Any] = {}
        self._loading = asyncio.Lock()
        self._warm: list[Any] = []

    def for_call(self, app: Any, call: str) -> Any:
        """The model that has this call, or will have it."""
        return self._of_call.get(call, app.ctx.agent)

    async def begun(self, agent: Any, call: str) -> None:
        """A turn was taken: from now on the call stays with this model, until it is forgotten."""
        if await agent.tracker_store.exists(call):
            self._of_call[call] = agent
        else:
            self.ended(call)

    def ended(self, call: str) -> None:
        """The call is over; so is its model, if it was the last call of an old one."""
        self._of_call.pop(call, None)

    async def warm(self, agent: Any) -> None:
        """Let it parse once: the first text costs a second (jieba's dictionary), not while a caller waits."""
        if agent not in self._warm:
            await agent.processor.parse_message(UserMessage("你好"))
            self._warm = [agent]
            gc.unfreeze()
            gc.collect()
            gc.freeze()  # the libraries and the model stay; to look through them again costs callers half a second

    async def take(self, app: Any, path: str) -> Any:
        """Load this model for new calls; running calls go on meanwhile. Raises whatever Rasa raises for a bad one."""
        async with self._loading:
            serving = app.ctx.agent

            def load() -> Any:
                return Agent.load(
                    path,
                    generator=serving.nlg,
                    tracker_store=self._trackers(None),
                    lock_store=serving.lock_store,
                    action_endpoint=serving.action_endpoint,
                )

            loaded = await asyncio.to_thread(load)
            await self.warm(loaded)
            app.ctx.agent = loaded
            log.info("New calls get model %s", loaded.model_name)
            return loaded

    async def counted(self, app: Any) -> dict[str, int]:
        """Models in memory, and conversations with all of them."""
        agents = {id(agent): agent for agent in [app.ctx.agent, *self._of_call.values()]}
        calls = [len(list(await agent.tracker_store.keys())) for agent in agents.values()]
        return {"models": len(agents), "calls": sum(calls)}
