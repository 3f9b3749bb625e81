-- One move, under a random id: neither person, code nor name.
CREATE TABLE statistics_row (
  extract_id                 uuid NOT NULL,
  row_id                     uuid NOT NULL,
  kind                       text NOT NULL,
  municipality_code          text NOT NULL,
  previous_municipality_code text NOT NULL,
  sex                        text NOT NULL,
  birth_date                 text NOT NULL,
  nationality_flag           text NOT NULL,
  reason                     text NOT NULL,
  move_month                 text NOT NULL,
  sign                       smallint NOT NULL,
  PRIMARY KEY (extract_id, row_id)
);
