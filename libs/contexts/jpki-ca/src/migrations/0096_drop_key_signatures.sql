-- The record of signatures is a journal: the app role cannot delete from it. This function, which runs as the owner, is the only way out, for what
-- a process recorded that has recorded nothing for 400 days: such a one compares nothing any more (JPKI 4.16). Whose last signature is later keeps all.
CREATE FUNCTION drop_key_signatures(present timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = jpki_ca, pg_temp AS $$
DECLARE
  -- No later than the server's own clock says: nobody makes the record of the day old.
  border timestamptz := least(present, now()) - interval '400 days';
  dropped bigint;
BEGIN
  DELETE FROM key_signature WHERE at < border AND process NOT IN (
    SELECT process FROM (SELECT DISTINCT process FROM key_signature WHERE at < border) AS old
    WHERE EXISTS (SELECT FROM key_signature later WHERE later.process = old.process AND later.at >= border));
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END;
$$;
REVOKE ALL ON FUNCTION drop_key_signatures(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_key_signatures(timestamptz) TO kiban_jpki_ca_app;
CREATE INDEX key_signature_at ON key_signature USING brin (at);
