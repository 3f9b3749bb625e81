-- What this context knows of the verifiers that jpki-verifier keeps: who asks under which notification. Grants follow from it.
CREATE TABLE known_verifier (
  id uuid PRIMARY KEY,
  organisation text NOT NULL,
  class text NOT NULL,
  state text NOT NULL,
  confirmers text[] NOT NULL,
  granted_at timestamptz,
  told int NOT NULL,
  version bigint NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE INDEX known_verifier_organisation ON known_verifier (organisation, granted_at);
CREATE INDEX known_verifier_confirmers ON known_verifier USING gin (confirmers);
INSERT INTO known_verifier (id, organisation, class, state, confirmers, granted_at, told, version, changed_at)
  SELECT id, organisation, class, state, ARRAY(SELECT m.organisation FROM signature_confirmer m WHERE m.verifier_id = v.id ORDER BY 1), granted_at, told, 0, changed_at FROM verifier v;
