-- A support measure (支援措置) from its application to its end; the persons and the term that is in force stand in support_measure.
CREATE TABLE support_case (
  measure_id        uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  state             text NOT NULL CHECK (state IN ('APPLIED', 'OPINION_PENDING', 'ACTIVE', 'ENDED')),
  grounds           text NOT NULL,
  start_event       text NOT NULL,
  applied_on        date NOT NULL,
  consulted         text,
  necessary         boolean,
  starts_on         date,
  ends_on           date,
  end_reason        text,
  changed_at        timestamptz NOT NULL
);
CREATE INDEX support_case_active ON support_case (municipality_code, ends_on) WHERE state = 'ACTIVE';
INSERT INTO support_case (measure_id, municipality_code, state, grounds, start_event, applied_on, starts_on, ends_on, changed_at)
SELECT DISTINCT ON (measure_id) measure_id, municipality_code, 'ACTIVE', grounds, 'DECISION', starts_on, starts_on, ends_on, registered_at FROM support_measure ORDER BY measure_id;
