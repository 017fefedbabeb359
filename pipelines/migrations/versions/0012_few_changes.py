"""What lets a night with few changes find what they touch, where it would read whole tables."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything in one transaction."""
    for name in ("contracts", "salaries", "leave", "training"):
        op.execute(f"CREATE INDEX ON conformed.{name} (employee_id)")
    op.execute("""
CREATE INDEX entities_moved ON governance.entities (row_key) WHERE entity_id <> row_key;
COMMENT ON INDEX governance.entities_moved IS 'Records whose person is not named after them: few among very many';
CREATE TABLE conformed.compared (content bytea STORAGE EXTERNAL NOT NULL);
COMMENT ON TABLE conformed.compared IS 'What employee records were compared by when all were, as Parquet, in one row';
DELETE FROM governance.learned; -- the next night learns from all records, and keeps with it what this version asks for
CREATE INDEX ON governance.ledger (run_id);
CREATE INDEX ON governance.ledger (retired_run_id) WHERE retired_run_id IS NOT NULL;
""")
