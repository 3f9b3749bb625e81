-- Certificates come in the order of time: a block index finds those of a month (JPKI 3.16).
CREATE INDEX certificate_issued_at ON certificate USING brin (issued_at);
