ALTER TABLE enrolment ADD COLUMN postponed_from text;
COMMENT ON COLUMN enrolment.postponed_from IS 'state in which its session was cancelled: places come before those who waited, and what was never selected is selected again';
