-- Characters of the notice that map to no standard one (外字), of the names and of the address (JUKI-4.2, 7); null: none.
ALTER TABLE change_notice ADD COLUMN gaiji_name smallint, ADD COLUMN gaiji_address smallint;
