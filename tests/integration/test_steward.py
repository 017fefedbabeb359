"""What a steward decides at the terminal is carried out, kept, and can be taken back."""

import getpass
import re

import pytest

from erp.pipeline import finish_run, start_run
from pipelines.database import opened
from pipelines.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def database(governed_home):
    """The home's database, held open so that no command has to start it."""
    with opened(Settings.from_environ({"MILLRACE_HOME": str(governed_home.path)})) as database:
        yield database


def one(database, query: str, **parameters):
    import sqlalchemy as sa

    with database.engine.connect() as connection:
        return connection.execute(sa.text(query), parameters).scalar_one_or_none()


def entry(database, column: str) -> dict:
    """Some entry of a column of employees that waits in review."""
    import sqlalchemy as sa

    with database.engine.connect() as connection:
        found = connection.execute(
            sa.text(
                "SELECT * FROM governance.review WHERE retired_run_id IS NULL AND decision IS NULL "
                "AND table_name = 'employees' AND column_name = :column ORDER BY review_id LIMIT 1"
            ),
            {"column": column},
        ).mappings()
        return dict(found.one())


def cell(database, waits: dict) -> str | None:
    """What the cell of an entry holds after cleaning."""
    return one(
        database, f'SELECT "{waits["column_name"]}" FROM conformed.employees WHERE row_key = :key', key=waits["row_key"]
    )


def waiting(database, waits: dict) -> int:
    return one(
        database,
        "SELECT count(*) FROM governance.review WHERE retired_run_id IS NULL AND decision IS NULL "
        "AND table_name = :table_name AND row_key = :row_key AND column_name = :column_name",
        **{name: waits[name] for name in ("table_name", "row_key", "column_name")},
    )


def test_what_waits_is_listed_with_an_example(governed_home, database):
    listed = governed_home.run("review")
    waits = entry(database, "city")
    assert waits["rule"] in listed
    assert waits["rule"] in governed_home.run("review", "--rule", waits["rule"])
    assert "one person" in governed_home.run("review", "--help")


def test_an_accepted_change_is_made_in_the_name_of_who_decided(governed_home, database):
    waits = entry(database, "department")
    said = governed_home.run("review", "accept", str(waits["review_id"]))
    assert "1 cell is decided: accept." in said
    assert "ERP governance" in said
    assert cell(database, waits) == waits["after"]
    assert waiting(database, waits) == 0
    assert getpass.getuser() in governed_home.run(
        "why", "employees", str(person(database, waits)), waits["column_name"]
    )


def test_a_decision_for_later_waits_for_the_next_run(governed_home, database):
    waits = entry(database, "city")
    before = cell(database, waits)
    governed_home.run("review", "set", str(waits["review_id"]), "Ankara", "--later")
    assert cell(database, waits) == before
    governed_home.run("clean")
    assert cell(database, waits) == "Ankara"


def test_a_kept_cell_is_not_proposed_again(governed_home, database):
    waits = entry(database, "first_name")
    governed_home.run("review", "keep", str(waits["review_id"]))
    assert cell(database, waits) == waits["before"]
    governed_home.run("clean")
    assert waiting(database, waits) == 0
    said = governed_home.run("review", "reopen", waits["table_name"], str(waits["row_key"]), waits["column_name"])
    assert f"What was decided about first_name of employees {waits['row_key']} is taken back." in said
    assert waiting(database, waits) == 1


def test_records_are_parted_and_joined(governed_home, database):
    left, right = pair(database)
    governed_home.run("review", "different", str(left), str(right))
    assert persons_of(database, left, right) == 2
    governed_home.run("review", "same", str(left), str(right))
    assert persons_of(database, left, right) == 1


def test_a_rule_is_undone_and_restored(governed_home, database):
    active = "SELECT count(*) FROM governance.ledger WHERE retired_run_id IS NULL AND rule = 'normalise.case'"
    made = one(database, active)
    assert re.search(rf"normalise\.case\s+{made}\b", governed_home.run("undo", "--list"))
    assert f"{made} changes of the rule normalise.case" in governed_home.run("undo", "--rule", "normalise.case")
    assert one(database, active) == 0
    governed_home.run("undo", "--restore", "normalise.case")
    assert one(database, active) == made


