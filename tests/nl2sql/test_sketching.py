"""What is composed for schemas in the style of benchmarks: short names, codes, days as text, yes and no, missing values."""

import pytest

from nl2sql.anywhere.naming import abbreviates, name_words
from nl2sql.anywhere.reading import read
from nl2sql.evaluation.evaluate import rows_of
from tests.nl2sql.unseen import sketched, unseen

SCRIPT = """
CREATE TABLE sch (sch_id INTEGER PRIMARY KEY, sch_nm TEXT, sch_type TEXT, has_pool INTEGER, country TEXT);
CREATE TABLE stud (stud_id INTEGER PRIMARY KEY, fname TEXT, lname TEXT, sch_id INTEGER, grade_lvl INTEGER);
CREATE TABLE loan (loan_id INTEGER PRIMARY KEY, stud_id INTEGER, item TEXT, loaned_on TEXT, returned_on TEXT, pages INTEGER);
CREATE TABLE field (field_id INTEGER PRIMARY KEY, field_nm TEXT, town TEXT, area_ha REAL, stars INTEGER, organic_flg TEXT);
CREATE TABLE machine (machine_id INTEGER PRIMARY KEY, field_id INTEGER, kind TEXT, hp INTEGER);
INSERT INTO sch VALUES (1, 'Oak High', 'PUB', 1, 'USA'), (2, 'Elm House', 'PRV', 0, 'France'), (3, 'Pine High', 'PUB', 1, 'USA');
INSERT INTO stud VALUES (1, 'Ada', 'Kerr', 1, 9), (2, 'Bo', 'Lind', 1, 10), (3, 'Cy', 'Moss', 2, 10), (4, 'Di', 'Orta', 1, 9);
INSERT INTO loan VALUES (1, 1, 'Atlas', '2023-02-01', '2023-02-09', 90), (2, 1, 'Family', '2023-11-30', NULL, 200),
    (3, 2, 'Atlas', '2024-01-15', NULL, 90), (4, 3, 'Globe', '2024-03-02', '2024-03-20', 10);
INSERT INTO field VALUES (1, 'Hill', 'Istanbul', 4.5, 5, 'Y'), (2, 'Shore', 'Ankara', 9.0, 3, 'N'), (3, 'Brook', 'Istanbul', 2.0, 5, 'N');
INSERT INTO machine VALUES (1, 1, 'Tractor', 120), (2, 1, 'Baler', 60), (3, 2, 'Baler', 80), (4, 1, 'Drill', 45);
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    with unseen(tmp_path_factory.mktemp("schools") / "schools.db", SCRIPT) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("How many students are there?", [(4,)]),
        ("Kaç okul var?", [(3,)]),
        ("Сколько учеников?", [(4,)]),
        # codes
        ("Which schools are private?", [("Elm House",)]),
        ("Hangi okullar özel?", [("Elm House",)]),
        ("Какие школы частные?", [("Elm House",)]),
        # yes and no
        ("How many schools have a pool?", [(2,)]),
        ("Which schools have no pool?", [("Elm House",)]),
        # what is missing
        ("How many loans were not returned?", [(2,)]),
        ("How many loans have been returned?", [(2,)]),
        ("How many loans haven't been returned?", [(2,)]),
        ("Сколько органических полей?", [(1,)]),
        # what rows of another table have none of
        ("Which fields do not have a tractor?", [("Brook",), ("Shore",)]),
        # numbers and places in adjectives
        ("Покажи названия пятизвёздочных полей.", [("Brook",), ("Hill",)]),
        ("Покажи названия стамбульских полей.", [("Brook",), ("Hill",)]),
        # units in names
        ("What is the total area of the fields?", [(15.5,)]),
        ("How many machines have more than 70 horsepower?", [(2,)]),
        # days as text
        ("How many loans were there in 2023?", [(2,)]),
        # first and last names
        ("Show the first and last names of students in grade 10.", [("Bo", "Lind"), ("Cy", "Moss")]),
        # adjectives of countries
        ("Show the names of American schools.", [("Oak High",), ("Pine High",)]),
        ("Amerikan okullarının adlarını göster.", [("Oak High",), ("Pine High",)]),
        # parts of texts
        ("Which schools have the word 'High' in their name?", [("Oak High",), ("Pine High",)]),
        # groups that are counted
        ("İkiden fazla makinesi olan tarlaların adı ve makine sayısı?", [("Hill", 3)]),
        ("How many schools have at least two students?", [(1,)]),
        # what is said twice
        (
            "How many students does each school have? Show the school and the number.",
            [("Elm House", 1), ("Oak High", 3)],
        ),
    ],
)
def test_schemas_of_benchmarks_are_read(question, rows, database):
    found = sketched(database, question)
    assert found is not None
    assert not found.unread
    assert sorted(rows_of(found.sql, database[0])) == rows


def test_a_word_without_a_place_is_told_of(database):
    found = sketched(database, "How many students are there in the archive?")
    assert (found.sql, found.unread) == ("SELECT COUNT(*) FROM stud", ("archive",))


@pytest.mark.parametrize(
    "question",
    ["How many students are called Zed?", "Show the fields and who owns them.", "How many students are retired or 7?"],
)
def test_names_and_numbers_are_never_left_out(question, database):
    assert sketched(database, question) is None


@pytest.mark.parametrize(
    ("question", "cue"),
    [("Alanı en az olan iki tarla hangisi?", "least"), ("Alanı en az iki olan tarlalar", "at least")],
)
def test_the_least_is_told_from_at_least(question, cue, database):
    _, index = database
    items = read(index.foreign.linker.link(question, "tr"), index.catalog)
    assert [item.cue for item in items if item.cue in ("least", "at least")] == [cue]


@pytest.mark.parametrize(
    ("question", "values"), [("Öğrencilerin adını, soyadını göster.", []), ("Adı Family olan ödünçler", ["Family"])]
)
def test_a_piece_of_what_names_a_column_is_no_value(question, values, database):
    _, index = database
    assert [link.value for link in index.foreign.linker.link(question, "tr").values] == values


def test_the_catalogue_knows_what_values_tell(database):
    columns = {column.path: column for column in database[1].catalog.columns()}
    assert columns["loan.loaned_on"].type == "date"
    assert columns["sch.has_pool"].yes_no == ("1", "0")
    assert columns["loan.pages"].yes_no is None
    assert [path for path, column in columns.items() if column.has_gaps] == ["loan.returned_on"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("hiredate", ("hire", "date")),
        ("custname", ("customer", "name")),
        ("lname", ("last", "name")),
        ("HasRoof", ("has", "roof")),
        ("isactive", ("is", "active")),
        ("f_nm", ("first", "name")),
        ("l_shape", ("l", "shape")),
        ("carpet", ("carpet",)),
    ],
)
def test_names_are_cut_into_words(name, parts):
    assert name_words(name) == parts


@pytest.mark.parametrize(
    ("short", "word", "is_short"),
    [
        ("tchr", "teacher", True),
        ("sch", "school", True),
        ("car", "carrier", False),
        ("sub", "subject", True),
        ("nm", "name", True),
        ("tr", "trip", False),  # of two letters, only all of its consonants
        ("m", "me", False),
    ],
)
def test_short_forms_are_told_from_words(short, word, is_short):
    assert abbreviates(short, word) is is_short
