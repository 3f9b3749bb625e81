CREATE TABLE lecturer (
  id uuid PRIMARY KEY,
  number int GENERATED ALWAYS AS IDENTITY UNIQUE,
  name bytea NOT NULL,
  employer text NOT NULL,
  subjects text[] NOT NULL,
  interests jsonb NOT NULL,
  registered_at timestamptz NOT NULL
);
COMMENT ON COLUMN lecturer.interests IS 'declared contracts and bids of the employer, by body';
