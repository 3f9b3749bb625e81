-- Who was born on a day and lives or lived at a place (JUKI-4.8). 0 is what rows of before have until key-places has computed theirs.
ALTER TABLE segment ADD COLUMN place_key bigint DEFAULT 0;
ALTER TABLE segment ALTER COLUMN place_key DROP DEFAULT;
ALTER TABLE former_address ADD COLUMN place_key bigint DEFAULT 0;
ALTER TABLE former_address ALTER COLUMN place_key DROP DEFAULT;
CREATE INDEX segment_place ON segment (place_key);
CREATE INDEX former_address_place ON former_address (place_key);
-- Names first: one passage finds a name on one day and on the days nearly the same. What is equal is equal in consonants too.
DROP INDEX segment_sound, segment_name, segment_four_items, segment_without_kana, segment_kanji_end;
CREATE INDEX segment_kana ON segment (translate(name_kana_folded, 'ーアイウエオ', ''), birth_date);
CREATE INDEX segment_kanji ON segment (name_kanji_key, birth_date);
