-- A municipality whose list would grow too large gets further ones; certificates are assigned to the one that is open (JPKI 4.8, 4.18).
ALTER TABLE crl_partition ADD COLUMN part integer NOT NULL DEFAULT 1, ADD COLUMN issued bigint NOT NULL DEFAULT 0;
ALTER TABLE crl_partition DROP CONSTRAINT crl_partition_ca_municipality_code_key, DROP CONSTRAINT crl_partition_ca_prefecture_romaji_municipality_romaji_key;
ALTER TABLE crl_partition ADD UNIQUE (ca, municipality_code, part), ADD UNIQUE (ca, prefecture_romaji, municipality_romaji, part);
CREATE UNIQUE INDEX crl_partition_open ON crl_partition (ca, municipality_code) WHERE state = 'OPEN';
