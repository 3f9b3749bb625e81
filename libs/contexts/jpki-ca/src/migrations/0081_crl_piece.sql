-- The octets of a list in pieces, so that a large one is nowhere in memory all at once. Places are counted from its first entry.
CREATE TABLE crl_piece (
  partition_id text NOT NULL,
  number bigint NOT NULL,
  place int NOT NULL,
  octets bytea NOT NULL,
  PRIMARY KEY (partition_id, number, place),
  -- Pieces are there before the list is.
  FOREIGN KEY (partition_id, number) REFERENCES crl_issue ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO crl_piece (partition_id, number, place, octets)
  SELECT partition_id, number, place, substring(der FROM place + 1 FOR 262144) FROM crl_issue, generate_series(0, octet_length(der) - 1, 262144) AS place;
UPDATE crl_issue SET length = octet_length(der), head_length = 0, der = NULL, serials = NULL WHERE der IS NOT NULL;
