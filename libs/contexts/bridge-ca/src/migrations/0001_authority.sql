-- Own authorities (the bridge, 47 prefectures) and the external ones that the bridge cross-certifies (JPKI 3.1).
CREATE TABLE authority (
  id text PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('BRIDGE', 'PREFECTURAL', 'EXTERNAL')),
  prefecture text CHECK ((prefecture IS NOT NULL) = (kind = 'PREFECTURAL')),
  organisation text NOT NULL,
  subject_der bytea NOT NULL UNIQUE,
  registered_by text NOT NULL,
  registered_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX authority_prefecture ON authority (prefecture);
