-- Rows of one household need not be neighbours in the list: one that comes back in a later page gets a second envelope, marked as split (CARD-4.2).
ALTER TABLE mailing ADD COLUMN household_ref text;
ALTER TABLE mailing ADD COLUMN household_split boolean NOT NULL DEFAULT false;
CREATE INDEX mailing_household ON mailing (set_id, household_ref);
