-- Maintenance in a factory.

CREATE TABLE ln (
    ln_id INTEGER PRIMARY KEY,  -- production line
    ln_nm TEXT,                 -- name of the line
    hall TEXT,                  -- hall where the line stands
    cap_ph INTEGER              -- capacity, units per hour
);
CREATE TABLE mach (
    mach_id INTEGER PRIMARY KEY,  -- machine
    mach_nm TEXT,                 -- machine name
    ln_id INTEGER REFERENCES ln (ln_id),  -- production line
    mfr TEXT,                     -- manufacturer
    inst_dt TEXT,                 -- installation date
    purch_cst REAL,               -- purchase cost, EUR
    crit_cd TEXT,                 -- criticality class: A (highest), B, C
    stat TEXT                     -- status: RUN = running, STOP = stopped, IDLE = idle
);
CREATE TABLE tech (
    tech_id INTEGER PRIMARY KEY,  -- technician
    nm TEXT,                      -- full name
    spec TEXT,                    -- specialty: MECH mechanical, ELEC electrical, HYDR hydraulics, AUTO automation
    hr_rt REAL,                   -- hourly rate, EUR
    hire_dt TEXT,                 -- hire date
    shft TEXT                     -- shift: D day, E evening, N night
);
CREATE TABLE wo (
    wo_no INTEGER PRIMARY KEY,    -- work order number
    mach_id INTEGER REFERENCES mach (mach_id),  -- machine
    tech_id INTEGER REFERENCES tech (tech_id),  -- assigned technician, NULL = nobody yet
    typ TEXT,                     -- type: PM preventive, CM corrective (repair), IN inspection
    prio INTEGER,                 -- priority, 1 = most urgent
    opn_dt TEXT,                  -- date opened
    cls_dt TEXT,                  -- date closed, NULL = still open
    lab_hrs REAL,                 -- labor hours
    descr TEXT                    -- description
);
CREATE TABLE prt (
    prt_id INTEGER PRIMARY KEY,   -- spare part
    prt_nm TEXT,                  -- part name
    sup_nm TEXT,                  -- supplier
    unit_cst REAL,                -- cost of one unit, EUR
    qty_oh INTEGER,               -- quantity on hand
    min_qty INTEGER               -- minimum stock
);
CREATE TABLE prt_use (
    wo_no INTEGER REFERENCES wo (wo_no),     -- work order
    prt_id INTEGER REFERENCES prt (prt_id),  -- part used
    qty INTEGER,                             -- quantity used
    PRIMARY KEY (wo_no, prt_id)
);
CREATE TABLE dwn (
    dwn_id INTEGER PRIMARY KEY,   -- downtime event
    mach_id INTEGER REFERENCES mach (mach_id),  -- machine
    st_dt TEXT,                   -- start date
    hrs REAL,                     -- length in hours
    rsn_cd TEXT                   -- reason: BRK breakdown, SET setup, PWR power failure, MAT no material
);

INSERT INTO ln VALUES
(1, 'Bottling', 'Hall 1', 412),
(2, 'Packaging', 'Hall 1', 380),
(3, 'Stamping', 'Hall 2', 295),
(4, 'Painting', 'Hall 3', 160),
(5, 'Assembly', 'Hall 2', 508),
(6, 'Pilot', 'Hall 4', NULL),
(7, 'Utilities', 'Hall 4', NULL),
(8, 'Tooling', 'Hall 2', 90);

INSERT INTO mach VALUES
(1, 'Filler F1', 1, 'Krones', '2019-01-10', 109000, 'A', 'STOP'),
(2, 'Capper C2', 1, 'Krones', '2020-05-26', 111000, 'A', 'RUN'),
(3, 'Labeler L3', 1, 'Sidel', '2016-01-30', 216000, 'B', 'RUN'),
(4, 'Case Packer P1', 2, 'Bosch', '2011-11-03', 239000, 'C', 'RUN'),
(5, 'Palletizer R4', 2, 'Kuka', '2012-05-14', 305000, 'A', 'RUN'),
(6, 'Shrink Tunnel S2', 2, 'Bosch', '2016-12-25', 118000, 'B', 'IDLE'),
(7, 'Press 400T', 3, 'Schuler', '2007-08-25', 240000, 'C', 'STOP'),
(8, 'Press 250T', 3, 'Schuler', '2014-06-13', 346000, 'B', 'RUN'),
(9, 'Coil Feeder', 3, 'Schuler', '2008-04-08', 410000, 'A', 'RUN'),
(10, 'Spray Booth A', 4, 'Durr', '2006-10-11', 103000, 'B', 'RUN'),
(11, 'Drying Oven', 4, 'Durr', '2009-11-11', 322000, 'C', 'STOP'),
(12, 'Robot Arm R1', 5, 'Kuka', '2011-06-14', 398000, 'A', 'RUN'),
(13, 'Robot Arm R2', 5, 'Kuka', '2010-07-09', 238000, 'A', 'RUN'),
(14, 'Conveyor V7', 5, 'Bosch', '2008-12-10', 377000, 'A', 'RUN'),
(15, 'Torque Station', 5, 'Atlas', '2011-11-29', 137000, 'A', 'RUN'),
(16, 'Air Compressor K1', 7, 'Atlas', '2017-03-27', 352000, 'C', 'RUN'),
(17, 'Boiler B1', 7, 'Viessmann', '2019-03-02', 352000, 'B', 'RUN'),
(18, 'Chiller X2', 7, 'Viessmann', '2014-12-21', 74000, 'B', 'RUN'),
(19, 'Lathe T5', 8, 'DMG', '2010-08-07', 245000, 'A', 'RUN'),
(20, 'Test Bench Q', 6, 'Bosch', '2011-02-09', 241000, 'C', 'RUN');

