CREATE TABLE access_grant (
  organisation text NOT NULL,
  ca text NOT NULL,
  granted_at timestamptz NOT NULL,
  granted_by text NOT NULL,
  PRIMARY KEY (organisation, ca)
);
