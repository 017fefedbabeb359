"""What a sync remembers of the source: how far it is, its columns, lines it could not read."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MEMORY = """
CREATE TABLE governance.sync_state (
    table_name text PRIMARY KEY,
    source text NOT NULL,
    way text NOT NULL CHECK (way IN ('change_tracking', 'watermark', 'snapshot')),
    mark text,
    position bigint,
    target text,
    passes integer NOT NULL DEFAULT 0,
    live bigint NOT NULL DEFAULT 0,
    differences jsonb NOT NULL DEFAULT '{}',
    run_id bigint NOT NULL REFERENCES governance.runs
);
COMMENT ON TABLE governance.sync_state IS 'How far each table of raw follows the source; moves in the transaction that moves the rows';
COMMENT ON COLUMN governance.sync_state.mark IS 'Changes of the source after this watermark or version are not in raw yet; null: all rows are to be read';
COMMENT ON COLUMN governance.sync_state.position IS 'Key up to which a pass over all rows has come; null when none is under way';
COMMENT ON COLUMN governance.sync_state.target IS 'The mark that holds when that pass is finished';
COMMENT ON COLUMN governance.sync_state.passes IS 'Passes over changes since keys were last compared with the source';
COMMENT ON COLUMN governance.sync_state.live IS 'Rows of the table that were not deleted, at the end of its last sync';
COMMENT ON COLUMN governance.sync_state.differences IS 'What sums differ by even after all rows were compared, so that the same is not tried every night';
CREATE TABLE governance.source_columns (
    table_name text NOT NULL,
    column_name text NOT NULL,
    source text NOT NULL,
    type text NOT NULL,
    run_id bigint NOT NULL REFERENCES governance.runs,
    PRIMARY KEY (table_name, column_name)
);
COMMENT ON TABLE governance.source_columns IS 'Columns of the source as they were seen last; what the next night differs from is drift';
CREATE TABLE governance.rejected_lines (
    run_id bigint NOT NULL REFERENCES governance.runs,
    table_name text NOT NULL,
    file text NOT NULL,
    line bigint NOT NULL,
    reason text NOT NULL,
    text_masked text NOT NULL,
    PRIMARY KEY (run_id, table_name, file, line)
);
COMMENT ON TABLE governance.rejected_lines IS 'Lines of the source''s files that are no rows; the rest of their table was read, nothing was deleted';
COMMENT ON COLUMN governance.rejected_lines.text_masked IS 'The line with letters as a and digits as 9';
"""


def upgrade() -> None:
    """Create everything in one transaction."""
    op.get_bind().exec_driver_sql(MEMORY)
