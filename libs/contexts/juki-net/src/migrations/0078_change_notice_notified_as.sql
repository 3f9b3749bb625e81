-- The code under which a notice came, where it has passed to another municipality since: statistics count by the codes of the day (JUKI-4.10).
ALTER TABLE change_notice ADD COLUMN notified_as text;
