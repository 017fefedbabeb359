-- Historical archive: fonds, items, donations, reading room and conservation. Legacy export, no constraints.

CREATE TABLE mat_type (
    code TEXT,
    label TEXT
);
CREATE TABLE fonds (
    id INTEGER,
    title TEXT,
    creator TEXT,
    yr_from INTEGER,
    yr_to INTEGER,
    access TEXT
);
CREATE TABLE item (
    id INTEGER,
    fonds_id INTEGER,
    ref_code TEXT,
    title TEXT,
    type TEXT,
    year_made INTEGER,
    cond TEXT,
    digitized TEXT,
    box INTEGER
);
CREATE TABLE donor (
    id INTEGER,
    name TEXT,
    city TEXT,
    country TEXT
);
CREATE TABLE donation (
    id INTEGER,
    donor_id INTEGER,
    fonds_id INTEGER,
    given_on TEXT,
    est_value INTEGER
);
CREATE TABLE reader (
    id INTEGER,
    name TEXT,
    occupation TEXT,
    city TEXT,
    registered TEXT,
    newsletter TEXT
);
CREATE TABLE request (
    id INTEGER,
    reader_id INTEGER,
    item_id INTEGER,
    requested_on TEXT,
    returned_on TEXT,
    status TEXT -- O = open, C = completed, X = cancelled
);
CREATE TABLE restoration (
    id INTEGER,
    item_id INTEGER,
    restorer TEXT,
    method TEXT,
    started_on TEXT,
    finished_on TEXT,
    cost INTEGER
);

INSERT INTO mat_type VALUES
    ('P', 'Photograph'),
    ('M', 'Map'),
    ('L', 'Letter'),
    ('F', 'Film reel'),
    ('B', 'Bound volume');

INSERT INTO fonds VALUES
    (1, 'Harbour Board Records', 'Harbour Board', 1854, 1938, 'O'),
    (2, 'Lindqvist Family Papers', 'Lindqvist family', 1871, 1969, 'O'),
    (3, 'City Survey Office', 'Survey Office', 1798, 1925, 'O'),
    (4, 'Aurora Film Studio', 'Aurora Film Studio', 1919, 1961, 'O'),
    (5, 'Theatre Royal Collection', 'Theatre Royal', 1888, 1975, 'R'),
    (6, 'Marsh Photographic Studio', 'Eleanor Marsh', 1902, 1958, 'O'),
    (7, 'Municipal Police Files', 'Municipal Police', 1910, 1990, 'R'),
    (8, 'Tramway Company', 'Tramway Company', 1895, 1953, 'O');

