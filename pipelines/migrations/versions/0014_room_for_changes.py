"""Room on the pages of published tables, so that a row that changes stays on its page and in the indexes as it is."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this version; pages that are full already stay so until they are written anew."""
    for name in ("employees", "contracts", "salaries", "leave", "training"):
        op.execute(f"ALTER TABLE clean.{name} SET (fillfactor = 90)")
