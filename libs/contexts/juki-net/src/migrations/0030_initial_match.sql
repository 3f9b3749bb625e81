-- Bulk matching of an agency's persons with the register (初期突合, JUKI-3.6). `within`: beginning of the municipality codes that it may see.
CREATE TABLE initial_match (
  match_id     uuid PRIMARY KEY,
  organisation text NOT NULL,
  within       text NOT NULL,
  sha256       bytea NOT NULL,
  job_id       uuid NOT NULL,
  state        text NOT NULL CHECK (state IN ('LOADED', 'NORMALISED', 'MATCHED', 'IN_REVIEW', 'CLOSED')),
  rows         integer NOT NULL,
  rejected     integer NOT NULL DEFAULT 0,
  auto         integer NOT NULL DEFAULT 0,
  review       integer NOT NULL DEFAULT 0,
  none         integer NOT NULL DEFAULT 0,
  linked       integer NOT NULL DEFAULT 0,
  unlinked     integer NOT NULL DEFAULT 0,
  received_at  timestamptz NOT NULL,
  UNIQUE (organisation, sha256)
);
