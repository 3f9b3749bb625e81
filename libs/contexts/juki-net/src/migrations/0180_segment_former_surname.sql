-- The former surname (旧氏, from 2019-11-05); '' where there is none (JUKI-4.2).
ALTER TABLE segment ADD COLUMN former_surname text NOT NULL DEFAULT '';
