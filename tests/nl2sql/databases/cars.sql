-- Car makers of countries and continents, their models, and what the cars can do.

CREATE TABLE continents (
    continent_id INTEGER PRIMARY KEY,
    continent_name VARCHAR(20)
);
CREATE TABLE countries (
    country_id INTEGER PRIMARY KEY,
    country_name VARCHAR(30),
    continent_id INTEGER REFERENCES continents (continent_id)
);
CREATE TABLE car_makers (
    maker_id INTEGER PRIMARY KEY,
    maker_name VARCHAR(40),
    country_id INTEGER REFERENCES countries (country_id),
    founded_year INTEGER
);
CREATE TABLE models (
    model_id INTEGER PRIMARY KEY,
    model_name VARCHAR(40),
    maker_id INTEGER REFERENCES car_makers (maker_id),
    body_type VARCHAR(20)
);
CREATE TABLE cars (
    car_id INTEGER PRIMARY KEY,
    model_id INTEGER REFERENCES models (model_id),
    production_year INTEGER,
    cylinders INTEGER,
    horsepower INTEGER,
    weight_kg INTEGER,
    fuel_consumption REAL,
    acceleration REAL,
    price INTEGER
);

INSERT INTO continents VALUES
(1, 'Europe'),
(2, 'Asia'),
(3, 'America'),
(4, 'Africa');

INSERT INTO countries VALUES
(1, 'Germany', 1),
(2, 'France', 1),
(3, 'Italy', 1),
(4, 'Sweden', 1),
(5, 'United Kingdom', 1),
(6, 'Japan', 2),
(7, 'South Korea', 2),
(8, 'Turkey', 2),
(9, 'USA', 3),
(10, 'Russia', 1),
(11, 'Brazil', 3),
(12, 'Egypt', 4);

INSERT INTO car_makers VALUES
(1, 'Rhein Motors', 1, 1926),
(2, 'Bavaria Auto', 1, 1916),
(3, 'Lumiere', 2, 1919),
(4, 'Torino Sport', 3, 1947),
(5, 'Norden', 4, 1927),
(6, 'Albion', 5, 1948),
(7, 'Sakura', 6, 1937),
(8, 'Fuji Cars', 6, 1953),
(9, 'Hansung', 7, 1967),
(10, 'Anadol Motor', 8, 1966),
(11, 'Liberty Motors', 9, 1903),
(12, 'Great Plains', 9, 1925),
(13, 'Volzhsky', 10, 1966),
(14, 'Delta Electric', 9, 2008);

INSERT INTO models VALUES
(1, 'Rhein City', 1, 'hatchback'),
(2, 'Rhein Cruiser', 1, 'suv'),
(3, 'Bavaria 300', 2, 'sedan'),
(4, 'Bavaria 700', 2, 'sedan'),
(5, 'Lumiere Petit', 3, 'hatchback'),
(6, 'Lumiere Grand', 3, 'wagon'),
(7, 'Torino Rosso', 4, 'coupe'),
(8, 'Norden Family', 5, 'wagon'),
(9, 'Norden Trail', 5, 'suv'),
(10, 'Albion Ranger', 6, 'suv'),
(11, 'Sakura Neo', 7, 'hatchback'),
(12, 'Sakura Sky', 7, 'sedan'),
(13, 'Sakura Hill', 7, 'suv'),
(14, 'Fuji Mini', 8, 'hatchback'),
(15, 'Hansung One', 9, 'sedan'),
(16, 'Hansung Max', 9, 'suv'),
(17, 'Anadol A1', 10, 'sedan'),
(18, 'Liberty Eagle', 11, 'coupe'),
(19, 'Liberty Star', 11, 'sedan'),
(20, 'Plains Truck', 12, 'pickup'),
(21, 'Volzhsky Classic', 13, 'sedan');

