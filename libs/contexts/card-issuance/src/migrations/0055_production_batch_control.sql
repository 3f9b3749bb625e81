-- The key that sealing fixed and the two officers who release it; the chip-data defects that were looked into and the two who end a quarantine (CARD-3.4, 4.4, 4.5).
ALTER TABLE production_batch
  ADD COLUMN key_id            text,
  ADD COLUMN planned_ship_date date,
  ADD COLUMN key_confirmed_by  text,
  ADD COLUMN key_released_at   timestamptz,
  ADD COLUMN examined          text[] NOT NULL DEFAULT '{}',
  ADD COLUMN release_decision  text,
  ADD COLUMN release_by        text;
