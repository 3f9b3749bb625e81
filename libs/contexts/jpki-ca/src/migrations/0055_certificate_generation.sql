-- When the last certificate of a generation ends, and what is left of it in force (JPKI 3.1).
CREATE INDEX certificate_generation ON certificate (ca, generation, not_after);
