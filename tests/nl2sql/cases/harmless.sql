-- Statements that people write for reports, one a paragraph; each must pass the guard and run.

SELECT count(*) FROM staff

SELECT COUNT(*) FROM STAFF

SELECT Count(*) AS Total FROM Staff

(SELECT count(*) FROM staff)

SELECT count(*) FROM staff;

SELECT count(*) AS "Total people" FROM staff

SELECT count(DISTINCT city) FROM staff

SELECT count(DISTINCT s.department) AS departments, count(*) AS people FROM staff AS s

SELECT count(project) FROM staff

SELECT min(age), max(age), avg(age), sum(age), count(age) FROM staff

SELECT stddev(monthly_usd), variance(monthly_usd), stddev_pop(age), var_pop(age) FROM staff

SELECT corr(age, monthly_usd), regr_slope(monthly_usd, age), regr_intercept(monthly_usd, age), covar_samp(age, monthly_usd) FROM staff

SELECT bool_and(age > 18), bool_or(age > 60), every(age > 18) FROM staff

SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY monthly_usd) AS median FROM staff

SELECT department, percentile_cont(0.25) WITHIN GROUP (ORDER BY monthly_usd) AS q1, percentile_cont(0.75) WITHIN GROUP (ORDER BY monthly_usd) AS q3 FROM staff GROUP BY department

SELECT percentile_disc(0.9) WITHIN GROUP (ORDER BY monthly_usd DESC) FROM staff WHERE city = 'Moscow'

SELECT city, mode() WITHIN GROUP (ORDER BY position) FROM staff GROUP BY city

SELECT string_agg(name, ', ' ORDER BY name) FROM departments

SELECT string_agg(DISTINCT city, '; ') FROM projects WHERE status = 'active'

SELECT city, string_agg(last_name, ', ' ORDER BY last_name) FILTER (WHERE age > 50) FROM staff GROUP BY city

SELECT city, count(*) FROM staff GROUP BY city ORDER BY count(*) DESC

SELECT city, count(*) AS n FROM staff GROUP BY city ORDER BY n DESC, city ASC LIMIT 5

SELECT city, count(*) FROM staff GROUP BY 1 ORDER BY 2 DESC NULLS LAST

SELECT city, gender, count(*) FROM staff GROUP BY city, gender ORDER BY city, gender

SELECT city FROM staff GROUP BY city HAVING count(*) > 10 AND avg(age) < 50

SELECT city, avg(age) AS mean FROM staff GROUP BY city HAVING avg(age) > 30 ORDER BY mean

SELECT department, count(*) FILTER (WHERE gender = 'F') AS women, count(*) FILTER (WHERE gender = 'M') AS men FROM staff GROUP BY department

SELECT department, round(100.0 * count(*) FILTER (WHERE gender = 'F') / count(*), 1) AS share FROM staff GROUP BY department

SELECT country, department, count(*) FROM staff GROUP BY ROLLUP (country, department) ORDER BY country NULLS FIRST

SELECT country, department, count(*) FROM staff GROUP BY CUBE (country, department)

SELECT country, department, count(*) FROM staff GROUP BY GROUPING SETS ((country), (department), ())

SELECT country, grouping(country) AS is_total, count(*) FROM staff GROUP BY ROLLUP (country)

SELECT DISTINCT city, country FROM staff ORDER BY city

SELECT DISTINCT ON (department) department, last_name, monthly_usd FROM staff ORDER BY department, monthly_usd DESC NULLS LAST

SELECT * FROM departments

SELECT * FROM staff LIMIT 10

SELECT s.* FROM staff s WHERE s.city = 'Kazan' ORDER BY s.last_name LIMIT 3

SELECT s.*, p.name FROM staff s JOIN projects p ON p.code = s.project LIMIT 2

SELECT last_name, first_name FROM staff ORDER BY last_name, first_name OFFSET 20 LIMIT 10

SELECT last_name FROM staff ORDER BY monthly_usd DESC FETCH FIRST 5 ROWS ONLY

SELECT last_name FROM staff ORDER BY monthly_usd DESC FETCH FIRST 3 ROWS WITH TIES

SELECT last_name FROM staff FETCH FIRST ROW ONLY