def test_a_cell_is_told_from_what_was_typed(governed_home, database):
    change = "SELECT {} FROM governance.ledger WHERE retired_run_id IS NULL AND rule = 'normalise.date' AND column_name = 'birth_date' ORDER BY row_key LIMIT 1"
    row_key, before = one(database, change.format("row_key")), one(database, change.format("before"))
    key = one(database, "SELECT entity_id FROM governance.entities WHERE row_key = :key", key=row_key)
    told = governed_home.run("why", "employees", str(key), "birth_date")
    assert before in told
    assert "normalise.date" in told


def test_what_the_source_holds_is_profiled_beside_a_run_that_is_open(governed_home, database):
    open_run = start_run(database.engine, "another process")
    shown = governed_home.run("profile")
    report = governed_home.path / "reports" / "profile.html"
    employees = one(database, "SELECT count(*) FROM raw.employees WHERE _deleted_at IS NULL")
    assert re.search(rf"employees\s+{employees}\s+14\b", shown)
    assert f"Report: {report}" in shown.splitlines()
    assert "What the source holds" in report.read_text("utf-8")
    run, whole = one(database, "SELECT max(run_id) FROM governance.profiled"), "SELECT whole FROM governance.profiled "
    assert run > open_run
    assert one(database, whole + "WHERE run_id = :run", run=run)
    status = "SELECT status FROM governance.runs WHERE run_id = :run"
    assert [one(database, status, run=number) for number in (open_run, run)] == ["running", "succeeded"]
    finish_run(database.engine, open_run, "interrupted", {})


def test_a_profile_tells_what_drifted_since_the_last_one(governed_home, database):
    governed_home.run("profile")
    import sqlalchemy as sa

    spoil = "UPDATE raw.employees SET {} WHERE row_key % 2 = 0"
    with database.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE raw.kept AS SELECT row_key, phone FROM raw.employees"))
        connection.execute(sa.text(spoil.format("phone = NULL")))
    shown = governed_home.run("profile")
    with database.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE raw.employees e SET phone = k.phone FROM raw.kept k WHERE k.row_key = e.row_key")
        )
        connection.execute(sa.text("DROP TABLE raw.kept"))
    assert "1 warning and 0 notices" in shown
    assert re.search(r"warning\s+employees\s+phone\s+filled", shown)


def test_a_profile_of_nothing_says_what_to_do(fresh_home):
    process = fresh_home.start("profile")
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1, output
    assert output.startswith("millrace: There is nothing to profile")
    assert "millrace clean" in output
    assert len(output.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["review", "accept", "99999999"], "99999999"),
        (["review", "set", "99999999", "Ankara"], "99999999"),
        (["review", "same", "1", "1"], "1"),
        (["review", "different", "1", "99999999"], "99999999"),
        (["review", "reopen", "employees", "99999999", "city"], "99999999"),
        (["undo"], "say one of --rule RULE, --run NUMBER"),
        (["undo", "--rule", "normalise.nothing"], "normalise.nothing"),
        (["undo", "--run", "99999999"], "99999999"),
        (["why", "employee", "1", "position"], "employees"),
        (["why", "employees", "1", "positon"], "position"),
        (["why", "employees", "99999999", "city"], "99999999"),
    ],
)
def test_a_mistake_is_one_sentence(governed_home, database, arguments, says):
    process = governed_home.start(*arguments)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1, output
    assert output.startswith("millrace: ")
    assert says in output
    assert len(output.splitlines()) == 1


def person(database, waits: dict) -> int:
    return one(database, "SELECT entity_id FROM governance.entities WHERE row_key = :key", key=waits["row_key"])


def pair(database) -> tuple[int, int]:
    query = (
        "SELECT {}(row_key) FROM governance.entities GROUP BY entity_id HAVING count(*) = 2 ORDER BY entity_id LIMIT 1"
    )
    return one(database, query.format("min")), one(database, query.format("max"))


def persons_of(database, *keys: int) -> int:
    return one(
        database,
        "SELECT count(DISTINCT entity_id) FROM governance.entities WHERE row_key = ANY(:keys)",
        keys=list(keys),
    )
