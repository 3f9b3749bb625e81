CREATE TABLE key_ceremony_minutes (
  ceremony_id uuid PRIMARY KEY REFERENCES key_ceremony,
  document text NOT NULL,
  sha256 text NOT NULL,
  written_at timestamptz NOT NULL
);
COMMENT ON TABLE key_ceremony_minutes IS 'journal: minutes of key ceremonies, octet by octet as signed (JPKI 3.2)';
