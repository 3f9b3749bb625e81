-- Files that stand in an organisation's box (JUKI-5.3): where their lines are, not the lines; they are sealed when they are fetched.
CREATE TABLE exchange_out_file (
  file_id      uuid PRIMARY KEY,
  institution  text NOT NULL,
  organisation text NOT NULL,
  kind         text NOT NULL,
  day          date NOT NULL,
  number       int NOT NULL,
  purpose      text NOT NULL,
  grant_id     uuid,
  reference    text NOT NULL,
  source_id    uuid NOT NULL,
  first_line   int,
  last_line    int,
  lines        int NOT NULL,
  state        text NOT NULL,
  sha256       bytea,
  ready_at     timestamptz NOT NULL,
  fetched_at   timestamptz,
  receipted_at timestamptz,
  told_late_at timestamptz,
  UNIQUE (institution, organisation, kind, day, number)
);
CREATE INDEX exchange_out_file_list ON exchange_out_file (institution, organisation, file_id);
CREATE INDEX exchange_out_file_source ON exchange_out_file (source_id);
CREATE INDEX exchange_out_file_open ON exchange_out_file (ready_at) WHERE state IN ('READY', 'FETCHED');
