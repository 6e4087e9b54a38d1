SELECT count(*) FROM skynet.workers WHERE lease_until > clock_timestamp() AND NOT is_guest
