-- Letters and messages of deficiencies and refusals; the text is made when it is read (CARD-4.3).
CREATE TABLE application_notice (
  notice_id         uuid PRIMARY KEY,
  application_id    text NOT NULL,
  person_key        uuid NOT NULL,
  medium            text NOT NULL CHECK (medium IN ('LETTER', 'MESSAGE')),
  language          text NOT NULL,
  codes             text[] NOT NULL,
  token             bytea,
  resubmit_until    date,
  created_at        timestamptz NOT NULL,
  sent_at           timestamptz
);
CREATE INDEX application_notice_waiting ON application_notice (medium, notice_id) WHERE sent_at IS NULL;
