-- The paper card of one member; a person has at most one that is under way or in force (CARD-4.2).
CREATE TABLE notification_card (
  mailing_id uuid NOT NULL,
  person_key uuid NOT NULL,
  line       integer NOT NULL,
  state      text NOT NULL CHECK (state IN ('ISSUED', 'IN_FORCE', 'SURRENDERED', 'LOST', 'REISSUED', 'INVALID')),
  PRIMARY KEY (mailing_id, person_key)
);
CREATE UNIQUE INDEX notification_card_open ON notification_card (person_key) WHERE state IN ('ISSUED', 'IN_FORCE');
