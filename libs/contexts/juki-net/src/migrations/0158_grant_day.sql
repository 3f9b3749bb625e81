-- Persons told, and lines of batches taken in, under a grant with a daily quota (JUKI-4.7).
CREATE TABLE grant_day (
  grant_id uuid NOT NULL,
  day      date NOT NULL,
  told     bigint NOT NULL,
  PRIMARY KEY (grant_id, day)
);
-- Counted every minute from the newest use records: what was written since the last vacuum need not be read for it.
DO $$ DECLARE leaf regclass; BEGIN
  FOR leaf IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'use_record_day'::regclass LOOP
    EXECUTE format('ALTER INDEX %s SET (autosummarize = on)', leaf);
  END LOOP;
END $$;
