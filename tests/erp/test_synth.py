"""The demonstration company: repeatable, as large as asked, wrong at the stated rates, its truth apart."""

import polars as pl
import pytest

from erp.schema import TABLES
from erp.synth import make_erp
from erp.synth.names import given, other_latin, patronymics, to_cyrillic
from erp.synth.rates import rates


@pytest.fixture(scope="module")
def made():
    return make_erp(3000, 11)


def test_a_seed_makes_the_same_company(made):
    again, truth = make_erp(3000, 11)
    assert all(again[name].equals(made[0][name]) for name in again)
    assert truth.cells.equals(made[1].cells)
    assert not make_erp(3000, 12)[0]["employees"].equals(made[0]["employees"])


def test_tables_have_what_the_source_must_have_and_no_truth(made):
    tables, _ = made
    assert list(tables) == [table.name for table in TABLES]
    for table in TABLES:
        assert tables[table.name].columns == [table.key, *table.column_names]
    assert len(tables["employees"]) == 3000
    assert tables["projects"].filter(pl.col("code") == "GPP").select("city", "status").row(0) == ("Moscow", "active")


def test_truth_has_exactly_the_cells_that_are_not_canonical(made):
    tables, truth = made
    assert truth.cells["kind"].null_count() == 0
    for (table, column), cells in truth.cells.group_by("table_name", "column_name"):
        key = next(t.key for t in TABLES if t.name == table)
        typed = tables[str(table)].select(row_key=key, typed=str(column)).join(cells, on="row_key")
        assert len(typed) == len(cells)
        assert typed["typed"].ne_missing(typed["clean"]).all()


def test_kinds_come_at_their_rates(made):
    tables, truth = made
    counts = truth.cells.filter(pl.col("table_name") == "employees").group_by("column_name", "kind").len()
    of = {(column, kind): n for column, kind, n in counts.iter_rows()}
    employees = len(tables["employees"])
    assert of["birth_date", "date_format"] / employees == pytest.approx(rates()["date"]["date_format"], rel=0.1)
    assert of["phone", "phone_format"] / employees == pytest.approx(rates()["phone"]["phone_format"], rel=0.1)
    assert of["position", "homoglyph"] / employees == pytest.approx(rates()["vocabulary"]["homoglyph"], rel=0.6)
    assert of["email", "missing"] / employees == pytest.approx(rates()["email"]["missing"], rel=0.4)
    repeats = employees - truth.persons["person"].n_unique()
    assert repeats == round(employees * rates()["habits"]["duplicates"])
    kinds = set(truth.cells["kind"])
    assert kinds >= {"spelling", "language", "transliteration", "marks", "homoglyph", "case", "swapped", "date_format"}
    assert kinds >= {"phone_format", "id_format", "missing", "impossible", "script", "unlisted"}


def test_names_are_written_in_both_scripts():
    assert to_cyrillic("Şahin Çağrı") == "Шахин Чагры"
    assert to_cyrillic("İbrahim Işık") == "Ибрахим Ышык"
    assert other_latin("Юрий") == ("Iurii", "Jurij", "Yury")
    assert "Dmitrievna" not in patronymics("M").latin.to_list()
    assert {"Sergeevich", "Ivanovich"} <= set(patronymics("M").latin)
    assert len(given("tr", "F").latin) == len(given("tr", "F").cyrillic)
