-- The serials of a list in order, made of its octets when it is published (JPKI 5); lists of before are read again for it.
ALTER TABLE crl_issue ADD COLUMN serials bytea;
