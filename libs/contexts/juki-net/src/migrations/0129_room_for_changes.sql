-- Changes of address and new numbers touch no indexed column: with room left in the page a row is replaced without a new entry in each index.
DO $$ BEGIN FOR part IN 0..7 LOOP
  EXECUTE format('ALTER TABLE person_%s SET (fillfactor = 80)', part);
  EXECUTE format('ALTER TABLE segment_%s SET (fillfactor = 90)', part);
  EXECUTE format('ALTER TABLE prefecture_record_%s SET (fillfactor = 85)', part);
END LOOP; END $$;
