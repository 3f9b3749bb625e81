-- How many envelopes came into and left a state on a day in Japan. Written beside each move and never changed, so that nobody waits for a counter; the days before are summed up at night.
CREATE TABLE mailing_tally (
  municipality_code text NOT NULL,
  day               date NOT NULL,
  state             text NOT NULL,
  entered           integer NOT NULL,
  leaving           integer NOT NULL
);
CREATE INDEX mailing_tally_day ON mailing_tally (municipality_code, day);
