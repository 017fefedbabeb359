"""The plan of a question whose pieces are known: one figure, figures of groups, values, or rows."""

from __future__ import annotations

import re
from dataclasses import replace

from nl2sql.plan import Figure, Measure, Plan
from nl2sql.semantics.absence import countries_without_projects
from nl2sql.semantics.across import find_across
from nl2sql.semantics.anniversaries import find_anniversaries
from nl2sql.semantics.bands import find_bands
from nl2sql.semantics.both import number_of_both
from nl2sql.semantics.clauses import find_clauses
from nl2sql.semantics.collective import find_collectives
from nl2sql.semantics.compared_dates import find_compared_dates
from nl2sql.semantics.conditions import find_conditions
from nl2sql.semantics.contract_lengths import LONG
from nl2sql.semantics.counted import find_counted
from nl2sql.semantics.distribution import find_distribution
from nl2sql.semantics.edges import days, find_edges
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, RAISE, TRAINING, Facts
from nl2sql.semantics.gaps import above_standard, contrast, gap, has_both_extremes, is_ratio_of_two, tells_how_much_more
from nl2sql.semantics.inner_groups import find_inner_groups
from nl2sql.semantics.known_dates import find_dates_of_rows, find_known_dates
from nl2sql.semantics.last_of_each import last_of_each
from nl2sql.semantics.lengths import lengths
from nl2sql.semantics.measures import column_of, count, find_measure
from nl2sql.semantics.negations import find_negations
from nl2sql.semantics.nested import (
    figure_of_each_person,
    figure_over_persons,
    figure_over_projects,
    figure_over_ranked,
)
from nl2sql.semantics.nth import highest, nth
from nl2sql.semantics.of_nobody import of_nobody
from nl2sql.semantics.opposites import find_opposites, oppose
from nl2sql.semantics.past_pay import find_past_pay, of_past_pay
from nl2sql.semantics.pay import find_average_rise
from nl2sql.semantics.raises import raises
from nl2sql.semantics.ranked_heads import find_ranked_head
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.ratios import average_number, find_denominators, ratio
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.rows import follows_by, people_by_events, rows
from nl2sql.semantics.sequence import in_sequence
from nl2sql.semantics.several import find_several
from nl2sql.semantics.shapes import figures, rank_of
from nl2sql.semantics.shown import names_person
from nl2sql.semantics.sides import find_growth
from nl2sql.semantics.small_words import read_small_words
from nl2sql.semantics.some_and_none import find_some_and_none
from nl2sql.semantics.special import share, when
from nl2sql.semantics.standards import find_standards
from nl2sql.semantics.subject import find_subject
from nl2sql.semantics.target import find_target
from nl2sql.semantics.thresholds import number_of_groups
from nl2sql.semantics.values_asked import groups_asked_for, values_asked_for
from nl2sql.semantics.where_projects_are import where_projects_are
from nl2sql.semantics.which_more import find_which_more
from nl2sql.semantics.yearly import find_yearly, of_year

_PLURAL_ENDINGS = {"en": ("s",), "tr": ("lar", "ler"), "ru": ("ы", "и", "города")}
_TAKERS = re.compile(r"[ae]n var m[ıi]", re.IGNORECASE)
"""İzin kullanan var mı: is there anyone who did."""
_PERCENT = re.compile(r"per ?cent|yüzde|процент", re.IGNORECASE)
_PLURAL_EVENTS = re.compile(r"\b(?:trainings|leaves)\b|eğitimler|izinler|\b(?:отпуска|больничные|обучения|тренинги)$")


def assemble(reader: Reader) -> Plan:
    """The plan of a question.

    Raises:
        NotUnderstoodError: the pieces do not make a whole.
    """
    for read_whole in (lengths, last_of_each, raises, of_nobody, where_projects_are):
        if (plan := read_whole(reader)) is not None:
            return plan
    facts = _find_facts(reader)
    find_conditions(reader, facts)
    oppose(reader, facts)
    find_distribution(reader, facts)
    plan = _special(reader, facts) or _plain(reader, facts)
    if facts.target is not None and not plan.columns and facts.target != facts.counted:
        raise NotUnderstoodError("an attribute that is not asked for")
    plan = in_sequence(reader, plan)
    asked = [n for n in reader.open("ask", "who", "list", "which", "what") if not reader.pieces[n].has("intent")]
    reader.use(*asked, *reader.open("order"))
    plan = of_past_pay(plan, facts.paid_before) if facts.paid_before is not None else plan
    return of_year(plan) if reader.is_yearly else plan


