"""Cells are counted anew from what records were, so that the state of every record need not be kept."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this version."""
    op.execute("""
DROP TABLE governance.states;
CREATE TABLE governance.noted (
    table_name text NOT NULL,
    row_key bigint NOT NULL,
    department text,
    filled bigint NOT NULL,
    PRIMARY KEY (row_key, table_name)
);
COMMENT ON TABLE governance.noted IS 'Records that changed since cells were last counted, as they were then';
COMMENT ON COLUMN governance.noted.department IS 'Of employees, after cleaning';
COMMENT ON COLUMN governance.noted.filled IS 'Which cells: one bit a column';
COMMENT ON TABLE governance.tally IS 'How many cells are in which state';
DELETE FROM governance.progress WHERE step = 'quality'; -- the next night counts all
""")
