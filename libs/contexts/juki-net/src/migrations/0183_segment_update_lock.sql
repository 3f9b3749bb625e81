-- Lock of the record by its municipality (更新禁止フラグ, JUKI-4.2).
ALTER TABLE segment ADD COLUMN update_lock boolean NOT NULL DEFAULT false;
