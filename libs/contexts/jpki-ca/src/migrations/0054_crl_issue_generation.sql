-- While generations overlap each has a list of its own of the same partition (JPKI 4.8).
CREATE UNIQUE INDEX crl_issue_published ON crl_issue (partition_id, generation) WHERE state = 'PUBLISHED';
