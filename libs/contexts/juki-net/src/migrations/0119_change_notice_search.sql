-- What leads from a confirmed search to an entry (reason 13, 14) that is held for it: keyed digest of name and birth date (JUKI-7).
ALTER TABLE change_notice ADD COLUMN search_index bytea;
CREATE INDEX change_notice_search ON change_notice (municipality_code, search_index) WHERE search_index IS NOT NULL;
