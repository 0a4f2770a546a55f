"""What all our pages share: what a browser may do with them, who may ask for them, and from where."""

import secrets
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

STATIC = Path(__file__).parent / "static"
"""The phone's page; the others borrow its style and its microphone."""

_PAGE_MAY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": _PAGE_MAY,
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "hotline",  # which versions run here is nobody's business
}

_OURSELVES = ("127.0.0.1", "localhost", "[::1]")
"""Names a browser may call a page of this machine by; any other one could be a foreign site that points here."""

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """For `on_response_prepare`. An old page with a new server would be broken: unchanged files cost a 304."""
    response.headers.setdefault("Cache-Control", "no-cache")
    response.headers.update(_HEADERS)


def from_our_page(request: web.Request) -> bool:
    """Browsers always say which page opens a WebSocket or posts; another site's page may not use its visitors."""
    return urlsplit(request.headers.get("Origin", "")).netloc.lower() == request.host.lower() != ""


def from_here(request: web.Request) -> bool:
    """Whether somebody at this machine asks, by a name of this machine."""
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdecimal() else request.host
    return ip_address(request.remote or "0.0.0.0").is_loopback and host in _OURSELVES


def private_app() -> tuple[web.Application, str]:
    """A page for the one person who started it, and the secret path below which all of it must lie.

    Only this machine may ask, only the page itself may change anything, and only who was told the path finds it: other
    people may work on this machine, and callers' voices are not theirs. Nothing is kept by the browser.
    """
    path = f"/{secrets.token_urlsafe(16)}"

    @web.middleware
    async def guard(request: web.Request, handler: Handle) -> web.StreamResponse:
        if not from_here(request):
            raise web.HTTPNotFound
        if request.method not in ("GET", "HEAD") and not from_our_page(request):
            raise web.HTTPForbidden
        return await handler(request)

    async def keep_nothing(_: web.Request, response: web.StreamResponse) -> None:
        response.headers["Cache-Control"] = "no-store"

    app = web.Application(middlewares=[guard])
    app.on_response_prepare.append(keep_nothing)
    app.on_response_prepare.append(add_headers)
    app.router.add_static("/static", STATIC)
    return app, path