SELECT first_name || ' ' || last_name AS person FROM staff WHERE employee_id = 17

SELECT concat(first_name, ' ', last_name) FROM staff LIMIT 3

SELECT concat_ws(', ', last_name, first_name, city) FROM staff LIMIT 3

SELECT upper(last_name), lower(city), initcap(position), length(department) FROM staff LIMIT 3

SELECT left(last_name, 1) AS letter, count(*) FROM staff GROUP BY left(last_name, 1) ORDER BY letter

SELECT right(city, 3), substring(city, 1, 3), substring(city FROM 2 FOR 4), substr(city, 2) FROM staff LIMIT 3

SELECT replace(position, 'Engineer', 'Eng.'), reverse(city), split_part(position, ' ', 1) FROM staff LIMIT 3

SELECT trim(city), ltrim(city), rtrim(city), btrim(city), trim(both ' ' from city) FROM staff LIMIT 3

SELECT position('o' IN city), strpos(city, 'o') FROM staff LIMIT 3

SELECT char_length(last_name), starts_with(city, 'M') FROM staff LIMIT 3

SELECT last_name FROM staff WHERE last_name LIKE 'Pe%' OR last_name ILIKE '%ova'

SELECT last_name FROM staff WHERE last_name NOT LIKE 'S%' AND city NOT ILIKE 'm%'

SELECT last_name FROM staff WHERE position LIKE '%100\%%' ESCAPE '\'

SELECT last_name FROM staff WHERE lower(city) = 'moscow' AND upper(gender) = 'F'

SELECT count(*) FROM staff WHERE city = 'Moscow' AND (gender = 'F' OR age < 30)

SELECT count(*) FROM staff WHERE NOT (city = 'Moscow' OR city = 'Kazan')

SELECT count(*) FROM staff WHERE city <> 'Moscow' AND status != 'on leave'

SELECT count(*) FROM staff WHERE city IN ('Moscow', 'Kazan', 'Istanbul')

SELECT count(*) FROM staff WHERE city NOT IN ('Moscow', 'Kazan')

SELECT count(*) FROM staff WHERE (city, department) IN (('Moscow', 'Legal'), ('Kazan', 'Finance'))

SELECT count(*) FROM staff WHERE (city, gender) = ('Moscow', 'F')

SELECT count(*) FROM staff WHERE city = ANY (ARRAY['Moscow', 'Kazan'])

SELECT count(*) FROM staff WHERE age BETWEEN 30 AND 40

SELECT count(*) FROM staff WHERE age NOT BETWEEN 30 AND 40

SELECT count(*) FROM staff WHERE age BETWEEN SYMMETRIC 40 AND 30

SELECT count(*) FROM staff WHERE project IS NULL

SELECT count(*) FROM staff WHERE project IS NOT NULL

SELECT count(*) FROM staff WHERE project IS DISTINCT FROM 'GPP'

SELECT count(*) FROM staff WHERE project IS NOT DISTINCT FROM NULL

SELECT count(*) FROM staff WHERE (age > 30) IS TRUE

SELECT count(*) FROM staff WHERE (age > 30) IS NOT FALSE

SELECT CASE WHEN age < 30 THEN 'young' WHEN age < 50 THEN 'middle' ELSE 'old' END AS band, count(*) FROM staff GROUP BY 1

SELECT CASE gender WHEN 'F' THEN 'women' WHEN 'M' THEN 'men' END AS who, count(*) FROM staff GROUP BY gender

SELECT sum(CASE WHEN city = 'Moscow' THEN 1 ELSE 0 END) AS moscow, count(*) AS everybody FROM staff

SELECT department, sum(CASE WHEN age >= 50 THEN monthly_usd END) FROM staff GROUP BY department

SELECT coalesce(project, 'none'), count(*) FROM staff GROUP BY coalesce(project, 'none')

SELECT nullif(city, 'Moscow'), greatest(age, 30), least(age, 60) FROM staff LIMIT 3

SELECT round(avg(monthly_usd), 2), floor(avg(age)), ceil(avg(age)), ceiling(avg(age)), trunc(avg(age), 1) FROM staff

SELECT abs(age - 40), sign(age - 40), sqrt(age), power(age, 2), ln(age), exp(1), log(age), mod(age, 10) FROM staff LIMIT 3

