"""Names: what is learned from the records, and what is done with it."""

import polars as pl

from erp import repair, spelling, translate
from erp.changes import apply
from erp.names import NameLexicon, learn_forms
from erp.plan import Plan


def people(records, *names, **others):
    return records(*({"first_name": first, "last_name": last} | others for first, last in names))


def test_the_most_frequent_spelling_wins_and_cyrillic_counts_for_its_romanisation():
    lexicon = NameLexicon(learn_forms({"Yuriy": 2, "Юрий": 5, "Jurij": 3, "Yuri": 1}))
    assert {lexicon.form(name) for name in ("Юрий", "Jurij", "Yuri", "Yuriy")} == {"Yuriy"}
    assert lexicon.votes("Iurii") == 11


def test_turkish_marks_win_over_ascii_and_cyrillic():
    lexicon = NameLexicon(learn_forms({"Şahin": 9, "Sahin": 2, "Шахин": 3}))
    assert {lexicon.form(name) for name in ("Sahin", "Шахин", "ŞAHİN")} == {"Şahin"}


def test_a_name_that_never_occurs_is_only_romanised():
    assert NameLexicon(learn_forms({})).form("Ломоносов") == "Lomonosov"
    assert NameLexicon(learn_forms({})).is_rival("Ломоносов")


def test_two_known_names_that_sound_alike_are_both_right(records, knowledge):
    tables = people(records, *[("Andrey", "X")] * 9, ("Andrei", "X"))
    changes = translate.names(tables, knowledge).filter(pl.col("confidence") >= Plan.sure)
    assert changes.is_empty()


def test_a_rare_name_beside_a_frequent_one_is_a_slip(records, knowledge):
    tables = people(records, *[("Ali", "Yıldırım")] * 20, ("Ali", "Yıldrım"))
    changes = spelling.names(tables, knowledge)
    assert changes.select("before", "after").rows() == [("Yıldrım", "Yıldırım")]
    assert changes["confidence"].item() >= Plan.sure


def test_a_rare_name_that_the_address_has_is_right(records, knowledge):
    odd = {"first_name": "Ali", "last_name": "Yıldrım", "email": "ali.yildrim@x.com"}
    tables = records(*[{"first_name": "Ali", "last_name": "Yıldırım"}] * 20, odd)
    assert spelling.names(tables, knowledge).is_empty()


def test_the_endings_of_the_sexes_are_no_slips(records, knowledge):
    tables = people(records, *[("Ivan", "Rodin")] * 30, ("Anna", "Rodina"))
    assert spelling.names(tables, knowledge).is_empty()


def test_a_name_that_nobody_had_before_is_left_as_it_is():
    lexicon = NameLexicon(learn_forms({"Ayşe": 30}))
    for unheard in ("Qwertzuz", "Şükriye"):
        assert lexicon.form(unheard) == unheard
        assert lexicon.is_rival(unheard)


def test_swapped_names_go_back_in_the_spelling_of_their_column(records, knowledge):
    tables = people(records, *[("Ayşe", "Yılmaz")] * 30, *[("Hakan", "Demir")] * 30, ("Yilmaz", "Ayse"))
    changes = repair.swapped_names(tables, knowledge).filter(pl.col("confidence") >= Plan.sure)
    row = apply(tables, changes)["employees"].row(-1, named=True)
    assert (row["first_name"], row["last_name"]) == ("Ayşe", "Yılmaz")
    assert len(changes) == 2


def test_the_address_denies_a_swap(records, knowledge):
    named = {"first_name": "Yilmaz", "last_name": "Ayse", "email": "yilmaz.ayse@x.com"}
    tables = records(*[{"first_name": "Ayşe", "last_name": "Yılmaz"}] * 30, named)
    assert repair.swapped_names(tables, knowledge).is_empty()


def test_a_patronymic_in_the_family_name_goes_back(records, knowledge):
    rows = [{"first_name": "Ivan", "patronymic": "Petrovich", "last_name": "Orlov"}] * 5
    tables = records(*rows, {"first_name": "Ivan", "patronymic": "Orlov", "last_name": "Petrovich"})
    after = apply(tables, repair.swapped_patronymics(tables, knowledge))["employees"].row(-1, named=True)
    assert (after["patronymic"], after["last_name"]) == ("Petrovich", "Orlov")
