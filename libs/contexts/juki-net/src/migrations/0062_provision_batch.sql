-- A batch of questions of an organisation under a grant (JUKI-3.5).
CREATE TABLE provision_batch (
  batch_id         uuid PRIMARY KEY,
  institution      text NOT NULL,
  organisation     text NOT NULL,
  grant_id         uuid NOT NULL,
  reference        text NOT NULL,
  sha256           bytea NOT NULL,
  job_id           uuid NOT NULL,
  state            text NOT NULL,
  lines            int NOT NULL,
  answered         int NOT NULL DEFAULT 0,
  hits             int NOT NULL DEFAULT 0,
  unchanged        int NOT NULL DEFAULT 0,
  faulty           int NOT NULL DEFAULT 0,
  result_sha256    bytea,
  version          int NOT NULL,
  received_at      timestamptz NOT NULL,
  state_changed_at timestamptz NOT NULL,
  UNIQUE (institution, organisation, reference)
);
CREATE INDEX provision_batch_state ON provision_batch (state, state_changed_at);
