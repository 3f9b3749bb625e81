-- Planned move-outs by their day: few at a time, and looked for each minute (JUKI-3.2).
CREATE INDEX segment_departing ON segment (closed_date) WHERE state = 'OUT_PLANNED';
