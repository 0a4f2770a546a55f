"""The demo's telephones: a page that shows the text messages that were delivered. Demo mode only, this machine only."""

import html
from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from bot.web.own_page import from_here

Delivered = Callable[[], Awaitable[list[tuple[datetime, str, str]]]]
"""What was delivered, newest first: when, the telephone's last four, the text."""

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>演示短信</title>
<link rel="stylesheet" href="/static/phone.css"></head>
<body><main><h1>演示短信</h1><p>这里显示热线发出的短信。号码只显示末四位。刷新页面看新的短信。</p>
<table><tr><th>时间</th><th>手机</th><th>内容</th></tr>{rows}</table></main></body></html>
"""


def add_demo_sms(app: web.Application, delivered: Delivered) -> None:
    """Serve /demo/sms on this application, to callers on this machine."""

    async def show(request: web.Request) -> web.Response:
        if not from_here(request):
            raise web.HTTPNotFound
        rows = "".join(
            f"<tr><td>{at:%Y-%m-%d %H:%M:%S}</td><td>尾号{html.escape(last_four)}</td><td>{html.escape(text)}</td></tr>"
            for at, last_four, text in await delivered()
        )
        return web.Response(text=_PAGE.format(rows=rows), content_type="text/html")

    app.router.add_get("/demo/sms", show)
