-- By the month in Japan, so that one that nobody needs any more leaves whole and at once: rows deleted one by one would leave room all over the
-- table, and a block index is of use only where rows stand in the order of time.
ALTER TABLE status_use RENAME TO status_use_former;
ALTER INDEX status_use_at RENAME TO status_use_former_at;
CREATE TABLE status_use (
  at timestamptz NOT NULL,
  organisation text NOT NULL,
  ca text NOT NULL,
  mode text NOT NULL,
  serial text COLLATE "C" NOT NULL,
  status text NOT NULL
) PARTITION BY LIST ((extract(month FROM timezone('Asia/Tokyo', at))::int));
CREATE TABLE status_use_01 PARTITION OF status_use FOR VALUES IN (1);
CREATE TABLE status_use_02 PARTITION OF status_use FOR VALUES IN (2);
CREATE TABLE status_use_03 PARTITION OF status_use FOR VALUES IN (3);
CREATE TABLE status_use_04 PARTITION OF status_use FOR VALUES IN (4);
CREATE TABLE status_use_05 PARTITION OF status_use FOR VALUES IN (5);
CREATE TABLE status_use_06 PARTITION OF status_use FOR VALUES IN (6);
CREATE TABLE status_use_07 PARTITION OF status_use FOR VALUES IN (7);
CREATE TABLE status_use_08 PARTITION OF status_use FOR VALUES IN (8);
CREATE TABLE status_use_09 PARTITION OF status_use FOR VALUES IN (9);
CREATE TABLE status_use_10 PARTITION OF status_use FOR VALUES IN (10);
CREATE TABLE status_use_11 PARTITION OF status_use FOR VALUES IN (11);
CREATE TABLE status_use_12 PARTITION OF status_use FOR VALUES IN (12);
CREATE INDEX status_use_at ON status_use USING brin (at) WITH (autosummarize = on);
COMMENT ON TABLE status_use IS 'journal of what verifiers were answered (JPKI 4.13)';
INSERT INTO status_use (at, organisation, ca, mode, serial, status) SELECT at, organisation, ca, mode, serial, status FROM status_use_former ORDER BY at;
DROP TABLE status_use_former;