INSERT INTO tech VALUES
(1, 'Frank Osei', 'MECH', 22.25, '2011-12-21', 'D'),
(2, 'Gülcan Tekin', 'ELEC', 28.75, '2014-09-09', 'E'),
(3, 'Boris Antonov', 'MECH', 32.0, '2018-01-09', 'N'),
(4, 'Helen Ward', 'ELEC', 25.0, '2018-12-18', 'D'),
(5, 'Murat Şen', 'HYDR', 33.25, '2009-05-30', 'D'),
(6, 'Yulia Sobol', 'AUTO', 21.5, '2019-08-13', 'D'),
(7, 'Carl Jensen', 'MECH', 21.5, '2014-06-07', 'D'),
(8, 'Derya Polat', 'AUTO', 21.5, '2012-08-20', 'D'),
(9, 'Simon Blake', 'HYDR', 22.75, '2009-01-29', 'N'),
(10, 'Raisa Titova', 'ELEC', 21.75, '2020-05-27', 'E');

INSERT INTO wo VALUES
(1001, 7, 2, 'IN', 4, '2023-01-29', '2023-02-20', 13.5, 'safety check'),
(1002, 2, 7, 'CM', 3, '2023-02-17', '2023-03-03', 2.5, 'oil leak'),
(1003, 4, 7, 'CM', 1, '2023-02-27', '2023-03-08', 15.0, 'jammed feeder'),
(1004, 7, 8, 'PM', 3, '2023-03-01', '2023-03-19', 4.0, 'check belt tension'),
(1005, 4, 2, 'CM', 1, '2023-03-05', '2023-03-12', 11.5, 'sensor fault'),
(1006, 7, 8, 'CM', 2, '2023-03-16', '2023-04-08', 18.5, 'broken belt'),
(1007, 11, 1, 'CM', 1, '2023-03-28', '2023-04-09', 12.0, 'oil leak'),
(1008, 11, 10, 'PM', 2, '2023-04-02', '2023-04-20', 17.0, 'replace filters'),
(1009, 12, 4, 'CM', 1, '2023-04-18', '2023-04-25', 1.5, 'sensor fault'),
(1010, 19, 3, 'CM', 2, '2023-05-07', '2023-05-22', 6.0, 'motor overheating'),
(1011, 11, 2, 'PM', 4, '2023-05-07', '2023-05-11', 5.5, 'replace filters'),
(1012, 11, 7, 'CM', 3, '2023-05-13', '2023-06-01', 15.5, 'sensor fault'),
(1013, 9, 1, 'IN', 4, '2023-05-16', '2023-05-19', 25.0, 'safety check'),
(1014, 9, 6, 'CM', 1, '2023-05-30', '2023-06-14', 13.0, 'oil leak'),
(1015, 6, 8, 'IN', 3, '2023-06-02', '2023-06-18', 15.5, 'safety check'),
(1016, 7, 8, 'CM', 3, '2023-06-06', '2023-07-01', 3.5, 'sensor fault'),
(1017, 16, 10, 'CM', 3, '2023-06-22', '2023-06-22', 18.0, 'motor overheating'),
(1018, 18, 7, 'PM', 3, '2023-07-30', '2023-08-03', 13.5, 'check belt tension'),
(1019, 1, 3, 'CM', 1, '2023-07-30', '2023-08-16', 13.5, 'sensor fault'),
(1020, 19, 3, 'CM', 1, '2023-07-30', '2023-07-30', 17.5, 'broken belt'),
(1021, 6, 6, 'CM', 3, '2023-07-31', '2023-08-21', 15.5, 'oil leak'),
(1022, 5, 7, 'CM', 1, '2023-08-12', '2023-08-13', 16.0, 'sensor fault'),
(1023, 4, 6, 'CM', 1, '2023-11-21', '2023-12-02', 22.5, 'motor overheating'),
(1024, 4, 7, 'CM', 3, '2023-12-08', '2023-12-15', 22.0, 'oil leak'),
(1025, 3, 7, 'PM', 3, '2023-12-20', '2024-01-14', 12.5, 'check belt tension'),
(1026, 13, 6, 'IN', 4, '2023-12-21', '2023-12-26', 13.5, 'safety check'),
(1027, 5, 5, 'PM', 2, '2024-01-06', '2024-01-18', 24.0, 'grease bearings'),
(1028, 17, 1, 'CM', 1, '2024-01-12', '2024-02-03', 1.5, 'jammed feeder'),
(1029, 18, 8, 'PM', 4, '2024-01-19', '2024-02-10', 2.5, 'calibrate sensors'),
(1030, 4, 4, 'CM', 3, '2024-01-19', '2024-01-30', 2.0, 'sensor fault'),
(1031, 9, 6, 'PM', 2, '2024-01-25', '2024-02-04', 8.0, 'grease bearings'),
(1032, 7, 10, 'CM', 1, '2024-01-25', '2024-02-06', 9.0, 'oil leak'),
(1033, 18, 1, 'CM', 3, '2024-02-13', '2024-02-16', 3.5, 'broken belt'),
(1034, 8, 6, 'PM', 3, '2024-02-16', '2024-02-28', 22.0, 'check belt tension'),
(1035, 17, 8, 'CM', 3, '2024-02-29', '2024-03-19', 13.0, 'sensor fault'),
(1036, 5, 8, 'CM', 2, '2024-03-06', '2024-03-23', 23.5, 'sensor fault'),
(1037, 10, 4, 'IN', 2, '2024-03-06', '2024-03-20', 25.0, 'safety check'),
(1038, 8, 4, 'CM', 3, '2024-04-15', '2024-05-06', 8.0, 'motor overheating'),
(1039, 17, 2, 'CM', 2, '2024-05-13', '2024-05-19', 25.0, 'jammed feeder'),
(1040, 13, 8, 'CM', 1, '2024-05-15', '2024-06-04', 8.0, 'oil leak'),
(1041, 5, 7, 'CM', 2, '2024-05-28', '2024-06-13', 16.0, 'broken belt'),
(1042, 6, 4, 'PM', 3, '2024-06-07', '2024-06-20', 11.0, 'replace filters'),
(1043, 1, 7, 'IN', 4, '2024-06-27', '2024-07-10', 24.0, 'annual inspection'),
(1044, 13, 1, 'CM', 2, '2024-08-09', '2024-09-02', 9.0, 'jammed feeder'),
(1045, 12, 6, 'PM', 3, '2024-08-11', NULL, NULL, 'grease bearings'),
(1046, 14, 5, 'PM', 3, '2024-08-13', NULL, NULL, 'replace filters'),
(1047, 18, 7, 'CM', 2, '2024-08-20', NULL, NULL, 'jammed feeder'),
(1048, 16, 5, 'CM', 2, '2024-09-07', NULL, NULL, 'jammed feeder'),
(1049, 10, NULL, 'CM', 3, '2024-09-22', NULL, NULL, 'motor overheating'),
(1050, 9, 2, 'CM', 1, '2024-10-17', '2024-10-18', 10.5, 'motor overheating'),
(1051, 4, NULL, 'IN', 3, '2024-10-24', NULL, NULL, 'safety check'),
(1052, 17, 7, 'CM', 1, '2024-10-27', '2024-11-21', 20.0, 'motor overheating'),
(1053, 16, 3, 'PM', 3, '2024-11-09', NULL, NULL, 'grease bearings'),
(1054, 14, NULL, 'IN', 2, '2024-11-12', NULL, NULL, 'safety check'),
(1055, 5, NULL, 'CM', 3, '2024-11-14', NULL, NULL, 'broken belt');

