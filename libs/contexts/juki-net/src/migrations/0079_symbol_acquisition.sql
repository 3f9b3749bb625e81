-- Requests for a linkage symbol that are relayed to the exchange network (JUKI-3.7). The code is read from the person when it is handed over.
CREATE TABLE symbol_acquisition (
  request_id     uuid PRIMARY KEY,
  institution    text NOT NULL,
  organisation   text NOT NULL,
  acquisition_no text NOT NULL,
  person_key     uuid NOT NULL,
  key_kind       text NOT NULL,
  state          text NOT NULL CHECK (state IN ('CODE_RESOLVED', 'FORWARDED', 'CONFIRMED', 'REFUSED')),
  reason         text,
  received_at    timestamptz NOT NULL,
  changed_at     timestamptz NOT NULL,
  UNIQUE (institution, organisation, acquisition_no)
);
CREATE INDEX symbol_acquisition_waiting ON symbol_acquisition (request_id) WHERE state IN ('CODE_RESOLVED', 'FORWARDED');
CREATE INDEX symbol_acquisition_organisation ON symbol_acquisition (institution, organisation, request_id);
