CREATE TABLE key_signature (
  process uuid NOT NULL,
  key_id text NOT NULL,
  sha256 bytea NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX key_signature_process ON key_signature (process, key_id);
CREATE INDEX key_signature_at ON key_signature (at);
COMMENT ON TABLE key_signature IS 'journal: what the authorities'' keys were about to sign, by process (JPKI 4.16)';
