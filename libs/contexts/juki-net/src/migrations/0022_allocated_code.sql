-- Codes that have left the pool, for ever (JUKI-3.1); pooled ones exist only as serials. `position` orders a block and may have gaps.
CREATE TABLE allocated_code (
  code_index        bytea NOT NULL,
  block_id          uuid NOT NULL,
  position          integer NOT NULL,
  municipality_code text NOT NULL,
  sealed            bytea NOT NULL,
  state             text NOT NULL CHECK (state IN ('ALLOCATED', 'WRITTEN', 'SUPERSEDED', 'RETIRED', 'WITHDRAWN', 'VOID')),
  written_on        date,
  PRIMARY KEY (code_index)
) PARTITION BY HASH (code_index);
CREATE INDEX allocated_code_block ON allocated_code (block_id, position);
CREATE INDEX allocated_code_unused ON allocated_code (municipality_code) WHERE state = 'ALLOCATED';
CREATE INDEX allocated_code_use ON allocated_code (municipality_code, written_on) WHERE written_on IS NOT NULL;
DO $$ BEGIN FOR part IN 0..7 LOOP
  EXECUTE format('CREATE TABLE allocated_code_%s PARTITION OF allocated_code FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
END LOOP; END $$;
