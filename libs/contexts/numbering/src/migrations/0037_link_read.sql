-- Whose links a client has read outside of a sealed batch (NUM-4.9). A row with an officer lets the client go on: earlier ones count no more.
CREATE TABLE link_read (
  client      text NOT NULL,
  at          timestamptz NOT NULL,
  read_id     uuid NOT NULL,
  people      text[] NOT NULL,
  released_by text,
  PRIMARY KEY (client, at, read_id)
);
COMMENT ON TABLE link_read IS 'journal of reads of the code-number link';
