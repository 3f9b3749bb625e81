CREATE TABLE crl_partition (
  id text PRIMARY KEY,
  ca text NOT NULL,
  kind text NOT NULL,
  municipality_code text,
  prefecture_romaji text,
  municipality_romaji text,
  state text NOT NULL,
  last_number bigint NOT NULL DEFAULT 0,
  current_number bigint,
  last_scheduled_at timestamptz,
  UNIQUE (ca, municipality_code),
  -- The names are the address of the list in certificates: two municipalities must not share one.
  UNIQUE (ca, prefecture_romaji, municipality_romaji)
);