INSERT INTO prt VALUES
(1, 'V-belt', 'Gates', 18.4, 41, 2),
(2, 'Ball bearing 6205', 'SKF', 7.9, 33, 15),
(3, 'Hydraulic hose', 'Parker', 46.0, 4, 5),
(4, 'Proximity sensor', 'Omron', 62.5, 42, 15),
(5, 'Oil filter', 'Mann', 14.2, 50, 15),
(6, 'Servo motor', 'Omron', 940.0, 14, 15),
(7, 'Gasket set', 'Parker', 23.75, 12, 2),
(8, 'Contactor', 'Siemens', 88.0, 58, 10),
(9, 'Roller chain', 'SKF', 120.6, 54, 2),
(10, 'Grease cartridge', 'SKF', 9.3, 55, 15),
(11, 'PLC module', 'Siemens', 615.0, 42, 10),
(12, 'Air filter', 'Mann', 31.0, 6, 15),
(13, 'Spindle seal', 'Parker', 54.9, 43, 5);

INSERT INTO prt_use VALUES
(1002, 5, 3),
(1003, 4, 5),
(1003, 8, 5),
(1005, 2, 1),
(1005, 10, 5),
(1006, 1, 1),
(1006, 9, 6),
(1008, 4, 6),
(1008, 9, 4),
(1008, 10, 6),
(1010, 7, 2),
(1010, 9, 6),
(1011, 5, 4),
(1012, 1, 3),
(1016, 3, 3),
(1018, 10, 6),
(1019, 8, 4),
(1022, 4, 6),
(1023, 3, 6),
(1024, 2, 3),
(1024, 3, 1),
(1024, 10, 2),
(1024, 12, 3),
(1028, 7, 5),
(1028, 8, 6),
(1029, 6, 1),
(1030, 1, 1),
(1030, 2, 1),
(1030, 3, 1),
(1031, 12, 3),
(1032, 1, 1),
(1032, 7, 1),
(1033, 1, 6),
(1033, 2, 3),
(1033, 6, 2),
(1033, 7, 3),
(1034, 3, 4),
(1034, 4, 1),
(1034, 12, 2),
(1035, 3, 5),
(1039, 3, 6),
(1039, 5, 2),
(1039, 7, 5),
(1040, 3, 6),
(1041, 12, 3),
(1042, 6, 2),
(1044, 12, 3),
(1050, 8, 4);

