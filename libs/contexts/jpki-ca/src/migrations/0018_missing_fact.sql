-- Holders of whom the register had newer facts than were told here when they were compared; the rows go when they were settled (JUKI-4.9).
CREATE TABLE missing_fact (
  person_key uuid PRIMARY KEY,
  fact_version bigint NOT NULL,
  noticed_at timestamptz NOT NULL
);
