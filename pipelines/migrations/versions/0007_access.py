"""Who may see what: the catalogue, roles, masked views, row policies; the quality score over time.

Rows are denied unless `governance.row_access` allows them, to everybody but the owner, who fills the tables.
Policies ask it once a query (each `(SELECT …)` is one), not once a row. A role that may not see a personal column
in clear has no right to read it from `clean.employees` either, only `clean.people`, which masks it.
"""

from alembic import op

from erp.schema import TABLES

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROLES = {
    "millrace_analyst": "Reads clean with personal values masked, of the departments in governance.row_access",
    "millrace_personal": "An analyst who sees personal values in clear",
    "millrace_steward": "An analyst who reads what cleaning did and decides what waits in review",
}
ROLE = """
DO $$ BEGIN
    CREATE ROLE {name} NOLOGIN;
    COMMENT ON ROLE {name} IS '{text}';
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
MEMBER = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_auth_members
            WHERE roleid = 'millrace_analyst'::regrole AND member = '{name}'::regrole) THEN
        GRANT millrace_analyst TO {name};
    END IF;
EXCEPTION WHEN unique_violation THEN NULL;
END $$
"""

ROW_ACCESS = """
CREATE TABLE governance.row_access (
    role_name text NOT NULL,
    department text NOT NULL,
    PRIMARY KEY (role_name, department)
);
COMMENT ON TABLE governance.row_access IS 'Departments whose people a role and its members see; * is all, no row is none';
INSERT INTO governance.row_access VALUES ('ask_reader', '*'), ('millrace_steward', '*');

CREATE FUNCTION governance.check_row_access() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = NEW.role_name) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE =
            'There is no role ' || quote_literal(NEW.role_name) || '; create it before you say what it sees.';
    END IF;
    IF NEW.department <> '*' AND NOT EXISTS (SELECT FROM clean.departments WHERE name = NEW.department) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE =
            'There is no department ' || quote_literal(NEW.department) || '; allowed are * for all and '
            || coalesce((SELECT string_agg(name, ', ' ORDER BY name) FROM clean.departments),
                'the names in clean.departments, which the first night fills') || '.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER check_row_access BEFORE INSERT OR UPDATE ON governance.row_access
    FOR EACH ROW EXECUTE FUNCTION governance.check_row_access();

CREATE FUNCTION governance.departments_of(reader name) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN (
    SELECT coalesce(array_agg(a.department), '{}') FROM governance.row_access a
    JOIN pg_catalog.pg_roles r ON r.rolname = a.role_name WHERE pg_catalog.pg_has_role(reader, r.oid, 'MEMBER')
);
COMMENT ON FUNCTION governance.departments_of IS 'Departments that a role sees by itself and by the groups that it is a member of';
"""

POLICIES = """
ALTER TABLE clean.employees ENABLE ROW LEVEL SECURITY;
CREATE POLICY departments ON clean.employees FOR SELECT USING (
    (SELECT '*' = ANY (governance.departments_of(current_user)))
    OR department = ANY ((SELECT governance.departments_of(current_user))::text[])
);
"""
OWNED = """
ALTER TABLE clean.{name} ENABLE ROW LEVEL SECURITY;
CREATE POLICY departments ON clean.{name} FOR SELECT USING (
    (SELECT '*' = ANY (governance.departments_of(current_user)))
    OR employee_id IN (SELECT employee_id FROM clean.employees)
);
"""
EVENTS = ("contracts", "salaries", "leave", "training")

