-- A small company for questions: 240 employees spread evenly by arithmetic, so that every figure can be checked by hand.
INSERT INTO clean.locations VALUES
    ('Moscow', 'Russia'), ('Saint Petersburg', 'Russia'), ('Kazan', 'Russia'), ('Istanbul', 'Turkey'),
    ('Ankara', 'Turkey'), ('Almaty', 'Kazakhstan'), ('Dubai', 'United Arab Emirates'), ('London', 'United Kingdom');
INSERT INTO clean.departments VALUES
    ('Construction', 'CON'), ('Engineering', 'ENG'), ('Human Resources', 'HR'), ('Finance', 'FIN'),
    ('Information Technology', 'IT'), ('Legal', 'LEG');
INSERT INTO clean.positions VALUES
    ('Civil Engineer', 'engineering', 'specialist'), ('Senior Civil Engineer', 'engineering', 'senior'),
    ('Mechanical Engineer', 'engineering', 'specialist'), ('Electrician', 'site', 'worker'),
    ('Welder', 'site', 'worker'), ('Accountant', 'office', 'specialist'), ('Lawyer', 'office', 'specialist'),
    ('Project Manager', 'management', 'manager');
INSERT INTO clean.projects VALUES
    ('GPP', 'Gorky Park Plaza', 'Moscow', 'active', '2022-03-01', NULL, 412000000),
    ('MML', 'Moscow Metro Line', 'Moscow', 'active', '2021-01-18', NULL, 890000000),
    ('KAZ', 'Kazan Arena', 'Kazan', 'completed', '2010-08-01', '2013-07-06', 286000000),
    ('IST', 'Istanbul Airport', 'Istanbul', 'completed', '2015-05-07', '2018-10-29', 980000000),
    ('ABC', 'Almaty Business Centre', 'Almaty', 'planned', '2027-06-01', NULL, 95000000),
    ('DXB', 'Dubai Towers', 'Dubai', 'active', '2023-09-01', NULL, 300000000);
INSERT INTO clean.employees
SELECT n,
    (ARRAY['Ayşe', 'Ivan', 'Olga', 'Mehmet', 'John'])[1 + n % 5], NULL,
    (ARRAY['Yılmaz', 'Petrov', 'Ivanova', 'Demir', 'Smith', 'Kaya', 'Sokolov'])[1 + n % 7],
    CASE WHEN n % 3 = 0 THEN 'F' ELSE 'M' END,
    date '1960-01-01' + (n * 60), 'ID' || n, 'e' || n || '@example.com', '+7900' || n,
    (ARRAY['Construction', 'Engineering', 'Human Resources', 'Finance', 'Information Technology', 'Legal', 'Construction', 'Engineering'])[1 + n % 8],
    (ARRAY['Civil Engineer', 'Senior Civil Engineer', 'Mechanical Engineer', 'Electrician', 'Welder', 'Accountant', 'Lawyer', 'Project Manager', 'Civil Engineer', 'Welder', 'Civil Engineer'])[1 + n % 11],
    (ARRAY['GPP', 'MML', 'KAZ', 'IST', 'DXB', NULL])[1 + (n / 4) % 6],
    (ARRAY['Moscow', 'Istanbul', 'Moscow', 'Ankara', 'Saint Petersburg', 'Kazan', 'Almaty', 'Dubai', 'London'])[1 + (n / 2) % 9],
    date '2005-03-01' + (n * 30),
    CASE WHEN n % 10 = 0 THEN 'left' WHEN n % 10 = 1 THEN 'on leave' ELSE 'active' END
FROM generate_series(1, 240) n;
INSERT INTO clean.contracts
SELECT n, n, (ARRAY['permanent', 'fixed term', 'permanent', 'project', 'internship'])[1 + (n / 3) % 5],
    date '2005-03-01' + (n * 30), CASE WHEN n % 4 = 0 THEN date '2027-01-01' + n END
FROM generate_series(1, 240) n;
INSERT INTO clean.salaries
SELECT n, n, date '2005-03-01' + (n * 30), 900 + (n % 17) * 100 FROM generate_series(1, 240) n;
INSERT INTO clean.salaries
SELECT 1000 + n, n, '2026-01-01', 1000 + (n % 17) * 100 + (n % 7) * 50 FROM generate_series(1, 240) n;
INSERT INTO clean.leave
SELECT n, 1 + (n * 7) % 240, (ARRAY['annual', 'sick', 'annual', 'parental', 'unpaid'])[1 + n % 5],
    date '2025-01-10' + (n * 2), 1 + n % 20
FROM generate_series(1, 300) n;
INSERT INTO clean.training
SELECT n, 1 + (n * 11) % 240, (ARRAY['First Aid', 'Fire Safety', 'Work at Height', 'Project Management'])[1 + n % 4],
    date '2024-01-15' + (n * 2), 4 + (n % 5) * 4
