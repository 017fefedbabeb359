"""Words that only this company says: a stage of cleaning of one's own, named by `cleaning.toml` beside it."""

# ruff: noqa: ANN001, ANN201, INP001 - an example to be read, not a module

from erp.changes import combine, propose

WORDS = {
    "city": {"Мск": "Moscow", "Питер": "Saint Petersburg", "Konstantiniyye": "Istanbul"},
    "department": {"Şantiye Ofisi": "Construction", "Шантие": "Construction"},
}
SURE = 0.95


def slang(tables, knowledge):  # noqa: ARG001 - other stages ask what is known
    """Propose what the words mean, in the records of employees."""
    employees = tables["employees"]
    return combine(
        propose(employees, "employees", column, {word: (value, "own.slang", SURE) for word, value in words.items()})
        for column, words in WORDS.items()
    )
