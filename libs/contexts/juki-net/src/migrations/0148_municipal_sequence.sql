-- What each municipality has sent, by its own order of notices (JUKI-4.5.1): the highest number, and those below it that were not taken in.
CREATE TABLE municipal_sequence (
  municipality_code text PRIMARY KEY,
  highest           bigint NOT NULL,
  gaps              int8multirange NOT NULL
) WITH (fillfactor = 50);
INSERT INTO municipal_sequence (municipality_code, highest, gaps)
  SELECT municipality_code, max(municipal_seq), int8multirange(int8range(min(municipal_seq), max(municipal_seq))) - range_agg(int8range(municipal_seq, municipal_seq, '[]'))
  FROM change_notice WHERE municipal_seq > 0 GROUP BY municipality_code;
