-- Its time in milliseconds, so that it is seen how old it is, and chance. Shorter than a digest.
SELECT int8send(floor(extract(epoch FROM now()) * 1000)::bigint) || substr(uuid_send(gen_random_uuid()), 9)
