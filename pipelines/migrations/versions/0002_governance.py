"""Raw tables, ledger, review, quarantine, entities and runs of the cleaning pipeline.

`raw` keeps every column as the text that was typed. A row of the ledger, of review or of quarantine is
active while `retired_run_id` is null: a later run that no longer comes to it retires it, nothing is deleted.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RAW = {
    "locations": "city, country",
    "departments": "name, code",
    "positions": "title, family, level",
    "projects": "code, name, city, status, start_date, end_date, budget_usd",
    "employees": "first_name, patronymic, last_name, gender, birth_date, national_id, email, phone, department, "
    "position, project, city, hire_date, status",
    "contracts": "employee_id, contract_type, start_date, end_date",
    "salaries": "employee_id, effective_date, monthly_usd",
    "leave": "employee_id, leave_type, start_date, days",
    "training": "employee_id, course, completed_on, hours",
}

RAW_TABLE = """
CREATE TABLE raw.{name} (
    row_key bigint PRIMARY KEY,
    {columns},
    _hash uuid NOT NULL,
    _run_id bigint NOT NULL,
    _deleted_at timestamptz
);
COMMENT ON COLUMN raw.{name}._hash IS 'Of the typed columns: what is equal has not changed';
COMMENT ON COLUMN raw.{name}._run_id IS 'Run that last changed the row';
COMMENT ON COLUMN raw.{name}._deleted_at IS 'When the source no longer had the row';
"""

TABLES = """
CREATE TABLE governance.runs (
    run_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'succeeded', 'failed', 'interrupted')),
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    figures jsonb NOT NULL DEFAULT '{}'
);
CREATE TABLE governance.profile (
    run_id bigint NOT NULL REFERENCES governance.runs,
    table_name text NOT NULL,
    column_name text NOT NULL,
    kind text NOT NULL,
    rows bigint NOT NULL,
    nulls bigint NOT NULL,
    distinct_values bigint NOT NULL,
    lowest text,
    highest text,
    patterns text NOT NULL,
    scripts text NOT NULL,
    languages text NOT NULL,
    PRIMARY KEY (run_id, table_name, column_name)
);
CREATE TABLE governance.ledger (
    ledger_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES governance.runs,
    table_name text NOT NULL,
    row_key bigint NOT NULL,
    column_name text NOT NULL,
    before text,
    after text,
    rule text NOT NULL,
    step smallint NOT NULL,
    confidence real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    at timestamptz NOT NULL DEFAULT now(),
    retired_run_id bigint REFERENCES governance.runs
);
CREATE UNIQUE INDEX ledger_active ON governance.ledger (row_key, table_name, column_name, step)
    WHERE retired_run_id IS NULL;
COMMENT ON TABLE governance.ledger IS 'Every changed cell: current values are raw values with the active rows applied by step';
CREATE TABLE governance.review (
    review_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES governance.runs,
    table_name text NOT NULL,
    row_key bigint NOT NULL,
    column_name text NOT NULL,
    before text,
    after text,
    rule text NOT NULL,
    step smallint NOT NULL,
    confidence real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    at timestamptz NOT NULL DEFAULT now(),
    retired_run_id bigint REFERENCES governance.runs
);
CREATE UNIQUE INDEX review_active ON governance.review (row_key, table_name, column_name, step)
    WHERE retired_run_id IS NULL;
COMMENT ON TABLE governance.review IS 'Doubtful changes that were not made';
CREATE TABLE governance.quarantine (
    quarantine_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES governance.runs,
    table_name text NOT NULL,
    row_key bigint NOT NULL,
    column_name text,
    value text,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    retired_run_id bigint REFERENCES governance.runs
);
CREATE UNIQUE INDEX quarantine_active ON governance.quarantine (row_key, table_name, column_name, reason)
    NULLS NOT DISTINCT WHERE retired_run_id IS NULL;
COMMENT ON TABLE governance.quarantine IS 'Cells and (without a column) rows that are not published, and why';
CREATE TABLE governance.entities (
    row_key bigint PRIMARY KEY,
    entity_id bigint NOT NULL,
    run_id bigint NOT NULL REFERENCES governance.runs
);
CREATE INDEX ON governance.entities (entity_id);
COMMENT ON TABLE governance.entities IS 'Which person an employee record is; ids stay when records come and go';
"""


def upgrade() -> None:
    """Create everything in one transaction."""
    for name, columns in RAW.items():
        typed = ",\n    ".join(f"{column} text" for column in columns.split(", "))
        op.execute(RAW_TABLE.format(name=name, columns=typed))
    op.get_bind().exec_driver_sql(TABLES)  # as it is: a colon in a comment is not a parameter