# Runs as its owner, whom policies do not hold back, so it has the condition itself.
PEOPLE = r"""
CREATE VIEW clean.people WITH (security_barrier = true) AS
SELECT
    e.employee_id, e.first_name, e.patronymic, e.last_name, e.gender,
    CASE WHEN (SELECT pg_has_role(current_user, 'millrace_personal', 'MEMBER')) THEN e.birth_date
        ELSE date_trunc('year', e.birth_date)::date END AS birth_date,
    CASE WHEN (SELECT pg_has_role(current_user, 'millrace_personal', 'MEMBER')) THEN e.national_id
        ELSE regexp_replace(e.national_id, '\w(?=.*\w.*\w)', '*', 'g') END AS national_id,
    CASE WHEN (SELECT pg_has_role(current_user, 'millrace_personal', 'MEMBER')) THEN e.email
        ELSE regexp_replace(e.email, '^[^@]*', '***') END AS email,
    CASE WHEN (SELECT pg_has_role(current_user, 'millrace_personal', 'MEMBER')) THEN e.phone
        ELSE regexp_replace(e.phone, '\w(?=.*\w.*\w)', '*', 'g') END AS phone,
    e.department, e.position, e.project, e.city, e.hire_date, e.status
FROM clean.employees e
WHERE (SELECT '*' = ANY (governance.departments_of(current_user)))
    OR e.department = ANY ((SELECT governance.departments_of(current_user))::text[]);
"""
PEOPLE_COMMENTS = {
    "people": "Employees, personal values masked | Çalışanlar, kişisel bilgiler gizli | Сотрудники, личные данные скрыты",
    "people.birth_date": (
        "Date of birth, masked: first day of the year | Doğum tarihi, gizli: yılın ilk günü | "
        "Дата рождения, скрыта: первый день года"
    ),
    "people.national_id": (
        "National id, masked: last two digits | Kimlik numarası, gizli: son iki hane | "
        "Номер удостоверения, скрыт: две последние цифры"
    ),
    "people.email": (
        "E-mail, masked: the part after @ | E-posta, gizli: @ işaretinden sonrası | Электронная почта, скрыта: часть после @"
    ),
    "people.phone": (
        "Phone, masked: last two digits | Telefon, gizli: son iki hane | Телефон, скрыт: две последние цифры"
    ),
}
AS_IN_EMPLOYEES = """
DO $$ DECLARE same record; BEGIN
    FOR same IN SELECT attname, col_description(attrelid, attnum) AS text FROM pg_attribute
        WHERE attrelid = 'clean.employees'::regclass AND attnum > 0 AND NOT attisdropped
    LOOP EXECUTE 'COMMENT ON COLUMN clean.people.' || quote_ident(same.attname) || ' IS ' || quote_literal(same.text);
    END LOOP;
END $$
"""

CATALOGUE = """
CREATE TABLE governance.columns (
    table_name text NOT NULL,
    column_name text NOT NULL,
    kind text NOT NULL,
    personal boolean NOT NULL,
    PRIMARY KEY (table_name, column_name)
);
COMMENT ON TABLE governance.columns IS 'What the published columns hold, as the code that cleans them knows it';
CREATE VIEW clean.catalogue AS
SELECT c.relname::text AS table_name, a.attname::text AS column_name,
    coalesce(own.kind, alike.kind, CASE
        WHEN a.atttypid = 'date'::regtype THEN 'date'
        WHEN a.atttypid IN ('bigint'::regtype, 'integer'::regtype, 'numeric'::regtype) THEN 'number'
        ELSE 'text' END) AS kind,
    coalesce(own.personal, alike.personal, false) AS personal,
    split_part(said.text, ' | ', 1) AS english,
    split_part(said.text, ' | ', 2) AS turkish,
    split_part(said.text, ' | ', 3) AS russian
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN LATERAL (SELECT col_description(c.oid, a.attnum) AS text) said
LEFT JOIN governance.columns own ON own.table_name = c.relname AND own.column_name = a.attname
LEFT JOIN (
    SELECT column_name, min(kind) AS kind, bool_or(personal) AS personal FROM governance.columns
    GROUP BY column_name HAVING count(DISTINCT kind) = 1
) alike ON alike.column_name = a.attname AND c.relkind = 'v'
WHERE c.relnamespace = 'clean'::regnamespace AND c.relkind IN ('r', 'v') AND c.relname NOT IN ('catalogue', 'vocabulary');
COMMENT ON VIEW clean.catalogue IS
    'Published columns: kind, whether personal, description | Sütunlar ve açıklamaları | Столбцы и их описания';
"""

