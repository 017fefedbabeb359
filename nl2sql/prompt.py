"""What the model is told: first what is the same for every question, then what belongs to this one.

The order keeps the first part in the model's prompt cache: rules, schema and fixed examples are read
once, and a question costs only its own few hundred tokens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from langchain_core.messages import BaseMessage
from langchain_core.prompts import ChatPromptTemplate

from nl2sql.catalog import Catalog, Column
from nl2sql.examples import Example, Masked, render, sample_values
from nl2sql.grounding import Asked, is_relevant
from nl2sql.language import IN_ENGLISH
from nl2sql.values import Link, Values

_MAX_LISTED = 6
"""Values of a column that are listed in the schema."""

_RULES = """You translate a question in English, Turkish or Russian into one PostgreSQL SELECT statement.
Rules:
- Reply with SQL only, one statement that ends with a semicolon.
- People who work for the company now are rows of staff, which also has their salary, contract type and country. Use employees only for people who left, or for everybody ever hired.
- Text values are stored in English. Use exactly the values that are given under Values, every one of them.
- "by", "per", "each", "göre", "her", "по", "каждый" mean GROUP BY. Select the grouping column and the figure, and nothing else.
- Use only conditions that the question asks for.
- Use only these tables and columns:"""

_PROMPT = ChatPromptTemplate.from_messages([("system", "{prefix}"), ("human", "{question}")])


def prefix(catalog: Catalog, values: Values, examples: Sequence[Example]) -> str:
    """The part that is the same for every question."""
    lines = [_RULES]
    for table in catalog.main_tables:
        columns = ", ".join(_column(column, values) for column in table.columns)
        lines.append(f"{table.name} ({table.comment['en']}): {columns}")
    lines += ["", "Examples:"]
    shown = [example for example in examples if example.place is not None]
    for example in sorted(shown, key=lambda example: example.place or 0):
        filled = sample_values(values, example)
        lines += [f"Question: {render(example.questions['en'][0], filled)}", f"{example.fill(filled)};"]
    return "\n".join(lines)


def messages(
    prefix: str,
    question: Masked,
    text: str,
    *,
    asked: Asked,
    similar: Sequence[Example],
    values: Values,
) -> list[BaseMessage]:
    """The prompt for one question.

    Args:
        prefix: see `prefix`.
        question: the question with its values masked; examples are shown with the same values.
        text: the question as asked.
        asked: values and columns that it names.
        similar: examples like it, best first.
        values: all values.
    """
    parts = []
    for example in reversed(similar):  # the best one last, next to the question
        filled = sample_values(values, example) | {
            name: value for name, value in question.values.items() if name in example.placeholders
        }
        parts.append(f"Question: {render(example.questions[question.language][0], filled)}\n{example.fill(filled)};")
    hints = dict.fromkeys(_hint(link) for link in asked.links if is_relevant(link, asked, values))
    if hints:
        parts.append("Values: " + "; ".join(hints))
    if asked.terms:
        parts.append("Words: " + "; ".join(f"{term.text} is {term.path}" for term in asked.terms))
    parts.append(f"Question in {IN_ENGLISH[question.language]}: {text}")
    return _PROMPT.format_messages(prefix=prefix, question="\n".join(parts))


def statement(reply: str) -> str:
    """The SQL in a model's reply, with or without a code block."""
    block = re.search(r"```(?:\w+\n)?(.*?)(?:```|$)", reply, re.DOTALL)
    return (block[1] if block else reply).strip().rstrip(";").strip()


def _column(column: Column, values: Values) -> str:
    known = values.of(column.path)
    if known and len(known) <= _MAX_LISTED and all(len(value) == 1 or value.islower() for value in known):
        return f"{column.name} {'/'.join(repr(value) for value in sorted(known))}"
    return column.name if column.type == "text" else f"{column.name} {column.type}"


def _hint(link: Link) -> str:
    column = link.domain.partition(".")[2]
    return f"{link.text} is {_IN_STAFF.get(link.domain, column)} = '{link.value}'"


_IN_STAFF: Mapping[str, str] = {
    "departments.name": "department",
    "positions.title": "position",
    "projects.code": "project",
}
"""What the column of a domain is called in the view that most questions are about."""
