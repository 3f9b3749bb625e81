-- The row of its schedule that a grant rests on, persons it may be told a day, and whether BRES tells the address before the present one.
ALTER TABLE provision_grant DROP CONSTRAINT provision_grant_schedule_check;
ALTER TABLE provision_grant ADD CONSTRAINT provision_grant_schedule_check CHECK (schedule BETWEEN 1 AND 6);
ALTER TABLE provision_grant ADD COLUMN schedule_row text, ADD COLUMN daily_quota integer CHECK (daily_quota > 0), ADD COLUMN tells_former_address boolean NOT NULL DEFAULT false;
