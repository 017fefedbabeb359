"""The plan of cleaning: what a file may say, stages of one's own, and what is said of those that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from erp.errors import ErpError
from erp.plan import STAGES, Plan
from erp.stages import run_stages

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

HELP = """
import polars as pl
from erp.changes import SCHEMA

def change(**other):
    usual = {"table_name": "employees", "row_key": 1, "column_name": "city", "before": "Мск", "after": "Moscow",
        "rule": "own.city", "confidence": 0.9}
    return pl.DataFrame([usual | other], schema=SCHEMA)
"""


@pytest.fixture
def own(tmp_path):
    """A plan of one stage, whose function has this body."""

    def make(body: str) -> Plan:
        (tmp_path / "own.py").write_text(f"{HELP}\ndef stage(tables, knowledge):\n    {body}\n", "utf-8")
        (tmp_path / "cleaning.toml").write_text('stages = ["own.py:stage"]\n', "utf-8")
        return Plan.load(tmp_path / "cleaning.toml")

    return make


def test_the_example_of_the_documentation_does_what_it_says(records, knowledge):
    plan = Plan.load(EXAMPLES / "cleaning.toml")
    assert [stage.name for stage in plan.stages] == [
        "own_rules.slang",
        *(stage.name for stage in STAGES if stage.name != "spelling.names"),
    ]
    assert (plan.sure, plan.relearn_share) == (0.8, 0.1)
    cleaned = run_stages(records({"city": "Мск", "department": "Şantiye Ofisi"}), knowledge, plan)
    assert cleaned.tables["employees"].select("city", "department").row(0) == ("Moscow", "Construction")
    assert set(cleaned.made["rule"]) == {"own.slang"}
    assert plan.digest != Plan().digest


def test_another_file_is_another_plan(own):
    assert own("return change()").digest != own("return change(confidence=0.95)").digest
    assert own("return change()").digest == own("return change()").digest


def test_a_doubtful_change_of_an_own_stage_waits(own, records, knowledge):
    cleaned = run_stages(records({"city": "Мск"}), knowledge, own("return change(confidence=0.5)"))
    assert cleaned.made.is_empty()
    assert cleaned.doubtful.select("rule", "after").row(0) == ("own.city", "Moscow")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("return 1 / 0", "'own.py:stage' failed: ZeroDivisionError in line 11 of own.py: division by zero."),
        ("return None", "returned NoneType; it must return a frame with table_name, row_key, column_name, before"),
        ("return pl.DataFrame({'a': [1]})", "returned columns a; it must return a frame with"),
        ("return change().with_columns(row_key=pl.lit('x'))", "returned a frame that does not fit"),
        ("return change(rule=None)", "left rule empty; a change needs them."),
        ("return change(confidence=7.0)", "gave the confidence 7; it must be a number from 0 to 1."),
        ("return change(confidence=float('nan'))", "gave the confidence nan; it must be a number"),
        ("return change(rule='decision')", "calls its rule 'decision', as one of millrace is called"),
        ("return change(table_name='staff')", "changes the table 'staff', which there is not; there are locations,"),
        ("return change(column_name='town')", "changes the column 'town' of employees, which there is not; there are"),
        ("return change(row_key=9)", "changes city of employees 9, which is not among the records"),
        (
            "return change(before='Moskva')",
            "changes city of employees 1, which does not hold what it says as `before`.",
        ),
    ],
)
def test_what_is_wrong_with_an_own_stage_is_one_sentence(own, records, knowledge, body, says):
    with pytest.raises(ErpError) as caught:
        run_stages(records({"city": "Мск"}), knowledge, own(body))
    assert str(caught.value).startswith("The own stage 'own.py:stage' ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sure = 2", "sure in the cleaning plan .* is 2; it must be a number from 0 to 1"),
        ("sure = ", "cannot be read: Invalid value"),
        ("of = []", "says 'of'; it may say sure, relearn_share, stages, off"),
        ("stages = 'normalise.dates'", "it must be a list of names"),
        ("stages = ['normalise.date']", r"the stage 'normalise.date'; there are .*; did you mean normalise.dates\?$"),
        ("off = ['nothing.like.it']", r"there are .*, and file.py:function\.$"),
        ("stages = ['normalise.dates', 'normalise.dates']", "names a stage twice"),
        ("stages = ['none.py:stage']", "cannot be loaded: FileNotFoundError.*No such file"),
        ("stages = ['own.py:none']", "own.py has no function 'none'"),
        ("stages = ['broken.py:stage']", "cannot be loaded: NameError in line 2 of broken.py: name 'nonsense'"),
    ],
)
def test_what_is_wrong_with_a_plan_is_one_sentence(tmp_path, text, says):
    (tmp_path / "own.py").write_text(HELP)
    (tmp_path / "broken.py").write_text("\nnonsense\n")
    (tmp_path / "cleaning.toml").write_text(text)
    with pytest.raises(ErpError, match=says):
        Plan.load(tmp_path / "cleaning.toml")


def test_a_plan_that_leaves_everything_out_is_the_usual_one(tmp_path):
    (tmp_path / "cleaning.toml").touch()
    plan = Plan.load(tmp_path / "cleaning.toml")
    assert (plan.digest, plan.stages) == (Plan().digest, STAGES)
