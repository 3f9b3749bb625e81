-- What verifiers were answered is a journal: the app role cannot delete from it. This function, which runs as the owner, is the only way out, for
-- a month that was counted like the one after it, whose first hour looks back into it. It looks at that itself.
CREATE FUNCTION drop_status_uses(over text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = jpki_ca, pg_temp AS $$
DECLARE
  start timestamp := to_date(over, 'YYYY-MM');
  after timestamp := start + interval '1 month';
  part text := format('status_use_%s', to_char(start, 'MM'));
  others boolean;
BEGIN
  IF (SELECT count(*) FROM usage_month WHERE step = 'COUNTED' AND month IN (to_char(start, 'YYYY-MM'), to_char(after, 'YYYY-MM'))) < 2 THEN
    RAISE EXCEPTION 'the month and the one after it are not counted' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- A month that is late by a year shares its part with that of the year after.
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', part);
  EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE at < $1 OR at >= $2)', part) INTO others USING timezone('Asia/Tokyo', start), timezone('Asia/Tokyo', after);
  IF others THEN
    EXECUTE format('DELETE FROM %I WHERE at >= $1 AND at < $2', part) USING timezone('Asia/Tokyo', start), timezone('Asia/Tokyo', after);
  ELSE
    EXECUTE format('TRUNCATE %I', part);
  END IF;
END;
$$;
REVOKE ALL ON FUNCTION drop_status_uses(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_status_uses(text) TO kiban_jpki_ca_app;
