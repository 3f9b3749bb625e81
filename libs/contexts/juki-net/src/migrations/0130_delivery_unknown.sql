-- Uses whose answer did not reach the caller (JUKI-7): written only then, beside the record that was written before the answer. They leave with it.
CREATE TABLE delivery_unknown (
  person_key uuid NOT NULL,
  at         timestamptz NOT NULL,
  use_id     uuid NOT NULL,
  PRIMARY KEY (person_key, at, use_id),
  FOREIGN KEY (person_key, at, use_id) REFERENCES use_record ON DELETE CASCADE
);
COMMENT ON TABLE delivery_unknown IS 'journal of answers that were not heard';
