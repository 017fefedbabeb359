"""What is said of the raw columns."""

from erp.profile import profile_tables
from erp.vocabulary import Vocabulary


def test_a_column_in_three_languages(records):
    cities = ["Moskova", "Москва", "Moscow", "Moscow", None, "İzmr", "Мoсква"]
    tables = records(*({"city": city, "national_id": "12345678901"} for city in cities))
    frame = profile_tables(tables, Vocabulary.shipped())
    rows = {row["column_name"]: row for row in frame.iter_rows(named=True) if row["table_name"] == "employees"}
    city = rows["city"]
    assert (city["rows"], city["nulls"], city["distinct_values"]) == (7, 1, 5)
    assert city["scripts"] == "Latin 67%, Cyrillic 17%, mixed 17%"
    assert city["languages"] == "en 33%, ru 33%, tr 33%"
    assert city["patterns"].startswith("Aa+ ")
    assert rows["national_id"]["lowest"] is None  # the extremes would be somebody's
    assert rows["birth_date"]["patterns"] == ""
