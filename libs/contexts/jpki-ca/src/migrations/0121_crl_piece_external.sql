-- Octets that are read far more often than written: to compress each piece, and to open it again for each reading, took longer than to store it.
ALTER TABLE crl_piece ALTER COLUMN octets SET STORAGE EXTERNAL;
