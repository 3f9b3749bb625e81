CREATE TABLE municipality_code_change (
  old_code text NOT NULL,
  new_code text NOT NULL,
  effective_date date NOT NULL,
  PRIMARY KEY (old_code, new_code, effective_date)
);
