CREATE TABLE provision_grant (
  grant_id     uuid PRIMARY KEY,
  institution  text NOT NULL,
  organisation text NOT NULL,
  affair       text NOT NULL,
  legal_basis  text NOT NULL,
  items        text[] NOT NULL,
  modes        text[] NOT NULL,
  key_kinds    text[] NOT NULL,
  protective_exempt boolean NOT NULL,
  valid_from   date NOT NULL,
  valid_until  date NOT NULL,
  state        text NOT NULL CHECK (state IN ('DRAFT', 'APPROVED', 'SUSPENDED', 'ENDED')),
  drafted_by   text NOT NULL,
  approved_by  text,
  changed_at   timestamptz NOT NULL
);
