-- Who has one reading whatever the day of birth (JUKI-4.8): the days nearly the same are found inside one name.
CREATE INDEX segment_name ON segment (name_kana_folded, birth_date);
