CREATE TABLE code_block (
  block_id          uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  size              integer NOT NULL,
  reason            text NOT NULL,
  state             text NOT NULL CHECK (state IN ('ACTIVE', 'WITHDRAWN')),
  allocated_at      timestamptz NOT NULL
);
CREATE INDEX code_block_municipality ON code_block (municipality_code, allocated_at);
