-- What a grant lets its affair know beside the items (JUKI-7): items of the deceased, and that a person is protected.
ALTER TABLE provision_grant ADD COLUMN tells_deceased boolean NOT NULL DEFAULT false, ADD COLUMN tells_protection boolean NOT NULL DEFAULT false;
