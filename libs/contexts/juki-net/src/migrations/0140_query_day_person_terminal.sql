-- At which terminals a person was asked about, '' where none was named: it is they that an alert counts (JUKI-5.5).
ALTER TABLE query_day_person ADD COLUMN terminals text[] NOT NULL DEFAULT '{}';
