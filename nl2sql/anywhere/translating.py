"""A question said by the model in plain English and in the words of the database.

A small model translates better than it writes SQL for other languages, and more of English is composed. What got lost
on the way is looked for here as far as it is figures and names; denials are compared where both are read, and values and tables
that are missing speak against the statement later (`choosing`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from nl2sql.anywhere.figures import words_and_figures
from nl2sql.anywhere.linking import ALIKE, Linked
from nl2sql.anywhere.prompt import hints
from nl2sql.attempt import Attempt
from nl2sql.generate import Model, tell
from nl2sql.language import IN_ENGLISH, Language
from nl2sql.text import fold, words

_MAX_TOKENS: Final = 60
_ENDS: Final = ("", ".", "?", "!", ":", "…")
"""What stands before the first word of a sentence, which begins like a name."""
_RULES: Final = """You translate questions about a database into short, plain, literal English, so that a simple program understands them.
- Keep every name, number, date and condition. Add nothing, answer nothing.
- Call things as the database does; what words of the question are in it stands behind the question."""


def translated(attempt: Attempt, linked: Linked, *, model: Model, user: str) -> str | None:
    """The question in English, or `None` if a figure or a name of it is not there any more."""
    reply = tell(messages(attempt, linked), attempt, model, user=user, stop="\n", max_tokens=_MAX_TOKENS)
    said = str(reply.text).strip()
    figures = _figures(attempt.text, attempt.language) <= _figures(said, "en")
    return said if figures and _has_names(attempt.text, said, linked) else None


def _figures(text: str, language: Language) -> set[str]:
    """The numbers of a text, whatever marks they have."""
    return {word.lower for word in words_and_figures(text, language) if word.text[0].isdigit()}


def _has_names(text: str, said: str, linked: Linked) -> bool:
    """Whether names of a question that are no values of the database are there, in whatever script."""
    certain = [link for link in linked.values if link.is_certain]
    there = {word.folded for word in words(said)}
    beginnings = {word[:ALIKE] for word in there}
    return all(
        part.folded[0][:ALIKE] in beginnings
        or any(fold(sense) in there for sense in part.english)
        or part.start in linked.paths
        or any(link.start <= part.start < link.end for link in certain)
        for part in linked.parts
        if part.text[0].isupper() and text[: part.start].rstrip()[-1:] not in _ENDS
    )


def messages(attempt: Attempt, linked: Linked) -> list[BaseMessage]:
    """The prompt for one question."""
    asked = [f"Question in {IN_ENGLISH[attempt.language]}: {attempt.text}", *hints(linked)]
    return [*_beginning(), HumanMessage("\n".join(asked))]


@cache
def _beginning() -> tuple[BaseMessage, ...]:
    """The part that is the same for every question to every database."""
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    # Not named as examples: the beginning of the prompts for statements, which is longer, keeps its place in the model's cache.
    talk = ((HumanMessage(one["asked"].strip()), AIMessage(one["english"])) for one in content["example"])
    return (SystemMessage(_RULES), *chain.from_iterable(talk))
