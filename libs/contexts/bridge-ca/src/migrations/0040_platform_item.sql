CREATE TABLE platform_item (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  state text NOT NULL,
  details text NOT NULL,
  texts text NOT NULL,
  proposed_by text NOT NULL,
  agreed_by text,
  second_agreed_by text,
  proposed_at timestamptz NOT NULL,
  released_at timestamptz,
  ends_at timestamptz,
  retired_at timestamptz,
  told int NOT NULL DEFAULT 0
);
CREATE INDEX platform_item_ends ON platform_item (ends_at) WHERE state = 'RELEASED';
