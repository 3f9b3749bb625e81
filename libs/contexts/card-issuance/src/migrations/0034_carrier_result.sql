-- Results of the carrier that came before the posting list they belong to.
CREATE TABLE carrier_result (
  tracking_no text NOT NULL,
  status      text NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (tracking_no, status, at)
);
