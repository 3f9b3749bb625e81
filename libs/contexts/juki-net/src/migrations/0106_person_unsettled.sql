-- Persons without a record anywhere, by the municipality of their last one: few at a time, and looked for each month (JUKI-8).
CREATE INDEX person_unsettled ON person (municipality_code, person_key) WHERE status IN ('IN_TRANSIT', 'DELETED') OR next_status = 'IN_TRANSIT';
