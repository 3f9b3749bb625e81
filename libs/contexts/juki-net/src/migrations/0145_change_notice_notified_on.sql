-- Day of the notification at the counter (届出日), where the municipality tells it: the month of the migration statistics goes by it (JUKI-4.10).
ALTER TABLE change_notice ADD COLUMN notified_on date;
