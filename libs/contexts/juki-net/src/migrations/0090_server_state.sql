-- A prefecture's server (by its number) or the national one; a server without a row is open and never was anything else.
CREATE TABLE server_state (
  server  text PRIMARY KEY,
  state   text NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
  since   timestamptz NOT NULL,
  note    text NOT NULL,
  changes integer NOT NULL
);
