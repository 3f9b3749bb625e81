CREATE TABLE revocation_application (
  sha256 bytea PRIMARY KEY,
  ca text NOT NULL,
  serial bigint NOT NULL,
  application bytea NOT NULL,
  received_at timestamptz NOT NULL,
  FOREIGN KEY (ca, serial) REFERENCES issuance_record (ca, serial)
);
COMMENT ON TABLE revocation_application IS 'journal: what holders signed with a certificate to have it ended; encrypted, as it may show the certificate (JPKI 4.7 no. 1)';
