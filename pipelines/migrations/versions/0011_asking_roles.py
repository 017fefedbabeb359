"""Who asks without seeing everybody: a group with the questions' rights and no rows of its own; disk of a statement.

`ask_reader` sees all departments, so no role can be its member and see fewer. Members of `millrace_asker` have
the same columns, and the rows that `governance.row_access` gives them.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ROLE = """
DO $$ BEGIN
    CREATE ROLE millrace_asker NOLOGIN;
    COMMENT ON ROLE millrace_asker IS 'Asks questions about the departments in governance.row_access';
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
GRANT USAGE ON SCHEMA clean TO millrace_asker;
GRANT SELECT ON clean.locations, clean.departments, clean.positions, clean.projects, clean.contracts, clean.salaries,
    clean.leave, clean.training, clean.vocabulary, clean.catalogue, clean.staff, clean.leave_taken, clean.training_done
    TO millrace_asker;
GRANT SELECT (employee_id, first_name, patronymic, last_name, gender, birth_date, department, position, project, city,
    hire_date, status) ON clean.employees TO millrace_asker;
"""
# Only a superuser may limit it for others; where the owner is none, the server's own limit holds.
DISK = """
DO $$ BEGIN
    ALTER ROLE ask_reader SET temp_file_limit = '1GB';
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$
"""


def upgrade() -> None:
    """Create everything in one transaction."""
    execute = op.get_bind().exec_driver_sql
    execute(ROLE)
    execute(DISK)
