"""What is composed where tables are tied in several ways, and what rows there are none of, in a schema of its own."""

import pytest

from nl2sql.evaluation.evaluate import rows_of
from tests.nl2sql.unseen import sketched, unseen

SCRIPT = """
CREATE TABLE Performer (PerformerID INTEGER PRIMARY KEY, PerformerName TEXT, BirthYear INTEGER);
CREATE TABLE Orchestra (OrchestraID INTEGER PRIMARY KEY, OrchestraName TEXT, Founded INTEGER,
    LeaderID INTEGER REFERENCES Performer(PerformerID));
CREATE TABLE OrchestraPerformer (OrchestraID INTEGER REFERENCES Orchestra(OrchestraID),
    PerformerID INTEGER REFERENCES Performer(PerformerID), PRIMARY KEY (OrchestraID, PerformerID));
CREATE TABLE Hall (HallID INTEGER PRIMARY KEY, HallName TEXT, HasOrgan INTEGER);
CREATE TABLE Concert (ConcertID INTEGER PRIMARY KEY, OrchestraID INTEGER REFERENCES Orchestra(OrchestraID),
    HallID INTEGER REFERENCES Hall(HallID), Kind TEXT, ConcertDate TEXT, Visitors INTEGER);
CREATE TABLE Instrument (SerialNo TEXT PRIMARY KEY, InstrumentFamily TEXT, MakerName TEXT, WeightKg REAL,
    PerformerID INTEGER REFERENCES Performer(PerformerID), InUse INTEGER);
INSERT INTO Performer VALUES (1, 'Ada Kerr', 1970), (2, 'Bo Lind', 1985), (3, 'Cy Moss', 1990), (4, 'Di Orta', 1962);
INSERT INTO Orchestra VALUES (1, 'Aurora', 1948, 4), (2, 'Borealis', 1975, 2), (3, 'Corona', 1931, 1);
INSERT INTO OrchestraPerformer VALUES (1, 1), (1, 2), (2, 2), (2, 3);
INSERT INTO Hall VALUES (1, 'Round Hall', 1), (2, 'Old Mill', 0), (3, 'Dome', 1);
INSERT INTO Concert VALUES (1, 1, 1, 'Gala', '2023-05-02', 300), (2, 1, 2, 'Matinee', '2023-06-11', 120),
    (3, 2, 1, 'Gala', '2024-01-20', 280), (4, 1, 1, 'Organ', '2024-03-05', 90);
INSERT INTO Instrument VALUES ('S-1', 'Woodwind', 'Loree', 1.2, 1, 1), ('S-2', 'Brass', 'Bach', 3.5, 2, 0), ('S-3', 'Woodwind', 'Rigoutat', 1.1, 3, 1);
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    with unseen(tmp_path_factory.mktemp("music") / "music.db", SCRIPT) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        # those whom a table ties to an orchestra, and whom a key makes its leader
        ("Which performers are in the orchestra Aurora?", [("Ada Kerr",), ("Bo Lind",)]),
        ("The leader of the Aurora orchestra", [("Di Orta",)]),
        ("Which performers are in no orchestra?", [("Di Orta",)]),
        # a year that a verb has as a column
        ("Orchestras founded before 1950", [("Aurora",), ("Corona",)]),
        ("1950'den önce kurulan orkestralar", [("Aurora",), ("Corona",)]),
        # qualified counts
        ("Number of gala concerts", [(2,)]),
        ("Number of visitors that each orchestra had", [("Aurora", 510), ("Borealis", 280)]),
        ("Average number of visitors for each hall, with the hall name", [("Old Mill", 120), ("Round Hall", 670 / 3)]),
        # a value elsewhere that is a yes or no here
        ("How many halls have an organ?", [(2,)]),
        # none of what
        ("Which orchestras have no concerts?", [("Corona",)]),
        ("Which orchestras have no gala concerts?", [("Corona",)]),
        ("Halls without a matinee concert", [("Dome",), ("Round Hall",)]),
        # what is asked for by its kind, and by its number
        ("Serial numbers of instruments that are not in use", [("S-2",)]),
        ("Which woodwind instruments weigh more than 1.15 kg?", [("S-1",)]),
        ("Which woodwind instruments weigh more than 1.15 kg, and who is their maker?", [("S-1", "Loree")]),
        ("Which woodwinds weigh more than 1.15 kg, and what is their maker?", [("S-1", "Loree")]),
        # numbers with marks
        ("How many instruments weigh more than 3.4 kg?", [(1,)]),
        ("3,4 kilogramdan ağır kaç çalgı var?", [(1,)]),
    ],
)
def test_ties_and_what_there_is_none_of(question, rows, database):
    found = sketched(database, question)
    assert found is not None
    assert not found.unread
    assert sorted(rows_of(found.sql, database[0])) == rows


@pytest.mark.parametrize(
    "question",
    [
        "Who runs the orchestra Aurora?",  # neither its performers nor, surely, its leader
        "Which orchestras have no concerts in Dome?",  # no concerts there, or none at all
    ],
)
def test_what_could_mean_two_things_is_left_to_the_model(question, database):
    assert sketched(database, question) is None


def test_what_is_tied_by_a_third_table_may_have_none(database):
    reader, _ = database
    assert rows_of(sketched(database, "Performers who are in no orchestra").sql, reader) == [("Di Orta",)]
