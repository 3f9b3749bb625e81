-- What has ended and was not told of: an entry leaves with the state (JPKI 3.4).
CREATE INDEX certificate_expiry ON certificate (not_after) WHERE state IN ('VALID', 'HELD');
