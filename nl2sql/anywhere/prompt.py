"""What the model is told about a database that nobody described: its tables, then the question and its words.

Tables that fit are told whole and come first, so that they stay in the model's cache between questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from nl2sql.anywhere.linking import Linked
from nl2sql.anywhere.narrowing import Told
from nl2sql.anywhere.rendering import rendered
from nl2sql.language import Language

LANGUAGE_NAMES: Final[Mapping[Language, str]] = {"en": "English", "tr": "Turkish", "ru": "Russian"}
_RULES: Final = """You translate a question into one {title} SELECT statement. Reply with SQL only.
- Select exactly the columns that the question asks for, and nothing else.
- Use only the conditions that the question asks for, and only these tables and columns:

"""


def messages(
    title: str, told: Told, language: Language, text: str, linked: Linked | None, *, kind: str
) -> list[BaseMessage]:
    """The prompt for one question.

    Args:
        title: of the database's dialect.
        told: the tables.
        language: of the question.
        text: the question as asked.
        linked: what its words are; nothing is said of them if `None`.
        kind: `words` for the question with what its words mean, `english` for its words in English alone.
    """
    rules = _RULES.format(title=title)
    parts = [] if told.is_whole else [told.text]
    if linked is None or (language == "en" and kind == "english"):
        parts.append(f"Question: {text}")
    elif kind == "english":
        parts.append(f"Question: {rendered(linked, language)}?")
        parts += hints(linked)
    else:
        parts.append(f"Question in {LANGUAGE_NAMES[language]}: {text}" if language != "en" else f"Question: {text}")
        if language != "en":
            parts.append(f"Word by word: {glossed(linked)}")
        parts += hints(linked)
    return [SystemMessage(rules + (told.text if told.is_whole else "")), HumanMessage("\n".join(parts))]


def correction(statement: str, problem: str) -> list[BaseMessage]:
    """What to say to the model about a statement that cannot be used."""
    return [
        AIMessage(f"{statement};"),
        HumanMessage(f"That does not work. {problem} Reply with the corrected SQL only."),
    ]


def glossed(linked: Linked) -> str:
    """Every known word with its senses."""
    return ", ".join(f"{part.text} = {'/'.join(part.english[:2])}" for part in linked.parts if part.english)


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
        found.append("Values: " + "; ".join(values))
    return found
