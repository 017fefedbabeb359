"""What a request must be like before anybody looks at it, and what browsers are told about every response.

The page has no login, so whoever can make the browser send something could ask in its name: names of hosts, the
origin, and a token that only the page knows keep other sites out.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

HOSTS: Final = ["127.0.0.1", "localhost", "[::1]"]
"""Names by which the page may be called; another name that leads here is somebody's trick."""
MAX_BODY: Final = 16_384
"""Bytes; a question of 2,000 letters has at most 12,000 when escaped."""
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


async def protect(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Add the headers to every response."""
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


async def body(request: Request, token: str) -> dict[str, Any]:
    """The JSON object that the page itself sent.

    Raises:
        HTTPException: somebody else sent it, or it is too large, or no JSON object.
    """
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}":
        raise HTTPException(403, f"The origin {origin} may not ask here.")
    if not hmac.compare_digest(request.headers.get("x-token", "").encode(), token.encode()):
        raise HTTPException(403, "The page is older than the server; load it again.")
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise HTTPException(415, "Only application/json is understood.")
    read = b""
    async for part in request.stream():
        read += part
        if len(read) > MAX_BODY:
            raise HTTPException(413, f"At most {MAX_BODY:,} bytes are allowed.")
    try:
        found = json.loads(read)
    except ValueError:
        raise HTTPException(400, "That is no JSON.") from None
    if not isinstance(found, dict):
        raise HTTPException(400, "A JSON object is needed.")
    return found
