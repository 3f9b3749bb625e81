-- Hand-overs that a municipality may have under way at once (CARD-4.12 Q5).
CREATE TABLE connection_budget (
  municipality_code text PRIMARY KEY,
  most              integer NOT NULL DEFAULT 42 CHECK (most >= 0),
  in_use            integer NOT NULL DEFAULT 0 CHECK (in_use >= 0)
);
