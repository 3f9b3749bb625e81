-- Notices of moves, and cancellations, that were held while an extract was made: a later one looks at them again (JUKI-4.10). `released_for`: the first extract that began when they were held no more.
CREATE TABLE awaited_move (
  notice_id    uuid PRIMARY KEY,
  released_for uuid
);
