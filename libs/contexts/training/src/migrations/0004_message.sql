CREATE TABLE message (
  id uuid PRIMARY KEY,
  recipient text NOT NULL,
  kind text NOT NULL,
  body_code text NOT NULL,
  reference text NOT NULL,
  session_id uuid,
  address bytea,
  content bytea NOT NULL,
  created_at timestamptz NOT NULL,
  digested_at timestamptz,
  taken_at timestamptz
);
-- A repetition tells nobody twice (TRN-4.13).
CREATE UNIQUE INDEX message_once ON message (recipient, kind, reference);
CREATE INDEX message_of_body ON message (body_code, id);
CREATE INDEX message_waiting ON message (id) WHERE taken_at IS NULL;
CREATE INDEX message_undigested ON message (body_code) WHERE recipient = 'LEARNER' AND digested_at IS NULL;
