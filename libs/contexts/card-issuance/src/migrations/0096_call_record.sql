-- One row a call, made of choices alone: nothing that a caller said can be written here (CARD-4.18).
CREATE TABLE call_record (
  call_id     uuid PRIMARY KEY,
  queue       text NOT NULL,
  topic       text NOT NULL,
  language    text NOT NULL,
  outcome     text NOT NULL,
  arrived_at  timestamptz NOT NULL,
  answered_at timestamptz,
  ended_at    timestamptz NOT NULL,
  CHECK (answered_at IS NULL OR answered_at BETWEEN arrived_at AND ended_at),
  CHECK (arrived_at <= ended_at)
);
CREATE INDEX call_record_arrived ON call_record (arrived_at);
COMMENT ON TABLE call_record IS 'journal of calls';
