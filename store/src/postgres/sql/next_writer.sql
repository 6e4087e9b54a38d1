SELECT nextval('skynet.writer_no')
