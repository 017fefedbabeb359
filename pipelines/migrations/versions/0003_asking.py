"""The audit log of questions, and the views that most of them are about.

The views are the semantic layer: `staff` is who works for the company now, with the attributes that
otherwise take four joins and a "latest row per person"; the other two say whose leave and training it was.
A small language model writes correct SQL on them far more often than on the tables, and so does a person.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Joins that a question does not use are removed by the planner: each is unique on the employee.
VIEWS = """
CREATE VIEW clean.staff AS
SELECT
    e.employee_id, e.first_name, e.patronymic, e.last_name, e.gender, e.birth_date,
    extract(year FROM age(current_date, e.birth_date))::integer AS age,
    e.department, e.position, p.family, p.level, e.project, j.name AS project_name, e.city, l.country,
    e.hire_date, extract(year FROM age(current_date, e.hire_date))::integer AS service_years,
    e.status, c.contract_type, s.monthly_usd
FROM clean.employees e
LEFT JOIN clean.positions p ON p.title = e.position
LEFT JOIN clean.projects j ON j.code = e.project
LEFT JOIN clean.locations l ON l.city = e.city
LEFT JOIN (
    SELECT DISTINCT ON (employee_id) employee_id, contract_type
    FROM clean.contracts ORDER BY employee_id, start_date DESC, contract_id DESC
) c ON c.employee_id = e.employee_id
LEFT JOIN (
    SELECT DISTINCT ON (employee_id) employee_id, monthly_usd
    FROM clean.salaries WHERE effective_date <= current_date
    ORDER BY employee_id, effective_date DESC, salary_id DESC
) s ON s.employee_id = e.employee_id
WHERE e.status <> 'left';
CREATE VIEW clean.leave_taken AS
SELECT
    t.leave_type, t.start_date, t.days, e.employee_id, e.first_name, e.last_name, e.gender, e.department, e.position,
    e.project, e.city, l.country
FROM clean.leave t
JOIN clean.employees e ON e.employee_id = t.employee_id
LEFT JOIN clean.locations l ON l.city = e.city;
CREATE VIEW clean.training_done AS
SELECT
    t.course, t.completed_on, t.hours, e.employee_id, e.first_name, e.last_name, e.gender, e.department, e.position,
    e.project, e.city, l.country
FROM clean.training t
JOIN clean.employees e ON e.employee_id = t.employee_id
LEFT JOIN clean.locations l ON l.city = e.city;
GRANT SELECT ON clean.staff, clean.leave_taken, clean.training_done TO ask_reader;
"""

# English | Turkish | Russian, as in 0001
COMMENTS = {
    "staff": "Current employees, people, workers | Çalışanlar, personel, kişi | Сотрудники, работники, люди, человек",
    "staff.employee_id": "Employee number | Sicil numarası | Табельный номер",
    "staff.first_name": "First name | Ad | Имя",
    "staff.patronymic": "Patronymic | Baba adı | Отчество",
    "staff.last_name": "Last name, surname | Soyad | Фамилия",
    "staff.gender": "Gender: F woman, M man | Cinsiyet: F kadın, M erkek | Пол: F женщина, M мужчина",
    "staff.birth_date": "Date of birth, born | Doğum tarihi, doğan | Дата рождения, родился",
    "staff.age": "Age in years, age, old, young | Yaş, yaşında, yaşlı, genç | Возраст, лет, старше, моложе",
    "staff.department": "Department | Departman, bölüm, birim | Отдел, подразделение",
    "staff.position": "Position, job title, profession | Pozisyon, unvan, görev, meslek | Должность, профессия",
    "staff.family": "Job family, profession group | Meslek grubu | Группа профессий",
    "staff.level": "Seniority, level | Kıdem, seviye | Уровень",
    "staff.project": "Project code, project | Proje, şantiye | Проект, объект",
    "staff.project_name": "Project name | Proje adı | Название проекта",
    "staff.city": "City of work, city | Şehir, kent | Город",
    "staff.country": "Country of work, country | Ülke | Страна",
    "staff.hire_date": "Date of hire, hired, joined | İşe giriş tarihi, işe alınan, işe başlayan | Дата приёма, принят, нанят",
    "staff.service_years": "Years of service, seniority | Hizmet yılı, kıdem yılı | Стаж, лет работы",
    "staff.status": "Status: active, on leave | Durum: active çalışan, on leave izinli | Статус: active работает, on leave в отпуске",
    "staff.contract_type": "Contract, contract type: permanent, fixed term, project, internship | Sözleşme türü, sözleşme | Вид договора, договор",
    "staff.monthly_usd": (
        "Present monthly gross salary in US dollars, salary, pay, payroll, wage, earn | "
        "Aylık brüt maaş ABD doları, maaş, ücret, kazanç | Месячная зарплата в долларах США, зарплата, оклад, заработок"
    ),
}

# The events' own columns are described once more; those of the person as in `staff`.
EVENTS = {
    "leave_taken": "Leave taken, by whom, days of leave | İzinler, izin | Отпуска, отпуск",
    "leave_taken.leave_type": "Type: annual, sick, parental, unpaid | İzin türü | Вид отпуска",
    "leave_taken.start_date": "First day of leave | İzin başlangıcı | Начало отпуска",
    "leave_taken.days": "Days of leave | İzin günü | Дней отпуска",
    "training_done": "Training completed, by whom, training | Eğitimler, eğitim, kurs | Обучение, курсы",
    "training_done.course": "Course | Eğitim, kurs | Курс",
    "training_done.completed_on": "Completed on | Tamamlanma tarihi | Дата завершения",
    "training_done.hours": "Hours of training | Eğitim saati | Часы обучения",
}
PERSON = (
    "employee_id", "first_name", "last_name", "gender", "department", "position", "project", "city", "country",
)  # fmt: skip
COMMENTS |= EVENTS | {
    f"{view}.{column}": COMMENTS[f"staff.{column}"] for view in ("leave_taken", "training_done") for column in PERSON
}

TABLES = """
CREATE TABLE ask.questions (
    question_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asked_at timestamptz NOT NULL DEFAULT now(),
    user_name text NOT NULL,
    language text NOT NULL CHECK (language IN ('en', 'tr', 'ru')),
    question text NOT NULL,
    source text NOT NULL CHECK (source IN ('verified', 'composed', 'model', 'refused')),
    outcome text NOT NULL CHECK (outcome IN ('answered', 'refused', 'failed')),
    reason text,
    sql text,
    row_count integer,
    milliseconds integer NOT NULL,
    tokens integer NOT NULL
);
CREATE INDEX ON ask.questions (asked_at);
COMMENT ON TABLE ask.questions IS 'Every question that was asked, with what became of it';
"""


def upgrade() -> None:
    """Create everything in one transaction."""
    for block in (VIEWS, TABLES):
        op.execute(block)
    for name, text in COMMENTS.items():
        kind = "COLUMN" if "." in name else "VIEW"
        quoted = text.replace("'", "''")
        op.execute(f"COMMENT ON {kind} clean.{name} IS '{quoted}'")
