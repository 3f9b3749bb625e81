-- What officers said about a quarantined notice, with the reference of the municipality's written answer; the second word decides (JUKI-3.3).
CREATE TABLE quarantine_decision (
  notice_id        uuid PRIMARY KEY,
  decision         text NOT NULL CHECK (decision IN ('APPLY', 'REJECT')),
  answer_reference text NOT NULL,
  proposed_by      text NOT NULL,
  proposed_at      timestamptz NOT NULL,
  decided_by       text,
  decided_at       timestamptz
);
