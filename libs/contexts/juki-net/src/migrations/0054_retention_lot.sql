-- What has been kept as long as the law wants, month by month (JUKI-4.11). Rows counted from a day up to counted_until are over.
CREATE TABLE retention_lot (
  lot_id        uuid PRIMARY KEY,
  kind          text NOT NULL CHECK (kind IN ('USE_RECORD', 'CLOSED_RECORD')),
  month         text NOT NULL,
  rule          text NOT NULL,
  counted_until date NOT NULL,
  rows          bigint NOT NULL,
  state         text NOT NULL CHECK (state IN ('DUE', 'APPROVED', 'PURGED', 'LAPSED')),
  drawn_at      timestamptz NOT NULL,
  UNIQUE (kind, month)
);
