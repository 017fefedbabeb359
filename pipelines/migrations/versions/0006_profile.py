"""Profiles of the source's columns, by night, and how what arrived differed from what was there."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
DROP TABLE governance.profile;
CREATE TABLE governance.profiled (
    run_id bigint PRIMARY KEY REFERENCES governance.runs,
    whole boolean NOT NULL,
    since bigint NOT NULL,
    rows bigint NOT NULL,
    relations jsonb
);
COMMENT ON TABLE governance.profiled IS 'Runs that profiled the source';
COMMENT ON COLUMN governance.profiled.whole IS 'All rows, or only those that a run after `since` brought';
COMMENT ON COLUMN governance.profiled.relations IS 'Of a whole profile: candidate keys and dependencies between columns';
CREATE TABLE governance.profile (
    run_id bigint NOT NULL REFERENCES governance.profiled ON DELETE CASCADE,
    table_name text NOT NULL,
    column_name text NOT NULL,
    type text NOT NULL,
    rows bigint NOT NULL,
    nulls bigint NOT NULL,
    distinct_values bigint NOT NULL,
    content jsonb NOT NULL,
    PRIMARY KEY (run_id, table_name, column_name)
);
COMMENT ON TABLE governance.profile IS 'What the rows that a run looked at hold; values of personal columns are not in it';
COMMENT ON COLUMN governance.profile.content IS 'The whole profile as erp.profiling.columns.ColumnProfile';
CREATE TABLE governance.drift (
    run_id bigint NOT NULL REFERENCES governance.profiled ON DELETE CASCADE,
    table_name text NOT NULL,
    column_name text NOT NULL,
    measure text NOT NULL,
    before text NOT NULL,
    now text NOT NULL,
    distance double precision NOT NULL,
    severity text NOT NULL CHECK (severity IN ('notice', 'warning')),
    PRIMARY KEY (run_id, table_name, column_name, measure)
);
COMMENT ON TABLE governance.drift IS 'How what a run looked at differs from the last whole profile';
COMMENT ON COLUMN governance.drift.distance IS 'Jensen-Shannon distance of the two mixes, 0 to 1';
"""


def upgrade() -> None:
    """Replace the text profile of 0002, which no later night compares itself with."""
    op.get_bind().exec_driver_sql(TABLES)
