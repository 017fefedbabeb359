"""Schemas, the reading role and the published tables of `clean`.

The `clean` schema is the contract between cleaning, which fills it, and asking, which reads it:
canonical values in English, every other spelling in `clean.vocabulary`. Comments carry the three
languages because the question engine links terms through them.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMAS = """
CREATE SCHEMA raw;
CREATE SCHEMA clean;
CREATE SCHEMA governance;
CREATE SCHEMA ask;
COMMENT ON SCHEMA raw IS 'Rows as the source typed them';
COMMENT ON SCHEMA clean IS 'Checked, de-duplicated records for questions';
COMMENT ON SCHEMA governance IS 'Ledger, review, quarantine, entities, runs';
COMMENT ON SCHEMA ask IS 'Audit log, examples and feedback of questions';
"""

TABLES = """
CREATE TABLE clean.locations (
    city text PRIMARY KEY,
    country text NOT NULL
);
CREATE TABLE clean.departments (
    name text PRIMARY KEY,
    code text NOT NULL UNIQUE
);
CREATE TABLE clean.positions (
    title text PRIMARY KEY,
    family text NOT NULL,
    level text NOT NULL
);
CREATE TABLE clean.projects (
    code text PRIMARY KEY,
    name text NOT NULL,
    city text NOT NULL REFERENCES clean.locations,
    status text NOT NULL CHECK (status IN ('planned', 'active', 'completed')),
    start_date date NOT NULL,
    end_date date,
    budget_usd numeric(14, 2) NOT NULL CHECK (budget_usd >= 0)
);
CREATE TABLE clean.employees (
    employee_id bigint PRIMARY KEY,
    first_name text NOT NULL,
    patronymic text,
    last_name text NOT NULL,
    gender text CHECK (gender IN ('F', 'M')),
    birth_date date,
    national_id text,
    email text,
    phone text,
    department text REFERENCES clean.departments,
    position text REFERENCES clean.positions,
    project text REFERENCES clean.projects,
    city text REFERENCES clean.locations,
    hire_date date,
    status text NOT NULL CHECK (status IN ('active', 'on leave', 'left'))
);
CREATE TABLE clean.contracts (
    contract_id bigint PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES clean.employees ON DELETE CASCADE,
    contract_type text NOT NULL CHECK (contract_type IN ('permanent', 'fixed term', 'project', 'internship')),
    start_date date NOT NULL,
    end_date date
);
CREATE TABLE clean.salaries (
    salary_id bigint PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES clean.employees ON DELETE CASCADE,
    effective_date date NOT NULL,
    monthly_usd numeric(12, 2) NOT NULL CHECK (monthly_usd > 0)
);
CREATE TABLE clean.leave (
    leave_id bigint PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES clean.employees ON DELETE CASCADE,
    leave_type text NOT NULL CHECK (leave_type IN ('annual', 'sick', 'parental', 'unpaid')),
    start_date date NOT NULL,
    days integer NOT NULL CHECK (days > 0)
);
CREATE TABLE clean.training (
    training_id bigint PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES clean.employees ON DELETE CASCADE,
    course text NOT NULL,
    completed_on date NOT NULL,
    hours integer NOT NULL CHECK (hours > 0)
);
CREATE TABLE clean.vocabulary (
    column_name text NOT NULL,
    value text NOT NULL,
    language text NOT NULL CHECK (language IN ('en', 'tr', 'ru')),
    label text NOT NULL,
    observed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (column_name, value, language, label)
);
COMMENT ON COLUMN clean.vocabulary.observed IS 'Met in the records: recognised in questions, never shown as the name';
CREATE INDEX ON clean.employees (department);
CREATE INDEX ON clean.employees (position);
CREATE INDEX ON clean.employees (project);
CREATE INDEX ON clean.employees (city);
CREATE INDEX ON clean.contracts (employee_id);
CREATE INDEX ON clean.salaries (employee_id);
CREATE INDEX ON clean.leave (employee_id);
CREATE INDEX ON clean.training (employee_id);
"""

# column or table -> English | Turkish | Russian
COMMENTS = {
    "locations": "Cities where the company works | Şehirler | Города",
    "locations.city": "City | Şehir, kent | Город",
    "locations.country": "Country | Ülke | Страна",
    "departments": "Departments | Departmanlar, bölümler | Отделы",
    "departments.name": "Department | Departman, bölüm, birim | Отдел",
    "departments.code": "Department code | Departman kodu | Код отдела",
    "positions": "Positions, job titles | Pozisyonlar, unvanlar | Должности",
    "positions.title": "Position, job title | Pozisyon, unvan, görev | Должность",
    "positions.family": "Job family | Meslek grubu | Профессия",
    "positions.level": "Seniority | Kıdem | Уровень",
    "projects": "Construction projects | İnşaat projeleri, şantiyeler | Строительные проекты, объекты",
    "projects.code": "Project code | Proje kodu | Код проекта",
    "projects.name": "Project name | Proje adı | Название проекта",
    "projects.city": "City of the project | Projenin şehri | Город проекта",
    "projects.status": "Project status: planned, active, completed | Proje durumu | Статус проекта",
    "projects.start_date": "Start of the project | Proje başlangıcı | Начало проекта",
    "projects.end_date": "End of the project | Proje bitişi | Окончание проекта",
    "projects.budget_usd": "Budget in US dollars | Bütçe, ABD doları | Бюджет, доллары США",
    "employees": "Employees, one row a person | Çalışanlar, personel | Сотрудники, работники",
    "employees.employee_id": "Employee number | Sicil numarası | Табельный номер",
    "employees.first_name": "First name | Ad | Имя",
    "employees.patronymic": "Patronymic | Baba adı | Отчество",
    "employees.last_name": "Last name | Soyad | Фамилия",
    "employees.gender": "Gender: F, M | Cinsiyet: F kadın, M erkek | Пол: F женщина, M мужчина",
    "employees.birth_date": "Date of birth | Doğum tarihi | Дата рождения",
    "employees.national_id": "National id (personal) | Kimlik numarası | Номер удостоверения",
    "employees.email": "E-mail (personal) | E-posta | Электронная почта",
    "employees.phone": "Phone, E.164 (personal) | Telefon | Телефон",
    "employees.department": "Department of the employee | Çalışanın departmanı | Отдел сотрудника",
    "employees.position": "Position of the employee | Çalışanın pozisyonu, mesleği | Должность сотрудника",
    "employees.project": "Project code the employee works on | Çalıştığı proje | Проект сотрудника",
    "employees.city": "City where the employee works | Çalıştığı şehir | Город работы",
    "employees.hire_date": "Date of hire | İşe giriş tarihi | Дата приёма на работу",
    "employees.status": "Status: active, on leave, left | Durum: çalışan, izinli, ayrılmış | Статус: работает, в отпуске, уволен",
    "contracts": "Employment contracts | Sözleşmeler | Трудовые договоры",
    "contracts.contract_type": "Type: permanent, fixed term, project, internship | Sözleşme türü | Вид договора",
    "contracts.start_date": "Start of the contract | Sözleşme başlangıcı | Начало договора",
    "contracts.end_date": "End of the contract | Sözleşme bitişi | Окончание договора",
    "salaries": "Salary history | Maaşlar, ücretler | Зарплаты",
    "salaries.effective_date": "Valid from | Geçerlilik tarihi | Действует с",
    "salaries.monthly_usd": "Monthly gross salary in US dollars | Aylık brüt maaş, ABD doları | Месячная зарплата, доллары США",
    "leave": "Leave taken | İzinler | Отпуска",
    "leave.leave_type": "Type: annual, sick, parental, unpaid | İzin türü | Вид отпуска",
    "leave.start_date": "First day of leave | İzin başlangıcı | Начало отпуска",
    "leave.days": "Days of leave | İzin günü | Дней отпуска",
    "training": "Training completed | Eğitimler | Обучение",
    "training.course": "Course | Eğitim, kurs | Курс",
    "training.completed_on": "Completed on | Tamamlanma tarihi | Дата завершения",
    "training.hours": "Hours of training | Eğitim saati | Часы обучения",
    "vocabulary": "Spellings of canonical values in three languages | Sözlük | Словарь",
}

# What identifies or reaches a person is not for questions.
READER = """
DO $$ BEGIN
    CREATE ROLE ask_reader LOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
ALTER ROLE ask_reader SET default_transaction_read_only = on;
ALTER ROLE ask_reader SET statement_timeout = '10s';
ALTER ROLE ask_reader SET search_path = clean;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA clean TO ask_reader;
GRANT SELECT ON clean.locations, clean.departments, clean.positions, clean.projects, clean.contracts,
    clean.salaries, clean.leave, clean.training, clean.vocabulary TO ask_reader;
GRANT SELECT (employee_id, first_name, patronymic, last_name, gender, birth_date, department, position,
    project, city, hire_date, status) ON clean.employees TO ask_reader;
"""


def upgrade() -> None:
    """Create everything in one transaction."""
    for block in (SCHEMAS, TABLES, READER):
        op.execute(block)
    for name, text in COMMENTS.items():
        kind = "COLUMN" if "." in name else "TABLE"
        quoted = text.replace("'", "''")
        op.execute(f"COMMENT ON {kind} clean.{name} IS '{quoted}'")
