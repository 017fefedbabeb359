"""Conformed records, and what an incremental, reversible night has to remember.

`conformed` holds every record of `raw` with the active changes of the ledger applied, still as text; it is
where de-duplication and publishing read. A step processes what has a `_run_id` after its own in `progress`.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "locations", "departments", "positions", "projects", "employees", "contracts", "salaries", "leave", "training",
)  # fmt: skip

COLUMNS = """
SELECT string_agg(quote_ident(column_name) || ' text', ', ' ORDER BY ordinal_position)
FROM information_schema.columns
WHERE table_schema = 'raw' AND table_name = '{name}' AND data_type = 'text'
"""

CONFORMED = """
CREATE TABLE conformed.{name} (
    row_key bigint PRIMARY KEY,
    {columns},
    _run_id bigint NOT NULL,
    _deleted boolean NOT NULL DEFAULT false
);
CREATE INDEX ON conformed.{name} (_run_id);
CREATE INDEX ON raw.{name} (_run_id);
COMMENT ON COLUMN conformed.{name}._run_id IS 'Run that last changed a cell here';
"""

MEMORY = """
CREATE TABLE governance.progress (
    step text PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES governance.runs
);
COMMENT ON TABLE governance.progress IS 'The run whose changes a step has processed last';
CREATE TABLE governance.learned (
    name text PRIMARY KEY,
    run_id bigint NOT NULL REFERENCES governance.runs,
    content bytea NOT NULL
);
COMMENT ON TABLE governance.learned IS 'What rules learned from all records, as Parquet: spellings of names, dependencies, the plan';
CREATE TABLE governance.dirty (
    table_name text NOT NULL,
    row_key bigint NOT NULL,
    PRIMARY KEY (table_name, row_key)
);
COMMENT ON TABLE governance.dirty IS 'Records to be cleaned again although the source did not change them';
CREATE TABLE governance.rules_off (
    rule text PRIMARY KEY,
    decided_by text NOT NULL DEFAULT current_user,
    decided_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE governance.rules_off IS 'Rules that were undone and propose nothing any more';
CREATE TABLE governance.refusals (
    table_name text NOT NULL,
    row_key bigint NOT NULL,
    column_name text NOT NULL,
    rule text NOT NULL,
    before text,
    run_id bigint NOT NULL REFERENCES governance.runs,
    UNIQUE NULLS NOT DISTINCT (row_key, table_name, column_name, rule, before)
);
COMMENT ON TABLE governance.refusals IS 'Changes of an undone run: this rule does not touch this value of the cell again';
COMMENT ON COLUMN governance.refusals.run_id IS 'The run that was undone';
CREATE TABLE governance.decisions (
    decision_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name text NOT NULL,
    row_key bigint NOT NULL,
    column_name text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('keep', 'set')),
    value text,
    typed_digest text,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (row_key, table_name, column_name)
);
COMMENT ON TABLE governance.decisions IS 'What a person decided about a cell; it holds while the source has what it had then';
COMMENT ON COLUMN governance.decisions.typed_digest IS 'SHA-256 of the raw cell at that time, null of an empty one';
ALTER TABLE governance.review
    ADD COLUMN decision text CHECK (decision IN ('accept', 'keep', 'set')),
    ADD COLUMN decided_value text,
    ADD COLUMN decided_by text,
    ADD CONSTRAINT national_ids_are_only_kept CHECK (decision = 'keep' OR column_name <> 'national_id');
COMMENT ON COLUMN governance.review.decision IS 'accept: make the change; keep: leave the cell as it is; set: write decided_value';
CREATE TABLE governance.matches (
    left_key bigint NOT NULL,
    right_key bigint NOT NULL CHECK (left_key < right_key),
    probability double precision NOT NULL,
    run_id bigint NOT NULL REFERENCES governance.runs,
    decision text CHECK (decision IN ('same', 'different')),
    decided_by text,
    PRIMARY KEY (left_key, right_key)
);
CREATE INDEX ON governance.matches (right_key);
COMMENT ON TABLE governance.matches IS 'Pairs of employee records that are or may be one person';
CREATE FUNCTION governance.typed_digest(table_name text, row_key bigint, column_name text) RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE digest text;
BEGIN
    EXECUTE 'SELECT encode(sha256(convert_to(' || quote_ident(column_name) || ', ''UTF8'')), ''hex'') FROM raw.'
        || quote_ident(table_name) || ' WHERE row_key = $1' INTO digest USING row_key;
    RETURN digest;
END $$;
COMMENT ON FUNCTION governance.typed_digest IS 'SHA-256 of a raw cell, as in decisions';
CREATE TABLE governance.dirty_entities (
    entity_id bigint PRIMARY KEY
);
COMMENT ON TABLE governance.dirty_entities IS 'Persons whose records changed hands since they were published';
"""


def upgrade() -> None:
    """Create everything in one transaction."""
    bind = op.get_bind()
    bind.exec_driver_sql("CREATE SCHEMA conformed")
    bind.exec_driver_sql("COMMENT ON SCHEMA conformed IS 'Records with all changes applied, before they are merged'")
    for name in TABLES:
        columns = bind.exec_driver_sql(COLUMNS.format(name=name)).scalar_one()
        bind.exec_driver_sql(CONFORMED.format(name=name, columns=columns))
    bind.exec_driver_sql(MEMORY)
