CREATE TABLE echo (
  name text NOT NULL,
  sequence bigint NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (name, sequence)
);
