-- Serials run by fiscal year, course and session, since those precede them in the number (TRN-4.9).
CREATE TABLE certificate_serial (
  fiscal_year int NOT NULL,
  course_code text NOT NULL,
  session_no int NOT NULL,
  last int NOT NULL CHECK (last BETWEEN 0 AND 999999),
  PRIMARY KEY (fiscal_year, course_code, session_no)
);