INSERT INTO item VALUES
    (1, 1, 'HAR/001', 'Plan of the Eastern Docks', 'M', 1861, 'P', 'Y', 33),
    (2, 1, 'HAR/002', 'Crane No. 4 under construction', 'P', 1902, 'F', 'N', 27),
    (3, 1, 'HAR/003', 'Dredging accounts, volume 2', 'B', 1889, 'G', 'Y', 27),
    (4, 1, 'HAR/004', 'Harbour soundings chart', 'M', 1878, 'P', 'N', 29),
    (5, 1, 'HAR/005', 'Letter to the Harbour Master', 'L', 1891, 'F', 'Y', 25),
    (6, 1, 'HAR/006', 'Opening of the New Pier', 'P', 1911, 'F', 'Y', 11),
    (7, 1, 'HAR/007', 'Lighthouse keeper daybook', 'B', 1867, 'G', 'Y', 18),
    (8, 2, 'LIN/008', 'Wedding portrait of Karin Lindqvist', 'P', 1899, 'F', 'N', 8),
    (9, 2, 'LIN/009', 'Letter from Buenos Aires', 'L', 1907, 'P', 'N', 25),
    (10, 2, 'LIN/010', 'Summer at the lake house', 'P', 1923, 'P', 'N', 24),
    (11, 2, 'LIN/011', 'Letter to Aunt Hedvig', 'L', 1915, 'F', 'Y', 34),
    (12, 2, 'LIN/012', 'Household ledger', 'B', 1884, 'F', 'N', 18),
    (13, 2, 'LIN/013', 'Family picnic, home movie', 'F', 1936, 'G', 'Y', 28),
    (14, 2, 'LIN/014', 'Letter from the front', 'L', 1917, 'P', 'N', 28),
    (15, 3, 'CIT/015', 'Map of the Old Town', 'M', 1799, 'F', 'Y', 14),
    (16, 3, 'CIT/016', 'Cadastral map, sheet 12', 'M', 1843, 'F', 'N', 30),
    (17, 3, 'CIT/017', 'Map of the Northern Suburbs', 'M', 1908, 'G', 'N', 12),
    (18, 3, 'CIT/018', 'Levelling notebook', 'B', 1872, 'G', 'N', 14),
    (19, 3, 'CIT/019', 'Map of the Mill Stream', 'M', 1826, 'G', 'N', 28),
    (20, 3, 'CIT/020', 'Survey team at the city wall', 'P', 1887, 'G', 'Y', 14),
    (21, 4, 'AUR/021', 'The Glass Piano', 'F', 1927, 'G', 'N', 15),
    (22, 4, 'AUR/022', 'Snow over Tallis', 'F', 1933, 'P', 'N', 10),
    (23, 4, 'AUR/023', 'Night Ferry', 'F', 1938, 'P', 'Y', 25),
    (24, 4, 'AUR/024', 'Stills from Night Ferry', 'P', 1938, 'F', 'N', 5),
    (25, 4, 'AUR/025', 'Contract letter of Vera Holt', 'L', 1931, 'F', 'N', 3),
    (26, 4, 'AUR/026', 'The Last Lamplighter', 'F', 1924, 'F', 'N', 24),
    (27, 4, 'AUR/027', 'Shooting script ledger', 'B', 1929, 'G', 'Y', 9),
    (28, 5, 'THE/028', 'Hamlet, stage photograph', 'P', 1904, 'F', 'Y', 25),
    (29, 5, 'THE/029', 'Backstage at the Royal', 'P', 1948, 'F', 'N', 10),
    (30, 5, 'THE/030', 'Prompt book of The Tempest', 'B', 1893, 'G', 'N', 12),
    (31, 5, 'THE/031', 'Letter from a disappointed tenor', 'L', 1912, 'F', 'N', 10),
    (32, 5, 'THE/032', 'Gala evening newsreel', 'F', 1953, 'G', 'N', 16),
    (33, 6, 'MAR/033', 'Market day in the rain', 'P', 1909, 'G', 'Y', 17),
    (34, 6, 'MAR/034', 'Portrait of a chimney sweep', 'P', 1913, 'G', 'Y', 17),
    (35, 6, 'MAR/035', 'Flood of 1921', 'P', 1921, 'G', 'Y', 13),
    (36, 6, 'MAR/036', 'Studio appointment book', 'B', 1919, 'G', 'Y', 24),
    (37, 6, 'MAR/037', 'School class, Elm Street', 'P', 1926, 'P', 'Y', 11),
    (38, 6, 'MAR/038', 'Circus parade', 'P', 1930, 'F', 'Y', 31),
    (39, 7, 'MUN/039', 'Precinct map', 'M', 1934, 'G', 'N', 21),
    (40, 7, 'MUN/040', 'Evidence photograph 77', 'P', 1951, 'F', 'N', 20),
    (41, 8, 'TRA/041', 'Tram line network map', 'M', 1901, 'G', 'N', 36),
    (42, 8, 'TRA/042', 'First electric tram', 'P', 1896, 'F', 'Y', 39),
    (43, 8, 'TRA/043', 'Strike of the conductors', 'P', 1912, 'F', 'Y', 8),
    (44, 8, 'TRA/044', 'Timetable ledger', 'B', 1922, 'F', 'N', 8),
    (45, 8, 'TRA/045', 'Last ride, amateur film', 'F', 1953, 'F', 'Y', 5),
    (46, 8, 'TRA/046', 'Undated depot photograph', 'P', NULL, 'F', 'Y', 39);

INSERT INTO donor VALUES
    (1, 'Karin Lindqvist-Hale', 'Gothenburg', 'Sweden'),
    (2, 'Port Authority Trust', 'Hull', 'United Kingdom'),
    (3, 'Estate of Eleanor Marsh', 'York', 'United Kingdom'),
    (4, 'Viktor Aalto', 'Turku', 'Finland'),
    (5, 'Film Heritage Fund', 'London', 'United Kingdom'),
    (6, 'Rosa Bianchi', 'Genoa', 'Italy'),
    (7, 'Leyla Sarper', 'Izmir', 'Turkey'),
    (8, 'Nikolai Berezin', 'Riga', 'Latvia'),
    (9, 'Oskar Lindqvist', 'Malmo', 'Sweden');

