-- Who was born on a day and has a name that ends with the same characters (JUKI-4.8).
CREATE INDEX segment_kanji_end ON segment (birth_date, reverse(name_kanji_key));
