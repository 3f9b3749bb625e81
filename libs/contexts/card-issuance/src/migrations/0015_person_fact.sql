-- The last version of a person's facts that was acted upon: later deliveries of older facts change nothing (CARD-4.13).
CREATE TABLE person_fact (
  person_key   uuid PRIMARY KEY,
  fact_version bigint NOT NULL
);
