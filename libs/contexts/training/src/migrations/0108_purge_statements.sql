-- Statements are a journal: the app role cannot delete from it. This function, which runs as the owner, is the only way out: a chunk of what was stored
-- before the given instant, and by the server's own clock no statement is younger than two years (TRN-9). What it takes is counted in the same transaction.
CREATE FUNCTION purge_statements(before timestamptz, most integer) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = training, pg_temp AS $$
  WITH chunk AS MATERIALIZED (
    SELECT id FROM statement WHERE stored < least(before, now() - interval '2 years') LIMIT most
  ), gone AS (
    DELETE FROM statement s USING chunk c WHERE s.id = c.id RETURNING s.registration_id, s.stored, s.verb
  ), counted AS (
    INSERT INTO statement_figure (course_id, month, verb, statements)
    SELECT r.course_id, to_char(g.stored AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM'), g.verb, count(*) FROM gone g JOIN elearning_registration r ON r.id = g.registration_id GROUP BY 1, 2, 3
  )
  SELECT count(*)::integer FROM gone;
$$;
REVOKE ALL ON FUNCTION purge_statements(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_statements(timestamptz, integer) TO kiban_training_app;
-- Statements stand in the order of their storing.
CREATE INDEX statement_stored ON statement USING brin (stored);
