-- Whoever has no reading on record is a rival of everybody of the same characters (JUKI-4.8); all others are found by their reading.
CREATE INDEX segment_unread ON segment (name_kanji_key, birth_date) WHERE name_kana_folded = '';
