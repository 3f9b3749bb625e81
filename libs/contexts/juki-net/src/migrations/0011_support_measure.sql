-- Protected persons (支援措置). Start and end day inclusive; a withdrawal shortens the term.
CREATE TABLE support_measure (
  person_key        uuid NOT NULL,
  measure_id        uuid NOT NULL,
  municipality_code text NOT NULL,
  grounds           text NOT NULL,
  starts_on         date NOT NULL,
  ends_on           date NOT NULL,
  registered_at     timestamptz NOT NULL,
  PRIMARY KEY (person_key, measure_id)
);
