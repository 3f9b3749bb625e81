-- What waits for its certificate is looked for every second.
CREATE INDEX enrolment_completed ON enrolment (session_id) WHERE state = 'COMPLETED';
