-- What kiosks and municipalities say that was printed or served in a month.
CREATE TABLE journal_entry (
  source text NOT NULL,
  month text NOT NULL,
  request_id text NOT NULL,
  party text NOT NULL,
  type text NOT NULL,
  copies int NOT NULL,
  amount_yen int,
  PRIMARY KEY (source, month, party, request_id)
);
