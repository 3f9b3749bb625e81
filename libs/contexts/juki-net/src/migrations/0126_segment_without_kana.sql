-- Names without a reading, to which a reading that is sought does not lead (JUKI-4.8).
CREATE INDEX segment_without_kana ON segment (birth_date, name_kanji_key) WHERE name_kana_folded = '';
