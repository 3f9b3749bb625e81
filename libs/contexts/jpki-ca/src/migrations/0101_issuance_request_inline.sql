-- What is to be signed lives for seconds: beside its row it costs one write, in the table of large values an insert and a delete of its own, with a compression that ciphertext never yields to.
ALTER TABLE issuance_request ALTER COLUMN tbs SET STORAGE EXTERNAL, ALTER COLUMN record SET STORAGE EXTERNAL, SET (toast_tuple_target = 4080);
