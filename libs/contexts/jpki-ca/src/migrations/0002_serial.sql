-- One counter per authority through all its key generations; 1 is the first root (JPKI 4.2). Numbers of failed issues stay unused.
CREATE SEQUENCE sign_serial START 2;
CREATE SEQUENCE auth_serial START 2;
