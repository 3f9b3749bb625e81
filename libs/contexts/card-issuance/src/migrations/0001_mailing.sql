-- One household's envelope (CARD-3.2). Address and addressee are encrypted; the barcode says nothing about people.
CREATE TABLE mailing (
  mailing_id        uuid PRIMARY KEY,
  mailing_no        bigint NOT NULL UNIQUE,
  set_id            uuid NOT NULL,
  position          bigint NOT NULL,
  municipality_code text NOT NULL,
  barcode           text NOT NULL UNIQUE,
  members           integer NOT NULL,
  temporary_address boolean NOT NULL,
  destination       bytea NOT NULL,
  state             text NOT NULL,
  reason            text,
  version           integer NOT NULL,
  moved_by          text NOT NULL,
  moved_at          timestamptz NOT NULL,
  UNIQUE (set_id, position)
);
CREATE INDEX mailing_municipality ON mailing (municipality_code, mailing_no);
CREATE SEQUENCE mailing_number;
