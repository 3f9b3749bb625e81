CREATE TABLE generation_batch (
  batch_id          uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  state             text NOT NULL CHECK (state IN ('OPEN', 'SEALED', 'VALIDATED', 'DRAWING', 'DRAWN', 'RECONCILED', 'DELIVERED', 'CONFIRMED', 'REJECTED', 'SUSPENDED')),
  upload_id         uuid,
  lines             integer,
  sha256            text,
  job_id            uuid,
  designated        integer NOT NULL DEFAULT 0,
  repeated          integer NOT NULL DEFAULT 0,
  refused           integer NOT NULL DEFAULT 0,
  rounds            integer NOT NULL DEFAULT 0,
  opened_at         timestamptz NOT NULL,
  sealed_at         timestamptz,
  delivered_at      timestamptz,
  designated_at     timestamptz,
  confirmed_at      timestamptz
);
CREATE INDEX generation_batch_municipality ON generation_batch (municipality_code, opened_at);
