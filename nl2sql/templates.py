"""A question and its statement, turned into an example that also answers for other values.

"Moskova'da kaç kaynakçı çalışıyor?" becomes "{city}'da kaç {position} çalışıyor?", and so does its statement. A
value of the question that the statement does not hold cannot be replaced: the example is for that value only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from nl2sql import examples
from nl2sql.examples import DOMAINS, Example, Masked
from nl2sql.language import LANGUAGES, Language
from nl2sql.text import Word
from nl2sql.values import Link

_NUMBER = re.compile(r"\d+(?:[ .,\u00a0]\d{3})*")
_COUNTED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.Limit)
"""Where a number of the question may stand in a statement; that of round(…, 2) is none."""


def generalise(question: str, language: Language, tree: exp.Expr, links: Sequence[Link]) -> tuple[Example, Masked]:
    """The example that a question and its statement make, and the values with which it is the question itself."""
    masked = max(
        examples.readings(question, language, links),
        key=lambda reading: len(_replaced(tree, reading)[1]),
    )
    sql, replaced = _replaced(tree, masked)
    fixed = {name: value for name, value in masked.values.items() if name not in replaced}
    questions: dict[Language, tuple[str, ...]] = dict.fromkeys(LANGUAGES, ())
    template = _template(question, masked, links)
    return Example(questions | {language: (template,)}, sql, None, fixed), masked


def _replaced(tree: exp.Expr, masked: Masked) -> tuple[str, set[str]]:
    """The statement with placeholders, and the names of those that it has."""
    copy, replaced = tree.copy(), set[str]()
    for name, value in masked.values.items():
        is_text = name.rstrip("2") in DOMAINS
        found = [literal for literal in copy.find_all(exp.Literal) if literal.name == value]
        found = [literal for literal in found if literal.is_string == is_text]
        # a number that occurs twice may be another thing the second time
        if not found or (not is_text and (len(found) > 1 or not isinstance(found[0].parent, _COUNTED))):
            continue
        for literal in found:
            literal.replace(exp.Var(this=f"{{{name}}}"))
        replaced.add(name)
    return copy.sql(dialect="postgres"), replaced


def _template(question: str, masked: Masked, links: Sequence[Link]) -> str:
    """The question as written, but for its values."""
    text, cursor = "", 0
    for part in masked.parts:
        if isinstance(part, Word):
            continue
        value = masked.values[part.strip("{}")]
        spans = [(link.start, link.end) for link in links if link.value == value]
        spans += [found.span() for found in _NUMBER.finditer(question) if re.sub(r"\D", "", found[0]) == value]
        start, end = min(span for span in spans if span[0] >= cursor)
        text, cursor = text + question[cursor:start] + part, end
    return text + question[cursor:]
