-- A key of an authority with its self-signed certificate; an external one keeps its key itself (JPKI 3.1).
CREATE TABLE authority_generation (
  authority_id text NOT NULL REFERENCES authority,
  generation int NOT NULL,
  state text NOT NULL,
  key_id text UNIQUE,
  certificate bytea,
  serial numeric(49),
  not_before timestamptz,
  not_after timestamptz,
  activate_at timestamptz,
  activated_at timestamptz,
  ceremony_ref text NOT NULL,
  planned_by text NOT NULL,
  certified_by text,
  reported_by text,
  out_of_use_at timestamptz,
  out_of_use_by text,
  version int NOT NULL DEFAULT 0,
  PRIMARY KEY (authority_id, generation),
  UNIQUE (authority_id, serial)
);
CREATE UNIQUE INDEX authority_generation_active ON authority_generation (authority_id) WHERE state = 'ACTIVE';
-- The next key is planned when the former one's turn is over.
CREATE UNIQUE INDEX authority_generation_next ON authority_generation (authority_id) WHERE state IN ('PLANNED', 'KEY_GENERATED', 'CERTIFIED');
