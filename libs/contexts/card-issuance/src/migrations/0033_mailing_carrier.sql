-- What machines, carrier and return desk told: the carrier's number, the instant of the newest fact (older ones change nothing), the day of the return.
ALTER TABLE mailing ADD COLUMN tracking_no text;
ALTER TABLE mailing ADD COLUMN told_at timestamptz;
ALTER TABLE mailing ADD COLUMN returned_on date;
CREATE UNIQUE INDEX mailing_tracking ON mailing (tracking_no) WHERE tracking_no IS NOT NULL;
CREATE INDEX mailing_held ON mailing (municipality_code, told_at) WHERE state = 'HELD_AT_POST';
