CREATE TABLE body_place (
  session_id uuid NOT NULL REFERENCES session,
  body_code text NOT NULL,
  quota int NOT NULL,
  taken int NOT NULL,
  PRIMARY KEY (session_id, body_code),
  -- TRN-4.4 I2.
  CHECK (taken BETWEEN 0 AND quota)
);
