-- What operators and municipalities look after: held and quarantined notices in the order in which they came (JUKI-3.3).
CREATE INDEX change_notice_waiting ON change_notice (state, notice_id) WHERE state IN ('HELD', 'QUARANTINED');
