-- The way to another card after loss, damage, lapse or a full face (CARD-3.7, 4.9).
CREATE TABLE reissue_case (
  case_id           uuid PRIMARY KEY,
  card_serial       text NOT NULL,
  person_key        uuid NOT NULL,
  municipality_code text NOT NULL,
  cause             text NOT NULL,
  loss_place        text,
  police_report     bytea,
  state             text NOT NULL CHECK (state IN ('OPEN', 'FEE_ASSESSED', 'APPLICATION_LINKED', 'CLOSED')),
  outcome           text CHECK (outcome IN ('HANDED_OVER', 'FOUND', 'ABANDONED')),
  card_yen          integer,
  certificates_yen  integer,
  waiver            text,
  application_id    text,
  paid_yen          integer,
  receipt_no        text,
  paid_at           timestamptz,
  version           integer NOT NULL,
  opened_at         timestamptz NOT NULL,
  moved_at          timestamptz NOT NULL
);
CREATE UNIQUE INDEX reissue_case_open ON reissue_case (person_key) WHERE state <> 'CLOSED';
CREATE INDEX reissue_case_application ON reissue_case (application_id);
COMMENT ON COLUMN reissue_case.police_report IS 'number of the report, encrypted';