INSERT INTO donation VALUES
    (1, 1, 2, '1998-05-14', 4200),
    (2, 9, 2, '2011-10-03', 1850),
    (3, 2, 1, '1987-02-20', 12500),
    (4, 3, 6, '2004-09-09', 9800),
    (5, 5, 4, '2015-03-27', 31000),
    (6, 4, 8, '2009-06-18', 760),
    (7, 1, 2, '2016-12-01', 2300),
    (8, 6, 5, '2019-04-11', 1400),
    (9, 5, 4, '2021-08-30', 15500),
    (10, 7, 8, '2022-05-16', 980),
    (11, 2, 1, '2002-11-25', NULL),
    (12, 6, 5, '2023-01-19', NULL),
    (13, 5, 5, '2018-07-07', 5400);

INSERT INTO reader VALUES
    (1, 'Dr. Helen Frost', 'historian', 'Edinburgh', '2020-05-05', 'Y'),
    (2, 'Marek Wolski', 'journalist', 'Gdansk', '2021-07-02', 'N'),
    (3, 'Asli Tuncer', 'doctoral student', 'Istanbul', '2020-12-26', 'N'),
    (4, 'Pavel Morozov', 'historian', 'Saint Petersburg', '2021-10-12', 'Y'),
    (5, 'Janet Okafor', 'film director', 'London', '2021-03-13', 'Y'),
    (6, 'Lars Eklund', 'genealogist', 'Malmo', '2021-12-12', 'Y'),
    (7, 'Camille Roux', 'doctoral student', 'Lyon', '2021-04-25', 'N'),
    (8, 'Robert Pike', 'genealogist', 'Hull', '2020-10-21', 'Y'),
    (9, 'Ebru Sezer', 'architect', 'Ankara', '2022-12-25', 'Y'),
    (10, 'Tatiana Belova', 'journalist', 'Riga', '2022-11-10', 'N'),
    (11, 'Simon Hart', 'historian', 'London', '2021-07-05', 'N'),
    (12, 'Ida Nyberg', 'architect', 'Turku', '2024-01-10', 'N'),
    (13, 'Walter Quinn', 'genealogist', 'Dublin', '2022-12-10', 'Y'),
    (14, 'Mina Sato', 'doctoral student', 'Kyoto', '2022-06-05', 'N'),
    (15, 'Fiona Grey', 'film director', 'London', '2022-07-30', 'Y');

