-- Files that organisations dropped for the automatic exchange (JUKI-5.3); what was sealed goes when the file is settled.
CREATE TABLE exchange_in_file (
  file_id      uuid PRIMARY KEY,
  institution  text NOT NULL,
  organisation text NOT NULL,
  client       text NOT NULL,
  name         text NOT NULL,
  kind         text NOT NULL,
  purpose      text NOT NULL,
  sha256       bytea NOT NULL,
  sealed       bytea,
  state        text NOT NULL,
  job_id       uuid,
  reference    text NOT NULL DEFAULT '',
  grant_id     uuid,
  source_id    uuid,
  reason       text,
  lines        int NOT NULL DEFAULT 0,
  faulty       int NOT NULL DEFAULT 0,
  received_at  timestamptz NOT NULL,
  settled_at   timestamptz,
  UNIQUE (institution, organisation, name)
);
ALTER TABLE exchange_in_file ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX exchange_in_file_list ON exchange_in_file (institution, organisation, file_id);
CREATE INDEX exchange_in_file_waiting ON exchange_in_file (received_at) WHERE state = 'WAITING';
CREATE INDEX exchange_in_file_reference ON exchange_in_file (institution, organisation, kind, reference) WHERE state = 'VERIFIED';
CREATE INDEX exchange_in_file_source ON exchange_in_file (source_id) WHERE kind = 'IMIN';
