-- A run of the links of audit_link, up to `last_link` with the line at `xid`, `line_id`.
CREATE TABLE audit_segment (
  segment int PRIMARY KEY,
  state text NOT NULL,
  first_seq bigint NOT NULL,
  entries int NOT NULL,
  last_link bigint NOT NULL,
  xid xid8 NOT NULL,
  line_id uuid NOT NULL,
  hash bytea NOT NULL,
  seal bytea NOT NULL,
  token bytea NOT NULL,
  audit_key int NOT NULL,
  sealed_at timestamptz NOT NULL,
  copy_due_at timestamptz NOT NULL,
  copied_at timestamptz,
  copy_sha256 text,
  archived_at timestamptz,
  archived_by text,
  archive_ref text
);
CREATE INDEX audit_segment_uncopied ON audit_segment (copy_due_at) WHERE state = 'SEALED';
