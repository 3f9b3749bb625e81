-- As the national copy (JUKI-4.2).
ALTER TABLE prefecture_record ADD COLUMN former_surname text NOT NULL DEFAULT '';