INSERT INTO cars VALUES
(1, 1, 2004, 3, 78, 1055, 6.4, 14.3, 21000),
(2, 1, 2016, 4, 120, 1167, 7.8, 12.8, 26700),
(3, 1, 2020, 3, 90, 1016, 6.9, 14.3, 22500),
(4, 2, 1998, 6, 240, 1915, 9.9, 8.8, 45800),
(5, 2, 2001, 6, 204, 1822, 9.8, 10.9, 40200),
(6, 2, 2002, 6, 240, 1738, 8.9, 8.8, 44000),
(7, 3, 2010, 4, 128, 1596, 7.3, 12.9, 29500),
(8, 3, 2014, 6, 156, 1536, 9.7, 12.1, 33200),
(9, 4, 2011, 4, 144, 1539, 8.1, 12.1, 31100),
(10, 4, 2017, 4, 88, 1494, 8.1, 14.4, 24100),
(11, 5, 2008, 4, 100, 1158, 7.0, 14.0, 23500),
(12, 5, 2010, 4, 116, 1209, 7.1, 13.0, 26300),
(13, 5, 2017, 3, 105, 1218, 7.0, 13.3, 25100),
(14, 6, 2000, 4, 160, 1712, 7.3, 11.8, 33900),
(15, 6, 2001, 4, 96, 1705, 8.4, 14.9, 26100),
(16, 6, 2014, 4, 160, 1598, 7.2, 11.4, 33500),
(17, 7, 2008, 8, 224, 1531, 10.9, 9.4, 41000),
(18, 7, 2013, 8, 296, 1388, 9.9, 6.5, 50800),
(19, 8, 2015, 4, 168, 1534, 7.5, 11.8, 34400),
(20, 8, 2018, 4, 144, 1692, 7.4, 12.4, 31900),
(21, 9, 2004, 4, 116, 1986, 8.4, 14.5, 29500),
(22, 9, 2020, 4, 108, 1845, 7.8, 14.5, 27600),
(23, 10, 2000, 4, 164, 2030, 8.0, 12.1, 35600),
(24, 10, 2012, 6, 174, 1821, 9.2, 11.7, 36200),
(25, 11, 1999, 4, 148, 960, 6.7, 11.5, 29500),
(26, 11, 2017, 4, 152, 1079, 7.2, 11.8, 30800),
(27, 12, 2003, 6, 210, 1450, 9.2, 9.7, 39400),
(28, 12, 2015, 4, 156, 1443, 8.0, 11.9, 32400),
(29, 12, 2017, 6, 138, 1623, 9.1, 13.2, 31000),
(30, 13, 1998, 6, 216, 1864, 9.9, 9.6, 41600),
(31, 13, 2017, 4, 104, 1757, 7.7, 13.9, 27000),
(32, 14, 2014, 4, 168, 1191, 6.9, 10.7, 32700),
(33, 14, 2021, 4, 128, 1140, 7.2, 12.7, 27000),
(34, 14, 2022, 3, 78, 1004, 6.7, 14.3, 20000),
(35, 15, 2005, 4, 156, 1482, 7.6, 12.3, 32000),
(36, 15, 2011, 4, 100, 1612, 8.2, 14.2, 25600),
(37, 16, 2007, 4, 108, 1936, 8.3, 14.9, 28500),
(38, 16, 2009, 6, 168, 1925, 9.4, 11.6, 36100),
(39, 17, 2003, 4, 136, 1439, 7.7, 12.9, 30200),
(40, 17, 2005, 6, 162, 1579, 8.8, 11.7, 33600),
(41, 18, 2006, 8, 176, 1645, 10.2, 11.1, 36100),
(42, 18, 2020, 8, 264, 1409, 9.9, 7.9, 46500),
(43, 19, 2005, 4, 136, 1560, 7.2, 13.2, 30500),
(44, 19, 2022, 4, 136, 1452, 7.6, 12.3, 30300),
(45, 20, 1999, 8, 296, 2458, 11.8, 7.7, 55300),
(46, 20, 2002, 8, 288, 2373, 11.0, 7.6, 53400),
(47, 20, 2004, 8, 272, 2444, 12.0, 8.3, 51400),
(48, 21, 2009, 4, 88, 1577, 7.8, 15.0, 23900),
(49, 21, 2017, 6, 198, 1392, 9.5, 10.4, 37800);
