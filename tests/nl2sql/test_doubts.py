"""What speaks against a statement, although it runs and names the right values."""

import pytest

from nl2sql.doubts import doubts
from nl2sql.guard import check
from nl2sql.language import detect
from nl2sql.semantics.pieces import cut
from nl2sql.text import words


@pytest.fixture
def doubted(index):
    def doubted(question, sql):
        parts = words(question)
        pieces = cut(question, parts, index.values.link(parts), detect(question))
        return "; ".join(doubts(check(sql, index.catalog), pieces))

    return doubted


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        (
            "What is the average salary of welders over 40 by city?",
            "SELECT city, avg(monthly_usd) FROM staff WHERE position = 'Welder' AND age > 40 GROUP BY city",
        ),
        (
            "Ocak 2026'da kaç maaş değişikliği yürürlüğe girdi?",
            "SELECT count(*) FROM salaries WHERE effective_date >= '2026-01-01' AND effective_date < '2026-02-01'",
        ),
        (
            "Сколько договоров заканчивается в 2027 году по месяцам?",
            "SELECT extract(month FROM end_date), count(*) FROM contracts WHERE extract(year FROM end_date) = 2027 GROUP BY 1",
        ),
        (
            "Average days of sick leave: Russia, Turkey?",
            "SELECT country, avg(days) FROM leave_taken "
            "WHERE leave_type = 'sick' AND country IN ('Russia', 'Turkey') GROUP BY country",
        ),
        (
            "Annual payroll of Engineering?",
            "SELECT 12 * sum(monthly_usd) FROM staff WHERE department = 'Engineering'",
        ),
        (
            "сколько лет электрику John Smith",
            "SELECT age FROM staff WHERE position = 'Electrician' AND first_name = 'John' AND last_name = 'Smith'",
        ),
        (
            "Which departments pay more than the company on average, and how many dollars more?",
            "SELECT department, avg(monthly_usd) - (SELECT avg(monthly_usd) FROM staff) FROM staff GROUP BY department "
            "HAVING avg(monthly_usd) > (SELECT avg(monthly_usd) FROM staff)",
        ),
        (
            "Which departments have no lawyer in London?",
            "SELECT d.name FROM departments d WHERE NOT EXISTS (SELECT 1 FROM staff s "
            "WHERE s.department = d.name AND s.position = 'Lawyer' AND s.city = 'London')",
        ),
    ],
)
def test_nothing_speaks_against_what_was_asked(question, sql, doubted):
    assert doubted(question, sql) == ""


@pytest.mark.parametrize(
    ("question", "sql", "why"),
    [
        (
            "Hangi departmanların maaş ortalaması şirket ortalamasının üstünde, kaç dolar üstünde?",
            "SELECT department, avg(monthly_usd) FROM staff GROUP BY department "
            "HAVING avg(monthly_usd) > (SELECT avg(monthly_usd) FROM staff)",
            "by how much is not",
        ),
        (
            "У каких проектов фонд зарплаты выше среднего по проектам?",
            "SELECT project FROM staff GROUP BY project HAVING sum(monthly_usd) > avg(monthly_usd)",
            "is so of every group",
        ),
        ("Average age of welders?", "SELECT max(age) FROM staff WHERE position = 'Welder'", "'Average' is not in"),
        ("Welders over 40?", "SELECT first_name FROM staff WHERE position = 'Welder'", "'40' is not in"),
        ("How many people were hired in 2024?", "SELECT count(*) FROM staff", "'hired' is not in"),
        ("Number of people by city?", "SELECT count(*), city FROM staff", "'by' is not in"),
        (
            "How many welders are there?",
            "SELECT count(*) FROM staff WHERE position = 'Welder' AND age > 33",
            "nothing asks for 33",
        ),
        ("List the welders of Moscow", "SELECT count(*) FROM staff WHERE city = 'Moscow'", "nothing asks for a number"),
        ("How many welders are there?", "SELECT sum(days) FROM leave_taken", "nothing asks about leave"),
        ("How many welders are there?", "SELECT count(*) FROM employees", "nothing asks about those who left"),
        ("How many welders are there?", "SELECT count(*), avg(age) FROM staff", "nothing asks for an average"),
        (
            "How many workers and how many managers are there?",
            "SELECT count(*) FILTER (WHERE level = 'worker') - count(*) FILTER (WHERE level = 'manager') FROM staff",
            "nothing asks for a difference",
        ),
        (
            "Total salary of welders?",
            "SELECT 12 * sum(monthly_usd) FROM staff WHERE position = 'Welder'",
            "a whole year",
        ),
        ("Average age of welders?", "SELECT avg(age), avg(age) FROM staff WHERE position = 'Welder'", "is shown twice"),
        (
            "Average age of welders?",
            "SELECT avg(age) FROM staff WHERE position = 'Welder' AND hire_date >= current_date - 365",
            "nothing asks about today",
        ),
        ("Average age of welders?", "SELECT avg(age) FROM staff WHERE position <> 'Welder'", "nothing is denied"),
        ("First names of welders?", "SELECT DISTINCT city FROM staff", "nothing asks for city"),
        (
            "How many people are 60 or older?",
            "SELECT count(*) FROM staff WHERE age > 60",
            "has the end with it or not",
        ),
        (
            "Who has worked longest?",
            "SELECT first_name, last_name FROM staff ORDER BY hire_date DESC LIMIT 1",
            "ranked from the other end",
        ),
        (
            "Departments without anybody in Moscow?",
            "SELECT department FROM staff WHERE city = 'Moscow' AND city IS NULL",
            "cannot be a value and none",
        ),
        (
            "Welders or women in Moscow?",
            "SELECT first_name FROM staff WHERE position = 'Welder' OR gender = 'F' AND city = 'Moscow'",
            "what belongs together by OR",
        ),
        (
            "Departments without a lawyer?",
            "SELECT name FROM departments WHERE NOT EXISTS (SELECT 1 FROM staff WHERE position = 'Lawyer')",
            "nothing to do with the row",
        ),
        (
            "Total budget of projects by city?",
            "SELECT s.city, sum(p.budget_usd) FROM staff s JOIN projects p ON p.code = s.project GROUP BY s.city",
            "once a person",
        ),
        ("Frobnicated quuxes of welders?", "SELECT count(*) FROM staff", "'Frobnicated' is not understood"),
    ],
)
def test_what_speaks_against_a_statement(question, sql, why, doubted):
    assert why in doubted(question, sql)
