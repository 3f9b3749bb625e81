-- A municipality's list of people whom the mass numbering may have missed; compared every night until nobody of it is without a number.
CREATE TABLE difference_run (
  run_id            uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  state             text NOT NULL CHECK (state IN ('COLLECTING', 'OPEN', 'DONE', 'SUPERSEDED')),
  lines             integer,
  sha256            text,
  linked            integer NOT NULL DEFAULT 0,
  to_number         integer NOT NULL DEFAULT 0,
  waiting           integer NOT NULL DEFAULT 0,
  deleted           integer NOT NULL DEFAULT 0,
  batch_id          uuid,
  received_at       timestamptz NOT NULL,
  compared_at       timestamptz
);
CREATE INDEX difference_run_unfinished ON difference_run (municipality_code, sha256) WHERE state IN ('COLLECTING', 'OPEN');
