-- What makes a support ticket one about numbering: its batch, wave or municipality. The ticket itself is another context's.
CREATE TABLE ticket_link (
  ticket_id         uuid PRIMARY KEY,
  batch_id          uuid,
  wave_id           uuid,
  municipality_code text,
  blocks_wave       boolean NOT NULL,
  linked_at         timestamptz NOT NULL,
  resolved_at       timestamptz,
  CHECK ((wave_id IS NULL) <> (municipality_code IS NULL))
);
CREATE INDEX ticket_link_blocking ON ticket_link (municipality_code, wave_id) WHERE blocks_wave AND resolved_at IS NULL;