SELECT age % 10, -age, +age, age / 10, age * 2, age + 1, age - 1 FROM staff LIMIT 3

SELECT monthly_usd * 12 AS yearly, (monthly_usd * 12)::numeric(12, 2) AS exact FROM staff LIMIT 3

SELECT cast(age AS text), cast(age AS decimal(10, 2)), age::float, age::double precision, age::bigint, '12'::int FROM staff LIMIT 3

SELECT cast(city AS varchar(10)), city::char(5) FROM staff LIMIT 3

SELECT (age / 10) * 10 AS decade, count(*) FROM staff GROUP BY (age / 10) * 10 ORDER BY decade

SELECT age / 10 * 10 AS decade, count(*) FROM staff GROUP BY decade ORDER BY decade

SELECT extract(year FROM hire_date) AS year, count(*) FROM employees GROUP BY year ORDER BY year

SELECT extract(year FROM hire_date)::int AS year, extract(month FROM hire_date)::int AS month, count(*) FROM employees GROUP BY 1, 2 ORDER BY 1, 2

SELECT date_part('quarter', hire_date), count(*) FROM employees GROUP BY 1

SELECT extract(dow FROM hire_date), extract(week FROM hire_date), extract(doy FROM hire_date), extract(isodow FROM hire_date) FROM employees LIMIT 3

SELECT extract(epoch FROM now()) > 0

SELECT date_trunc('month', hire_date) AS month, count(*) FROM employees GROUP BY 1 ORDER BY 1

SELECT date_trunc('quarter', start_date)::date, sum(days) FROM leave GROUP BY 1

SELECT date_trunc('year', hire_date)::date AS year, count(*) FROM staff GROUP BY year

SELECT to_char(hire_date, 'YYYY-MM') AS month, count(*) FROM employees GROUP BY month ORDER BY month

SELECT to_char(hire_date, 'Day'), to_char(monthly_usd, '999,999') FROM staff LIMIT 3

SELECT count(*) FROM staff WHERE hire_date >= current_date - interval '5 years'

SELECT count(*) FROM staff WHERE hire_date > now() - interval '90 days'

SELECT count(*) FROM staff WHERE hire_date >= date_trunc('year', current_date)

SELECT count(*) FROM staff WHERE hire_date >= DATE '2015-01-01' AND hire_date < '2016-01-01'::date

SELECT count(*) FROM staff WHERE hire_date >= '2015-01-01' AND hire_date <= '2015-12-31'

SELECT count(*) FROM staff WHERE hire_date BETWEEN make_date(2010, 1, 1) AND make_date(2015, 12, 31)

SELECT count(*) FROM staff WHERE hire_date = to_date('01.05.2012', 'DD.MM.YYYY')

SELECT count(*) FROM staff WHERE age(current_date, hire_date) > interval '10 years'

SELECT last_name, current_date - hire_date AS days FROM staff ORDER BY days DESC LIMIT 3

SELECT last_name, hire_date + interval '1 month' * 3, hire_date + 30 FROM staff LIMIT 3

SELECT current_timestamp, localtimestamp, now() AT TIME ZONE 'UTC'

SELECT extract(year FROM age(birth_date))::int AS years FROM staff LIMIT 3

SELECT count(*) FROM staff WHERE extract(month FROM birth_date) = extract(month FROM current_date)

SELECT p.name, count(s.employee_id) FROM projects p LEFT JOIN staff s ON s.project = p.code GROUP BY p.name ORDER BY 2 DESC

SELECT p.name, count(*) FROM staff s RIGHT JOIN projects p ON p.code = s.project GROUP BY p.name

SELECT s.city, p.city FROM staff s FULL OUTER JOIN projects p ON p.city = s.city LIMIT 3

SELECT l.country, count(*) FROM employees e JOIN locations l USING (city) GROUP BY l.country

SELECT e.last_name, c.contract_type, s.monthly_usd FROM employees e JOIN contracts c ON c.employee_id = e.employee_id JOIN salaries s ON s.employee_id = e.employee_id LIMIT 5

SELECT a.last_name, b.last_name FROM staff a JOIN staff b ON a.city = b.city AND a.employee_id < b.employee_id LIMIT 5

