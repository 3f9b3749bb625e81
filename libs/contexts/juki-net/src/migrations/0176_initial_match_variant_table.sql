-- By which table of variants of characters a matching compares names (JUKI-4.8).
ALTER TABLE initial_match ADD COLUMN variant_table text;
