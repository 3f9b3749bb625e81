-- The plan of the mass numbering: waves in their order. While a wave is halted, `halted_from` is where it goes on.
CREATE TABLE wave (
  wave_id     uuid PRIMARY KEY,
  position    integer NOT NULL UNIQUE,
  kind        text NOT NULL CHECK (kind IN ('PILOT', 'SIZE_CLASS', 'DESIGNATED_CITY')),
  state       text NOT NULL CHECK (state IN ('PLANNED', 'OPEN', 'RUNNING', 'RECONCILED', 'SIGNED_OFF', 'HALTED')),
  halted_from text CHECK ((halted_from IS NOT NULL) = (state = 'HALTED')),
  halt_cause  text CHECK ((halt_cause IS NOT NULL) = (state = 'HALTED')),
  resumed_by  text CHECK (resumed_by IS NULL OR state = 'HALTED'),
  version     integer NOT NULL,
  changed_at  timestamptz NOT NULL
);
