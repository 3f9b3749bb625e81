CREATE TABLE change_case (
  case_id           uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  filing_id         text NOT NULL,
  person_key        uuid NOT NULL,
  assignment_id     uuid NOT NULL,
  kind              text NOT NULL CHECK (kind IN ('ON_REQUEST', 'EX_OFFICIO')),
  occasion          text NOT NULL,
  state             text NOT NULL CHECK (state IN ('FILED', 'OPENED_EX_OFFICIO', 'EVIDENCE', 'GRANTED', 'DENIED', 'NEW_NUMBER_DESIGNATED', 'CONSEQUENCES_DONE', 'CLOSED')),
  leaked            boolean,
  misuse_risk       boolean,
  statement         bytea NOT NULL,
  evidence          bytea,
  reasons           bytea,
  filed_by          text NOT NULL,
  decided_by        text,
  new_assignment_id uuid,
  filed_at          timestamptz NOT NULL,
  changed_at        timestamptz NOT NULL,
  UNIQUE (municipality_code, filing_id)
);
CREATE UNIQUE INDEX change_case_open ON change_case (person_key) WHERE state NOT IN ('DENIED', 'CLOSED');
