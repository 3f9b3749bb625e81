-- Lists of numbers that a restored ledger lacks, sent by one officer and taken in by another (NUM-7). `unlinked`: came back into the ledger alone.
CREATE TABLE ledger_catch_up (
  catch_up_id  uuid PRIMARY KEY,
  state        text NOT NULL CHECK (state IN ('COLLECTING', 'PROPOSED', 'RUNNING', 'DONE')),
  source       text NOT NULL CHECK (source IN ('DELAYED_REPLICA', 'MUNICIPAL_RECEIPTS')),
  lines        integer,
  sha256       text,
  never_issued bigint NOT NULL,
  unlinked     integer NOT NULL DEFAULT 0,
  proposed_by  text NOT NULL,
  confirmed_by text,
  received_at  timestamptz NOT NULL
);
