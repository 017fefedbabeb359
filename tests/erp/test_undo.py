"""What people decide holds, and what is taken back is as if it had never been."""

import polars as pl
import pytest
import sqlalchemy as sa

from erp import pipeline
from erp.errors import ErpError
from erp.review import decide, decide_pair, groups, reopen, waiting, waiting_pairs
from erp.undo import restore_rule, restore_run, rules, runs, undo_rule, undo_run

TABLES = (
    "locations",
    "departments",
    "positions",
    "projects",
    "employees",
    "contracts",
    "salaries",
    "leave",
    "training",
)


def night(engine, url=None):
    run = pipeline.start_run(engine, "test")
    if url is not None:
        pipeline.sync(engine, run, url)
    pipeline.correct(engine, run)
    pipeline.deduplicate(engine, run)
    pipeline.publish(engine, run)
    pipeline.finish_run(engine, run, "succeeded", {})
    return run


def state(engine):
    """Everything that cleaning comes to, without numbers of runs and times."""
    queries = {f"clean.{name}": f"SELECT * FROM clean.{name}" for name in (*TABLES, "vocabulary")}
    for name in TABLES:
        queries[f"conformed.{name}"] = f"SELECT * FROM conformed.{name} WHERE NOT _deleted"
    change = "table_name, row_key, column_name, before, after, rule, step, round(confidence::numeric, 4)"
    for name in ("ledger", "review"):
        queries[name] = f"SELECT {change} FROM governance.{name} WHERE retired_run_id IS NULL"
    queries["quarantine"] = (
        "SELECT table_name, row_key, column_name, value, reason FROM governance.quarantine WHERE retired_run_id IS NULL"
    )
    queries["entities"] = (
        "SELECT row_key, entity_id FROM governance.entities JOIN conformed.employees USING (row_key) WHERE NOT _deleted"
    )
    queries["matches"] = "SELECT left_key, right_key, round(probability::numeric, 6), decision FROM governance.matches"
    found = {}
    with engine.connect() as connection:
        for name, query in queries.items():
            rows = connection.exec_driver_sql(query).mappings().all()
            found[name] = sorted(
                str(sorted((key, str(value)) for key, value in row.items() if key != "_run_id")) for row in rows
            )
    return found


def different(one, other):
    return {name: (set(one[name]) ^ set(other[name])) for name in one if one[name] != other[name]}


def cell(engine, column, key, schema="conformed"):
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT {column} FROM {schema}.employees WHERE row_key = {key}").scalar_one()


@pytest.fixture(scope="module")
def cleaned_once(postgres, demo):
    """A database that was cleaned, for others to be copied from."""
    engine = sa.create_engine(postgres.database("template_cleaned", template="template_millrace"))
    night(engine, demo.url)
    engine.dispose()


@pytest.fixture
def cleaned(copied, cleaned_once):
    return copied("template_cleaned").engine


@pytest.mark.parametrize(
    "rule",
    [
        "translate.tr",
        *(
            pytest.param(rule, marks=pytest.mark.slow)
            for rule in ("normalise.date", "translate.transliteration", "repair.swapped_names", "spelling.word")
        ),
    ],
)
def test_an_undone_rule_is_as_if_it_had_never_been(cleaned, demo, postgres, rule):
    engine = cleaned
    before = state(engine)
    assert undo_rule(engine, rule, by="ayse") > 0
    night(engine)
    undone = state(engine)
    assert not any(f"'{rule}'" in row for row in undone["ledger"])

    with engine.begin() as connection:  # a database that never had it
        fresh = sa.create_engine(postgres.database(f"never_{rule.replace('.', '_')}", template="template_millrace"))
    with fresh.begin() as connection:
        connection.exec_driver_sql("INSERT INTO governance.rules_off (rule, decided_by) VALUES (%s, 'x')", (rule,))
    night(fresh, demo.url)
    assert different(undone, state(fresh)) == {}
    fresh.dispose()

    restore_rule(engine, rule)
    night(engine)
    assert different(state(engine), before) == {}