def _find_facts(reader: Reader) -> Facts:
    """What the question is about, in the order in which one thing tells the next."""
    facts = Facts()
    find_which_more(reader)
    find_collectives(reader)
    read_small_words(reader)
    find_ranked_head(reader, facts)
    find_inner_groups(reader, facts)
    find_yearly(reader)
    find_growth(reader)
    find_average_rise(reader)
    find_anniversaries(reader)
    find_bands(reader, facts)
    facts.denominators = find_denominators(reader)
    find_across(reader, facts)
    facts.standards = find_standards(reader)
    find_past_pay(reader, facts)
    find_dates_of_rows(reader, facts)
    find_opposites(reader, facts)
    find_some_and_none(reader, facts)
    find_clauses(reader, facts)
    find_compared_dates(reader, facts)
    find_known_dates(reader, facts)
    find_negations(reader, facts)
    find_counted(reader, facts)
    facts.events = {number: reader.pieces[number].readings["event"][0] for number in reader.open("event")}
    find_subject(reader, facts)
    find_edges(reader, facts)
    if not facts.days:
        find_target(reader, facts)
    return facts


def _special(reader: Reader, facts: Facts) -> Plan | None:
    """Questions that a word says the kind of."""
    if facts.days:
        return days(reader, facts)
    if facts.denominators:
        return ratio(reader, facts, facts.denominators)
    found = average_number(reader, facts) or figure_over_persons(reader, facts) or figure_of_each_person(reader, facts)
    if found := found or (above_standard(reader, facts) if tells_how_much_more(reader) else None):
        return found
    if reader.subject == RAISE and facts.counted is None:
        _average_raise(reader)
    grows = facts.sides is not None and bool(reader.open("ask", "growth"))
    if reader.open("ask", "share") and has_both_extremes(reader):
        reader.use(*reader.open("ask", "share", "ratio"))
        return gap(reader, facts, 0, operator="/")
    gaps = (
        "difference",
        "ratio",
        "minus",
        *(["growth", "share"] if grows else ["share"] if is_ratio_of_two(reader) else []),
    )
    for keys, build in ((gaps, gap), (("share",), share), (("when",), when)):
        numbers = reader.open("ask", *keys)
        if numbers:
            reader.use(*numbers)
            return build(reader, facts, numbers[0])
    return when(reader, facts, 0) if _asks_date_of_project(reader, facts) else None


def _asks_date_of_project(reader: Reader, facts: Facts) -> bool:
    """Kazan Arena'nın bitiş tarihi: one project and one of its dates, and nothing else that may be asked for."""
    named = any(value.attribute == PROJECT for value in reader.values) and bool(reader.open("date", "start", "end"))
    others = facts.counted or facts.target or facts.shown or facts.wants_rows or facts.standards
    return named and not others and not (reader.open("column") or reader.open("agg") or reader.quantities.bounds)


def _average_raise(reader: Reader) -> None:
    """By how much pay was raised on average asks for no difference of two figures; by how many per cent is another column."""
    if reader.open("agg", "avg") and reader.open("column", "raise"):
        asked = reader.open("ask", "difference", "much", "share")
        if any(_PERCENT.search(reader.pieces[number].text) for number in asked):
            for number in reader.open("column", "raise"):
                reader.pieces[number].readings["column"] = ("raise_percent",)
        reader.use(*asked)


def _plain(reader: Reader, facts: Facts) -> Plan:
    found = number_of_groups(reader, facts) or number_of_both(reader, facts) or contrast(reader, facts)
    found = found or figure_over_ranked(reader, facts)
    if found := found or figure_over_projects(reader, facts) or countries_without_projects(reader, facts):
        return found
    if several := find_several(reader, facts):
        facts.more += several[1:]
        return _of_rest(reader, facts, None, several[0])
    rank = rank_of(reader)
    if _lists_attributes(reader, facts):
        return rows(reader, facts, rank)
    measure = find_measure(reader, facts, rank)
    rank = rank_of(reader)  # a highest salary is a figure and no ranking
    if facts.target is not None and (rank is not None or facts.having):
        return groups_asked_for(reader, facts, rank, measure)
    if facts.target is not None and measure is None:
        return values_asked_for(reader, facts)
    return _of_rest(reader, facts, rank, measure)


def _lists_attributes(reader: Reader, facts: Facts) -> bool:
    """Whether rows are asked for by their attributes: columns among those are no figures."""
    asked = bool(facts.shown) or facts.shows_events or names_person(reader)
    return asked and facts.target is None and facts.counted is None and not reader.open("agg")


def _group_by_target(reader: Reader, facts: Facts) -> None:
    if facts.target is None:
        return
    asked_with = (
        facts.is_target_asked and _counts_people(reader, facts) and reader.language == "tr"
    )  # hangi projede kaç kişi
    unlikely = (facts.target == PROJECT and not asked_with) or (facts.counted is not None and not facts.is_target_asked)
    if unlikely and not facts.more and not _heads(reader, facts):
        raise NotUnderstoodError("an attribute, but for what is not said")
    reader.keys.append(facts.target)


def _counts_people(reader: Reader, facts: Facts) -> bool:
    return facts.counted == PEOPLE or (facts.counted == "?" and reader.subject == PEOPLE)