STAMP = """
CREATE FUNCTION governance.stamp_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        NEW.decided_by := CASE WHEN NEW.decision IS NOT NULL THEN session_user END;
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION governance.stamp_decision IS 'Whoever is not the owner decides under the own name';
CREATE FUNCTION governance.check_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE =
        'A national id is corrected in the ERP, so that it is written nowhere else; here it can be kept.';
END $$;
CREATE TRIGGER check_decision BEFORE INSERT OR UPDATE OF decision, decided_value ON governance.review
    FOR EACH ROW WHEN (NEW.column_name = 'national_id' AND (NEW.decision <> 'keep' OR NEW.decided_value IS NOT NULL))
    EXECUTE FUNCTION governance.check_decision();
CREATE TRIGGER stamp_decision BEFORE UPDATE OF decision, decided_value, decided_by ON governance.review
    FOR EACH ROW EXECUTE FUNCTION governance.stamp_decision();
CREATE TRIGGER stamp_decision BEFORE UPDATE OF decision, decided_by ON governance.matches
    FOR EACH ROW EXECUTE FUNCTION governance.stamp_decision();
"""

QUALITY = """
CREATE TABLE governance.quality (
    run_id bigint NOT NULL REFERENCES governance.runs,
    table_name text NOT NULL,
    department text NOT NULL,
    column_name text NOT NULL,
    cells bigint NOT NULL,
    right_as_typed bigint NOT NULL,
    repaired bigint NOT NULL,
    review bigint NOT NULL,
    quarantined bigint NOT NULL,
    empty bigint NOT NULL,
    score double precision GENERATED ALWAYS AS (right_as_typed::double precision / nullif(cells, 0)) STORED,
    PRIMARY KEY (run_id, table_name, department, column_name),
    CHECK (cells = right_as_typed + repaired + review + quarantined + empty)
);
COMMENT ON TABLE governance.quality IS 'How well cells were typed, by run, department and column';
COMMENT ON COLUMN governance.quality.department IS 'Of employees; - for other tables';
COMMENT ON COLUMN governance.quality.score IS 'Share right as typed of the cells that are filled or required';
"""

GRANTS = """
GRANT SELECT ON clean.catalogue TO ask_reader;
GRANT USAGE ON SCHEMA clean TO millrace_analyst;
GRANT SELECT ON clean.locations, clean.departments, clean.positions, clean.projects, clean.contracts, clean.salaries,
    clean.leave, clean.training, clean.vocabulary, clean.catalogue, clean.people, clean.leave_taken, clean.training_done
    TO millrace_analyst;
GRANT SELECT (employee_id, first_name, patronymic, last_name, gender, department, position, project, city, hire_date,
    status) ON clean.employees TO millrace_analyst;
GRANT SELECT ON clean.employees, clean.staff TO millrace_personal;
GRANT USAGE ON SCHEMA governance TO millrace_steward;
GRANT SELECT ON governance.ledger, governance.review, governance.quarantine, governance.matches, governance.runs,
    governance.quality TO millrace_steward;
GRANT UPDATE (decision, decided_value, decided_by) ON governance.review TO millrace_steward;
GRANT UPDATE (decision, decided_by) ON governance.matches TO millrace_steward;
ALTER VIEW clean.staff SET (security_invoker = true);
ALTER VIEW clean.leave_taken SET (security_invoker = true);
ALTER VIEW clean.training_done SET (security_invoker = true);
"""


def upgrade() -> None:
    """Create everything in one transaction."""
    execute = op.get_bind().exec_driver_sql
    for name, text in ROLES.items():
        execute(ROLE.format(name=name, text=text))
    for name in ("millrace_personal", "millrace_steward"):
        execute(MEMBER.format(name=name))
    execute(ROW_ACCESS)
    execute(POLICIES)
    for name in EVENTS:
        execute(OWNED.format(name=name))
    execute(PEOPLE)
    execute(AS_IN_EMPLOYEES)
    for name, text in PEOPLE_COMMENTS.items():
        execute(f"COMMENT ON {'COLUMN' if '.' in name else 'VIEW'} clean.{name} IS '{text}'")
    execute(CATALOGUE)
    for table in TABLES:
        for column in table.columns:
            values = f"'{table.name}', '{column.name}', '{column.kind}', {column.personal}"
            execute(f"INSERT INTO governance.columns VALUES ({values})")
    execute(STAMP)
    execute(QUALITY)
    execute(GRANTS)
