-- Whose link an officer of an institution has asked for (NUM-7): the basis of alerts.
CREATE TABLE officer_read (
  client  text NOT NULL,
  officer text NOT NULL,
  at      timestamptz NOT NULL,
  read_id uuid NOT NULL,
  person  text NOT NULL,
  PRIMARY KEY (client, officer, at, read_id)
);
COMMENT ON TABLE officer_read IS 'journal of links asked for by officers';
