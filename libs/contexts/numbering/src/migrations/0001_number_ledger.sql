-- Every number ever drawn, without its check digit (番号法8条2項1号: differs from every other, former ones included).
-- One column on purpose: a second one that led to a request or a person would undo the encryption of the link.
CREATE TABLE number_ledger (
  base11 bigint PRIMARY KEY CHECK (base11 BETWEEN 0 AND 99999999999)
) PARTITION BY RANGE (base11);
COMMENT ON TABLE number_ledger IS 'journal of the numbers that were ever drawn; never shrinks';
DO $$
BEGIN
  FOR part IN 0..19 LOOP
    EXECUTE format('CREATE TABLE number_ledger_%s PARTITION OF number_ledger FOR VALUES FROM (%s) TO (%s)',
      lpad(part::text, 2, '0'), part * 5000000000::bigint, (part + 1) * 5000000000::bigint);
  END LOOP;
END $$;
