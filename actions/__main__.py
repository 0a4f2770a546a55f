"""The action server: `python -m actions`. Runs the actions and gives Rasa its words, on the loopback address only.

POST /webhook  one action of Rasa's: {"next_action", "tracker", …} → {"events", "responses"}
POST /nlg      one response: {"response", "arguments", "tracker", "channel"} → the words, see actions/wording.py
GET  /health   {"status": "ok", "actions": number}
"""

import argparse
import logging
from pathlib import Path
from typing import Any

from aiohttp import web
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions import backend_door
from actions.call_control import now
from actions.wording import Wanted, Wording
from bot.errors import BotError

log = logging.getLogger("actions")

LONGEST_REQUEST_BYTES = 16 * 1024 * 1024
"""Rasa sends the whole conversation each time."""

EXECUTOR = web.AppKey("EXECUTOR", ActionExecutor)
WORDING = web.AppKey("WORDING", Wording)


def make_app(project: Path, package: str) -> web.Application:
    """The server over the actions in `package` and the texts in `project`."""
    app = web.Application(client_max_size=LONGEST_REQUEST_BYTES)
    app[EXECUTOR] = ActionExecutor()
    app[EXECUTOR].register_package(package)
    app[WORDING] = Wording(project)
    app.router.add_post("/webhook", run_action)
    app.router.add_post("/nlg", find_words)
    app.router.add_get("/health", health)
    app.on_cleanup.append(leave)
    return app


async def leave(_: web.Application) -> None:
    """Let go of the business data."""
    await backend_door.close()


async def run_action(request: web.Request) -> web.Response:
    """Run one action. 400 and 404 mean to Rasa what they mean here; 500 makes the turn fail in the line's sight."""
    call = await request.json()
    call.setdefault("domain", {})  # Rasa leaves it out (endpoints.yml), the executor wants to see one
    name = str(call.get("next_action"))
    try:
        result = await request.app[EXECUTOR].run(call)
    except ActionExecutionRejection as rejection:
        return web.json_response({"error": rejection.message, "action_name": rejection.action_name}, status=400)
    except ActionNotFoundException as unknown:
        log.error("%s", unknown.message)
        return web.json_response({"error": unknown.message, "action_name": unknown.action_name}, status=404)
    except Exception as problem:
        log.exception("Action %s failed in call %s", name, call.get("sender_id"))
        return web.json_response({"error": type(problem).__name__, "action_name": name}, status=500)
    return web.json_response(result.model_dump() if result else None)


async def find_words(request: web.Request) -> web.Response:
    """Words for one response."""
    asked = await request.json()
    wanted = as_wanted(asked)
    try:
        return web.json_response(await request.app[WORDING].words(wanted))
    except BotError as problem:
        log.error("%s", problem)
        return web.json_response({"code": problem.code, "error": str(problem)}, status=500)


async def health(request: web.Request) -> web.Response:
    """Up as soon as the actions are loaded."""
    return web.json_response({"status": "ok", "actions": len(request.app[EXECUTOR].actions)})


def as_wanted(asked: dict[str, Any]) -> Wanted:
    """Rasa's request in our words."""
    tracker = asked.get("tracker") or {}
    utterance = asked["response"]
    return Wanted(
        utterance,
        channel=asked["channel"]["name"],
        on=now(Tracker.from_dict(tracker)).date(),
        slots=tracker.get("slots") or {},
        arguments=asked.get("arguments") or {},
        said_before=sum(
            event.get("event") == "bot" and event.get("metadata", {}).get("utter_action") == utterance
            for event in tracker.get("events") or []
        ),
    )


def main() -> None:
    """Serve until the process is ended."""
    options = argparse.ArgumentParser(prog="python -m actions", description="动作与话术服务（供 Rasa 调用）")
    options.add_argument("--host", default="127.0.0.1", help="监听地址，默认只在本机")
    options.add_argument("--port", type=int, default=5055, help="监听端口")
    options.add_argument(
        "--project", type=Path, default=Path(__file__).resolve().parent.parent, help="domain.yml 所在目录"
    )
    options.add_argument("--package", default="actions", help="动作所在的 Python 包")
    chosen = options.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    app = make_app(chosen.project, chosen.package)
    web.run_app(app, host=chosen.host, port=chosen.port, print=None, handler_cancellation=True)


if __name__ == "__main__":
    main()
