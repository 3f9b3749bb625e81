-- Certificate information on its way from the former to the new municipality, encrypted; dropped when the case closes (JUKI-4.4).
CREATE TABLE transfer_certificate (
  transfer_id uuid PRIMARY KEY,
  sealed      bytea NOT NULL,
  sent_at     timestamptz NOT NULL
);
