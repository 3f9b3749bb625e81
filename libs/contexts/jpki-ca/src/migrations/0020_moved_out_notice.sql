-- For the list of those who moved out and were entered nowhere (JUKI-4.9).
CREATE INDEX resident_change_moved_out ON resident_change_notice (municipality_code, fact_date) WHERE kind = 'moved-out';
