-- The schedule (別表) of the Act that a grant rests on (JUKI-4.7); grants of before say it in their legal basis only.
ALTER TABLE provision_grant ADD COLUMN schedule smallint CHECK (schedule BETWEEN 1 AND 5);
