"""What the model is told about a database that nobody described, in two ways.

The one shows the tables and the question with the values that it names; a small model is right most often if it is told
no more. The other shows examples of another database first, and behind the question what its words are in this one: it is
right less often and of other questions, so that what both say is believed. Tables that fit are told whole and come before the
question, so that they stay in the model's cache.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from nl2sql.anywhere.linking import Linked
from nl2sql.anywhere.narrowing import Told

Way = Literal["plain", "examples"]
_VALUES: Final = "Values: "
_PLAIN: Final = "Write one {title} SELECT statement that answers the question. Reply with SQL only.\n\n"
_EXAMPLES: Final = (
    "You translate questions into {title} SELECT statements. Reply with SQL only. Select exactly the columns that the question "
    "asks for, use only the conditions that it asks for, and only the tables and columns of the database."
)


def messages(title: str, told: Told, text: str, linked: Linked | None, way: Way) -> list[BaseMessage]:
    """The prompt for one question.

    Args:
        title: of the database's dialect.
        told: the tables.
        text: the question as asked.
        linked: what its words are; nothing is said of them if `None`.
        way: in which it is told.
    """
    known = hints(linked) if linked is not None else []
    if way == "examples":
        asked = [f"Another database:\n{told.text}\n", f"Question: {text}", *known]
        return [SystemMessage(_EXAMPLES.format(title=title)), *_examples(), HumanMessage("\n".join(asked))]
    values = [hint for hint in known if hint.startswith(_VALUES)]
    before = [] if told.is_whole else [f"{told.text}\n"]
    whole = told.text if told.is_whole else ""
    return [SystemMessage(_PLAIN.format(title=title) + whole), HumanMessage("\n".join([*before, text, *values]))]


@cache
def _examples() -> Sequence[BaseMessage]:
    content: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    talk: list[BaseMessage] = []
    for number, one in enumerate(content["example"]):
        database = "" if number else f"Database:{content['database']}\n\n"
        talk += [HumanMessage(f"{database}Question: {one['asked']}"), AIMessage(f"{one['sql']};")]
    return talk


def correction(statement: str, problem: str) -> list[BaseMessage]:
    """What to say to the model about a statement that cannot be used."""
    return [
        AIMessage(f"{statement};"),
        HumanMessage(f"That does not work. {problem} Reply with the corrected SQL only."),
    ]


def hints(linked: Linked) -> list[str]:
    """What words of the question are in the database."""
    values = dict.fromkeys(
        f"{link.text} is {link.domain} = '{link.value}'" for link in linked.values if link.is_certain
    )
    names = dict.fromkeys(f"{text} is {path}" for text, path in linked.hints)
    found = []
    if names:
        found.append("Names: " + "; ".join(names))
    if values:
        found.append(_VALUES + "; ".join(values))
    return found
