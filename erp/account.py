"""Where every employee record of the source is now, counted in the database and not by who put it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

# Whoever is not named after the own record repeats the person of the record that is; where that one is gone, all but
# one of them do. These are few, so they are looked up one by one, and not the persons of all records counted.
_COUNTS: Final = sa.text("""
WITH moved AS MATERIALIZED (
    SELECT row_key, entity_id FROM governance.entities WHERE entity_id <> row_key
), there AS MATERIALIZED (
    SELECT entity_id, (SELECT _deleted_at IS NULL AND entity_id = row_key
        FROM raw.employees JOIN governance.entities USING (row_key) WHERE row_key = m.entity_id) AS named
    FROM moved m WHERE (SELECT _deleted_at IS NULL FROM raw.employees r WHERE r.row_key = m.row_key)
)
SELECT
    (SELECT count(*) FROM raw.employees WHERE _deleted_at IS NULL) AS records,
    (SELECT count(*) - count(DISTINCT entity_id) FILTER (WHERE NOT coalesce(named, false)) FROM there) AS merged,
    (SELECT count(*) FROM clean.employees) AS published,
    (SELECT count(DISTINCT row_key) FROM governance.quarantine
      WHERE table_name = 'employees' AND column_name IS NULL AND retired_run_id IS NULL) AS quarantined
""")


@dataclass(frozen=True)
class Account:
    """Employee records of the source, and where they went."""

    records: int
    """In the source."""
    merged: int
    """Repeat a person who is counted already."""
    published: int
    """Persons in `clean.employees`."""
    quarantined: int
    """Persons who cannot be published."""

    @property
    def balanced(self) -> bool:
        """Whether every record is accounted for."""
        return self.records == self.merged + self.published + self.quarantined


def account(engine: Engine) -> Account:
    """Count."""
    with engine.connect() as connection:
        return Account(**connection.execute(_COUNTS).mappings().one())