def test_an_undone_run_is_taken_back_and_stays_so(cleaned, tmp_path, demo):
    engine = cleaned
    before = state(engine)
    with engine.connect() as connection:
        key = connection.exec_driver_sql(
            "SELECT row_key FROM governance.ledger WHERE table_name = 'employees' AND rule = 'normalise.date' ORDER BY 1 LIMIT 1"
        ).scalar_one()
        first = connection.exec_driver_sql("SELECT min(run_id) FROM governance.runs").scalar_one()
    cells = undo_run(engine, first, by="ayse")
    assert cells == len(before["ledger"])
    night(engine)
    with engine.connect() as connection:
        refused = "SELECT count(*) FROM governance.ledger JOIN governance.refusals USING (table_name, row_key, column_name, rule) "
        refused += "WHERE retired_run_id IS NULL AND ledger.before IS NOT DISTINCT FROM refusals.before"
        assert connection.exec_driver_sql(refused).scalar_one() == 0
    assert cell(engine, "birth_date || hire_date", key) == cell(engine, "birth_date || hire_date", key, "raw")
    undone = state(engine)
    night(engine)
    assert different(state(engine), undone) == {}
    assert runs(engine)["undone"].max() == cells
    restore_run(engine, first)
    night(engine)
    assert different(state(engine), before) == {}


def test_changed_records_are_cleaned_as_among_all(database, demo, tmp_path):
    """A night on few records comes to what cleaning all of them by the same knowledge comes to."""
    engine = database.engine
    night(engine, demo.url)
    before = state(engine)
    with engine.begin() as connection:
        for name in TABLES:
            connection.exec_driver_sql(
                f"INSERT INTO governance.dirty SELECT '{name}', row_key FROM raw.{name} WHERE mod(row_key, 2) = 0"
            )
    run = pipeline.start_run(engine, "again")
    result = pipeline.correct(engine, run)
    assert result.why_all is None
    assert result.records > 1000
    assert (result.ledger.added, result.ledger.retired, result.review.added, result.quarantine.added) == (0, 0, 0, 0)
    pipeline.deduplicate(engine, run)
    pipeline.publish(engine, run)
    assert different(state(engine), before) == {}


def test_decisions_hold_whatever_runs_come(cleaned):
    engine = cleaned
    items = waiting(engine)
    assert len(items) >= 3
    assert groups(engine)["cells"].sum() == len(waiting(engine, limit=10_000))
    accepted, kept, written = items.head(3).iter_rows(named=True)
    assert decide(engine, [accepted["review_id"]], "accept", by="ayse") == 1
    assert decide(engine, [kept["review_id"]], "keep", by="ayse") == 1
    with engine.begin() as connection:  # as a steward does in an SQL client
        connection.exec_driver_sql(
            "UPDATE governance.review SET decision = 'set', decided_value = 'Petra' WHERE review_id = %s",
            (written["review_id"],),
        )
    for turn in range(2):
        if turn:  # everything is cleaned again
            undo_rule(engine, "normalise.homoglyph", by="ayse")
        night(engine)
        assert cell(engine, accepted["column_name"], accepted["row_key"]) == accepted["after"]
        assert cell(engine, kept["column_name"], kept["row_key"]) == cell(
            engine, kept["column_name"], kept["row_key"], "raw"
        )
        assert cell(engine, written["column_name"], written["row_key"]) == "Petra"
        assert not set(items["review_id"].head(3)) & set(waiting(engine)["review_id"])
    with pytest.raises(ErpError, match=f"Nothing waits in review under {accepted['review_id']}"):
        decide(engine, [accepted["review_id"]], "keep", by="ayse")


def test_a_decision_can_be_taken_back(cleaned):
    engine = cleaned
    before = state(engine)
    item = waiting(engine).row(0, named=True)
    where = (item["table_name"], item["row_key"], item["column_name"])
    decide(engine, [item["review_id"]], "set", "Petra", by="ayse")
    reopen(engine, *where)  # not carried out yet
    assert item["review_id"] in waiting(engine)["review_id"].to_list()
    decide(engine, [item["review_id"]], "set", "Petra", by="ayse")
    run = night(engine)
    assert run not in runs(engine)["run_id"].to_list()
    assert "decision" not in rules(engine)["rule"].to_list()
    reopen(engine, *where)
    night(engine)
    assert different(state(engine), before) == {}
    with pytest.raises(ErpError, match=f"Nobody has decided about {where[2]} of {where[0]} {where[1]}; `millrace why`"):
        reopen(engine, *where)


