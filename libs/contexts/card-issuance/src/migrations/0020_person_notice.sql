-- Changes of a person's facts that came before their predecessors and wait for them (CARD-4.13); what they mean for cards, nothing of their contents.
CREATE TABLE person_notice (
  person_key        uuid NOT NULL,
  fact_version      bigint NOT NULL,
  kind              text NOT NULL,
  abolish           text,
  municipality_code text NOT NULL,
  told_on           date NOT NULL,
  arrived_at        timestamptz NOT NULL,
  PRIMARY KEY (person_key, fact_version)
);
CREATE INDEX person_notice_arrived ON person_notice (arrived_at);
