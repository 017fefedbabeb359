"""Codes of departments are compared at the end of a night's transaction.

A code that moves from one department to another is held by both until what is gone has been removed.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply this version."""
    op.execute("""
ALTER TABLE clean.departments DROP CONSTRAINT departments_code_key;
ALTER TABLE clean.departments ADD CONSTRAINT departments_code_key UNIQUE (code) DEFERRABLE INITIALLY DEFERRED;
""")
