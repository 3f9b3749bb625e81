-- The records of a register that was run before the prefectures had copies of their own.
INSERT INTO prefecture_record (
  prefecture, person_key, municipality_code, stay, state, entry_reason, entry_date, previous_municipality_code, closed_reason, closed_date, name_kanji, name_kana, alias_name,
  birth_date, sex, address, town_code, postal_code, foreign_resident, name_kana_folded, name_kanji_key, resident_code, individual_number, record_version, change_reason, change_date)
SELECT left(s.municipality_code, 2), s.person_key, s.municipality_code, s.stay, s.state, s.entry_reason, s.entry_date, s.previous_municipality_code, s.closed_reason, s.closed_date,
  s.name_kanji, s.name_kana, s.alias_name, s.birth_date, s.sex, s.address, s.town_code, s.postal_code, s.foreign_resident, s.name_kana_folded, s.name_kanji_key,
  p.resident_code, p.individual_number, coalesce(n.person_seq, 0), coalesce(n.change_reason, s.entry_reason), coalesce(n.change_date, s.entry_date)
FROM segment s JOIN person p ON p.person_key = s.person_key
LEFT JOIN LATERAL (SELECT c.person_seq, c.change_reason, c.change_date FROM change_notice c
  WHERE c.municipality_code = s.municipality_code AND c.person_key = s.person_key AND c.state IN ('APPLIED', 'QUARANTINED') ORDER BY c.person_seq DESC LIMIT 1) AS n ON true;
