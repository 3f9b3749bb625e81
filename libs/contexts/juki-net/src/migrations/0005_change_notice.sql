-- Notices by (municipality, code lineage, sequence): the person key stands for the lineage. `sealed` is the content of a held one.
CREATE TABLE change_notice (
  municipality_code text NOT NULL,
  person_key        uuid NOT NULL,
  person_seq        integer NOT NULL,
  notice_id         uuid NOT NULL,
  municipal_seq     bigint NOT NULL,
  content_index     bytea NOT NULL,
  change_reason     text NOT NULL,
  change_date       date NOT NULL,
  state             text NOT NULL,
  code              text,
  sealed            bytea,
  file_id           uuid,
  received_at       timestamptz NOT NULL,
  PRIMARY KEY (municipality_code, person_key, person_seq)
) PARTITION BY HASH (municipality_code);
CREATE INDEX change_notice_id ON change_notice (notice_id);
DO $$ BEGIN FOR part IN 0..7 LOOP
  EXECUTE format('CREATE TABLE change_notice_%s PARTITION OF change_notice FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
END LOOP; END $$;
