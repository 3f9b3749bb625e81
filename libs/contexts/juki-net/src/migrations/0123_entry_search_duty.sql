-- From which day a municipality, past its initial load, must have searched before each entry ex officio (reason 14; JUKI-7).
CREATE TABLE entry_search_duty (
  municipality_code text PRIMARY KEY,
  since             date NOT NULL,
  set_by            text NOT NULL,
  set_at            timestamptz NOT NULL
);