INSERT INTO request VALUES
    (1, 7, 16, '2023-06-07', '2023-06-24', 'C'),
    (2, 15, 16, '2023-06-13', '2023-06-28', 'C'),
    (3, 3, 8, '2023-07-10', NULL, 'X'),
    (4, 8, 15, '2023-07-11', '2023-08-01', 'C'),
    (5, 8, 33, '2023-07-12', '2023-07-16', 'C'),
    (6, 2, 44, '2023-07-27', '2023-08-10', 'C'),
    (7, 1, 33, '2023-07-31', '2023-08-05', 'C'),
    (8, 8, 15, '2023-08-02', '2023-08-06', 'C'),
    (9, 5, 34, '2023-08-18', '2023-09-02', 'C'),
    (10, 2, 15, '2023-08-21', '2023-08-28', 'C'),
    (11, 9, 1, '2023-08-24', NULL, 'X'),
    (12, 4, 34, '2023-09-05', '2023-09-12', 'C'),
    (13, 2, 13, '2023-09-16', '2023-09-20', 'C'),
    (14, 10, 33, '2023-09-18', '2023-10-02', 'C'),
    (15, 7, 30, '2023-09-21', '2023-09-27', 'C'),
    (16, 3, 41, '2023-10-03', '2023-10-20', 'C'),
    (17, 5, 15, '2023-10-14', '2023-11-04', 'C'),
    (18, 10, 21, '2023-11-02', '2023-11-04', 'C'),
    (19, 10, 15, '2023-11-04', '2023-11-22', 'C'),
    (20, 15, 35, '2023-11-16', '2023-12-05', 'C'),
    (21, 6, 33, '2023-11-16', '2023-12-03', 'C'),
    (22, 5, 15, '2023-11-20', '2023-12-03', 'C'),
    (23, 11, 1, '2023-11-26', '2023-12-17', 'C'),
    (24, 6, 34, '2023-12-15', '2023-12-26', 'C'),
    (25, 7, 42, '2023-12-16', NULL, 'X'),
    (26, 2, 15, '2023-12-25', '2024-01-07', 'C'),
    (27, 9, 15, '2023-12-28', '2024-01-03', 'C'),
    (28, 3, 16, '2023-12-31', '2024-01-09', 'C'),
    (29, 4, 33, '2024-01-03', '2024-01-14', 'C'),
    (30, 6, 42, '2024-01-04', '2024-01-19', 'C'),
    (31, 8, 1, '2024-01-05', '2024-01-06', 'C'),
    (32, 15, 42, '2024-01-12', '2024-02-02', 'C'),
    (33, 1, 42, '2024-01-26', '2024-01-30', 'C'),
    (34, 4, 15, '2024-01-28', '2024-02-11', 'C'),
    (35, 8, 15, '2024-01-28', '2024-02-01', 'C'),
    (36, 12, 15, '2024-02-04', '2024-02-22', 'C'),
    (37, 12, 8, '2024-02-14', '2024-03-03', 'C'),
    (38, 6, 15, '2024-02-29', '2024-03-09', 'C'),
    (39, 1, 33, '2024-02-29', '2024-03-16', 'C'),
    (40, 6, 28, '2024-03-03', '2024-03-10', 'C'),
    (41, 10, 3, '2024-03-17', '2024-03-24', 'C'),
    (42, 3, 1, '2024-03-23', '2024-03-31', 'C'),
    (43, 2, 28, '2024-03-28', '2024-04-14', 'C'),
    (44, 5, 15, '2024-04-27', NULL, 'O'),
    (45, 2, 15, '2024-04-27', '2024-05-12', 'C'),
    (46, 3, 44, '2024-04-29', NULL, 'O'),
    (47, 11, 28, '2024-05-05', '2024-05-11', 'C'),
    (48, 11, 23, '2024-05-18', '2024-05-21', 'C'),
    (49, 9, 15, '2024-05-19', NULL, 'O'),
    (50, 8, 22, '2024-05-23', NULL, 'O'),
    (51, 7, 28, '2024-05-27', NULL, 'X'),
    (52, 11, 42, '2024-05-30', NULL, 'O');

INSERT INTO restoration VALUES
    (1, 36, 'Agnes Poole', 'rebinding', '2023-03-12', '2023-04-03', 350),
    (2, 30, 'Agnes Poole', 'rebinding', '2024-02-16', '2024-06-06', 510),
    (3, 43, 'Agnes Poole', 'cleaning', '2024-03-08', '2024-07-02', 353),
    (4, 16, 'Bruno Keller', 'deacidification', '2022-12-01', NULL, NULL),
    (5, 31, 'Bruno Keller', 'deacidification', '2021-05-11', '2021-09-19', 394),
    (6, 35, 'Agnes Poole', 'scratch removal', '2022-05-20', '2022-06-06', 882),
    (7, 44, 'Bruno Keller', 'rebinding', '2022-02-17', '2022-04-24', 1280),
    (8, 17, 'Agnes Poole', 'tear repair', '2023-03-04', '2023-05-04', 1399),
    (9, 11, 'Bruno Keller', 'deacidification', '2023-03-16', NULL, NULL),
    (10, 26, 'Agnes Poole', 'scratch removal', '2023-12-18', '2024-03-13', 1084),
    (11, 27, 'Bruno Keller', 'cleaning', '2021-09-19', '2021-10-24', 281),
    (12, 34, 'Bruno Keller', 'cleaning', '2021-03-06', '2021-05-19', 1440),
    (13, 13, 'Bruno Keller', 'cleaning', '2023-06-27', NULL, NULL),
    (14, 6, 'Agnes Poole', 'cleaning', '2024-01-04', '2024-05-09', 188),
    (15, 29, 'Selma Uzun', 'scratch removal', '2021-10-22', '2021-12-25', 1345),
    (16, 10, 'Selma Uzun', 'cleaning', '2023-03-25', NULL, NULL),
    (17, 33, 'Bruno Keller', 'scratch removal', '2023-11-12', '2024-03-19', 974);

