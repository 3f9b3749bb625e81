-- What is changed of a segment stands in an index since its place has one: room in its pages serves nothing any more.
DO $$ BEGIN FOR part IN 0..7 LOOP
  EXECUTE format('ALTER TABLE segment_%s RESET (fillfactor)', part);
END LOOP; END $$;
