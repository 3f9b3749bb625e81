-- The next serial of the pool of resident codes (JUKI-4.1): one row, moved in the transaction that hands the codes out.
CREATE TABLE code_pool (
  pool        smallint PRIMARY KEY CHECK (pool = 1),
  next_serial bigint NOT NULL CHECK (next_serial BETWEEN 0 AND 10000000000)
);
INSERT INTO code_pool VALUES (1, 0);