def _heads(reader: Reader, facts: Facts) -> bool:
    """Departments with their headcount, cities sorted by number of employees: the groups come first."""
    first = reader.pieces[reader.first] if reader.first is not None else None
    if first is not None and first.has("ask", "list") and not first.has("title") and reader.first is not None:
        first = reader.beside(reader.first, 1)[1]  # show departments sorted by headcount
    if (
        first is None
        or facts.target == PROJECT
        or reader.dim(first) != facts.target
        or not _counts_people(reader, facts)
    ):
        return False
    reader.use(
        *reader.open("order", "sorted"), *(n for n in reader.open("group") if reader.pieces[n].text.lower() == "by")
    )
    return first.text.lower().endswith(_PLURAL_ENDINGS[reader.language])


def _of_rest(reader: Reader, facts: Facts, rank: Rank | None, measure: Measure | None) -> Plan:
    """Figures, of groups if there are any; else rows."""
    _group_by_target(reader, facts)
    if rank is not None and facts.wants_rows and reader.subject in (LEAVE, TRAINING) and not facts.shown:
        return people_by_events(reader, facts, rank, measure)
    if measure is None and reader.keys and not facts.wants_rows and rank is None and column_of(reader) is None:
        facts.counted = facts.counted or _counted_rows(reader) or PEOPLE
        measure = facts.having[0].measure if facts.having else count(reader, facts)
    if measure is None and rank is not None and not (facts.wants_rows or reader.names_people):
        measure, rank = _first_or_last(reader, facts, rank)
    if measure is None and (found := _unnamed(reader, facts, rank)):
        if isinstance(found, Plan):
            return found
        measure, rank = found, None
    if measure is None:
        return rows(reader, facts, rank)
    if facts.wants_rows or facts.shown or (facts.having and not reader.keys):
        raise NotUnderstoodError("a figure and rows, or a condition on groups without groups")
    if rank is not None and (not reader.keys or rank.attribute):
        raise NotUnderstoodError("a ranking of what is not said")
    return figures(reader, facts, measure, rank)


def _counted_rows(reader: Reader) -> str | None:
    """Trainings by course, leaves of welders by type: in the plural they are counted, and not those who had them."""
    if reader.subject == CONTRACT:
        return CONTRACT
    named = {value.position for value in reader.values if value.attribute in ("leave_type", "course")}
    plurals = [
        number
        for number, piece in enumerate(reader.pieces)
        if (piece.has("subject", reader.subject) or number in named) and _PLURAL_EVENTS.search(piece.text.lower())
    ]
    headed = bool(plurals) and (reader.language == "tr" or plurals[0] == reader.first)
    counts = headed or (bool(plurals) and reader.language == "en" and not reader.speaks_of_people)
    return reader.subject if counts and reader.subject in (LEAVE, TRAINING) else None


def _unnamed(reader: Reader, facts: Facts, rank: Rank | None) -> Measure | Plan | None:
    """A figure that no word names: the longest leave, whether there is anyone, the third highest salary."""
    if rank is None:
        differ = reader.said("agg", "distinct") and reader.open("column")  # how many different salaries there are
        if facts.shown or differ or not _asks_existence(reader):
            return None
        reader.use(*reader.open("exist"), *reader.open("column"))
        facts.wants_rows = False
        reader.assume("exists")
        takers = reader.subject in (LEAVE, TRAINING) and _TAKERS.search(reader.text)
        return count(reader, replace(facts, counted=PEOPLE) if takers else facts)
    if _is_longest(reader, rank) and not (facts.wants_rows or reader.keys):
        column = "days" if reader.subject == LEAVE else "hours"
        return Figure("max" if rank.descending else "min", reader.ref(facts.table, column))
    of_order = all(follows_by(reader, number) for number in reader.open("column"))
    reader.names_people |= of_order and rank.count is not None and reader.subject == PEOPLE  # топ-5 по зарплате
    if _wants_names(reader, facts) or (rank.place > 1 and of_order):
        return None  # the second oldest welder, второй по возрасту сварщик
    return nth(reader, facts, rank) if rank.place > 1 else highest(reader, facts, rank)


def _is_longest(reader: Reader, rank: Rank) -> bool:
    """The longest sick leave: how many days it has."""
    said = reader.pieces[rank.position].text.lower()
    return (
        reader.subject in (LEAVE, TRAINING)
        and rank.count is None
        and rank.place == 1
        and any(word in said for word in LONG)
        and not reader.names_people
    )


def _asks_existence(reader: Reader) -> bool:
    """Is there anyone, var mı, есть ли: how many there are answers it."""
    asked = any(piece.has("exist") for piece in reader.pieces)
    return asked and not reader.open("ask", "which", "list", "who") and reader.subject != PROJECT


def _wants_names(reader: Reader, facts: Facts) -> bool:
    return facts.wants_rows or reader.names_people or reader.subject == PROJECT


def _first_or_last(reader: Reader, facts: Facts, rank: Rank) -> tuple[Measure | None, Rank | None]:
    """The earliest or latest day of an event: a figure, if nobody's name is asked for."""
    dates = [key for key in facts.events.values() if reader.has_attribute(facts.table, key)]
    if rank.attribute != "start" or rank.count is not None or not dates or reader.subject != PEOPLE or reader.keys:
        return None, rank
    reader.use(*facts.events)
    return Figure("max" if rank.descending else "min", reader.ref(facts.table, dates[0])), None
