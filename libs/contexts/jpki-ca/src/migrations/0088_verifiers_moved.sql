-- Verifiers, confirmers and statements have moved to jpki-verifier, which takes these rows over at its first start: from here on nobody changes them, and a
-- process of the former release that is asked to answers 503 (the state of a database that cannot be written) until the new one takes its place.
CREATE FUNCTION verifiers_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'verifiers have moved' USING ERRCODE = 'read_only_sql_transaction';
END;
$$;
CREATE TRIGGER moved BEFORE INSERT OR UPDATE OR DELETE ON verifier FOR EACH STATEMENT EXECUTE FUNCTION verifiers_moved();
CREATE TRIGGER moved BEFORE INSERT OR UPDATE OR DELETE ON signature_confirmer FOR EACH STATEMENT EXECUTE FUNCTION verifiers_moved();
CREATE TRIGGER moved BEFORE INSERT ON usage_statement FOR EACH STATEMENT EXECUTE FUNCTION verifiers_moved();
COMMENT ON TABLE verifier IS 'moved to jpki-verifier';
COMMENT ON TABLE signature_confirmer IS 'moved to jpki-verifier';
