CREATE TABLE production_batch (
  batch_id          uuid PRIMARY KEY,
  maker             text NOT NULL,
  municipality_code text,
  state             text NOT NULL,
  filled            boolean NOT NULL DEFAULT false,
  quarantined       boolean NOT NULL DEFAULT false,
  records           integer NOT NULL DEFAULT 0,
  count             integer,
  hash              text,
  requests_missing  integer,
  certificates_missing integer,
  version           integer NOT NULL,
  opened_at         timestamptz NOT NULL,
  moved_at          timestamptz NOT NULL
);