def test_what_the_source_says_anew_is_cleaned_again(cleaned, demo, tmp_path):
    engine = cleaned
    item = waiting(engine).filter(pl.col("column_name").is_in(["first_name", "last_name"])).row(0, named=True)
    decide(engine, [item["review_id"]], "set", "Ömer", by="ayse")
    night(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE raw.employees SET {item['column_name']} = 'MEHMET', _run_id = (SELECT max(run_id) FROM governance.runs) + 0 "
            "WHERE row_key = %s",
            (item["row_key"],),
        )
        connection.exec_driver_sql("INSERT INTO governance.dirty VALUES ('employees', %s)", (item["row_key"],))
    night(engine)
    assert cell(engine, item["column_name"], item["row_key"]) == "Mehmet"


def test_decisions_about_pairs_hold(cleaned):
    engine = cleaned
    with engine.connect() as connection:
        joined = connection.exec_driver_sql(
            "SELECT row_key, entity_id FROM governance.entities WHERE row_key <> entity_id ORDER BY 1 LIMIT 1"
        ).one()
        alone = (
            connection.exec_driver_sql(
                "SELECT entity_id FROM governance.entities GROUP BY 1 HAVING count(*) = 1 ORDER BY 1 LIMIT 2"
            )
            .scalars()
            .all()
        )
    decide_pair(engine, joined.row_key, joined.entity_id, "different", by="ayse")
    decide_pair(engine, *alone, "same", by="ayse")
    for turn in range(2):
        if turn:
            undo_rule(engine, "normalise.homoglyph", by="ayse")
        night(engine)
        with engine.connect() as connection:
            persons = dict(map(tuple, connection.exec_driver_sql("SELECT row_key, entity_id FROM governance.entities")))
        assert persons[joined.row_key] == joined.row_key
        assert persons[alone[1]] == persons[alone[0]] == alone[0]
        with engine.connect() as connection:
            published = set(connection.exec_driver_sql("SELECT employee_id FROM clean.employees").scalars())
        assert joined.row_key in published
        assert alone[1] not in published
    assert waiting_pairs(engine).columns == ["left_key", "right_key", "probability", "left", "right"]


def test_a_pair_that_a_third_record_joins_does_not_wait(cleaned):
    engine = cleaned
    with engine.begin() as connection:
        (person,) = connection.exec_driver_sql(
            "SELECT entity_id FROM governance.entities GROUP BY 1 HAVING count(*) = 1 ORDER BY 1 LIMIT 1"
        ).one()
        joined = connection.exec_driver_sql(
            "SELECT row_key, entity_id FROM governance.entities WHERE row_key <> entity_id ORDER BY 1 LIMIT 1"
        ).one()
        for left, right in ((joined.entity_id, joined.row_key), (person, joined.row_key)):
            connection.exec_driver_sql(
                "INSERT INTO governance.matches (left_key, right_key, probability, run_id) "
                f"VALUES ({min(left, right)}, {max(left, right)}, 0.7, 1) "
                "ON CONFLICT (left_key, right_key) DO UPDATE SET probability = 0.7"
            )
    waits = set(waiting_pairs(engine).select("left_key", "right_key").rows())
    assert tuple(sorted((person, joined.row_key))) in waits
    assert tuple(sorted((joined.entity_id, joined.row_key))) not in waits


def test_what_cannot_be_undone_or_decided_is_said(cleaned):
    engine = cleaned
    with pytest.raises(
        ErpError, match=r"'normalise.dat' has changed nothing; these have: .*Did you mean normalise.date\?"
    ):
        undo_rule(engine, "normalise.dat", by="ayse")
    undo_rule(engine, "translate.tr", by="ayse")
    with pytest.raises(ErpError, match="is off already; `millrace undo --restore translate.tr`"):
        undo_rule(engine, "translate.tr", by="ayse")
    with pytest.raises(ErpError, match="'x' is not off; translate.tr is"):
        restore_rule(engine, "x")
    with pytest.raises(ErpError, match="No change that run 77 made holds"):
        undo_run(engine, 77, by="ayse")
    with pytest.raises(ErpError, match="Run 1 was not undone"):
        restore_run(engine, 1)
    with pytest.raises(ErpError, match="Nothing waits in review under 99999"):
        decide(engine, [99999], "keep", by="ayse")
    with pytest.raises(ErpError, match="999999 is no record of the source"):
        decide_pair(engine, 1, 999999, "same", by="ayse")
    assert rules(engine).filter(pl.col("off"))["rule"].to_list() == ["translate.tr"]
