-- What was made for the centre: never the certificate itself, but its hash.
CREATE TABLE rendering (
  municipality_code text NOT NULL REFERENCES municipality,
  request_id text NOT NULL,
  asked bytea NOT NULL,
  type text NOT NULL,
  copies int NOT NULL CHECK (copies BETWEEN 1 AND 10),
  page_count int NOT NULL,
  pdf_sha256 bytea NOT NULL,
  issued_at timestamptz NOT NULL,
  PRIMARY KEY (municipality_code, request_id)
);
COMMENT ON COLUMN rendering.asked IS 'SHA-256 of the parameters: the same id with others is refused';
CREATE INDEX rendering_day ON rendering (municipality_code, issued_at, request_id);
