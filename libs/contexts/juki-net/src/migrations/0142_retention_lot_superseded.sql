-- What a later notice replaced is kept as long as what was deleted, and no longer (JUKI-4.11).
ALTER TABLE retention_lot DROP CONSTRAINT retention_lot_kind_check;
ALTER TABLE retention_lot ADD CONSTRAINT retention_lot_kind_check CHECK (kind IN ('USE_RECORD', 'CLOSED_RECORD', 'SUPERSEDED'));
