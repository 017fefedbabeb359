"""What speaks against a statement of the model: what it leaves out, keys that nobody asked for, and rows that are there twice."""

import pytest

from nl2sql.anywhere.flaws import flaws
from nl2sql.anywhere.reading import read
from nl2sql.engine import ask
from nl2sql.execute import execute
from nl2sql.guard import check
from nl2sql.language import detect
from tests.nl2sql.unseen import replying, unseen

SCRIPT = """
CREATE TABLE sailor (sailor_id INTEGER PRIMARY KEY, sailor_name TEXT, age INTEGER);
CREATE TABLE voyage (
    voyage_id INTEGER PRIMARY KEY, sailor_id INTEGER REFERENCES sailor(sailor_id), days INTEGER, sailed_on TEXT
);
INSERT INTO sailor VALUES (1, 'Ada', 52), (2, 'Can', 41), (3, 'Ines', 25);
INSERT INTO voyage VALUES (1, 1, 5, '2022-03-01'), (2, 1, 7, '2023-04-01'), (3, 2, 3, '2023-05-01');
"""
BELOW = "SELECT sailor_name FROM sailor WHERE age < 45"


@pytest.fixture(scope="module")
def sailors(tmp_path_factory):
    with unseen(tmp_path_factory.mktemp("sailors") / "sailors.db", SCRIPT) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "sql", "expected"),
    [
        ("Sailors under 45", BELOW, ()),
        ("Sailors under 45", "SELECT sailor_name FROM sailor", ("45",)),
        ("45 yaşından küçük denizciler", "SELECT sailor_name FROM sailor", ("45",)),
        ("Sailors of more than one voyage", "SELECT sailor_name FROM sailor", ()),  # a word is often no figure
        ("Voyages of at least 6 days", "SELECT voyage_id FROM voyage WHERE days > 5", ()),
        ("Voyages after 2022", "SELECT voyage_id FROM voyage WHERE sailed_on >= '2023-01-01'", ()),
        ("Sailors without voyages", "SELECT sailor_name FROM sailor", ("not",)),
        ("Hiç sefere çıkmamış denizciler", "SELECT sailor_name FROM sailor", ("not",)),
        ("Моряки без рейсов", "SELECT sailor_name FROM sailor", ("not",)),
        (
            "Sailors without voyages",
            "SELECT sailor_name FROM sailor WHERE NOT sailor_id IN (SELECT sailor_id FROM voyage)",
            (),
        ),
        ("The oldest sailor", "SELECT sailor_name FROM sailor", ("most",)),
        ("The oldest sailor", "SELECT sailor_name FROM sailor ORDER BY age DESC LIMIT 1", ()),
        ("The oldest sailor", "SELECT sailor_name FROM sailor WHERE age = (SELECT MAX(age) FROM sailor)", ()),
        ("Average age of the sailors", "SELECT age FROM sailor", ("average",)),
        ("Average age of the sailors", "SELECT SUM(age) / COUNT(*) FROM sailor", ()),
        ("Who has sailed?", "SELECT sailor_id FROM voyage WHERE days < 5", ("voyage.sailor_id",)),
        (
            "Who has sailed?",
            "SELECT sailor_name FROM sailor JOIN voyage ON voyage.sailor_id = sailor.sailor_id",
            ("a row twice",),
        ),
    ],
)
def test_what_speaks_against_a_statement(question, sql, expected, sailors):
    reader, index = sailors
    items = read(index.foreign.linker.link(question, detect(question)), index.catalog)
    checked = check(sql, index.catalog)
    assert flaws(checked, execute(reader, checked), items) == expected


def test_a_statement_with_a_flaw_is_no_answer_even_if_the_model_is_sure(sailors):
    reader, index = sailors
    question = "Whose legs are under 45 and not so seasoned?"
    sure, other = -0.01, "SELECT sailor_name FROM sailor WHERE NOT age >= 45"
    for written, answered in ((BELOW, False), (other, True)):
        model = replying((written, sure), (written, sure))
        assert ask(question, owner=None, reader=reader, model=model, index=index).answered is answered
