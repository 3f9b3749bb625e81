-- Both pictures encrypted; the normalised one is what the maker prints (CARD-4.3).
CREATE TABLE application_photo (
  application_id text PRIMARY KEY,
  original       bytea NOT NULL,
  normalised     bytea NOT NULL,
  sha256         text NOT NULL
);
