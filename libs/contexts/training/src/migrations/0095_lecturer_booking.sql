CREATE TABLE lecturer_booking (
  request_id uuid PRIMARY KEY REFERENCES lecturer_request,
  lecturer int NOT NULL REFERENCES lecturer (number),
  during tstzrange NOT NULL,
  -- Nobody is at two places, on the way included (TRN-4.12). The number as a range needs no extension for the index.
  EXCLUDE USING gist (int4range(lecturer, lecturer, '[]') WITH &&, during WITH &&)
);
