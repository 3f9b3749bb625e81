-- One row a person and generation: the first generation can be written once only, so nobody gets two numbers (NUM-7).
-- Rows of a batch stay GENERATED; with the delivery of their batch they are designated (generation_batch.designated_at).
CREATE TABLE assignment (
  person_key        uuid NOT NULL,
  generation        smallint NOT NULL,
  assignment_id     uuid NOT NULL,
  municipality_code text NOT NULL,
  request_id        text NOT NULL,
  batch_id          uuid,
  line              integer,
  code_index        bytea NOT NULL,
  state             text NOT NULL CHECK (state IN ('REQUESTED', 'GENERATED', 'TENTATIVE', 'DELIVERED', 'DESIGNATED', 'SUPERSEDED', 'DORMANT', 'CLOSED', 'DISPUTED', 'VOID')),
  generated_at      timestamptz NOT NULL,
  designated_at     timestamptz,
  CHECK ((batch_id IS NULL) = (line IS NULL)),
  PRIMARY KEY (person_key, generation)
) PARTITION BY HASH (person_key);
DO $$
BEGIN
  FOR part IN 0..15 LOOP
    EXECUTE format('CREATE TABLE assignment_%s PARTITION OF assignment FOR VALUES WITH (MODULUS 16, REMAINDER %s)', lpad(part::text, 2, '0'), part);
  END LOOP;
END $$;
CREATE INDEX assignment_batch ON assignment (batch_id, line) WHERE batch_id IS NOT NULL;
CREATE INDEX assignment_request ON assignment (municipality_code, request_id) WHERE batch_id IS NULL;
CREATE INDEX assignment_tentative ON assignment (generated_at) WHERE state = 'TENTATIVE';
