-- Persons with live records in several municipalities, from their day on: few, and looked for each minute (JUKI-7).
CREATE INDEX person_conflict ON person (next_status_on) WHERE next_status = 'CONFLICT';
