"""The server of the page: four addresses, everything rendered and escaped here."""

from __future__ import annotations

import re
import secrets
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from nl2sql.answer import Answer, show
from nl2sql.chart import chart
from nl2sql.drawing import svg
from nl2sql.engine import MAX_QUESTION
from nl2sql.errors import AskError
from nl2sql.language import LANGUAGES, Language
from nl2sql.web.desk import Desk
from nl2sql.web.protection import HOSTS, body, protect

_HERE: Final = Path(__file__).parent
_FILES: Final = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
_CONVERSATION: Final = re.compile(r"[\w-]{1,64}")
_ROWS: Final = 200
"""Of a table; the rest is said."""
_COOKIE: Final = "language"


def build_app(desk: Desk) -> Starlette:
    """The page of a desk."""
    page = _Page(desk)
    return Starlette(
        routes=[
            Route("/", page.show),
            Route("/ask", page.ask, methods=["POST"]),
            Route("/feedback", page.say, methods=["POST"]),
            Route("/history", page.history),
            Route("/{name}", _file),
        ],
        middleware=[
            Middleware(BaseHTTPMiddleware, dispatch=protect),
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
        ],
    )


class _Page:
    """What is behind each address."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._token = secrets.token_urlsafe(24)
        self._templates = Environment(
            loader=FileSystemLoader(_HERE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    async def show(self, request: Request) -> Response:
        """The page without an answer."""
        language = _language(request)
        parts: dict[str, Any] = {
            "token": self._token,
            "offers": await run_in_threadpool(self._desk.offers, language),
            "history": await run_in_threadpool(self._desk.history),
            "languages": {name: words["name"] for name, words in _words().items()},
            "longest": MAX_QUESTION,
            "seconds": f"{self._desk.deadline_s:g}",
        }
        response = self._render("page.html", request, **parts)
        response.set_cookie(_COOKIE, language, max_age=365 * 86_400, samesite="strict", httponly=True)
        return response

    async def ask(self, request: Request) -> Response:
        """An answer, as a fragment."""
        given = await body(request, self._token)
        question, conversation = given.get("question"), given.get("conversation")
        if not isinstance(question, str) or not isinstance(conversation, str):
            raise HTTPException(400, "question and conversation are texts.")
        if not _CONVERSATION.fullmatch(conversation):
            raise HTTPException(400, "A conversation has letters, digits and hyphens.")
        try:
            answer = await run_in_threadpool(self._desk.ask, question, conversation)
        except AskError:
            return self._render("unaskable.html", request, 422, longest=MAX_QUESTION)
        return self._render("answer.html", request, **_parts(answer))

    async def say(self, request: Request) -> Response:
        """A thumb."""
        given = await body(request, self._token)
        number, verdict = given.get("question_id"), given.get("verdict")
        if type(number) is not int or verdict not in {"right", "wrong"}:
            raise HTTPException(400, "question_id is a number, verdict is right or wrong.")
        try:
            await run_in_threadpool(self._desk.say, number, verdict)
        except AskError as error:
            raise HTTPException(404, str(error)) from error
        return PlainTextResponse(_words()[_language(request)]["thanks"])

    async def history(self, request: Request) -> Response:
        """The person's questions, as a fragment."""
        return self._render("history.html", request, history=await run_in_threadpool(self._desk.history))

    def _render(self, name: str, request: Request, status: int = 200, **parts: Any) -> HTMLResponse:
        language = _language(request)
        text = self._templates.get_template(name).render(words=_words()[language], language=language, **parts)
        return HTMLResponse(text, status)


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _FILES:
        raise HTTPException(404)
    return FileResponse(_HERE / name, media_type=_FILES[name])


def _parts(answer: Answer) -> dict[str, Any]:
    found = chart(answer)
    columns = zip(answer.titles, *answer.spoken[:1] or [answer.titles], strict=True)
    return {
        "answer": answer,
        "chart": None if found is None else Markup(svg(found)),  # noqa: S704 - drawn and escaped by `drawing`
        "titles": [(title, _is_number(cell)) for title, cell in columns],
        "rows": [[(show(cell), _is_number(cell)) for cell in row] for row in answer.spoken[:_ROWS]],
        "shown": _ROWS,
        "linked": dict.fromkeys((link.text, link.value) for link in answer.linked),
    }


def _is_number(cell: object) -> bool:
    return not isinstance(cell, str | bool) and cell is not None and hasattr(cell, "__round__")


def _language(request: Request) -> Language:
    """The one that was switched to, or else the browser's first that is spoken here."""
    accepted = (part.partition(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").split(","))
    for wanted in (request.query_params.get("language"), request.cookies.get(_COOKIE), *accepted):
        for language in LANGUAGES:
            if language == wanted:
                return language
    return "en"


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads((_HERE / "words.toml").read_text(encoding="utf-8"))
    return found
