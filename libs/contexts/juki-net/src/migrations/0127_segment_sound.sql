-- Who was born on a day and has a name that ends with the same consonants (JUKI-4.8): a reading that is nearly the same, or the same given name.
CREATE INDEX segment_sound ON segment (birth_date, reverse(translate(name_kana_folded, 'ーアイウエオ', '')));