FROM generate_series(1, 320) n;
INSERT INTO clean.vocabulary VALUES
    ('employees.city', 'Moscow', 'en', 'Moscow'), ('employees.city', 'Moscow', 'tr', 'Moskova'), ('employees.city', 'Moscow', 'ru', 'Москва'),
    ('employees.city', 'Saint Petersburg', 'en', 'St. Petersburg'), ('employees.city', 'Saint Petersburg', 'en', 'Saint Petersburg'),
    ('employees.city', 'Saint Petersburg', 'tr', 'Sankt Petersburg'), ('employees.city', 'Saint Petersburg', 'ru', 'Санкт-Петербург'),
    ('employees.city', 'Saint Petersburg', 'ru', 'Петербург'), ('employees.city', 'Kazan', 'tr', 'Kazan'), ('employees.city', 'Kazan', 'ru', 'Казань'),
    ('employees.city', 'Istanbul', 'tr', 'İstanbul'), ('employees.city', 'Istanbul', 'ru', 'Стамбул'),
    ('employees.city', 'Ankara', 'tr', 'Ankara'), ('employees.city', 'Ankara', 'ru', 'Анкара'),
    ('employees.city', 'Almaty', 'tr', 'Almatı'), ('employees.city', 'Almaty', 'ru', 'Алматы'),
    ('employees.city', 'Dubai', 'tr', 'Dubai'), ('employees.city', 'Dubai', 'ru', 'Дубай'),
    ('employees.city', 'London', 'tr', 'Londra'), ('employees.city', 'London', 'ru', 'Лондон'),
    ('locations.country', 'Russia', 'tr', 'Rusya'), ('locations.country', 'Russia', 'ru', 'Россия'),
    ('locations.country', 'Turkey', 'tr', 'Türkiye'), ('locations.country', 'Turkey', 'ru', 'Турция'),
    ('locations.country', 'Kazakhstan', 'tr', 'Kazakistan'), ('locations.country', 'Kazakhstan', 'ru', 'Казахстан'),
    ('locations.country', 'United Arab Emirates', 'tr', 'BAE'), ('locations.country', 'United Arab Emirates', 'ru', 'ОАЭ'),
    ('locations.country', 'United Kingdom', 'tr', 'İngiltere'), ('locations.country', 'United Kingdom', 'ru', 'Великобритания'),
    ('employees.department', 'Construction', 'en', 'Site Construction'), ('employees.department', 'Construction', 'tr', 'İnşaat'), ('employees.department', 'Construction', 'ru', 'Строительный отдел'),
    ('employees.department', 'Engineering', 'en', 'Engineering Department'), ('employees.department', 'Engineering', 'tr', 'Mühendislik'), ('employees.department', 'Engineering', 'ru', 'Инженерный отдел'),
    ('employees.department', 'Human Resources', 'en', 'HR'), ('employees.department', 'Human Resources', 'tr', 'İnsan Kaynakları'), ('employees.department', 'Human Resources', 'tr', 'İK'), ('employees.department', 'Human Resources', 'ru', 'Отдел кадров'),
    ('employees.department', 'Finance', 'tr', 'Finans'), ('employees.department', 'Finance', 'tr', 'Mali İşler'), ('employees.department', 'Finance', 'ru', 'Финансовый отдел'),
    ('employees.department', 'Information Technology', 'en', 'IT'), ('employees.department', 'Information Technology', 'tr', 'Bilgi İşlem'), ('employees.department', 'Information Technology', 'ru', 'Отдел ИТ'),
    ('employees.department', 'Legal', 'en', 'Legal Affairs'), ('employees.department', 'Legal', 'tr', 'Hukuk'), ('employees.department', 'Legal', 'ru', 'Юридический отдел'),
    ('employees.position', 'Civil Engineer', 'tr', 'İnşaat Mühendisi'), ('employees.position', 'Civil Engineer', 'ru', 'Инженер-строитель'),
    ('employees.position', 'Senior Civil Engineer', 'tr', 'Kıdemli İnşaat Mühendisi'), ('employees.position', 'Senior Civil Engineer', 'ru', 'Старший инженер-строитель'),
    ('employees.position', 'Mechanical Engineer', 'tr', 'Makine Mühendisi'), ('employees.position', 'Mechanical Engineer', 'ru', 'Инженер-механик'),
    ('employees.position', 'Electrician', 'tr', 'Elektrikçi'), ('employees.position', 'Electrician', 'ru', 'Электрик'),
    ('employees.position', 'Welder', 'tr', 'Kaynakçı'), ('employees.position', 'Welder', 'ru', 'Сварщик'),
    ('employees.position', 'Accountant', 'tr', 'Muhasebeci'), ('employees.position', 'Accountant', 'ru', 'Бухгалтер'),
    ('employees.position', 'Lawyer', 'tr', 'Avukat'), ('employees.position', 'Lawyer', 'ru', 'Юрист'),
    ('employees.position', 'Project Manager', 'tr', 'Proje Müdürü'), ('employees.position', 'Project Manager', 'ru', 'Руководитель проекта'),
    ('projects.code', 'GPP', 'tr', 'Gorki Park Plaza'), ('projects.code', 'GPP', 'ru', 'Горки Парк Плаза'),
    ('projects.code', 'MML', 'tr', 'Moskova Metro Hattı'), ('projects.code', 'MML', 'ru', 'Линия Московского метро'),
    ('projects.code', 'KAZ', 'tr', 'Kazan Arena'), ('projects.code', 'KAZ', 'ru', 'Казань Арена'),
    ('projects.code', 'IST', 'tr', 'İstanbul Havalimanı'), ('projects.code', 'IST', 'ru', 'Аэропорт Стамбул'),
    ('projects.code', 'ABC', 'tr', 'Almatı İş Merkezi'), ('projects.code', 'ABC', 'ru', 'Бизнес-центр Алматы'),
    ('projects.code', 'DXB', 'tr', 'Dubai Kuleleri'), ('projects.code', 'DXB', 'ru', 'Башни Дубая'),
    ('projects.status', 'planned', 'tr', 'planlanan'), ('projects.status', 'planned', 'ru', 'запланирован'),
    ('projects.status', 'active', 'en', 'ongoing'), ('projects.status', 'active', 'tr', 'devam ediyor'), ('projects.status', 'active', 'ru', 'действующий'),
    ('projects.status', 'completed', 'en', 'finished'), ('projects.status', 'completed', 'tr', 'tamamlandı'), ('projects.status', 'completed', 'ru', 'завершён'),
    ('employees.status', 'active', 'en', 'working'), ('employees.status', 'active', 'tr', 'çalışıyor'), ('employees.status', 'active', 'ru', 'работает'),
    ('employees.status', 'on leave', 'en', 'leave'), ('employees.status', 'on leave', 'tr', 'izinli'), ('employees.status', 'on leave', 'ru', 'в отпуске'),
    ('employees.status', 'left', 'en', 'resigned'), ('employees.status', 'left', 'tr', 'ayrıldı'), ('employees.status', 'left', 'ru', 'уволен'),
    ('employees.gender', 'F', 'en', 'female'), ('employees.gender', 'F', 'en', 'woman'), ('employees.gender', 'F', 'tr', 'kadın'), ('employees.gender', 'F', 'ru', 'женщина'),
    ('employees.gender', 'M', 'en', 'male'), ('employees.gender', 'M', 'en', 'man'), ('employees.gender', 'M', 'tr', 'erkek'), ('employees.gender', 'M', 'ru', 'мужчина'),
    ('contracts.contract_type', 'permanent', 'tr', 'süresiz'), ('contracts.contract_type', 'permanent', 'ru', 'бессрочный'),
    ('contracts.contract_type', 'fixed term', 'en', 'temporary'), ('contracts.contract_type', 'fixed term', 'tr', 'süreli'), ('contracts.contract_type', 'fixed term', 'ru', 'срочный'),
    ('contracts.contract_type', 'project', 'en', 'project'), ('contracts.contract_type', 'project', 'tr', 'proje bazlı'), ('contracts.contract_type', 'project', 'ru', 'проектный'),
    ('contracts.contract_type', 'internship', 'en', 'intern'), ('contracts.contract_type', 'internship', 'tr', 'staj'), ('contracts.contract_type', 'internship', 'ru', 'стажировка'),
    ('leave.leave_type', 'annual', 'en', 'vacation'), ('leave.leave_type', 'annual', 'tr', 'yıllık izin'), ('leave.leave_type', 'annual', 'ru', 'ежегодный'),
    ('leave.leave_type', 'sick', 'en', 'sick leave'), ('leave.leave_type', 'sick', 'tr', 'hastalık izni'), ('leave.leave_type', 'sick', 'ru', 'больничный'),
    ('leave.leave_type', 'parental', 'tr', 'doğum izni'), ('leave.leave_type', 'parental', 'ru', 'декретный'),
    ('leave.leave_type', 'unpaid', 'tr', 'ücretsiz izin'), ('leave.leave_type', 'unpaid', 'ru', 'без содержания'),
    ('training.course', 'First Aid', 'tr', 'İlk Yardım'), ('training.course', 'First Aid', 'ru', 'Первая помощь'),
    ('training.course', 'Fire Safety', 'tr', 'Yangın Güvenliği'), ('training.course', 'Fire Safety', 'ru', 'Пожарная безопасность'),
    ('training.course', 'Work at Height', 'tr', 'Yüksekte Çalışma'), ('training.course', 'Work at Height', 'ru', 'Работы на высоте'),
    ('training.course', 'Project Management', 'tr', 'Proje Yönetimi'), ('training.course', 'Project Management', 'ru', 'Управление проектами');
ANALYZE;
