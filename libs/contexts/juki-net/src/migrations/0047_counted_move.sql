-- Which notice made which row: a move counts once, and its cancellation takes back what was counted. Never leaves the register.
CREATE TABLE counted_move (
  municipality_code text NOT NULL,
  person_key        uuid NOT NULL,
  person_seq        integer NOT NULL,
  stay              smallint NOT NULL,
  extract_id        uuid NOT NULL,
  row_id            uuid NOT NULL,
  reversed_by       uuid,
  PRIMARY KEY (municipality_code, person_key, person_seq)
);
CREATE INDEX change_notice_moves ON change_notice (received_at, notice_id) WHERE change_reason IN ('11', '12', '14', '18', '22', '26');
