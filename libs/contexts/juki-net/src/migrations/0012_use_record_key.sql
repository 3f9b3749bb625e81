-- Use records are read by person: the key serves that too, so one index is written instead of two.
ALTER TABLE use_record DROP CONSTRAINT use_record_pkey;
DROP INDEX use_record_person;
ALTER TABLE use_record ADD PRIMARY KEY (person_key, at, use_id);