SELECT d.name, coalesce(sum(l.days), 0) AS days FROM departments d LEFT JOIN employees e ON e.department = d.name LEFT JOIN leave l ON l.employee_id = e.employee_id GROUP BY d.name

SELECT a.name, b.name FROM departments a CROSS JOIN departments b

SELECT a.name, b.code FROM departments a, projects b WHERE b.status = 'active'

SELECT s.last_name FROM staff s INNER JOIN (SELECT city, max(monthly_usd) AS top FROM staff GROUP BY city) t ON t.city = s.city AND t.top = s.monthly_usd

SELECT last_name FROM staff WHERE monthly_usd > (SELECT avg(monthly_usd) FROM staff)

SELECT last_name FROM staff s WHERE monthly_usd > (SELECT avg(monthly_usd) FROM staff t WHERE t.department = s.department)

SELECT last_name FROM staff s WHERE EXISTS (SELECT 1 FROM training t WHERE t.employee_id = s.employee_id AND t.course = 'First Aid')

SELECT last_name FROM staff s WHERE NOT EXISTS (SELECT 1 FROM leave l WHERE l.employee_id = s.employee_id)

SELECT last_name FROM staff WHERE employee_id IN (SELECT employee_id FROM training WHERE hours > 10)

SELECT last_name FROM staff WHERE employee_id NOT IN (SELECT employee_id FROM leave WHERE employee_id IS NOT NULL)

SELECT last_name FROM staff WHERE monthly_usd >= ALL (SELECT monthly_usd FROM staff WHERE monthly_usd IS NOT NULL)

SELECT last_name FROM staff WHERE city = ANY (SELECT city FROM projects)

SELECT last_name FROM staff WHERE city = SOME (SELECT city FROM projects)

SELECT (SELECT count(*) FROM staff) AS now, (SELECT count(*) FROM employees) AS ever

SELECT department, (SELECT count(*) FROM projects) AS projects, count(*) FROM staff GROUP BY department

SELECT avg(n) FROM (SELECT city, count(*) AS n FROM staff GROUP BY city) per_city

SELECT t.city, t.n FROM (SELECT city, count(*) AS n FROM staff GROUP BY city) AS t WHERE t.n > 5 ORDER BY t.n DESC

SELECT x.c FROM (SELECT city FROM staff) AS x(c) LIMIT 1

WITH paid AS (SELECT department, avg(monthly_usd) AS mean FROM staff GROUP BY department) SELECT department FROM paid ORDER BY mean DESC LIMIT 1

WITH a AS (SELECT city, count(*) AS n FROM staff GROUP BY city), b AS (SELECT avg(n) AS mean FROM a) SELECT a.city FROM a, b WHERE a.n > b.mean

WITH per_year AS (SELECT extract(year FROM hire_date)::int AS year, count(*) AS hired FROM employees GROUP BY 1) SELECT year, hired, sum(hired) OVER (ORDER BY year) AS total FROM per_year ORDER BY year

WITH x(c, n) AS (SELECT city, count(*) FROM staff GROUP BY city) SELECT c FROM x WHERE n > 3

WITH x AS MATERIALIZED (SELECT city FROM staff) SELECT count(*) FROM x

WITH staff AS (SELECT city FROM employees) SELECT count(*) FROM staff

WITH Paid AS (SELECT city, avg(monthly_usd) AS Mean FROM staff GROUP BY city) SELECT PAID.city, paid.MEAN FROM PAID

SELECT * FROM (WITH x AS (SELECT city FROM staff) SELECT city, count(*) AS n FROM x GROUP BY city) y WHERE n > 1

SELECT last_name, rank() OVER (PARTITION BY department ORDER BY monthly_usd DESC) AS place FROM staff

SELECT last_name, dense_rank() OVER (ORDER BY age), row_number() OVER (ORDER BY age, employee_id), ntile(4) OVER (ORDER BY age), percent_rank() OVER (ORDER BY age), cume_dist() OVER (ORDER BY age) FROM staff

SELECT last_name, lag(hire_date) OVER (ORDER BY hire_date), lead(hire_date, 2) OVER (ORDER BY hire_date), lag(age, 1, 0) OVER (ORDER BY hire_date) FROM staff LIMIT 5

