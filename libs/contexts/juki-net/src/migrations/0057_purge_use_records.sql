-- Use records are a journal: the app role cannot delete from it. This function, which runs as the owner, is the only way out: a chunk of the
-- rows of an approved lot, after the cursor in the order of the key. It looks at the approvals itself, and by the server's own clock no row is
-- younger than the seven years of JUKI-4.11 (the first day included), whatever the lot says.
CREATE FUNCTION purge_use_records(lot uuid, after_person uuid, after_at timestamptz, after_use uuid, most integer)
RETURNS TABLE (purged bigint, digest bytea, last_person uuid, last_at timestamptz, last_use uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = juki_net, pg_temp AS $$
DECLARE
  cutoff timestamptz;
BEGIN
  SELECT ((counted_until + 1)::timestamp AT TIME ZONE 'Asia/Tokyo') INTO cutoff FROM retention_lot
  WHERE lot_id = lot AND kind = 'USE_RECORD' AND state = 'APPROVED' AND (SELECT count(*) FROM retention_approval a WHERE a.lot_id = lot) >= 2;
  IF cutoff IS NULL THEN
    RAISE EXCEPTION 'no approved lot of use records' USING ERRCODE = 'insufficient_privilege';
  END IF;
  cutoff := least(cutoff, now() - interval '7 years' + interval '1 day');
  RETURN QUERY
  WITH chunk AS MATERIALIZED (
    SELECT u.person_key, u.at, u.use_id FROM use_record u
    WHERE u.at < cutoff AND (u.person_key, u.at, u.use_id) > (after_person, after_at, after_use) ORDER BY u.person_key, u.at, u.use_id LIMIT most
  ), gone AS (
    DELETE FROM use_record u USING chunk c WHERE u.person_key = c.person_key AND u.at = c.at AND u.use_id = c.use_id AND u.at < cutoff RETURNING u.person_key, u.at, u.use_id
  ), told AS (
    SELECT count(*) AS n, sha256(convert_to(coalesce(string_agg(g.use_id::text, ',' ORDER BY g.person_key, g.at, g.use_id), ''), 'UTF8')) AS hash FROM gone g
  ), place AS (
    SELECT c.person_key, c.at, c.use_id FROM chunk c ORDER BY c.person_key DESC, c.at DESC, c.use_id DESC LIMIT 1
  )
  SELECT told.n, told.hash, place.person_key, place.at, place.use_id FROM told LEFT JOIN place ON true;
END;
$$;
REVOKE ALL ON FUNCTION purge_use_records(uuid, uuid, timestamptz, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_use_records(uuid, uuid, timestamptz, uuid, integer) TO kiban_juki_net_app;
CREATE INDEX segment_closed ON segment (closed_date) WHERE closed_date IS NOT NULL;
