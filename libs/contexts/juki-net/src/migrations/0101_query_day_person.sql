-- Who asked about whom on days that are not closed yet; the rows of a day go when its alerts are drawn.
CREATE TABLE query_day_person (
  day          date NOT NULL,
  person_key   uuid NOT NULL,
  organisation text NOT NULL,
  client       text NOT NULL,
  officer      text NOT NULL,
  asked        bigint NOT NULL,
  PRIMARY KEY (day, person_key, organisation, client, officer)
);
