-- Octets of a list, and of what stands before its first entry: the octets themselves lie in crl_piece. `der` and `serials` are of lists that a process
-- of before publishes while processes are updated.
ALTER TABLE crl_issue ADD COLUMN length int, ADD COLUMN head_length int;
