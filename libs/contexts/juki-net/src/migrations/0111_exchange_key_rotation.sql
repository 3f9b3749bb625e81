-- A change of the exchange key: proposed by one officer, effected by another.
CREATE TABLE exchange_key_rotation (
  rotation_id  uuid PRIMARY KEY,
  overlap_days int NOT NULL,
  state        text NOT NULL,
  proposed_by  text NOT NULL,
  proposed_at  timestamptz NOT NULL,
  decided_by   text,
  decided_at   timestamptz
);
CREATE UNIQUE INDEX exchange_key_rotation_standing ON exchange_key_rotation (state) WHERE state = 'PROPOSED';
