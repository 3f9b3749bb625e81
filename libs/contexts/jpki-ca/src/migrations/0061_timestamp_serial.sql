-- Serial numbers of time-stamps, through all keys of the time-stamp authority (JPKI 4.3).
CREATE SEQUENCE timestamp_serial;
