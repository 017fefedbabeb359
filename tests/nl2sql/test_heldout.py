"""The held-out questions: frozen by hash, answerable or not as they claim, and none of them an example.

They measure the question engine, so nothing is tuned on them: whoever changes prompt, examples, linking or checks
does not read them. A change of the files themselves changes the constants below, and every figure measured before.

`heldout.jsonl` has one object a line: `id`, `language`, `question`, `sql`; `also`, other right statements where the
question has another defensible reading; `loose`, where columns beside what is asked do no harm; `ordered`, where the
question demands an order; `intent`, the same for the wordings of one question in the three languages.
`heldout_unanswerable.jsonl` has `id`, `language`, `question` and `missing`: what the database does not have.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from nl2sql import examples, rewording
from nl2sql.execute import execute
from nl2sql.guard import check
from nl2sql.language import LANGUAGES
from nl2sql.text import words

FOLDER = Path(__file__).parent
DIGESTS = {
    "heldout.jsonl": "1b668df8c9143b9f23ed79e18ade59aa66d8faa3645bd76d46418985c53bbca1",
    "heldout_unanswerable.jsonl": "bae7d41bbce6dd65a8e98a2ed4743f1df2dc578c479a2f646b46f4aa3cd0077a",
}
PER_LANGUAGE = {"heldout.jsonl": 150, "heldout_unanswerable.jsonl": 20}
ZEROS = 0.02
"""Share of intents whose right answer may be a zero: an engine that finds nothing by mistake would be right."""
PLACEHOLDER = re.compile(r"\{[a-z]+\d?\}\w*")
MASK = "xqx"


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


QUESTIONS = lines("heldout.jsonl")
UNANSWERABLE = lines("heldout_unanswerable.jsonl")
INTENTS = list({question["intent"]: question for question in QUESTIONS}.values())


def rows(question, company, index, sql=None):
    return execute(company.reader, check(sql or question["sql"], index.catalog)).rows


@pytest.mark.parametrize("name", DIGESTS)
def test_the_file_is_frozen(name):
    assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == DIGESTS[name]


@pytest.mark.parametrize("name", PER_LANGUAGE)
def test_there_are_enough_in_every_language(name):
    counts = Counter(line["language"] for line in lines(name))
    assert set(counts) == set(LANGUAGES)
    assert min(counts.values()) >= PER_LANGUAGE[name]


def test_keys_are_those_of_the_form():
    needed = {"id", "language", "question", "sql", "intent"}
    assert all(needed <= question.keys() <= needed | {"also", "loose", "ordered"} for question in QUESTIONS)
    assert all(line.keys() == {"id", "language", "question", "missing"} for line in UNANSWERABLE)


def test_ids_and_questions_are_unique():
    for key in ("id", "question"):
        counts = Counter(line[key] for line in QUESTIONS + UNANSWERABLE)
        assert [value for value, count in counts.items() if count > 1] == []


def test_an_intent_is_asked_once_in_every_language():
    asked = Counter((question["intent"], question["language"]) for question in QUESTIONS)
    assert asked == Counter((question["intent"], language) for question in INTENTS for language in LANGUAGES)
    assert len({(question["intent"], question["sql"]) for question in QUESTIONS}) == len(INTENTS)


@pytest.mark.parametrize("question", INTENTS, ids=lambda question: question["intent"])
def test_its_statements_run_and_find_something(question, index, company):
    found = rows(question, company, index)
    assert found
    assert found != [(None,)]
    for other in question.get("also", ()):
        assert rows(question, company, index, other)


def test_zeros_are_rare(index, company):
    zeros = [question["intent"] for question in INTENTS if rows(question, company, index) == [(0,)]]
    assert len(zeros) <= ZEROS * len(INTENTS), zeros


LIMITED = [question for question in INTENTS if sqlglot.parse_one(question["sql"], dialect="postgres").args.get("limit")]


@pytest.mark.parametrize("question", LIMITED, ids=lambda question: question["intent"])
def test_the_first_are_first_without_ties(question, index, company):
    tree = sqlglot.parse_one(question["sql"], dialect="postgres")
    keys = [ordered.this.copy() for ordered in tree.args["order"].expressions]
    last = sum(int(tree.args[part].expression.name) for part in ("limit", "offset") if tree.args.get(part))
    tree.set("offset", None)
    more = tree.select(*(key.as_(f"key{number}") for number, key in enumerate(keys))).limit(last + 1)
    found = [row[-len(keys) :] for row in rows(question, company, index, more.sql(dialect="postgres"))]
    assert len(set(found)) == len(found)


def skeleton(sql: str) -> str:
    """A statement without literals, aliases and the order of its conditions."""
    tree = sqlglot.parse_one(PLACEHOLDER.sub("1", sql), dialect="postgres")
    for select in tree.find_all(exp.Select):
        _drop_names(select)
    _name_tables(tree)
    for literal in list(tree.find_all(exp.Literal)):
        literal.replace(exp.Literal.string("?"))
    for both in list(tree.find_all(exp.And)):
        if not isinstance(both.parent, exp.And):
            both.replace(exp.and_(*sorted(part.sql() for part in both.flatten()), dialect="postgres"))
    return tree.sql(dialect="postgres", comments=False).lower()


def _drop_names(select: exp.Select) -> None:
    """Figures are not named: what is sorted or grouped by a name or a number is the figure itself."""
    figures = {figure.alias: figure.this for figure in select.expressions if isinstance(figure, exp.Alias)}
    figures |= {str(number): figure.unalias() for number, figure in enumerate(select.expressions, 1)}
    for part in ("group", "order"):
        for node in list(select.args[part].find_all(exp.Column, exp.Literal)) if select.args.get(part) else ():
            if node.name in figures and not node.args.get("table") and node.parent is not figures[node.name].parent:
                node.replace(figures[node.name].copy())
    if not isinstance(select.parent, exp.CTE | exp.Subquery):
        select.set("expressions", [figure.unalias() for figure in select.expressions])


def _name_tables(tree: exp.Expr) -> None:
    """By their place in the statement; not at all where there is only one."""
    tables = list(tree.find_all(exp.Table))
    names = {name: f"t{place}" for place, name in enumerate(dict.fromkeys(table.alias_or_name for table in tables))}
    for column in tree.find_all(exp.Column):
        if len(tables) == 1:
            column.set("table", None)
        elif column.table in names:
            column.set("table", exp.to_identifier(names[column.table]))
    for table in tables:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(names[table.alias_or_name])))


def masked(text: str, index) -> str:
    """The words of a question, its values, numbers and placeholders being all the same."""
    text = PLACEHOLDER.sub(MASK, text)
    found = words(text)
    links = index.values.link(found)
    kept = []
    for word in found:
        link = next((link for link in links if link.start <= word.start < link.end), None)
        if link is not None or word.folded.isdigit():
            kept.append(MASK if link is None or word.start == link.start else "")
        elif not (word.is_suffix and kept and kept[-1] in (MASK, "")):
            kept.append(word.folded)
    return " ".join(filter(None, kept))


def test_no_statement_is_that_of_an_example():
    known = {skeleton(example.sql) for example in examples.load()}
    assert [question["intent"] for question in INTENTS if skeleton(question["sql"]) in known] == []


def test_no_wording_is_that_of_an_example(index):
    wordings = [
        wording
        for example in examples.load()
        for wordings in example.questions.values()
        for wording in ((wordings,) if isinstance(wordings, str) else wordings)
    ]
    wordings += [wording for example in rewording.examples() for wording in example.values()]
    known = {masked(wording, index) for wording in wordings}
    assert [question["id"] for question in QUESTIONS if masked(question["question"], index) in known] == []
