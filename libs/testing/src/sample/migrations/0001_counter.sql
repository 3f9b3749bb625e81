CREATE TABLE counter (
  name text PRIMARY KEY,
  total bigint NOT NULL,
  version bigint NOT NULL
);
