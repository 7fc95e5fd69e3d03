"""Pages are sent compressed, for slow lines; pictures and packages, which are so already, are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.middleware.gzip import GZipMiddleware

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

LEAST: Final = 1500  # bytes: what fits into one packet gains nothing
LEVEL: Final = 5
COMPRESSED_ALREADY: Final = ("/crop/", "/page/", "/export/file/", "/static/fonts/")


class Compression:
    """ASGI middleware: gzip, but not for what is compressed already."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._gzip = GZipMiddleware(app, minimum_size=LEAST, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        as_it_is = scope["type"] != "http" or scope["path"].startswith(COMPRESSED_ALREADY)
        await (self._plain if as_it_is else self._gzip)(scope, receive, send)
