-- Hourly figures of a municipality, and of the nation as 000000 (CARD-4.11).
CREATE TABLE backlog_snapshot (
  at                timestamptz NOT NULL,
  municipality_code text NOT NULL,
  figures           jsonb NOT NULL,
  PRIMARY KEY (municipality_code, at)
);
CREATE INDEX backlog_snapshot_at ON backlog_snapshot (at);
