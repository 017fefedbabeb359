-- Honest statements, one a paragraph; each must pass the guard and run.

SELECT count(*) FROM staff

SELECT * FROM projects

SELECT s.* FROM employees s WHERE s.city = 'Moscow'

SELECT staff.city FROM clean.staff

SELECT city, count(*) AS n FROM staff GROUP BY city HAVING count(*) > 2 ORDER BY n DESC NULLS LAST LIMIT 3

SELECT city, count(*) FROM staff GROUP BY 1 ORDER BY 2 DESC

SELECT DISTINCT department FROM staff ORDER BY department

SELECT DISTINCT ON (city) city, last_name, monthly_usd FROM staff ORDER BY city, monthly_usd DESC

SELECT department, round(avg(monthly_usd), 2), max(monthly_usd) - min(monthly_usd) AS spread FROM staff GROUP BY department

SELECT round(100.0 * count(*) FILTER (WHERE gender = 'F') / nullif(count(*), 0), 1) FROM staff

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY monthly_usd) FROM staff

SELECT last_name, rank() OVER (PARTITION BY city ORDER BY monthly_usd DESC) AS place FROM staff

SELECT last_name, lag(hire_date) OVER (ORDER BY hire_date) FROM staff FETCH FIRST 5 ROWS ONLY

SELECT extract(year FROM hire_date)::int AS year, count(*) FROM employees GROUP BY year ORDER BY year

SELECT date_trunc('month', start_date) AS month, sum(days) FROM leave GROUP BY 1 ORDER BY 1

SELECT to_char(hire_date, 'YYYY-MM') AS month, count(*) FROM employees GROUP BY month

SELECT count(*) FROM staff WHERE hire_date >= current_date - interval '5 years'

SELECT count(*) FROM staff WHERE age(current_date, hire_date) > interval '10 years'

SELECT count(*) FROM staff WHERE hire_date BETWEEN DATE '2010-01-01' AND make_date(2015, 12, 31)

SELECT count(*) FROM staff WHERE last_name ILIKE 'iv%' OR lower(first_name) LIKE 'a%'

SELECT count(*) FROM staff WHERE city IN ('Moscow', 'Kazan') AND NOT status = 'on leave'

SELECT count(*) FROM staff WHERE project IS NULL AND (gender = 'F' OR gender IS NULL)

SELECT CASE WHEN age < 30 THEN 'young' WHEN age < 50 THEN 'middle' ELSE 'old' END AS band, count(*) FROM staff GROUP BY band

SELECT p.name, count(s.employee_id) FROM projects p LEFT JOIN staff s ON s.project = p.code GROUP BY p.name

SELECT l.country, count(*) FROM employees e JOIN locations l USING (city) GROUP BY l.country

SELECT first_name || ' ' || last_name AS name FROM staff WHERE employee_id = 17

SELECT s.last_name FROM staff s WHERE s.monthly_usd > (SELECT avg(monthly_usd) FROM staff)

SELECT s.last_name FROM staff s WHERE EXISTS (SELECT 1 FROM training t WHERE t.employee_id = s.employee_id)

SELECT count(*) FROM staff WHERE city NOT IN (SELECT city FROM projects WHERE status = 'active')

WITH paid AS (SELECT department, avg(monthly_usd) AS mean FROM staff GROUP BY department) SELECT department FROM paid ORDER BY mean DESC LIMIT 1

WITH staff AS (SELECT city FROM employees) SELECT count(*) FROM staff

SELECT city FROM staff UNION SELECT city FROM projects ORDER BY 1

SELECT city FROM projects EXCEPT SELECT city FROM staff

SELECT d.name, coalesce(sum(l.days), 0) AS days FROM departments d LEFT JOIN employees e ON e.department = d.name LEFT JOIN leave l ON l.employee_id = e.employee_id GROUP BY d.name

SELECT string_agg(DISTINCT city, ', ' ORDER BY city) FROM staff

SELECT country, department, count(*) FROM staff GROUP BY ROLLUP (country, department)

SELECT count(*) FROM staff -- everybody; DROP TABLE employees

SELECT count(*) /* 100% of them */ FROM staff WHERE last_name LIKE '%ov%'

SELECT count(*) FROM staff WHERE last_name = 'O''Neil; DROP TABLE employees; --'

SELECT 1
