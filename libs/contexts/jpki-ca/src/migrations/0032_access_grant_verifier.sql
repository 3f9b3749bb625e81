-- A grant that belongs to a notification has the modes agreed there; one without stands outside of production and has all.
ALTER TABLE access_grant ADD COLUMN verifier_id uuid, ADD COLUMN modes text[];
CREATE INDEX access_grant_verifier ON access_grant (verifier_id);
