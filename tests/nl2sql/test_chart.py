"""Which results get a chart, and what is drawn."""

from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nl2sql.answer import Answer
from nl2sql.chart import Chart, chart
from nl2sql.drawing import number, svg

NAMESPACE = {"s": "http://www.w3.org/2000/svg"}


def answer(columns, rows, titles=()):
    return Answer("?", "en", True, "", "verified", None, columns, rows, titles or columns, rows)


@pytest.mark.parametrize(
    ("columns", "rows", "kind"),
    [
        (("city", "employees"), [("Moscow", 8), ("Kazan", 3)], "bar"),
        (("employees", "city"), [(8, "Moscow"), (3, "Kazan")], "bar"),
        (("city", "employees", "average"), [("Moscow", 8, Decimal("1.5")), ("Kazan", 3, None)], "bar"),
        (("year", "hired"), [(2021, 5), (2020, 8)], "line"),
        (("hire_year", "hired"), [(Decimal(2021), 5), (Decimal(2020), 8)], "line"),
        (("month", "hired"), [("2020-01", 5), ("2020-02", 8)], "line"),
        (("day", "days"), [(date(2020, 1, 1), 5), (date(2020, 1, 2), 8)], "line"),
        (("count",), [(8,)], None),
        (("city", "employees"), [("Moscow", 8)], None),
        (("city", "employees"), [(f"City {n}", n) for n in range(31)], None),
        (("city", "employees"), [("Moscow", 8), ("Moscow", 3)], None),
        (("city", "gender", "employees"), [("Moscow", "F", 8), ("Kazan", "M", 3)], None),
        (("employee_id", "last_name"), [(1, "Petrov"), (2, "Kaya")], None),
        (("city", "employees"), [("Moscow", None), ("Kazan", None)], None),
        ((), [], None),
    ],
)
def test_the_shape_of_the_result_decides(columns, rows, kind):
    found = chart(answer(columns, rows))
    assert (found.kind if found else None) == kind


def test_times_ascend_and_categories_keep_the_order_of_the_result():
    assert chart(answer(("year", "n"), [(2021, 5), (2019, 7), (2020, 8)])).data == (
        ("2019", 7),
        ("2020", 8),
        ("2021", 5),
    )
    assert [label for label, _ in chart(answer(("city", "n"), [("Omsk", 5), ("Bursa", 7)])).data] == ["Omsk", "Bursa"]


def test_it_is_called_as_the_asker_calls_it():
    found = chart(answer(("city", "n"), [("Omsk", 5), ("Bursa", 7)], titles=("Şehir", "Sayı")))
    assert found.spec() == {
        "kind": "bar",
        "title": "Sayı · Şehir",
        "x": "Şehir",
        "y": "Sayı",
        "data": [{"x": "Omsk", "y": 5.0}, {"x": "Bursa", "y": 7.0}],
    }


def test_bars_are_as_long_as_their_figures():
    tree = ET.fromstring(svg(Chart("bar", "x", "y", (("a", 10.0), ("b", 40.0), ("c", 0.0)))))
    widths = [float(bar.get("width")) for bar in tree.findall(".//s:rect", NAMESPACE)]
    assert widths[1] == pytest.approx(4 * widths[0], rel=0.01)
    assert widths[2] == 1, "nothing is still there"


@example(kind="bar", data=[("", 0.0), ("", 2.2250738585e-313)])
@example(kind="line", data=[("", 0.0), ("", 2.2250738585e-313)])
@given(
    kind=st.sampled_from(["bar", "line"]),
    data=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs"]), max_size=60),
            st.floats(-1e12, 1e12, allow_nan=False),
        ),
        min_size=2,
        max_size=30,
    ),
)
def test_any_chart_is_well_formed_and_within_its_frame(kind, data):
    drawn = svg(Chart(kind, "<x>", '"y"&', tuple(data)), background=True)
    tree = ET.fromstring(drawn)
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert tags <= {"svg", "title", "rect", "text", "line", "polyline", "circle"}
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on") or "href" in name]
    for bar in tree.findall(".//s:rect[@class='bar']", NAMESPACE):
        assert -1 <= float(bar.get("x")) <= 480


def test_figures_for_people():
    assert [number(value) for value in (8.0, 1234567.0, 0.5, 1500.25)] == [
        "8",
        "1\u202f234\u202f567",
        "0.5",
        "1\u202f500.25",
    ]