INSERT INTO dwn VALUES
(1, 15, '2023-01-18', 4.5, 'MAT'),
(2, 4, '2023-01-21', 8.5, 'BRK'),
(3, 12, '2023-03-15', 12.0, 'PWR'),
(4, 9, '2023-03-25', 16.5, 'SET'),
(5, 4, '2023-04-13', 19.0, 'MAT'),
(6, 17, '2023-04-23', 8.5, 'BRK'),
(7, 13, '2023-06-20', 3.5, 'MAT'),
(8, 7, '2023-06-28', 15.5, 'BRK'),
(9, 3, '2023-07-01', 9.5, 'BRK'),
(10, 5, '2023-09-08', 17.0, 'MAT'),
(11, 2, '2023-09-10', 19.5, 'SET'),
(12, 7, '2023-09-10', 16.0, 'MAT'),
(13, 3, '2023-10-07', 6.0, 'SET'),
(14, 8, '2023-12-30', 10.5, 'SET'),
(15, 15, '2024-01-10', 18.0, 'SET'),
(16, 11, '2024-01-15', 18.5, 'SET'),
(17, 13, '2024-01-29', 4.0, 'PWR'),
(18, 7, '2024-01-29', 13.5, 'BRK'),
(19, 15, '2024-02-10', 6.5, 'BRK'),
(20, 12, '2024-03-09', 1.5, 'BRK'),
(21, 6, '2024-03-12', 12.5, 'BRK'),
(22, 6, '2024-04-09', 7.0, 'BRK'),
(23, 5, '2024-06-01', 17.0, 'PWR'),
(24, 13, '2024-06-04', 18.0, 'PWR'),
(25, 17, '2024-06-17', 22.0, 'BRK'),
(26, 8, '2024-06-18', 11.0, 'MAT'),
(27, 5, '2024-06-21', 20.0, 'PWR'),
(28, 11, '2024-06-25', 4.0, 'MAT'),
(29, 12, '2024-07-03', 12.0, 'BRK'),
(30, 3, '2024-07-18', 23.0, 'MAT'),
(31, 7, '2024-07-18', 13.5, 'BRK'),
(32, 2, '2024-07-21', 16.0, 'PWR'),
(33, 12, '2024-08-01', 20.5, 'SET'),
(34, 11, '2024-08-15', 17.5, 'PWR'),
(35, 8, '2024-09-03', 22.5, 'BRK'),
(36, 7, '2024-09-17', 0.5, 'BRK'),
(37, 8, '2024-10-09', 19.5, 'BRK'),
(38, 2, '2024-10-27', 23.0, 'BRK'),
(39, 16, '2024-11-18', 19.0, 'PWR'),
(40, 17, '2024-11-24', 22.0, 'MAT');
