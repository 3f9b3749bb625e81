-- What a line under the grant costs (情報提供手数料, JUKI-4.7).
ALTER TABLE provision_grant ADD COLUMN fee_class text NOT NULL DEFAULT 'STANDARD' CHECK (fee_class IN ('STANDARD', 'EXEMPT'));
