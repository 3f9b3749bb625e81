-- A municipality's present records in the order of a cursor (JUKI-4.6); closed ones, the greater part with the years, are not in it.
CREATE INDEX segment_open ON segment (municipality_code, person_key) WHERE state IN ('LIVE', 'OUT_PLANNED');
