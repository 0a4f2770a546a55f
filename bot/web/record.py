"""The page on which people read sentences aloud for tests: python -m bot qa record."""

import json
from datetime import date
from typing import Any

from aiohttp import web

from bot.audio.frame import LINE_RATE
from bot.qa.recorded.correcting import Refused
from bot.qa.recorded.studio import LONGEST_SECONDS, Studio
from bot.web.correct import PAGES
from bot.web.own_page import private_app

LONGEST_TAKE_BYTES = int((LONGEST_SECONDS + 2) * LINE_RATE * 2)
"""Line audio that the page may send; it stops by itself before."""

_ASKED = ("gender", "age", "region", "device")


def record_app(studio: Studio) -> tuple[web.Application, str]:
    """The page for one list of sentences, and the path where it is."""
    page = _RecordPage(studio)
    app, path = private_app()
    speaker = f"{path}/speakers/{{speaker:\\d+}}"
    app.router.add_get(f"{path}/", page.show)
    app.router.add_static(f"{path}/page", PAGES)
    app.router.add_get(f"{path}/sentences", page.sentences)
    app.router.add_post(f"{path}/speakers", page.admit)
    app.router.add_get(speaker, page.done)
    app.router.add_post(f"{speaker}/takes/{{place:\\d+}}", page.keep)
    app.router.add_post(f"{speaker}/forget", page.forget)
    return app, path


class _RecordPage:
    """What the page asks for and sends."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    async def show(self, _: web.Request) -> web.Response:
        return web.Response(text=(PAGES / "record.html").read_text("utf-8"), content_type="text/html")

    async def sentences(self, _: web.Request) -> web.Response:
        return web.json_response([sentence.text for sentence in self._studio.sentences])

    async def admit(self, request: web.Request) -> web.Response:
        """Someone begins. Without consent nobody does."""
        try:
            told: Any = json.loads(await request.text())
        except ValueError:
            raise web.HTTPBadRequest from None
        if not isinstance(told, dict) or told.get("consent") is not True:
            raise web.HTTPBadRequest
        known = {name: told[name] for name in _ASKED if isinstance(told.get(name), str)}
        try:
            return web.json_response({"speaker": self._studio.admit(date.today(), **known)})
        except Refused as refused:
            return web.json_response({"told": str(refused)}, status=409)

    async def done(self, request: web.Request) -> web.Response:
        return web.json_response(self._studio.done(self._speaker(request)))

    async def keep(self, request: web.Request) -> web.Response:
        """One sentence, as line audio; answers with what could be better, or 409 and why it is not kept."""
        speaker, place = self._speaker(request), int(request.match_info["place"][:9])
        if place >= len(self._studio.sentences):
            raise web.HTTPNotFound
        sound = await request.read()
        if len(sound) % 2:
            raise web.HTTPBadRequest
        try:
            return web.json_response({"flaw": self._studio.keep(speaker, place, sound)})
        except Refused as refused:
            return web.json_response({"told": str(refused)}, status=409)

    async def forget(self, request: web.Request) -> web.Response:
        self._studio.forget(self._speaker(request))
        return web.json_response({})

    def _speaker(self, request: web.Request) -> int:
        speaker = int(request.match_info["speaker"][:9])
        if not self._studio.knows(speaker):
            raise web.HTTPNotFound
        return speaker
