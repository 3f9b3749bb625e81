-- What a person found wrong in what was disclosed: the report by which the municipality was asked, whose answer goes back to the counter (JUKI-4.12).
CREATE TABLE disclosure_correction (
  request_id uuid NOT NULL,
  report_id  uuid NOT NULL,
  PRIMARY KEY (request_id, report_id)
);