SELECT last_name, first_value(last_name) OVER w, last_value(last_name) OVER w, nth_value(last_name, 2) OVER w FROM staff WINDOW w AS (PARTITION BY city ORDER BY age)

SELECT year, sum(n) OVER (ORDER BY year ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM (SELECT extract(year FROM hire_date) AS year, count(*) AS n FROM employees GROUP BY 1) t

SELECT year, avg(n) OVER (ORDER BY year ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING) FROM (SELECT extract(year FROM hire_date) AS year, count(*) AS n FROM employees GROUP BY 1) t

SELECT city, count(*), round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS share FROM staff GROUP BY city

SELECT city, count(*) AS n, rank() OVER (ORDER BY count(*) DESC) FROM staff GROUP BY city

SELECT last_name, monthly_usd - avg(monthly_usd) OVER (PARTITION BY department) AS above FROM staff

SELECT * FROM (SELECT last_name, department, row_number() OVER (PARTITION BY department ORDER BY monthly_usd DESC) AS place FROM staff) t WHERE place <= 3

SELECT city, count(*) FILTER (WHERE age > 40) OVER (PARTITION BY city) FROM staff LIMIT 3

SELECT city FROM staff UNION SELECT city FROM projects ORDER BY city

SELECT city FROM staff UNION ALL SELECT city FROM projects LIMIT 5

SELECT city FROM projects EXCEPT SELECT city FROM staff

SELECT city FROM projects INTERSECT SELECT city FROM staff

(SELECT city FROM staff ORDER BY age LIMIT 1) UNION ALL (SELECT city FROM staff ORDER BY age DESC LIMIT 1)

SELECT 'women' AS who, count(*) FROM staff WHERE gender = 'F' UNION ALL SELECT 'men', count(*) FROM staff WHERE gender = 'M'

SELECT count(*) FROM (SELECT city FROM staff UNION SELECT city FROM projects) c

SELECT "staff"."city", "n" FROM "staff" JOIN (SELECT "city", count(*) AS "n" FROM "clean"."projects" GROUP BY "city") "p" USING ("city") LIMIT 3

SELECT s.city FROM clean.staff AS s WHERE s.age > 30

SELECT staff.city FROM clean.staff

SELECT count(*) FROM staff -- everybody; DROP TABLE employees

SELECT count(*) /* 100% of them; DELETE */ FROM staff WHERE last_name LIKE '%ov%'

SELECT count(*) FROM staff WHERE last_name = 'O''Neil; DROP TABLE employees; --'

SELECT count(*) FROM staff WHERE last_name = 'pg_sleep(10)' OR city = 'SELECT * FROM pg_shadow'

SELECT count(*) FROM staff WHERE city = 'İstanbul' OR city = 'Москва' OR city = 'Şişli 😀'

SELECT city AS şehir, count(*) AS "количество" FROM staff GROUP BY şehir

SELECT city AS "order", age AS "select" FROM staff LIMIT 1

SELECT 1

SELECT 1 + 1 AS two, 'text' AS text, TRUE AS yes, NULL AS nothing, 1.5e3 AS number

SELECT max(monthly_usd) - min(monthly_usd) AS spread, max(monthly_usd) / nullif(min(monthly_usd), 0) AS ratio FROM staff

SELECT department, count(*) AS n, avg(monthly_usd) FROM staff WHERE city IN (SELECT city FROM locations WHERE country = 'Russia') GROUP BY department HAVING count(*) >= 3 ORDER BY avg(monthly_usd) DESC LIMIT 3

SELECT e.department, count(*) FILTER (WHERE e.status = 'left') * 100.0 / count(*) AS turnover FROM employees e GROUP BY e.department ORDER BY turnover DESC

SELECT course, count(*), sum(hours), avg(hours) FROM training_done WHERE completed_on >= '2025-01-01' GROUP BY course

SELECT leave_type, sum(days) FROM leave_taken WHERE extract(year FROM start_date) = 2025 GROUP BY leave_type ORDER BY sum(days) DESC

SELECT j.name, j.budget_usd / 1000000.0 AS millions, j.end_date - j.start_date AS days FROM projects j WHERE j.status = 'completed'
