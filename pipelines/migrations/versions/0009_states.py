"""The state of every record's cells as last measured, so that a night measures only what changed."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this version."""
    op.execute("""
CREATE TABLE governance.states (
    table_name text NOT NULL,
    row_key bigint NOT NULL,
    department text,
    filled bigint NOT NULL,
    changed bigint NOT NULL,
    waiting bigint NOT NULL,
    refused bigint NOT NULL
);
CREATE INDEX states_row_key ON governance.states (row_key, table_name);
COMMENT ON TABLE governance.states IS 'Which cells of a record are filled, changed, in review, in quarantine: one bit a column';
COMMENT ON COLUMN governance.states.department IS 'Of employees, after cleaning';
CREATE TABLE governance.tally (
    table_name text NOT NULL,
    department text,
    column_name text NOT NULL,
    state text NOT NULL,
    cells bigint NOT NULL
);
COMMENT ON TABLE governance.tally IS 'How many cells of governance.states are in which state';
""")
