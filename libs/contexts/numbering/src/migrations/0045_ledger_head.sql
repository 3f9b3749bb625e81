-- How far the ledger is, one row: `drawn` counts every number ever drawn, `mark` is another one after each drawing. Both are kept outside of the
-- database as well (NUM-7): a restored database knows by them that it is behind. `never_issued`: counted, but lost before anybody had them.
CREATE TABLE ledger_head (
  ledger_id    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  drawn        bigint NOT NULL,
  never_issued bigint NOT NULL DEFAULT 0,
  mark         uuid NOT NULL DEFAULT gen_random_uuid(),
  one_row      boolean NOT NULL DEFAULT true UNIQUE CHECK (one_row)
);
INSERT INTO ledger_head (drawn) SELECT count(*) FROM number_ledger;
