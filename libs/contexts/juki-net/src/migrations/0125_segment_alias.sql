-- Aliases (通称) by day of birth (JUKI-4.8); their keys are computed beside, since few residents have one.
CREATE INDEX segment_alias ON segment (birth_date) WHERE alias_name <> '';
