-- A pre-printed form with its 23-digit ID (CARD-4.3); the first one of a person travels with the notification card.
CREATE TABLE application_form (
  application_id    text PRIMARY KEY,
  person_key        uuid NOT NULL,
  municipality_code text NOT NULL,
  print_sequence    integer NOT NULL,
  mailing_id        uuid,
  printed_at        timestamptz NOT NULL
);
CREATE INDEX application_form_person ON application_form (person_key);
CREATE INDEX application_form_mailing ON application_form (mailing_id);
