"""Which statement of a model is an answer: one that another confirms, or that it is sure of; never one that is doubted."""

import pytest

from nl2sql.engine import ask
from tests.nl2sql.unseen import replying, unseen

SCRIPT = """
CREATE TABLE sailor (sailor_id INTEGER PRIMARY KEY, sailor_name TEXT, home TEXT, age INTEGER);
INSERT INTO sailor VALUES (1, 'Ada', 'Norway', 52), (2, 'Can', 'Turkey', 41), (3, 'Ines', 'Spain', 25);
"""
QUESTION = "Whose sea legs are the most seasoned?"
OLDEST = "SELECT sailor_name FROM sailor ORDER BY age DESC LIMIT 1"
SAME = "SELECT sailor_name FROM sailor WHERE age = (SELECT MAX(age) FROM sailor)"
ALL = "SELECT sailor_name FROM sailor"
INVENTED = "SELECT sailor_name FROM sailor WHERE home = 'Turkey'"
NOTHING = "SELECT sailor_name FROM sailor WHERE age > 90"
SURE, UNSURE = -0.01, -0.3


@pytest.fixture(scope="module")
def sailors(tmp_path_factory):
    with unseen(tmp_path_factory.mktemp("sailors") / "sailors.db", SCRIPT) as opened:
        yield opened


@pytest.mark.parametrize(
    ("replies", "rows"),
    [
        ([(OLDEST, SURE)], [("Ada",)]),
        ([(OLDEST, UNSURE), (SAME, UNSURE)], [("Ada",)]),
        ([(ALL, UNSURE), (OLDEST, SURE)], [("Ada",)]),
        ([(INVENTED, SURE), (OLDEST, SURE)], [("Ada",)]),
        ([(ALL, UNSURE), (OLDEST, UNSURE)], None),
        ([(INVENTED, SURE), (INVENTED, SURE)], None),
        ([(NOTHING, SURE), (NOTHING, SURE)], None),
        ([("SELECT 'Ada'", SURE), ("SELECT 'Ada'", SURE)], None),
    ],
    ids=[
        "sure",
        "confirmed",
        "the second is sure",
        "the first is doubted",
        "neither",
        "invented twice",
        "nothing twice",
        "no table",
    ],
)
def test_a_statement_is_an_answer_if_it_is_confirmed_or_sure_and_not_doubted(replies, rows, sailors):
    reader, index = sailors
    answer = ask(QUESTION, owner=None, reader=reader, model=replying(*replies), index=index)
    if rows is None:
        assert (answer.answered, answer.reason) == (False, "no statement is confirmed by another")
        assert answer.text.startswith("I am not sure enough of an answer")
    else:
        assert (answer.answered, answer.rows) == (True, rows), answer.reason
