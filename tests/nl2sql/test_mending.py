"""Statements of a model that take columns from the wrong table, or compare a key with a name."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlglot import exp

from nl2sql.anywhere.called import with_names_shown
from nl2sql.anywhere.direction import with_order_as_asked
from nl2sql.anywhere.named_keys import with_names_looked_up
from nl2sql.anywhere.periods import with_month_as_asked, with_year_as_asked
from nl2sql.anywhere.reading import read
from nl2sql.errors import GuardError
from nl2sql.execute import execute
from nl2sql.guard import check
from nl2sql.language import detect
from nl2sql.repair import repaired
from tests.nl2sql.unseen import unseen

SCRIPT = """
CREATE TABLE port (port_code TEXT PRIMARY KEY, port_name TEXT, sea TEXT);
CREATE TABLE owner (owner_id INTEGER PRIMARY KEY, owner_name TEXT, seat TEXT);
CREATE TABLE boat (
    boat_id INTEGER PRIMARY KEY,
    kind TEXT, -- S = sailing boat, M: motor boat
    owner_id INTEGER REFERENCES owner(owner_id),
    tons INTEGER -- without cargo
);
CREATE TABLE voyage (
    voyage_id INTEGER PRIMARY KEY,
    boat_id INTEGER REFERENCES boat(boat_id),
    start_port TEXT REFERENCES port(port_code),
    end_port TEXT REFERENCES port(port_code),
    days INTEGER
);
INSERT INTO port VALUES ('P1', 'Odessa', 'Black Sea'), ('P2', 'Izmir', 'Aegean'), ('P3', 'Samsun', 'Black Sea');
INSERT INTO owner VALUES (1, 'Ada Lind', 'Izmir'), (2, 'Can Er', 'Samsun');
INSERT INTO boat VALUES (1, 'S', 1, 10), (2, 'M', 1, 30), (3, 'S', 2, 20);
INSERT INTO voyage VALUES (1, 1, 'P1', 'P2', 5), (2, 2, 'P2', 'P1', 7), (3, 3, 'P1', 'P3', 2), (4, 1, 'P2', 'P2', 1);
"""


@pytest.fixture(scope="module")
def ports(tmp_path_factory):
    with unseen(tmp_path_factory.mktemp("mending") / "ports.db", SCRIPT) as database:
        yield database


def rows(sql, database):
    reader, index = database
    checked, _ = with_names_looked_up(check(repaired(sql, index.catalog), index.catalog), index.values, reader)
    return sorted(execute(reader, checked).rows)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        # of the other table that is read
        ("SELECT o.kind FROM owner o JOIN boat b ON b.owner_id = o.owner_id WHERE o.tons > 15", [("M",), ("S",)]),
        # of a table that is not read: every boat has one owner
        ("SELECT owner_name, SUM(tons) FROM boat GROUP BY owner_name", [("Ada Lind", 40), ("Can Er", 20)]),
        ("SELECT DISTINCT owner.seat FROM voyage v WHERE v.owner_name LIKE 'A%'", [("Izmir",)]),
        ("SELECT owner_name FROM voyage WHERE days = 7", [("Ada Lind",)]),
        ("SELECT owner_name, COUNT(boat_id) FROM boat WHERE owner_id < 2 GROUP BY owner_name", [("Ada Lind", 2)]),
        ("SELECT boat.kind, owner_name FROM boat AS b WHERE tons = 20", [("S", "Can Er")]),
        # a table that was joined for the slip alone
        ("SELECT b.kind FROM boat b JOIN port p ON p.kind = b.kind WHERE b.tons = 30", [("M",)]),
        ("SELECT p.kind, SUM(b.tons) FROM port p JOIN boat b ON b.port_code = p.port_code GROUP BY p.kind", [("M", 30), ("S", 30)]),
        # tied by the key that there is
        ("SELECT o.owner_name FROM boat b JOIN owner o ON b.owner_name = b.kind WHERE b.tons = 20", [("Can Er",)]),
        # over a table that only ties them
        ("SELECT o.owner_name, SUM(v.days) FROM voyage v JOIN owner o ON v.owner_id = o.owner_id GROUP BY 1", [("Ada Lind", 13), ("Can Er", 2)]),
    ],
)  # fmt: skip
def test_columns_are_taken_from_where_they_are(sql, expected, ports):
    assert rows(sql, ports) == expected


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT port_name, COUNT(*) FROM voyage GROUP BY port_name", "port_name is in port"),  # from or to
        ("SELECT owner_name, SUM(days) FROM owner GROUP BY owner_name", "days is in voyage"),  # rows would be repeated
        ("SELECT boat_id FROM owner", "boat_id is in boat and voyage"),
        ("SELECT colour FROM boat", "boat has boat_id"),
    ],
)
def test_what_may_be_meant_in_several_ways_stays_an_error(sql, says, ports):
    with pytest.raises(GuardError, match=says):
        rows(sql, ports)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT COUNT(*) FROM voyage WHERE start_port = 'Odessa'", [(2,)]),
        ("SELECT COUNT(*) FROM voyage WHERE end_port <> 'Izmir'", [(2,)]),
        ("SELECT COUNT(*) FROM voyage WHERE start_port = 'P1'", [(2,)]),
        ("SELECT sea FROM port WHERE port_code = 'Samsun'", [("Black Sea",)]),
        ("SELECT boat_id FROM boat WHERE owner_id = 'can er'", [(3,)]),
        ("SELECT owner_name FROM owner WHERE owner_name = 'Samsun'", [("Can Er",)]),
        # the one value that it is part of
        ("SELECT seat FROM owner WHERE owner_name = 'Ada'", [("Izmir",)]),
        # no port is called so: nothing is changed, and the answer says that there is no such value
        ("SELECT COUNT(*) FROM voyage WHERE start_port = 'Riga'", [(0,)]),
    ],
)
def test_a_key_that_is_compared_with_a_name_is_that_of_what_is_called_so(sql, expected, ports):
    assert rows(sql, ports) == expected


def test_what_was_read_as_a_longer_name_is_said(ports):
    reader, index = ports
    checked = check("SELECT seat FROM owner WHERE owner_name = 'Lind'", index.catalog)
    assert with_names_looked_up(checked, index.values, reader)[1] == ["Lind → Ada Lind"]


@pytest.mark.parametrize(
    ("question", "sql", "expected"),
    [
        ("Which is the oldest port?", "SELECT name FROM port ORDER BY founded DESC LIMIT 1", "Gadir"),
        ("Which is the oldest port?", "SELECT name FROM port ORDER BY founded LIMIT 1", "Gadir"),
        ("En eski liman hangisi?", "SELECT name FROM port ORDER BY founded DESC LIMIT 1", "Gadir"),
        ("Самый старый порт?", "SELECT name FROM port ORDER BY founded DESC LIMIT 1", "Gadir"),
        ("Which is the youngest port?", "SELECT name FROM port ORDER BY founded ASC LIMIT 1", "Europoort"),
        ("Which is the largest port?", "SELECT name FROM port ORDER BY founded DESC LIMIT 1", "Europoort"),
    ],
)
def test_the_oldest_are_those_that_were_first(question, sql, expected, tmp_path):
    script = (
        "CREATE TABLE port (name TEXT, founded INTEGER); INSERT INTO port VALUES ('Gadir', 1104), ('Europoort', 1958);"
    )
    with unseen(tmp_path / "ports.db", script) as (reader, index):
        items = read(index.foreign.linker.link(question, detect(question)), index.catalog)
        checked = with_order_as_asked(check(sql, index.catalog), items)
        assert execute(reader, checked).rows == [(expected,)]


def test_a_day_minus_a_day_is_days(tmp_path):
    script = "CREATE TABLE stay (came TEXT, left_on TEXT); INSERT INTO stay VALUES ('2024-02-27', '2024-03-02'), ('2024-05-01', '2024-05-03');"
    with unseen(tmp_path / "stays.db", script) as (reader, index):
        checked = check(repaired("SELECT AVG(left_on - came) FROM stay", index.catalog), index.catalog)
        assert execute(reader, checked).rows == [(3.0,)]


CAPITALS = """
CREATE TABLE Club (ClubId INTEGER PRIMARY KEY, ClubName TEXT, Town TEXT);
CREATE TABLE Player (
    PlayerId INTEGER PRIMARY KEY, FullName TEXT, Town TEXT, Rating INTEGER, ClubId INTEGER REFERENCES Club(ClubId)
);
CREATE TABLE Stay (StayId INTEGER PRIMARY KEY, PlayerId INTEGER REFERENCES Player(PlayerId), CameOn TEXT, LeftOn TEXT);
INSERT INTO Club VALUES (1, 'Rook', 'Baku'), (2, 'Pawn', 'Kazan');
INSERT INTO Player VALUES (1, 'Ada', 'Izmir', 2000, 1), (2, 'Bo', 'Oslo', 1900, 1), (3, 'Cem', 'Bursa', 2100, 2);
INSERT INTO Stay VALUES (1, 1, '2024-02-27', '2024-03-02'), (2, 3, '2024-05-01', '2024-05-03');
"""


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT ClubName, COUNT(*) FROM Player GROUP BY ClubName", [("Pawn", 1), ("Rook", 2)]),
        ("SELECT s.FullName, s.rating FROM Stay s JOIN Player p ON s.PlayerId = p.PlayerId", [("Ada", 2000), ("Cem", 2100)]),
        ("SELECT AVG(Rating) FROM Player WHERE clubname = 'Rook'", [(1950.0,)]),
        ("SELECT Club.ClubName, COUNT(*) FROM Player GROUP BY Club.ClubName", [("Pawn", 1), ("Rook", 2)]),
        ("SELECT s.Town FROM Stay s WHERE s.StayId = 2", [("Bursa",)]),  # players stay, clubs do not
        ("SELECT MAX(DATEDIFF(day, CameOn, Stay.LeftOn)) FROM Stay", [(4,)]),
        ("SELECT DATEDIFF('day', s.CameOn, s.lefton) FROM Stay s WHERE s.StayId = 2", [(2,)]),
        ("SELECT DATEDIFF(LeftOn, CameOn) FROM Stay WHERE StayId = 2", [(2,)]),
    ],
)  # fmt: skip
def test_names_with_capitals_are_found_in_other_tables_too(sql, expected, tmp_path):
    with unseen(tmp_path / "players.db", CAPITALS) as database:
        assert rows(sql, database) == expected


def test_the_last_day_minus_the_first_is_days(tmp_path):
    script = "CREATE TABLE stay (came TEXT); INSERT INTO stay VALUES ('2024-02-27'), ('2024-03-02'), ('2024-03-01');"
    with unseen(tmp_path / "stays.db", script) as (reader, index):
        checked = check(repaired("SELECT MAX(came) - MIN(came) FROM stay", index.catalog), index.catalog)
        assert execute(reader, checked).rows == [(4,)]


def came(script, question, where, as_asked, folder):
    """Who is found where a question is answered by a condition that was mended."""
    with unseen(folder / "guests.db", script) as (reader, index):
        items = read(index.foreign.linker.link(question, detect(question)), index.catalog)
        checked = as_asked(check(f"SELECT name FROM guest WHERE {where} ORDER BY 1", index.catalog), items)
        return [name for (name,) in execute(reader, checked).rows]


@pytest.mark.parametrize(
    ("question", "where", "expected"),
    [
        ("Who came in June 2022?", "came = '2022-06-01'", ["Ada", "Bo"]),
        ("Haziran 2022'de kimler geldi?", "came LIKE '2022-05%'", ["Ada", "Bo"]),
        ("Кто приехал в июне 2022 года?", "came = '2022-06-01'", ["Ada", "Bo"]),
        ("Who came in December 2022?", "came = '2022-12-01'", ["Cem"]),
        ("Who came in June 2022?", "came LIKE '2022-06%'", ["Ada", "Bo"]),
        # a day is a day, and what is compared otherwise may be what is asked
        ("Who came on 1 June 2022?", "came = '2022-06-01'", ["Ada"]),
        ("Who came on June 1, 2022?", "came = '2022-06-01'", ["Ada"]),
        ("Who came on the 1st of June 2022?", "came = '2022-06-01'", ["Ada"]),
        ("Who did not come in June 2022?", "NOT came = '2022-06-01'", ["Cem", "Di"]),
        ("Who came after June 2022?", "came > '2022-06-30'", ["Cem"]),
        ("Who came in 2022?", "came = '2022-06-01'", ["Ada"]),
    ],
)
def test_a_month_is_all_of_its_days(question, where, expected, tmp_path):
    script = (
        "CREATE TABLE guest (name TEXT, came TEXT);"
        "INSERT INTO guest VALUES ('Ada', '2022-06-01'), ('Bo', '2022-06-30'), ('Cem', '2022-12-31'), ('Di', '2021-06-05');"
    )
    assert came(script, question, where, with_month_as_asked, tmp_path) == expected


@pytest.mark.parametrize(
    ("question", "where", "expected"),
    [
        ("Who came in 2022?", "came >= '2022-01-01'", ["Ada", "Bo"]),
        ("2022'de kimler geldi?", "came >= '2022-01-01'", ["Ada", "Bo"]),
        ("Кто приехал в 2022 году?", "came >= '2022-01-01'", ["Ada", "Bo"]),
        ("Who came in 2022?", "came <= '2022-12-31'", ["Ada", "Bo"]),
        ("Who came in 2022?", "came = '2022-12-31'", ["Ada", "Bo"]),
        ("Who did not come in 2022?", "NOT came >= '2022-01-01'", ["Cem", "Di"]),
        ("Who came in 2022?", "born_year >= 2022", ["Bo"]),
        ("Who has a fortune of 2022?", "fortune >= 2022", ["Ada", "Bo"]),  # no year
        ("Who came in 2022?", "came >= '2022-01-01' AND came <= '2022-06-30'", ["Ada"]),
        # from then on, or until then, or another year, is what is asked or nothing that is known
        ("Who came from 2022 on?", "came >= '2022-01-01'", ["Ada", "Bo", "Cem"]),
        ("2022'den beri kimler geldi?", "came >= '2022-01-01'", ["Ada", "Bo", "Cem"]),
        ("Кто приехал с 2022 года?", "came >= '2022-01-01'", ["Ada", "Bo", "Cem"]),
        ("Who came after 2021?", "came >= '2022-01-01'", ["Ada", "Bo", "Cem"]),
        ("Who came until 2022?", "came <= '2022-12-31'", ["Ada", "Bo", "Di"]),
        ("Who came in 2021?", "came >= '2022-01-01'", ["Ada", "Bo", "Cem"]),
        ("Who came on 2022-12-31?", "came = '2022-12-31'", ["Bo"]),
        ("Who came on 31.12.2022?", "came = '2022-12-31'", ["Bo"]),
        ("Who came in June 2022?", "came >= '2022-01-01'", ["Ada", "Bo", "Cem"]),
    ],
)
def test_a_year_is_all_of_its_days_and_no_more(question, where, expected, tmp_path):
    script = (
        "CREATE TABLE guest (name TEXT, came TEXT, born_year INTEGER, fortune INTEGER);"
        "INSERT INTO guest VALUES ('Ada', '2022-06-01', 2023, 3000), ('Bo', '2022-12-31', 2022, 2022),"
        "('Cem', '2023-01-01', 1990, 1), ('Di', '2021-06-05', 1990, 1);"
    )
    assert came(script, question, where, with_year_as_asked, tmp_path) == expected


@pytest.mark.parametrize(
    ("question", "sql", "expected"),
    [
        ("Which ports are in the Aegean?", "SELECT port_code FROM port WHERE sea = 'Aegean'", [("Izmir",)]),
        ("Эгейские порты", "SELECT p.port_code, p.port_name FROM port p WHERE p.sea = 'Aegean'", [("Izmir",)]),
        (
            "Voyages by port",
            "SELECT port_code, COUNT(*) FROM port JOIN voyage ON start_port = port_code GROUP BY port_code ORDER BY 2",
            [("Izmir", 2), ("Odessa", 2)],
        ),
        # a key that is asked for, one whose name is elsewhere, and things that have no name
        (
            "Which ports are in the Aegean?",
            "SELECT port_code AS p FROM port WHERE sea = 'Aegean' ORDER BY p",
            [("P2",)],
        ),
        ("Codes of the ports in the Aegean", "SELECT port_code FROM port WHERE sea = 'Aegean'", [("P2",)]),
        ("Voyages of two days", "SELECT start_port FROM voyage WHERE days = 2", [("P1",)]),
        ("Which boats are the heaviest?", "SELECT boat_id FROM boat ORDER BY tons DESC LIMIT 1", [(2,)]),
    ],
)
def test_things_are_shown_by_what_they_are_called(question, sql, expected, ports):
    reader, index = ports
    items = read(index.foreign.linker.link(question, detect(question)), index.catalog)
    assert sorted(execute(reader, with_names_shown(check(sql, index.catalog), items)).rows) == expected


def test_comments_of_the_tables_are_read_and_explain_their_codes(ports):
    _, index = ports
    assert index.catalog.column("boat.kind").comment["en"] == "S = sailing boat, M: motor boat"
    assert index.catalog.column("boat.tons").comment["en"] == "without cargo"
    assert index.values.resolve("boat.kind", "motor boat") == ("M", 1.0)
    assert index.values.resolve("boat.kind", "sailing boats")[0] == "S"


TABLES = st.sampled_from(["boat", "boat AS b", "owner", "port AS p", "voyage", "(SELECT * FROM boat) AS x", "nothing"])
NAMES = st.sampled_from([
    "boat_id", "kind", "tons", "owner_name", "port_name", "days", "b.kind", "p.sea", "boat.seat", "voyage.boat_id",
    "owner.owner_id", "x.kind", "x.sea", "sub.days", "bogus", "owner.bogus", "COUNT(*)", "AVG(tons)",
])  # fmt: skip


@st.composite
def statements(draw):
    """Statements as a model may write them: columns from anywhere, joins by anything, even without a table."""
    shown = ", ".join(draw(st.lists(NAMES, min_size=1, max_size=3)))
    if not draw(st.booleans()) and draw(st.booleans()):
        return f"SELECT {shown}"
    joins = ""
    for table in draw(st.lists(TABLES, max_size=3)):
        by = f" ON {draw(NAMES)} = {draw(NAMES)}" if draw(st.booleans()) else ""
        joins += f" JOIN {table}{by}"
    compared = draw(st.sampled_from(["1", "'S'", "(SELECT MAX(tons) FROM boat)"]))
    where = f" WHERE {draw(NAMES)} = {compared}" if draw(st.booleans()) else ""
    return f"SELECT {shown} FROM {draw(TABLES)}{joins}{where}"


@given(statements())
@example("SELECT kind, (SELECT * FROM boat) AS x JOIN owner ON owner.bogus = boat.seat WHERE kind = 'S'")
@example("SELECT AVG(tons)")
@example("SELECT b.kind FROM boat AS b JOIN boat AS c ON b.boat_id = c.boat_id JOIN owner ON owner.seat = owner.days")
def test_any_statement_is_mended_or_left_to_the_guard(ports, sql):
    _, index = ports
    try:
        checked = check(repaired(sql, index.catalog), index.catalog)
    except GuardError:
        return
    assert checked.tree.find(exp.Select)
