-- Number of the municipality's own request (依頼管理番号), and the detail of the reason, encrypted, since it is free text (JUKI-4.2).
ALTER TABLE change_notice ADD COLUMN management_no text, ADD COLUMN reason_detail bytea;
