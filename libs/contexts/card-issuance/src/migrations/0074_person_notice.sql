-- The legal day of the change that waits: planned move-out, actual move-in (CARD-4.10).
ALTER TABLE person_notice ADD COLUMN fact_date date;
