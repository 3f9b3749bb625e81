-- What the register told last of people who have ever left, come back, or got another code, by the version of their facts; no contents.
CREATE TABLE person_standing (
  person_key    uuid PRIMARY KEY,
  fact_version  bigint NOT NULL,
  life          text NOT NULL CHECK (life IN ('PRESENT', 'AWAY', 'DEAD')),
  code_version  bigint NOT NULL,
  code_followed bigint NOT NULL DEFAULT 0,
  settled       boolean NOT NULL
);
CREATE INDEX person_standing_unsettled ON person_standing (person_key) WHERE NOT settled;
CREATE INDEX person_standing_code ON person_standing (person_key) WHERE code_version > code_followed;
