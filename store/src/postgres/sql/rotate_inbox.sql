SELECT skynet.rotate_inbox($1::smallint)
