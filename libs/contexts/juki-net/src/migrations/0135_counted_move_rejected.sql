-- A move counted before the death was known, whose entry two officers rejected since: the next extract takes it back (JUKI-4.5 V3).
-- A rejected notice gives its number to the next one, which opens another stay.
ALTER TABLE counted_move ADD COLUMN rejected boolean NOT NULL DEFAULT false;
ALTER TABLE counted_move DROP CONSTRAINT counted_move_pkey, ADD PRIMARY KEY (municipality_code, person_key, person_seq, stay);
CREATE INDEX counted_move_undone ON counted_move (person_key) WHERE rejected OR reversed_by IS NOT NULL;
