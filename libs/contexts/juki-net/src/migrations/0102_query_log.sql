-- The log of a day in numbers (JUKI-5.4): persons told and inquiries refused. Use records are appended in the order of time, so the index that
-- finds a day's is one entry a hundred pages, and none is written with a record.
CREATE TABLE query_log (
  day          date NOT NULL,
  organisation text NOT NULL,
  affair       text NOT NULL,
  mode         text NOT NULL,
  institution  text NOT NULL,
  provided     bigint NOT NULL,
  refused      bigint NOT NULL,
  alerts       bigint NOT NULL,
  PRIMARY KEY (day, organisation, affair, mode)
);
CREATE INDEX use_record_day ON use_record USING brin (at);
