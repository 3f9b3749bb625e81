-- A small municipality has the agency make its juki cards (CARD-3.8, 4.14).
CREATE TABLE commission (
  commission_id     uuid PRIMARY KEY,
  municipality_code text NOT NULL,
  population        integer NOT NULL CHECK (population BETWEEN 0 AND 30000),
  population_on     date NOT NULL,
  state             text NOT NULL CHECK (state IN ('IN_FORCE', 'ENDED')),
  ended_on          date,
  changed_by        text NOT NULL,
  changed_at        timestamptz NOT NULL
);
CREATE UNIQUE INDEX commission_open ON commission (municipality_code) WHERE state = 'IN_FORCE';
