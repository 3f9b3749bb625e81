-- Certificates whose back was made: ids and hashes, no contents (CARD-4.16).
CREATE TABLE protected_front (
  request_id text PRIMARY KEY,
  municipality_code text NOT NULL,
  pdf_sha256 bytea NOT NULL,
  kid text NOT NULL REFERENCES front_key (kid),
  page_count int NOT NULL CHECK (page_count > 0),
  issued_at timestamptz NOT NULL,
  revoked_at timestamptz
);
